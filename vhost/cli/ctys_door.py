"""`ctys`: the old command line; it parses the old grammar and calls what the `vhost` subcommands call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from vhost import __version__
from vhost.cli.outcome import show, tell
from vhost.cli.streams import complain
from vhost.ctys.call import call
from vhost.ctys.options import LETTERS, WORDS
from vhost.ctys.requests import Call, Cancel, Create, Enumerate, Info, List, Show, Target
from vhost.errors import UsageError
from vhost.text import escape

if TYPE_CHECKING:
    from vhost.cli.acting import Asked
    from vhost.cli.consoles import Sequel
    from vhost.sessions.asking import Chosen
    from vhost.survey.enumeration import Wanted
    from vhost.transport import Host

MOST_ACTED_ON = 100
"""Targets of one call that changes something, unless `-f` lifts it."""

_HEAD = """\
usage: ctys [-t TYPE] -a ACTION[=SUBOPTIONS] [OPTION...] [--] ['(OPTIONS)'] [TARGET...]

  ACTION   create=ADDRESS[,CREATE|CONNECT|REUSE|RECONNECT|RESUME[:FILE]][,CONSOLE:NAME]...
           cancel=ADDRESS|ALL[,POWEROFF[:SECONDS]|REBOOT|RESET|PAUSE|SUSPEND|INIT:n][,FORCE|STACK][,SELF]...
           list[=OUTPUT]   enumerate[=OUTPUT][,b:PATH%PATH][,MATCHVSTAT:STATE%STATE]   show   info
  ADDRESS  l:LABEL p:PATH i:ID f:PART-OF-PATH u:UUID m:MAC t:ADDRESS b:DIRECTORY, joined by commas
  TARGET   [USER@]HOST or GROUP, with options of its own: lab00'(-Z KSU)'; HOST[LABEL] is a machine there;
           default: this host. '(OPTIONS)' before the first target are for all
