"""`ctys-vhost`: the query of the old tool."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from vhost import __version__
from vhost.cli.letters import Optional, parsed
from vhost.cli.outcome import show, tell
from vhost.cli.query import QueryOptions, run_query

_LETTERS = "c:C:d:hH:i:I:l:L:M:o:p:rR:sS:T:Vx:X"
_REACH = re.compile(r"(?:PING|SSH|PM|VM|REVERSE|MARK)(?:,(?:PING|SSH|PM|VM|REVERSE|MARK))*,?", re.IGNORECASE)
_LOCATION = re.compile(r"LO|CF|DF|SO|LOCALONLY|SERVERONLY|CONNECTIONFORWARDING|DISPLAYFORWARDING", re.IGNORECASE)
_OPTIONAL = {
    "R": Optional(lambda word: _REACH.fullmatch(word) is not None, "PING"),
    "L": Optional(lambda word: _LOCATION.fullmatch(word) is not None),
}
HELP = """\
usage: ctys-vhost [-o OUTPUT] [-M SELECTION] [-p DB[:DB...]] [-s] [-C CACHE] [-i CTYS] [-T TYPES] [-x WHO] [-c COST]
                  [-I LEVEL] [-X] [TERM [AND|OR|NOT] TERM ...]
       ctys-vhost -S LIST [-p DB[:DB...]] [-X]
       ctys-vhost -h | -V

  -o OUTPUT     field keywords (l,pm,mac ...), IP, DNS, MACHINE, MAXKEY, CTYS, TITLE, TITLEIDX, TAB_GEN:...,
                REC_GEN:..., SPEC_GEN:..., XML_GEN:..., SORT:COLUMN%REVERSE%UNIQUE, macro:NAME
  -M SELECTION  ALL (default), FIRST, LAST, COMPLEMENT, SORT, USORT, UNIQUE (exit 11 when several match)
  -p DB         database directories, searched together
  -s            use the snapshot as it is, even if its sources are newer
  -C CACHE      OFF: the sources as they are, OFF,MACMAP: with the macmap's addresses; MACMAP: the macmap first, for
                TCP, MAC and DNS; MACMAPONLY: nothing else; REBUILDCACHE: publish first; GROUPS: a term may be a group.
                Instead of a query: CLEARTMP, CLEARALL; LIST, LISTCACHE, LISTTARGETS, LISTGROUPS, MEMBERSDB.
                KEEPALL, ADJUST: no effect
  -S LIST       instead of a query: LIST, LISTALL, LISTDB, MEMBERSDB, LISTGROUP[:NAME%NAME...], CONTENTGROUP[:...],
                MEMBERSGROUP[FORM][:...], FORM as of ctys-groups -m
  -i CTYS       terms are machine addresses, as -o ctys prints them: PM[PART,PART...]
  -T TYPES      these session types only, as XEN,QEMU
  -x WHO        PING or SSH: records that answer now; of PM, or VM (default); REVERSE: that do not; MARK: all of them,
                a - before the values of the others. -R [WHO] is the same, PING without WHO
  -c COST       CNT: with the number of guests that run on its PM; MINCNT, MAXCNT: on the PMs with the fewest, the most
  -I LEVEL      1 to 9: tell on stderr what is done; 0: nothing
  -X            terse: lists without heads
  -d LEVEL, -l USER, -L LOCATION, -r   no effect
  -h, -H TOPIC, -V   this help, the version
A TERM is a regular expression searched in the whole record; F:n:RE, E:a:b and R:n[:m] look at fields and numbers.
Example: ctys-vhost -o l,pm -x ping lab00 XEN
The same with long names: vhost query --help"""
_FIELDS = {
    "-o": "output",
    "-M": "selection",
    "-p": "databases",
    "-C": "cache",
    "-S": "listing",
    "-i": "input",
    "-T": "types",
    "-x": "reach",
    "-R": "reach",
    "-c": "cost",
    "-I": "level",
}


def run(arguments: Sequence[str]) -> int:
    """Answer one call and return its exit code."""
    from vhost.query.macros import Macros, search_path  # noqa: PLC0415 - beside its use

    databases = _databases(arguments)
    expanded = Macros(search_path(databases)).expand_all(arguments)
    options, terms = parsed("ctys-vhost", expanded, _LETTERS, optional=_OPTIONAL)
    letters = {letter for letter, _ in options}
    if letters & {"-h", "-H", "-V"}:
        show([_version(terse="-X" in letters) if "-V" in letters else HELP])
        return 0
    chosen = QueryOptions(terms=terms, static="-s" in letters, terse="-X" in letters)
    for letter, value in options:
        if letter in _FIELDS:
            setattr(chosen, _FIELDS[letter], value)
    _hint(terms)
    return run_query(chosen)


def _version(*, terse: bool) -> str:
    return __version__ if terse else f"ctys-vhost (vhost-toolkit) {__version__}"


def _databases(arguments: Sequence[str]) -> list[Path]:
    from vhost.cache.place import chosen  # noqa: PLC0415 - beside its use

    named = [value for flag, value in pairwise(arguments) if flag == "-p"]
    return chosen(named[-1] if named else None)


def _hint(terms: Sequence[str]) -> None:
    """Say so where an option stands behind a term: it is a term, as it always was."""
    late = [term for term in terms if re.fullmatch(r"-[A-Za-z]", term)]
    if late:
        tell(f"options stand before terms: {late[0]} is searched as a term")
