"""Every call of the use-case manual gives a plan on the sample lab, as its manual's users have it in their homes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.commands import rows, run
from tests.vhost.ctys.lab import SAMPLE, scanned, without_copies
from tests.vhost.ctys.manual_calls import CALLS

PATH = "xen/tst-ctys/tst100/tst100.conf"
ACUE, CHKUSR = f"/homen/acue/{PATH}", f"/homen/chkusr/{PATH}"
START = f"ssh -- lab00 'ksu -q -e xl create {ACUE}'"
CONSOLE = "-- lab00 'ksu -q -e xl console tst100'"
CLI = ["# console CLI (-z 2 -b 0,2)", f"-t -t {CONSOLE}"]
NEXT = "xl create /homen/{}/xen/tst-ctys/tst101/tst101.conf"
LAB01 = "ssh -- lab01 'xl {}'"
SSH = "ssh -o ControlMaster=no -o ControlPath=none"
ASKED = "sh -s -- "

EXPECTED: dict[int, list[str]] = {
    **{key: [START, *CLI] for key in (1, 2)},
    **{key: [START] for key in (3, 18)},
    **dict.fromkeys(range(4, 13), CLI),
    13: [
        START,
        "# console XTERM (-b 1)",
        f"xterm -T tst100 -e {SSH} -t -t {CONSOLE}",
    ],
    14: [START, "gnome-terminal --wait --title=tst100 -- ssh "],
    15: [START, "emacs -Q ", '(make-comint "tst100" "ssh" nil '],
    16: [START, "# console VNC (-L DF -b 1)", "-X -- lab00 'sh -c "],
    17: [
        START,
        "# console VNC (-L CF -b 1)",
        "-o SetEnv=VHOST_SESSION=XEN:tst100 -L ",
        ":5950:localhost:5900 -- lab00",
    ],
    19: ["# sessions on localhost"],
    20: ["# sessions on localhost", "# sessions on lab00"],
    21: ["xl restore /homen/chkusr/xen/tst-ctys/tst100/mystate.stat"],
    22: [f"xl restore {CHKUSR}.state", "# console VNC (-L DF"],
    23: [f"xl restore {CHKUSR}.state", "emacs -Q "],
    24: [START, f"'ksu -q -e {NEXT.format('acue')}'"],
    25: [START, f"'sudo -n -- {NEXT.format('acue')}'"],
    26: [START, f"'sudo -n -- {NEXT.format('acue')}'"],
    27: [START, f"ssh -- lab01 'sudo -n -- {NEXT.format('chkusr')}'"],
    28: ["ssh -- lab00 'ksu -q -e xl destroy tst100'"],
    **{key: [LAB01.format("destroy tst100")] for key in (29, 30, 31)},
    33: [LAB01.format("destroy tst100"), LAB01.format(f"create {CHKUSR}")],
    34: [LAB01.format("destroy tst100"), LAB01.format(f"create {CHKUSR}")],
    35: [LAB01.format("reboot tst100")],
    36: [LAB01.format("destroy tst100"), LAB01.format(f"create {CHKUSR}")],
    37: [LAB01.format("destroy tst100"), LAB01.format(f"create {CHKUSR}")],
    **{key: [LAB01.format("pause tst100")] for key in (38, 39)},
    **{key: [LAB01.format(f"save tst100 {CHKUSR}.state")] for key in (40, 41)},
    42: ["init 6"],
    **{key: ["# sessions on lab00", ASKED] for key in (43, 44, 45)},
    46: ["# sessions on localhost", "# sessions on lab01"],
    47: ["# sessions on localhost", "# sessions on lab00"],
    **{key: ["# configurations on localhost", "# configurations on lab00", ASKED] for key in (48, 49)},
    **{key: ["# show on lab00", ASKED] for key in (51, 52)},
    **{key: ["# info on lab01", ASKED] for key in (53, 54)},
}


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database of the lab whose Xen guests lie in acue's home on lab00 and in chkusr's on lab01."""
    place = tmp_path_factory.mktemp("homes")
    trees = without_copies(place / "trees")
    lines = rows(run("ctys-vhost", "-p", scanned(place / "db", trees), "-o", "machine"))
    database = place / "old"
    database.mkdir()
    homes = {"lab00.soho": "/homen/acue", "lab01.soho": "/homen/chkusr"}
    below = re.compile(rf"(?<=;){re.escape(str(trees))}(?=/)")
    moved = (below.sub(homes.get(line.split(";")[0], "/pool"), line) for line in lines)
    (database / "enum.fdb").write_text("\n".join(moved) + "\n")
    (database / "macmap.fdb").touch()
    return database


@pytest.mark.parametrize("number", EXPECTED)
def test_a_call_of_the_manual_has_its_plan(number: int, homes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VHOST_DB", str(homes))
    monkeypatch.delenv("VHOST_SSH_CONFIG", raising=False)
    program, *arguments = shlex.split(CALLS[number])

    plan = "\n".join(rows(run(program, "--dry-run", *arguments, env={"DISPLAY": ""})))

    missing = [text for text in EXPECTED[number] if text not in plan]
    assert missing == [], plan


@pytest.mark.parametrize(("number", "count"), [(32, 1), (50, 20)])
def test_the_queries_of_the_manual_are_answered(number: int, count: int, homes: Path) -> None:
    program, *arguments = shlex.split(CALLS[number])

    assert len(rows(run(program, *arguments, env={"VHOST_DB": str(homes)}))) >= count


def test_every_call_of_the_manual_is_among_them() -> None:
    assert sorted([*EXPECTED, 32, 50]) == sorted(CALLS)


def test_the_three_records_of_the_manual_are_those_of_the_sample_lab(tmp_path: Path) -> None:
    database = scanned(tmp_path / "db", SAMPLE / "trees")
    program, *arguments = shlex.split(CALLS[32])

    found = rows(run(program, "-p", database, *arguments))

    assert len([line for line in found if line.split(";")[2] == "tst100"]) == 3
