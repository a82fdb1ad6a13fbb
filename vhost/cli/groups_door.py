"""`ctys-groups`: lists groups and their members, as the old tool did."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vhost import __version__
from vhost.cli import groups
from vhost.cli.letters import parsed
from vhost.cli.levels import level
from vhost.cli.outcome import show
from vhost.render.groups import FORMS, RULE

_LETTERS = "cd:D:eFhH:lm:SVX"
_CLUSTER = re.compile(r"-[ceFhlSVX]*m")
_DEFAULT_FORM = "3"
HELP = """\
usage: ctys-groups [-l] [-X] [GROUP ...]
       ctys-groups -m [1|2|3|4|5|5x|6|7|7u|8|8u] [-X] [GROUP|HOST ...]
       ctys-groups -S|-F [-D LEVEL] [FOLDER ...]
       ctys-groups -e [GROUP ...]
       ctys-groups -c | -h | -V

  -l        the table of groups (the default)
  -m FORM   members: 1 in braces, 2 and 4 as GROUP(...) calls, 3 in lines (the default), 5 a call for each,
            6 and 7 accounts in one line, 8 hosts without users, u: sorted, once each
  -S, -F    the folders, or all files, of the search path as trees; -D: how many levels
  -e        open groups in $CTYS_GROUPSEDIT, $VISUAL or $EDITOR
  -c        cached groups: there are none
  -X        terse, for scripts
  -d LEVEL  no effect
Example: ctys-groups -m 8u lab
The same with long names: vhost groups --help"""


def run(arguments: Sequence[str]) -> int:
    """Answer one call and return its exit code."""
    options, names = parsed("ctys-groups", _with_form(arguments), _LETTERS)
    given = {letter.lstrip("-"): value for letter, value in options}
    if {"h", "H", "V"} & set(given):
        show([f"ctys-groups (vhost-toolkit) {__version__}" if "V" in given else HELP])
        return 0
    terse = "X" in given
    if {"S", "F", "D"} & set(given):
        return _tree(names, given)
    if "e" in given:
        return groups.run_edit(names, None)
    if "c" in given:
        return groups.run_caches()
    if "m" in given:
        return groups.run_members(names, None, given["m"], terse=terse)
    return groups.run_list(names, None, terse=terse)


def _with_form(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with a form for every `-m`: what follows it and is no form is a group or host."""
    words = list(arguments)
    for number, word in enumerate(words):
        if _CLUSTER.fullmatch(word) and words[number + 1 : number + 2] not in [[form] for form in FORMS]:
            words[number] = word + _DEFAULT_FORM
    return words


def _tree(folders: Sequence[str], given: dict[str, str]) -> int:
    files = "S" not in given
    title = "List of Groups File Trees:" if files else "List of Groups Directroy Trees:"  # as the old tool spells it
    depth = level("ctys-groups", given.get("D"))
    return groups.run_tree(folders, None, depth, files=files, head=(RULE, title, RULE))
