"""The old forms in which groups and their members are listed.

    1  h{ lab00 lab01 }           2  ./lab:GROUP(./lab)lab00 lab01      3  lab00 lab01, in lines of 72
    4  as 2, context quoted       5  a numbered `ctys HOST` for each    5x the same, lines for scripts
    6  all accounts in one line   7  the same (7u: sorted, once each)   8  without users (8u: likewise)

Forms 1 to 5x show group files by directory, the others the hosts of all arguments in their order.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from vhost.groups import Listed, Member
from vhost.text import escape

RULE = "-" * 40
BY_FILE = ("1", "2", "3", "4", "5", "5x")
FORMS = (*BY_FILE, "6", "7", "7u", "8", "8u")
_WRAP = 72
_COLUMNS = "(<size-kbytes> <#records>/<#includes> <internal> <group-filename>)"


def head(directories: Sequence[Path], asked: str = "") -> Iterator[str]:
    """Return the lines that name the search path."""
    yield from ("", f"Current group files of:{asked}", "")
    for number, directory in enumerate(directories):
        start = f"{'':21}:" if number else "CTYS_GROUPS_PATH   = "
        yield start + escape(str(directory))
    yield ""


def listing(rows: Sequence[Listed], directories: Sequence[Path], names: Sequence[str], *, terse: bool) -> Iterator[str]:
    """Return the table of groups: number, KiB on disk, hosts and includes of the file, hosts in all, name."""
    if not terse:
        yield from (RULE, f"Groups Sources:{_COLUMNS}", "", RULE)
    yield from overview(rows, directories, names, terse=terse)


def overview(
    rows: Sequence[Listed], directories: Sequence[Path], names: Sequence[str], *, terse: bool
) -> Iterator[str]:
    """Return the same table without its title."""
    lines = {row.place: _row(number, row) for number, row in enumerate(rows)}
    if terse:
        yield from lines.values()
        return
    yield from head(directories, ":".join(["listgroup", *names]) if names else "")
    for directory, own in _by_directory(rows, directories):
        yield from ("", escape(str(directory)))
        if own:
            yield from ("", "   gIDX    size  #hosts/#includes  #total  cur", "  " + "-" * 70)
            yield from (lines[row.place] for row in own)
    yield ""


def _row(number: int, row: Listed) -> str:
    own, includes = len(row.group.hosts), len(row.group.includes)
    return f"{number:>7}{_size(row):>8}{own:>8}/{includes:<9}{len(row.members):>8}  {row.place.name}"


def _size(row: Listed) -> str:
    try:
        return f"{row.place.path.stat().st_blocks // 2}k"
    except OSError:  # it has gone since it was read
        return "0k"


def _by_directory(rows: Sequence[Listed], directories: Sequence[Path]) -> list[tuple[Path, list[Listed]]]:
    """Return the directories that exist with their groups; last those of groups named by their path."""
    elsewhere = (row.place.directory for row in rows if row.place.directory not in directories)
    shown = [*filter(Path.is_dir, directories), *dict.fromkeys(elsewhere)]
    return [(directory, [row for row in rows if row.place.directory == directory]) for directory in shown]


def includes(rows: Sequence[Listed], directories: Sequence[Path]) -> Iterator[str]:
    """Return each group file with the names of what it includes."""
    yield from head(directories)
    for directory, own in _by_directory(rows, directories):
        yield from ("", escape(str(directory)))
        for row in own:
            names = " ".join(include.name for include in row.group.includes)
            yield from (f"{_size(row):>7} {row.place.name}", *([f"        i{{ {names} }}"] if names else []), "")
    yield ""


def by_file(rows: Sequence[Listed], directories: Sequence[Path], form: str, *, terse: bool) -> Iterator[str]:
    """Return the members of each group file in one of the forms of BY_FILE."""
    block, spaced = _BLOCKS[form]
    if form == "5x":
        yield from _lines(rows, _calls)
        return
    if terse:
        framed = _lines(rows, _calls if form == "5" else block)
        yield from (["", *framed, "", ""] if spaced else framed)
        return
    yield from (RULE, "Groups Sources:", RULE, *head(directories))
    for directory, own in _by_directory(rows, directories):
        yield from ("", escape(str(directory)), *([""] if spaced else []), *_lines(own, block))
    yield ""


def _lines(rows: Iterable[Listed], block: Callable[[Listed], Iterable[str]]) -> Iterator[str]:
    return (line for row in rows for line in block(row))


def _label(row: Listed) -> str:
    return row.place.name if "/" in row.place.name else f"./{row.place.name}"


def _braced(row: Listed) -> list[str]:
    hosts = " ".join(member.written("") for member in row.members)
    return [f"{_size(row):>7} {row.place.name}", f"        h{{ {hosts} }}", ""]


def _wrapped(row: Listed) -> list[str]:
    hosts = " ".join(member.written("") for member in row.members)
    lines = textwrap.wrap(hosts, _WRAP, break_long_words=False, break_on_hyphens=False)
    indented = [("           " if number else "        ") + line for number, line in enumerate(lines)]
    return [f"{_size(row):>7} {row.place.name}", *indented, ""]


def _call(row: Listed, quote: str) -> list[str]:
    """Return the group as a call takes it; in braces where a comma would end it."""
    written = [(member.written(quote), member.separator) for member in row.members]
    hosts = "".join(text + separator for text, separator in written[:-1]) + "".join(text for text, _ in written[-1:])
    return [f"       {_label(row)}:GROUP({_label(row)})" + (f"{{{hosts}}}" if "," in hosts else hosts)]


def _numbered(row: Listed) -> list[str]:
    calls = [f"{number:>11}:  {line}" for number, line in enumerate(_calls(row))]
    return [f"       {_label(row)}:", *calls, ""]


def _calls(row: Listed) -> list[str]:
    return [f"ctys {member.written()}" for member in row.members]


_BLOCKS: dict[str, tuple[Callable[[Listed], Iterable[str]], bool]] = {
    "1": (_braced, False),
    "2": (lambda row: _call(row, ""), True),
    "3": (_wrapped, False),
    "4": (lambda row: _call(row, "'"), True),
    "5": (_numbered, True),
    "5x": (_calls, False),
}


def hosts(members: Sequence[Member], directories: Sequence[Path], form: str, *, terse: bool) -> str:
    """Return the text of the forms 6 to 8u; the unique and terse ones are one line without its end."""
    names = [member.host if form.startswith("8") else member.account for member in members]
    if form.endswith("u"):
        return " " + " ".join(sorted(set(names)))
    line = " ".join(["", *names, ""])
    return line if terse else "\n".join([*head(directories), line, ""])
