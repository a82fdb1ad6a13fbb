"""`ctys-vhost`: the query of the old tool."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from vhost import __version__
from vhost.cli.letters import parsed
from vhost.cli.outcome import show
from vhost.cli.query import QueryOptions, run_query

_LETTERS = "o:M:p:sXhV"
_HELP = """\
usage: ctys-vhost [-o OUTPUT] [-M SELECTION] [-p DB[:DB...]] [-s] [TERM [AND|OR|NOT] TERM ...]

  -o OUTPUT     field keywords (l,pm,mac ...), IP, DNS, MACHINE, MAXKEY, CTYS, TITLE, TITLEIDX, TAB_GEN:...,
                REC_GEN:..., SPEC_GEN:..., XML_GEN:..., SORT:COLUMN%REVERSE%UNIQUE, macro:NAME
  -M SELECTION  ALL (default), FIRST, LAST, COMPLEMENT, SORT, USORT, UNIQUE (exit 11 when several match)
  -p DB         database directories, searched together
  -s            use the snapshot as it is, even if its sources are newer
  -X            terse: no effect on queries
  -h, -V        this help, the version
A TERM is a regular expression searched in the whole record; F:n:RE, E:a:b and R:n[:m] look at fields
and numbers. The same with long names: vhost query --help"""


def run(arguments: Sequence[str]) -> int:
    """Answer one call and return its exit code."""
    from vhost.query.macros import Macros, search_path  # noqa: PLC0415 - beside its use

    databases = _databases(arguments)
    expanded = Macros(search_path(databases)).expand_all(arguments)
    options, terms = parsed("ctys-vhost", expanded, _LETTERS)
    chosen = QueryOptions(terms=terms)
    for letter, value in options:
        if letter in {"-h", "-V"}:
            show([_HELP if letter == "-h" else f"ctys-vhost (vhost-toolkit) {__version__}"])
            return 0
        _take(chosen, letter, value)
    return run_query(chosen)


def _databases(arguments: Sequence[str]) -> list[Path]:
    from vhost.cache.place import chosen  # noqa: PLC0415 - beside its use

    named = [value for flag, value in pairwise(arguments) if flag == "-p"]
    return chosen(named[-1] if named else None)


def _take(chosen: QueryOptions, letter: str, value: str) -> None:
    if letter == "-o":
        chosen.output = value
    elif letter == "-M":
        chosen.selection = value
    elif letter == "-p":
        chosen.databases = value
    elif letter == "-s":
        chosen.static = True
