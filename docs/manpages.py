"""The man pages, made from the command tree and the help texts, which docutils turns into roff.

Docutils escapes what roff would take for a request. Tools that read click's command trees do not know those of Typer,
which brings a click of its own; converters of Markdown are programs that the build would have to find. The pages are
checked in: a package can be built without importing the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from docutils import nodes
from docutils.core import publish_from_doctree
from docutils.utils import new_document

from docs.helptexts import Command, door_examples, door_text, doors, examples, paragraphs, tree
from docs.surroundings import PLACES, VARIABLES
from vhost import __version__
from vhost.errors import EXIT_CODES

Entries = Iterable[tuple[str, str]]

_SPAN = re.compile(r"`([^`]+)`")
_FLAG = re.compile(r"((?<![\w-])--?[\w-]+)")
_SAME = re.compile(r"^The same with long names: (.*) --help$", re.MULTILINE)


def pages() -> Iterator[tuple[str, str]]:
    """Return every page: the name of its file, its text."""
    commands = list(tree())
    names = ["vhost", *(f"vhost-{one}" for one in commands[0].nested), *doors()]
    below: dict[str, list[Command]] = {}
    for command in commands[1:]:
        below.setdefault("-".join(command.path.split()[:2]), []).append(command)
    yield "vhost.1", _page("vhost", _whole(commands), names)
    for name, members in below.items():
        yield f"{name}.1", _page(name, _members(members), names)
    for name in doors():
        yield f"{name}.1", _page(name, _door(name), names)


def _page(name: str, sections: tuple[str, Sequence[nodes.section]], names: Sequence[str]) -> str:
    subtitle, own = sections
    document = new_document(name)
    document += nodes.title(text=name)
    document += nodes.subtitle(text=subtitle.rstrip("."))
    document += _docinfo()
    document.extend(own)
    document += _section("EXIT STATUS", _definitions(_codes()))
    if name == "vhost" or not name.startswith("vhost-"):
        document += _section("ENVIRONMENT", _definitions(VARIABLES))
        document += _section("FILES", _definitions(PLACES))
    else:
        document += _section("ENVIRONMENT AND FILES", _text("Those of all commands are listed in `vhost(1)`."))
    others = ", ".join(f"`{other}(1)`" for other in _related(name, names) if other != name)
    document += _section("SEE ALSO", _text(others))
    return str(publish_from_doctree(document, writer="manpage", settings_overrides={"output_encoding": "unicode"}))


def _related(name: str, names: Sequence[str]) -> list[str]:
    if name == "vhost":
        return list(names)
    pairs = [(door, "-".join(same.split()[:2])) for door in doors() if (same := _same(door))]
    return ["vhost", *(other for pair in pairs if name in pair for other in pair)]


def _docinfo() -> nodes.docinfo:
    made = nodes.docinfo()
    for title, value in (("Manual section", "1"), ("Manual group", "vhost-toolkit")):
        made += nodes.field("", nodes.field_name(text=title), nodes.field_body("", nodes.paragraph(text=value)))
    made += nodes.version(text=f"vhost-toolkit {__version__}")
    return made


def _codes() -> Iterator[tuple[str, str]]:
    yield "0", "done; also where nothing matches, and where the reader of the answer has gone (| head)"
    yield from ((str(kind.exit_code), kind.meaning) for kind in EXIT_CODES)
    yield "130", "interrupted with Ctrl-C"
    yield "143, 129", "ended by SIGTERM, or by SIGHUP"


def _whole(commands: Sequence[Command]) -> tuple[str, Sequence[nodes.section]]:
    first, *rest = commands
    listed = [(f"vhost-{one.path.split()[1]}(1)", paragraphs(one.text)[0]) for one in rest if one.path.count(" ") == 1]
    old = [(f"{name}(1)", _old_name(name)) for name in doors()]
    return "which machine is this, and is it the only one?", [
        _section("SYNOPSIS", _synopsis("vhost [OPTIONS] COMMAND [ARGUMENTS]")),
        _section("DESCRIPTION", *_description(first)),
        *_parameters(first),
        _section("EXAMPLES", *_examples(first)),
        _section("COMMANDS", _definitions(listed)),
        _section("OLD NAMES", _text("What scripts for the old tool call:"), _definitions(old)),
    ]


def _members(members: Sequence[Command]) -> tuple[str, Sequence[nodes.section]]:
    first = members[0]
    said = paragraphs(first.text)[0]
    title = said.split(": vhost ", maxsplit=1)[0]
    if len(members) == 1:
        return _lowered(title), _alone(first)
    usages = _section("SYNOPSIS", *(_synopsis(_usage(one)) for one in members[1:]))
    return _lowered(title), [usages, _section("DESCRIPTION", *_description(first)), *map(_nested, members[1:])]


def _nested(one: Command) -> nodes.section:
    return _section(one.path, _synopsis(_usage(one)), *_description(one), *_lists(one), *_examples(one))


def _alone(command: Command) -> list[nodes.section]:
    shown = _examples(command)
    return [
        _section("SYNOPSIS", _synopsis(_usage(command))),
        _section("DESCRIPTION", *_description(command)),
        *_parameters(command),
        *([_section("EXAMPLES", *shown)] if shown else []),
    ]


def _lowered(title: str) -> str:
    return title[0].lower() + title[1:]


def _usage(command: Command) -> str:
    return " ".join([command.path, *command.command.collect_usage_pieces(command.context)])


def _description(command: Command) -> list[nodes.Element]:
    return [_text(paragraph) for paragraph in paragraphs(command.text) if not paragraph.startswith("Example: ")]


def _examples(command: Command) -> list[nodes.Element]:
    return [nodes.literal_block(text="\n".join(examples(command.text)))]


def _records(command: Command, kind: str) -> list[tuple[str, str]]:
    records = [one.get_help_record(command.context) for one in command.parameters if one.param_type_name == kind]
    return [record for record in records if record]


def _lists(command: Command) -> list[nodes.Element]:
    return [_definitions(found) for kind in ("argument", "option") if (found := _records(command, kind))]


def _parameters(command: Command) -> list[nodes.section]:
    kinds = {"ARGUMENTS": _records(command, "argument"), "OPTIONS": _records(command, "option")}
    return [_section(title, _definitions(found)) for title, found in kinds.items() if found]


def _old_name(name: str) -> str:
    """Return what an old name is: the call with long names that its help text names, or the old command line."""
    same = _same(name)
    return f"`{same}` with the old options" if same else "the command line of the old tool"


def _same(name: str) -> str:
    found = _SAME.search(door_text(name))
    return found[1] if found else ""


def _door(name: str) -> tuple[str, Sequence[nodes.section]]:
    usage, rest = _split(door_text(name).splitlines())
    said = [line for line in rest if line and not line.startswith((" ", "Example: "))]
    return _old_name(name).replace("`", ""), [
        _section("SYNOPSIS", *map(_synopsis, usage)),
        _section("OPTIONS", _definitions(_entries(rest))),
        *([_section("NOTES", _text(" ".join(said)))] if said else []),
        _section("EXAMPLES", nodes.literal_block(text="\n".join(door_examples(name)))),
    ]


def _split(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the usage, a line for each way to call it, and the lines that follow."""
    end = lines.index("")
    program = lines[0].split()[1]
    whole = " ".join(" ".join(lines[:end]).removeprefix("usage: ").split())
    return [part.strip() for part in re.split(rf"(?:^| )(?={program}(?: |$))", whole) if part], lines[end + 1 :]