"""
_TAIL = "\nExample: ctys -t xen -a create=l:tst100,CONSOLE:none lab00'(-Z SUDO)'"
HELP = "\n".join(
    [
        _HEAD,
        *(f"  -{known.letter} {known.value:<15} {known.meaning}" for known in LETTERS),
        *(f"  --{known.letter + ' ' + known.value:<17}{known.meaning}" for known in WORDS),
        _TAIL,
    ]
)


def run(arguments: Sequence[str]) -> int:
    """Do what a call asks for and return its exit code."""
    parsed = _parsed(arguments)
    if parsed.help or parsed.version:
        show([HELP] if parsed.help else [f"ctys (vhost-toolkit) {__version__}"])
        return 0
    if any(target.options.debug not in {None, "0"} for target in parsed.targets):
        for note in parsed.notes:
            tell(f"ctys: {note}")
    code = 0
    for do, targets in _together(_located(parsed.targets)):
        code = do(targets) or code
    return code


def _parsed(arguments: Sequence[str]) -> Call:
    from vhost.cache.place import chosen  # noqa: PLC0415 - beside its use
    from vhost.cli.groups import searched  # noqa: PLC0415 - as above
    from vhost.query.macros import Macros, search_path  # noqa: PLC0415 - as above

    named = [value for flag, value in pairwise(arguments) if flag == "-p"]
    databases = named[-1] if named else None
    return call(Macros(search_path(chosen(databases))).expand_all(arguments), searched(databases))


def _together(targets: Sequence[Target]) -> Iterator[tuple[Callable[[Sequence[Target]], int], list[Target]]]:
    """Return the targets by who does what is asked for; what changes something goes first, and passes together."""
    for do in dict.fromkeys(_DO.values()):
        if found := [target for target in targets if _DO[type(target.request)] is do]:
            yield do, found


def _host(target: Target) -> Host:
    from vhost.home import login  # noqa: PLC0415 - --help needs no user
    from vhost.transport import Host, host  # noqa: PLC0415 - --help needs no hosts

    asked = target.request
    user = asked.user if isinstance(asked, Create | Cancel) and asked.user else target.user
    found = host(f"{user}@{target.host}" if user else target.host)
    own = user is not None and found.name == "localhost" and user == login()
    return Host("localhost") if own else found


def _located(targets: Sequence[Target]) -> Sequence[Target]:
    """Return the targets; one that is a machine inside a host is the host that this machine is."""
    if not any(target.stack for target in targets):
        return targets
    from vhost.ambiguity.resolve import Resolver  # noqa: PLC0415 - only machines inside hosts need the cache
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above
    from vhost.ctys.stack import located  # noqa: PLC0415 - as above

    with opened(chosen(targets[0].options.databases), hint=tell) as snapshot:
        resolver = Resolver(snapshot.con)
        return [located(resolver, target) if target.stack else target for target in targets]


def _dry(targets: Sequence[Target], what: str) -> bool:
    """Tell whether only the plan is wanted, which is shown then."""
    if not targets[0].options.dry_run:
        return False
    from vhost.transport import privilege, quoted  # noqa: PLC0415 - only a dry run shows commands

    for target in targets:
        host, rights = _host(target), privilege(target.options.privilege or "NO")
        argv = ["sh", "-s", "--", " ".join(rights.wrap([]))]
        line = quoted(argv) if host.local else quoted(["ssh", "--", host.account, quoted(argv)])
        show([f"# {what} on {host.account}", f"{line}  # its stdin is the script of vhost/survey/scripts"])
    return True


def _list(targets: Sequence[Target]) -> int:
    from vhost.cli.sessions import list_sessions  # noqa: PLC0415 - each action pays for itself only
    from vhost.transport import privilege  # noqa: PLC0415 - as above

    if _dry(targets, "sessions"):
        return 0
    lead = targets[0]
    asked = [(_host(one), _chosen(one), privilege(one.options.privilege or "NO")) for one in targets]
    request = lead.request
    assert isinstance(request, List)  # noqa: S101 - for mypy: they were chosen so
    return list_sessions(
        asked,
        request.output,
        form=lead.options.format,
        file=lead.options.file,
        databases=lead.options.databases,
        fill=lead.options.fill,
        terse=request.terse or lead.options.terse,
    )


def _chosen(target: Target) -> Chosen:
    from vhost.ctys.translation import types  # noqa: PLC0415 - as above
    from vhost.sessions.asking import Chosen  # noqa: PLC0415 - as above

    scope, request = target.options.scope, target.request
    assert isinstance(request, List)  # noqa: S101 - as above
    return Chosen(
        types=types(target.options),
        kinds=request.kinds,
        users=frozenset(scope.names) if scope and scope.scope == "USRLST" else None,
        groups=frozenset(scope.names) if scope and scope.scope == "GRPLST" else None,
        own=scope is not None and scope.scope == "USER",
        own_group=scope is not None and scope.scope == "GROUP",
    )


def _enumerate(targets: Sequence[Target]) -> int:
    from vhost.cli.enumerating import enumerate_hosts  # noqa: PLC0415 - as above
    from vhost.cli.query import QueryOptions  # noqa: PLC0415 - as above

    if _dry(targets, "configurations"):
        return 0
    lead = targets[0]
    request = lead.request
    assert isinstance(request, Enumerate)  # noqa: S101 - as above
    options = QueryOptions(
        output=request.output, databases=lead.options.databases, format=lead.options.format, file=lead.options.file
    )
    return enumerate_hosts([(_host(one), _wanted(one)) for one in targets], options)


def _wanted(target: Target) -> Wanted:
    from vhost.ctys.translation import types  # noqa: PLC0415 - as above
    from vhost.survey.enumeration import Wanted, session_types  # noqa: PLC0415 - as above
    from vhost.transport import privilege  # noqa: PLC0415 - as above

    request = target.request
    assert isinstance(request, Enumerate)  # noqa: S101 - as above
    return Wanted(
        places=request.bases,
        types=session_types(sorted(types(target.options) or ())),
        states=request.states,
        every=request.every,
        privilege=privilege(target.options.privilege or "NO"),
    )


def _show(targets: Sequence[Target]) -> int:
    return _survey(targets, "show")


def _info(targets: Sequence[Target]) -> int:
    return _survey(targets, "info")


def _survey(targets: Sequence[Target], script: str) -> int:
    from vhost.cli.surveying import survey  # noqa: PLC0415 - as above
    from vhost.ctys.translation import types  # noqa: PLC0415 - as above
    from vhost.transport import privilege  # noqa: PLC0415 - as above

    if _dry(targets, script):
        return 0
    lead = targets[0].options
    return survey(
        "show" if script == "show" else "info",
        [_host(one) for one in targets],
        privilege(lead.privilege or "NO"),
        types(lead),
        form=lead.format or "text",
        file=lead.file,
    )


def _act(targets: Sequence[Target]) -> int:
    from vhost.cli.acting import run_all  # noqa: PLC0415 - as above
    from vhost.console.opening import checked  # noqa: PLC0415 - as above

    if len(targets) > MOST_ACTED_ON and not targets[0].options.force:
        raise UsageError(
            f"ctys: target {MOST_ACTED_ON + 1}, {targets[MOST_ACTED_ON].account}",
            f"more than {MOST_ACTED_ON} targets would be acted on",
            "name fewer, or lift the limit with -f",
        )
    asked = [_asked(target) for target in targets]
    for one in asked:
        if one.sequel and one.sequel.console and not one.dry:
            checked(one.sequel.console)
    return run_all(asked)


def _sequel(target: Target) -> Sequel:
    from vhost.cli.consoles import Sequel  # noqa: PLC0415 - as above
    from vhost.ctys import translation  # noqa: PLC0415 - as above

    asked = target.request
    if isinstance(asked, Create):
        reconnect = asked.begin == "RECONNECT"
        return Sequel(console=translation.console(target), waits=translation.waits(asked), drop=reconnect)
    assert isinstance(asked, Cancel)  # noqa: S101 - as above
    return Sequel(drop=asked.side == "CLIENT")


def _asked(target: Target) -> Asked:
    from vhost.cli.acting import Asked  # noqa: PLC0415 - as above
    from vhost.ctys import translation  # noqa: PLC0415 - as above

    asked, options = target.request, target.options
    assert isinstance(asked, Create | Cancel)  # noqa: S101 - as above
    host = _host(target)
    every = isinstance(asked, Cancel) and asked.everything
    home = _home(host, dry=options.dry_run and not every) if translation.needs_home(asked) else None
    cached = "off" not in {options.cache, options.names_cache}
    if options.debug not in {None, "0"} and not every:
        complain(f"{escape(translation.query(target, asked.address, home))}\n")
    return Asked(
        words=[] if every else [translation.words(asked.address, home)],
        request=translation.request(asked, options, home),
        on=[host],
        types=translation.types(options),
        databases=options.databases,
        cache=cached,
        every=every,
        below=translation.directories(asked.address, home, target.place) if every else (),
        yes=options.yes,
        dry=options.dry_run,
        keep_going=options.keep_going,
        parallel=options.background.parallel is True,
        sequel=_sequel(target),
        where=target.place,
    )


def _home(host: Host, *, dry: bool) -> str | None:
    """Return the home of the user on a host; None where a dry run would have to ask another host."""
    from vhost.home import home  # noqa: PLC0415 - beside its use
    from vhost.transport import Transport  # noqa: PLC0415 - as above

    if host.local:
        return str(home())
    if dry:
        return None
    with Transport() as transport:
        found = transport.run(host, ["sh", "-c", 'printf %s "$HOME"'], timeout=20).text
    if not found.startswith("/"):
        raise UsageError(host.account, f"says that the home of its user is {found!r}", "name the path from /")
    return found


_DO: dict[type, Callable[[Sequence[Target]], int]] = {
    Create: _act,
    Cancel: _act,
    List: _list,
    Enumerate: _enumerate,
    Show: _show,
    Info: _info,
}
"""What is done for each kind of request."""
