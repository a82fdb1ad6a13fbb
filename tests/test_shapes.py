"""Recorded calls whose layout is free: the same information has to be there, line by line.

Folders of the old installation, sizes, rules and colours are no information. Where a line is another one on
purpose, it stands in DIFFERENT with what replaces it; the reasons stand in docs/old-tool.md.
"""

from __future__ import annotations

import getpass
import re
from pathlib import Path

import pytest

from tests import recorded

COLOURS = re.compile("\x1b(?:\\[[0-9;]*m|\\([0B])")
BRANCHES = re.compile(r"^[tqmx ]*qq |^[|` ]*-- ")
RULE = re.compile(r"[-:\s]*")
OLD_FOLDERS = ("$LIB", "$ROOT")

TREES = {
    # groups of the old installation below $LIB, which we do not install
    *("db", "desktops", "netscan", "tst", "tst001", "tst002", "ctys-allVMs", "ctys-all", "8 directories"),
    *("8 directories, 2 files", "0 directories", "0 directories, 0 files"),
}
INSTALLED = {
    *("6 6/0 6 db/ctys-allVMs", "7 2/0 2 desktops/tst/ctys-lab", "8 4/0 4 netscan/ctys-all"),
    *("9 2/0 2 tst/tst001/ctys-tst-001", "10 6/0 6 tst/tst002/ctys-tst-002"),
}
COMMAS = {
    "h{ lab02(-a create=l:LAB02 reuse -b 1,2 ) acue@lab03(-a create=l:LAB03,reuse) }": (
        "h{ lab02(-a create=l:LAB02,reuse -b 1,2 ) acue@lab03(-a create=l:LAB03,reuse) }"
    ),
    "lab02(-a create=l:LAB02 reuse -b 1,2 ) acue@lab03(-a": "lab02(-a create=l:LAB02,reuse -b 1,2 ) acue@lab03(-a",
}
LIST_MACROS = {"lconn", "ldefault", "lif", "listdefault", "TAB_HWCAP", "TAB_HWREQ", "vhwcap", "vhwreq"}
"""Macros that showed other fields than their titles say."""
TESTED_ELSEWHERE = {"lab256", "lab261", "lab288", "lab289"}
"""They tell what they did to caches that we do not have; each has its test below."""


def facts(text: str, home: Path) -> list[str]:
    """Return the lines that say something, in one spelling."""
    found = []
    for line in text.replace(str(home), "~").replace('"root"', f'"{getpass.getuser()}"').splitlines():
        plain = BRANCHES.sub("", COLOURS.sub("", line)).removeprefix("CTYS_GROUPS_PATH   = ").strip(" :")
        if RULE.fullmatch(plain) is None and not any(folder in plain for folder in OLD_FOLDERS):
            found.append(" ".join(re.sub(r"\b\d+k\b", "", plain).split()))
    return found


def expected(line: str) -> str | None:
    """Return what takes the place of a recorded line, None where nothing does."""
    if line in TREES | INSTALLED or re.split("[ =]", line)[0] in LIST_MACROS:
        return None
    line = line.replace("ctys-vhost.statcache.cdb", "cache.duckdb").replace("group-caches of groups", "group-caches")
    line = line.removesuffix("/.") if line.endswith("groups/.") else line
    return COMMAS.get(line, line)


@pytest.mark.parametrize("name", [name for name in recorded.of("shape") if name not in TESTED_ELSEWHERE])
def test_the_same_information_is_there(name: str, tmp_path: Path) -> None:
    done = recorded.run(name, tmp_path)
    ours = [re.sub(r"cache-\d+\.duckdb", "cache.duckdb", line) for line in facts(done.stdout, done.home)]
    theirs = list(filter(None, map(expected, facts(done.recorded, done.home))))
    built_in = [line for line in theirs if line.startswith("=> ")]  # the macro file, which ours installs elsewhere
    assert done.code == recorded.cases()[name]["rc"]
    assert [line for line in theirs if line not in ours and line not in built_in] == []
    assert len(theirs) > 0


def test_clearall_names_what_it_removed_and_where(tmp_path: Path) -> None:  # lab256
    recorded.run("lab256", tmp_path, "ctys-vhost -o l tst101")
    done = recorded.run("lab256", tmp_path)
    database = done.home / ".ctys/db/default"
    names = {path.name for path in database.iterdir()}
    assert (names >= {"enum.fdb", "macmap.fdb"}, [name for name in names if "cache" in name]) == (True, [])
    assert f'-> Clear all current caches for "{getpass.getuser()}":\n   -> caches :"{database}"\n' in done.stdout
    assert re.search(rf"      {database}/cache-\d+\.duckdb\n", done.stdout)


def test_a_rebuild_with_groups_answers_and_the_groups_are_listed(tmp_path: Path) -> None:  # lab261
    done = recorded.run(
        "lab261", tmp_path, "NOGCACHE=0 ctys-vhost -C rebuildcache,groups -o l tst101 && ctys-groups -X"
    )
    label, *groups = done.stdout.splitlines()
    assert (done.code, label) == (0, "tst101")
    assert [line.split()[-1] for line in groups] == ["all", "ctx", "ctxall", "lab", "sub/qemuhosts"]


@pytest.mark.parametrize(("name", "count"), [("lab288", 3), ("lab289", 4)])
def test_progress_tells_the_database_and_the_matches_on_stderr(name: str, count: int, tmp_path: Path) -> None:
    done = recorded.run(name, tmp_path)
    answer = [line for line in done.recorded.splitlines() if "R-Methods" not in line and "!" not in line]
    assert done.stdout.splitlines() == [line for line in answer if not re.match("START|CHECK|RM|  match", line)]
    assert f"CHECK             ={done.home}/.ctys/db/default" in done.stderr
    assert f"match={count} of total={count}" in done.stderr