def _entries(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Return what stands in two columns; what is indented deeper goes on with the entry above."""
    found: list[tuple[str, str]] = []
    for line in lines:
        if re.match(r"  \S", line):
            term, _, meaning = line[2:].partition("  ")
            found.append((term, meaning.strip()))
        elif line.startswith("   "):
            term, meaning = found.pop()
            found.append((term, f"{meaning} {line.strip()}"))
    return found


def _section(title: str, *content: nodes.Node) -> nodes.section:
    return nodes.section("", nodes.title(text=title), *content, ids=[re.sub(r"\W+", "-", title.lower())])


def _text(text: str) -> nodes.paragraph:
    """Return a paragraph; what stands between backquotes is bold."""
    made = nodes.paragraph()
    for at, part in enumerate(_SPAN.split(text)):
        made += nodes.literal(text=part) if at % 2 else nodes.Text(part)
    return made


def _synopsis(usage: str) -> nodes.paragraph:
    words = usage.split()
    own = next((at for at, word in enumerate(words) if not re.fullmatch(r"[a-z][\w-]*", word)), len(words))
    rest = "".join(f" {word}" for word in words[own:])
    return nodes.paragraph("", "", nodes.strong(text=" ".join(words[:own])), nodes.Text(rest))


def _definitions(entries: Entries) -> nodes.definition_list:
    made = nodes.definition_list()
    for term, meaning in entries:
        made += nodes.definition_list_item("", _term(term), nodes.definition("", _text(meaning)))
    return made


def _term(text: str) -> nodes.term:
    made = nodes.term()
    for at, part in enumerate(_FLAG.split(text)):
        if part:
            made += nodes.strong(text=part) if at % 2 else nodes.Text(part)
    return made
