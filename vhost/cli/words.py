"""What may stand where the cursor is: keywords, names of macros and groups, values from the cache.

Completion is asked for by a shell at every TAB, so it is quick, silent about what is wrong, and offers a bounded
number of words. Each function takes the databases of the call and the incomplete word. A word that a shell would
read as more than a word is never offered: a label is what anybody may have written into a configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vhost.record import COUNT, FIELDS, KEYWORDS

MOST = 200
"""How many words are offered."""

_SAFE = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./@+=%:,-]*")
_OUTPUTS = ("ip", "dns", "machine", "maxkey", "ctys", "title", "titleidx", "titleidxasc", "sort")
_LABEL = KEYWORDS["LABEL"].number
_FIELD_TERM = re.compile(r"[Ff]:(\d{1,2}):(.*)")
_MACRO = re.compile(r"(.*\bmacro:)([^{},%:\s]*)", re.IGNORECASE | re.DOTALL)


def offered(words: Iterable[str]) -> list[str]:
    """Return those words that are safe, each once, up to a limit."""
    safe = dict.fromkeys(word for word in words if _SAFE.fullmatch(word))
    return list(safe)[:MOST]


def listed(known: Iterable[str], incomplete: str) -> Iterator[str]:
    """Return the completions of the last word of a list with commas, in the case in which it was begun."""
    before, comma, last = incomplete.rpartition(",")
    form = str.upper if last[:1].isupper() else str.lower
    used = {word.upper() for word in before.split(",")}
    for word in known:
        if word.upper().startswith(last.upper()) and word.upper() not in used:
            yield f"{before}{comma}{form(word)}"


def outputs(databases: Sequence[Path], incomplete: str) -> Iterator[str]:
    """Return what `-o` may go on with: keywords of fields, outputs, `macro:NAME`."""
    if (match := _MACRO.fullmatch(incomplete)) is not None:
        yield from (match[1] + name for name in macros(databases, match[2]))
        return
    last = incomplete.rpartition(",")[2]
    spellings = [word for field in FIELDS for word in (field.keywords if last else field.keywords[:1])]
    yield from listed([*spellings, *_OUTPUTS], incomplete)


def terms(databases: Sequence[Path], incomplete: str) -> Iterator[str]:
    """Return what a term may go on with: labels, `F:n:` and a value of field n, `macro:NAME`."""
    if (match := _MACRO.fullmatch(incomplete)) is not None:
        yield from (match[1] + name for name in macros(databases, match[2]))
    elif (match := _FIELD_TERM.fullmatch(incomplete)) is not None and 1 <= int(match[1]) <= COUNT:
        head = incomplete[: match.start(2)]
        yield from (head + value for value in values(databases, int(match[1]), match[2]))
    else:
        yield from values(databases, _LABEL, incomplete)


def values(databases: Sequence[Path], field: int, incomplete: str) -> list[str]:
    """Return the values of a field in the cache."""
    from vhost.query.values import beginning  # noqa: PLC0415 - keywords need no database

    return beginning(databases, field, incomplete, MOST)


def labels(databases: Sequence[Path], incomplete: str) -> list[str]:
    """Return the labels in the cache."""
    return values(databases, _LABEL, incomplete)


def types(databases: Sequence[Path], incomplete: str) -> Iterator[str]:
    """Return the session types in the cache, in a list with commas."""
    yield from listed(values(databases, KEYWORDS["TYPE"].number, ""), incomplete)


def session_types(_: Sequence[Path], incomplete: str) -> Iterator[str]:
    """Return the session types that scans look for, in a list with commas."""
    from vhost.config.keys import TYPES  # noqa: PLC0415 - only this completion pays for it

    yield from listed(TYPES, incomplete)


def actions(_: Sequence[Path], incomplete: str) -> list[str]:
    """Return the actions of `ctys -a`."""
    known = ("create", "cancel", "list", "enumerate", "show", "info")
    return [word for word in known if word.startswith(incomplete.lower())]


def macros(databases: Sequence[Path], incomplete: str) -> list[str]:
    """Return the names of macros."""
    from vhost.query.macros import Macros, search_path  # noqa: PLC0415 - as above

    return [name for name in Macros(search_path(databases)).names() if name.startswith(incomplete)]


def macro_files(databases: Sequence[Path], incomplete: str) -> list[str]:
    """Return the names of macro files."""
    from vhost.query.macro_files import BUILTIN, search_path  # noqa: PLC0415 - as above

    found = {path.name for place in (*search_path(databases), BUILTIN) if place.is_dir() for path in place.iterdir()}
    return sorted(name for name in found if name.startswith(incomplete))


def groups(databases: Sequence[Path], incomplete: str) -> list[str]:
    """Return the names of groups."""
    from vhost.groups import Groups, search_path  # noqa: PLC0415 - as above

    return [name for name in Groups(search_path(databases)).names() if name.startswith(incomplete)]


def selections(_: Sequence[Path], incomplete: str) -> Iterator[str]:
    """Return the keywords of `-M`."""
    from vhost.query.selection import KEYWORDS as known  # noqa: PLC0415, N811 - as above

    return listed(known, incomplete)


def caches(_: Sequence[Path], incomplete: str) -> Iterator[str]:
    """Return the keywords of `-C`."""
    from vhost.query.caching import WORDS  # noqa: PLC0415 - as above

    return listed(WORDS, incomplete)


def lists(databases: Sequence[Path], incomplete: str) -> Iterator[str]:
    """Return the keywords of `-S`, and the groups that some of them are about."""
    from vhost.query.listing import WORDS  # noqa: PLC0415 - as above

    head, colon, name = incomplete.partition(":")
    if colon:
        before, mark, last = name.rpartition("%")
        return (f"{head}:{before}{mark}{group}" for group in groups(databases, last))
    return listed(WORDS, incomplete)


def reaches(_: Sequence[Path], incomplete: str) -> Iterator[str]:
    """Return the keywords of `-x`."""
    from vhost.query.reachability import WORDS  # noqa: PLC0415 - as above

    return listed(WORDS, incomplete)


def costs(_: Sequence[Path], incomplete: str) -> Iterator[str]:
    """Return the keywords of `-c`."""
    from vhost.query.cost import WORDS  # noqa: PLC0415 - as above

    return listed(WORDS, incomplete)


def inputs(_: Sequence[Path], incomplete: str) -> Iterator[str]:
    """Return the keyword of `-i`."""
    return listed(["CTYS"], incomplete)


def formats(_: Sequence[Path], incomplete: str) -> list[str]:
    """Return the names of typed formats."""
    from vhost.render.typed import FORMATS  # noqa: PLC0415 - as above

    return [name for name in FORMATS if name.startswith(incomplete)]
