"""`ctys-macros`: lists macros and their files, as the old tool did."""

from __future__ import annotations

from collections.abc import Sequence

from vhost import __version__
from vhost.cli import macros
from vhost.cli.letters import parsed
from vhost.cli.levels import level
from vhost.cli.outcome import show
from vhost.render.macros import RULE, Form

_LETTERS = "acd:D:eEFf:hH:lNSVX"
HELP = """\
usage: ctys-macros [-a] [-c] [-E|-N] [-f FILE] [-X] [NAME ...]
       ctys-macros -l [-X]
       ctys-macros -S|-F [-D LEVEL] [FILE ...]
       ctys-macros -e [FILE ...]
       ctys-macros -h | -V

  NAME ...  the values of these macros; without any, all macros of a file
  -a, -c    the atoms, the combined macros; both without either
  -E, -N    expanded, as written; without either the names of the macros that are called
  -f FILE   the macro file, a name or a path (default: default)
  -l        the files of the search path
  -S, -F    the folders, or all files, of the search path as trees; -D: how many levels
  -e        open macro files in $CTYS_MACROSEDIT, $VISUAL or $EDITOR
  -X        terse, for scripts
  -d LEVEL  no effect
Example: ctys-macros -E TAB_CPORT
The same with long names: vhost macros --help"""


def run(arguments: Sequence[str]) -> int:
    """Answer one call and return its exit code."""
    options, names = parsed("ctys-macros", arguments, _LETTERS)
    given = {letter.lstrip("-"): value for letter, value in options}
    if {"h", "H", "V"} & set(given):
        show([f"ctys-macros (vhost-toolkit) {__version__}" if "V" in given else HELP])
        return 0
    depth = level("ctys-macros", given.get("D"))
    if {"S", "F"} & set(given):
        return _tree(names, depth, files="S" not in given)
    if "e" in given:
        return macros.run_edit([*names, *([given["f"]] if "f" in given else [])], None)
    if names:
        return macros.run_show(names, given.get("f"), None, written="N" in given, named=True)
    if "l" in given or ("D" in given and not {"a", "c", "E", "N", "f"} & set(given)):
        return macros.run_files(None, terse="X" in given)
    return _list(given)


def _tree(names: Sequence[str], depth: int | None, *, files: bool) -> int:
    title = "List of Macros File Trees:" if files else "List of Macros Directroy Trees:"  # as the old tool spells it
    return macros.run_tree(names, None, depth, files=files, head=(RULE, title, RULE))


def _list(given: dict[str, str]) -> int:
    form: Form = "written" if "N" in given else "expanded" if "E" in given else "calls"
    wanted = [section for section, letters in ((False, "a"), (True, "cE")) if set(letters) & set(given)]
    return macros.run_list(given.get("f", "default"), None, form, wanted or [False, True], terse="X" in given)
