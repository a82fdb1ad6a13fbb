"""`vhost audit`: the call as a value, what is shown of it, and its exit code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from vhost.ambiguity import acceptfile, forms, wanted
from vhost.ambiguity.acceptfile import Entry
from vhost.ambiguity.ages import limits
from vhost.ambiguity.audit import Audit, audited
from vhost.ambiguity.wanted import Wanted
from vhost.cache.place import chosen
from vhost.cache.snapshot import opened
from vhost.cli import audit_page, freshness
from vhost.cli.outcome import tell
from vhost.cli.streams import watched
from vhost.cli.writing import is_file, write
from vhost.collisions.causes import SEVERITIES
from vhost.errors import Collisions, Partial
from vhost.query import terms


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditOptions:
    """An audit as it was typed; None is what was not."""

    terms: Sequence[str] = ()
    keys: str | None = None
    causes: str | None = None
    severity: str | None = None
    fail_on: str | None = None
    ages: Sequence[str] = ()
    format: str = "table"
    file: str | None = None
    page: str | None = None
    accept: str | None = None
    show_accepted: bool = False
    databases: str | None = None
    static: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCall:
    """The options after everything that may be wrong with them was checked."""

    form: str
    wanted: Wanted
    fail_on: str | None
    limits: Mapping[str, timedelta] = field(default_factory=dict)
    accept: Sequence[Entry] = ()


def run_audit(options: AuditOptions) -> int:
    """Show the collisions and return the exit code. Raises one of `vhost.errors`."""
    call = checked(options)
    with (
        opened(chosen(options.databases), static=options.static, hint=tell) as snapshot,
        audited(snapshot.con, call.limits) as audit,
    ):
        accept(audit, call)
        _page(audit, call, options)
        if call.form != "html":
            _show(audit, call, options.file)
        return _exit_code(audit, call)


def checked(options: AuditOptions) -> AuditCall:
    """Return the options when nothing is wrong with them. Raises one of `vhost.errors`."""
    form = forms.known(options.format)
    audit_page.checked(options.page, options.file, form)
    least = options.severity or ("warning" if form == "table" else SEVERITIES[0])
    return AuditCall(
        form=form,
        wanted=Wanted(
            terms=terms.parse(options.terms),
            keys=wanted.keys(options.keys),
            causes=wanted.causes(options.causes),
            severity=wanted.severity(least, "--severity"),
            accepted=options.show_accepted,
        ),
        fail_on=wanted.severity(options.fail_on, "--fail-on") if options.fail_on else None,
        limits=freshness.limits(limits(options.ages)),
        accept=acceptfile.read(options.accept) if options.accept is not None else (),
    )


def accept(audit: Audit, call: AuditCall, *, quiet: bool = False) -> None:
    """Leave out what is accepted, and unless `quiet` say so on stderr and name the entries that are of no use."""
    if not call.accept:
        return
    from vhost.ambiguity import accepting  # noqa: PLC0415 - only who accepts pays for it

    said = accepting.accept(audit, call.accept, datetime.now().astimezone().date())
    count = audit.accepted(call.wanted)
    if count and not call.wanted.accepted:
        said.append(f"{count} accepted, not shown; --show-accepted lists {'it' if count == 1 else 'them'}")
    for line in [] if quiet else said:
        tell(line)


def _page(audit: Audit, call: AuditCall, options: AuditOptions) -> None:
    """Write the page where one is wanted; beside another format it has every severity, for it can be filtered."""
    if call.form != "html" and options.page is None:
        return
    paged = call.wanted if options.severity else replace(call.wanted, severity=SEVERITIES[0])
    lines = audit_page.page(audit, paged, chosen(options.databases), options.terms)
    write(lines, options.page or options.file)


def _show(audit: Audit, call: AuditCall, file: str | None) -> None:
    match call.form:
        case "json":
            write(forms.json_lines(audit, call.wanted), file)
        case "csv":
            from vhost.render.csv_text import csv_lines  # noqa: PLC0415 - each format pays for itself

            write(csv_lines(forms.COLUMNS, forms.rows(audit.collisions(call.wanted))), file)
        case "markdown":
            from vhost.render.markdown import markdown_lines  # noqa: PLC0415 - as above

            write(markdown_lines(forms.COLUMNS, forms.rows(audit.collisions(call.wanted))), file)
        case _:
            from vhost.ambiguity import table  # noqa: PLC0415 - as above

            colored = not is_file(file) and watched() and not os.environ.get("NO_COLOR")
            write(
                [*table.lines(audit.collisions(call.wanted), colored=colored), *table.summary(audit, call.wanted)], file
            )


def _exit_code(audit: Audit, call: AuditCall) -> int:
    severities = (severity for severity, _, _ in audit.counts(call.wanted) if call.fail_on)
    return exit_code(call.fail_on, severities, partial=audit.partial)


def exit_code(fail_on: str | None, found: Iterable[str], *, partial: bool) -> int:
    """Return 9 if one of the severities is so bad, 3 if that is not known because a scan is damaged, else 0."""
    if fail_on is None:
        return 0
    failing = SEVERITIES[SEVERITIES.index(fail_on) :]
    if any(severity in failing for severity in found):
        return Collisions.exit_code
    return Partial.exit_code if partial else 0
