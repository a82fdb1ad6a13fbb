"""`ctys`: the calls of the manual on the sample lab, as plans; what it says of itself; what it refuses."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.commands import complaint, rows, run
from tests.vhost.ctys.lab import SAMPLE, scanned, without_copies

AMBIGUOUS = [
    "l:tst100",
    "f:tst100/tst100.conf",
    "u:6842caf91e3e43249ed596b8b9f2c5c2",
    "m:00:50:56:13:11:40",
    "t:192.168.1.220",
]
PLAIN = "xen/tst-ctys/tst100/tst100.conf"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scanned(tmp_path_factory.mktemp("lab") / "db", SAMPLE / "trees")


@pytest.fixture(scope="module")
def clear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("clear")
    return scanned(place / "db", without_copies(place / "trees"))


@pytest.mark.parametrize("address", AMBIGUOUS)
def test_an_address_that_fits_three_files_is_refused_with_addresses_to_paste(lab: Path, address: str) -> None:
    done = run("ctys", "-p", lab, "-t", "xen", "-a", f"cancel={address},POWEROFF:0", "--dry-run", "lab01")

    assert done.returncode == 11
    assert "nothing was done" in complaint(done)
    assert "why: uuid 6842caf91e3e43249ed596b8b9f2c5c2: clone (error): copied: " in done.stdout
    assert f"    p:{SAMPLE}/trees/{PLAIN}" in done.stdout.splitlines()


@pytest.mark.parametrize("address", [*AMBIGUOUS, "p:$HOME/" + PLAIN, "i:~/" + PLAIN, "f:" + PLAIN])
def test_the_same_address_gives_a_plan_where_there_is_one_machine(clear: Path, address: str) -> None:
    plan = rows(
        run("ctys", "-p", clear, "-t", "xen", "-a", f"cancel={address},POWEROFF:0", "--dry-run", "lab01(-Z SUDO)")
    )

    assert plan[1].startswith("# tst100 (XEN) on lab01")
    assert plan[2].startswith("ssh -- lab01 'sudo -n -- xl destroy tst100'")


def test_two_targets_have_their_own_privileges(clear: Path) -> None:
    conf = "-a create=f:xen/tst-ctys/tst10{0}/tst10{0}.conf,CONSOLE:none"
    first, second = (f"lab0{n}({conf.format(n)}{more})" for n, more in ((0, ""), (1, " -Z SUDO")))

    plan = "\n".join(rows(run("ctys", "-p", clear, "-t", "xen", "--dry-run", "--", "(-Z KSU)", first, second)))

    assert "ssh -- lab00 'ksu -q -e xl create " in plan
    assert "ssh -- lab01 'sudo -n -- xl create " in plan


def test_the_call_that_resolved_an_address_can_be_pasted(lab: Path) -> None:
    call = ["-p", str(lab), "-d", "-t", "xen", "-a", "cancel=l:tst100,RESET", "--dry-run", "lab00"]

    pasted = shlex.split(run("ctys", *call).stderr.splitlines()[0])

    assert pasted[:6] == ["ctys-vhost", "-o", "machine", "-s", "-M", "all"]
    assert r"F:1:^lab00(\.|$)" in pasted
    assert len(rows(run(*pasted))) == 3


def test_any_base_path_will_do_in_the_call_that_can_be_pasted(lab: Path) -> None:
    call = [
        "-p",
        str(lab),
        "-d",
        "-a",
        f"cancel=l:tst104,b:{SAMPLE}/trees/qemu%{SAMPLE}/trees/xen",
        "--dry-run",
        "lab00",
    ]

    pasted = shlex.split(run("ctys", *call).stderr.splitlines()[0])

    assert len(rows(run(*pasted))) == 1


def test_a_plan_says_what_is_waited_for_and_keeps_an_unknown_home(clear: Path) -> None:
    create = "create=l:tst104,RESUME:~/y.stat,WAITS:3,PING:3%2,SSHPING,WAITC:1"

    plan = rows(run("ctys", "-p", clear, "-t", "xen", "-a", create, "--dry-run", "lab00"))

    assert plan[2].startswith("""ssh -- lab00 'xl restore '"'"'~/y.stat'"'"''""")
    assert plan[-4:] == [
        "# then 3 s after the start",
        "# then until 192.168.1.224 answers an echo, 3 tries of 2 s",
        "# then until 192.168.1.224 answers as an ssh server, 20 tries of 3 s",
        "# then 1 s before the console",
    ]


def test_what_is_neither_host_nor_group_is_named_with_its_place(clear: Path) -> None:
    done = run("ctys", "-p", clear, "-a", "create=l:tst104,CONSOLE:none", "lab00", "nogroup")

    assert done.returncode == 1
    assert "vhost: ctys: argument 6, column 1: host 'nogroup': no record names it as a PM; " in done.stderr
    assert "groups: vhost groups list" in done.stderr


def test_a_type_limits_what_an_address_fits(lab: Path) -> None:
    done = run("ctys", "-p", lab, "-t", "qemu", "-a", "cancel=l:tst100,RESET", "--dry-run", "lab00")

    assert (done.returncode, done.stdout) == (1, "")
    assert "no machine on lab00 fits it" in complaint(done)


def test_one_machine_on_two_hosts_is_acted_on_by_none(clear: Path) -> None:
    done = run("ctys", "-p", clear, "-a", "create=l:tst100,CONSOLE:none", "--dry-run", "lab00", "lab01")

    assert done.returncode == 1
    assert "is the same machine as" in done.stderr


def test_a_dry_run_past_the_cache_says_that_nobody_answered(clear: Path) -> None:
    done = run(
        "ctys", "-p", clear, "-t", "xen", "-a", "cancel=l:tst100,REBOOT", "-C", "off", "--dry-run", "no-such-host"
    )

    assert done.returncode == 1
    assert "what follows is from the cache" in done.stderr


def test_what_has_no_effect_is_said_with_d_only() -> None:
    quiet = run("ctys", "-w", "-a", "show", "--dry-run", "lab00")
    loud = run("ctys", "-w", "-d", "-a", "show", "--dry-run", "lab00")

    assert (quiet.stderr, loud.stderr) == ("", "vhost: ctys: -w is accepted and has no effect here\n")


def test_too_many_targets_are_not_acted_on(clear: Path) -> None:
    hosts = [f"host{number}" for number in range(200)]

    done = run("ctys", "-p", clear, "-a", "cancel=l:tst100,RESET", "--dry-run", *hosts)

    assert done.returncode == 1
    assert complaint(done).startswith("vhost: ctys: target 101, host100: more than 100 targets would be acted on")


def test_macros_may_hold_any_part_of_a_call(clear: Path, tmp_path: Path) -> None:
    (tmp_path / "default").write_text("STOP = -a cancel=l:tst100,POWEROFF:0\nWHERE = lab00(-Z SUDO)\n")

    plan = rows(
        run("ctys", "-p", clear, "macro:STOP", "--dry-run", "macro:WHERE", env={"CTYS_MACRO_PATH": str(tmp_path)})
    )

    assert plan[2].startswith("ssh -- lab00 'sudo -n -- xl destroy tst100'")


@pytest.mark.parametrize("action", ["list", "list=macro:TAB_CPORT", "enumerate=machine,title,b:xen", "show", "info"])
def test_what_only_looks_has_a_plan_too(action: str) -> None:
    plan = rows(run("ctys", "-t", "xen", "-a", action, "--dry-run", "localhost", "lab00(-Z KSU)"))

    assert plan[0].endswith(" on localhost")
    assert plan[3].startswith("ssh -- lab00 'sh -s -- ")


def test_what_changes_something_passes_together(clear: Path) -> None:
    targets = ["lab00(-a cancel=l:tst104,RESET)", "lab01(-a create=l:nosuch,CONSOLE:none)"]

    done = run("ctys", "-p", clear, "-t", "xen", "--dry-run", "--", *targets)

    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing was done for the others either" in done.stderr


def test_help_names_every_option() -> None:
    text = run("ctys", "-h").stdout

    assert all(f"\n  -{letter} " in text for letter in "aAbcCdDfFghHlLMoprsStTvVwWxXyYzZ")
    assert "Example: ctys" in text
    assert run("ctys", "-V").stdout.startswith("ctys (vhost-toolkit) ")


def test_enumerate_is_that_of_the_query_s_tables(tmp_path: Path) -> None:
    place = tmp_path / "home/xen"
    place.mkdir(parents=True)
    (place / "a.cfg").write_text((SAMPLE / "trees/xen/puffy/puffy.cfg").read_text())

    shown = rows(run("ctys", "-t", "xen", "-a", "enumerate=label,cport,b:xen", env={"HOME": str(tmp_path / "home")}))

    assert shown == ["puffy;5951"]


@pytest.mark.parametrize("scope", ["USER", "GROUP", "USRLST=nobody-at-all", "GRPLST=nobody-at-all"])
def test_a_scope_leaves_out_what_is_nobody_s(scope: str) -> None:
    assert rows(run("ctys", "-t", "pm", "-s", scope, "-a", "list=label,type")) == []


def test_show_and_list_reach_this_host() -> None:
    assert rows(run("ctys", "-a", "show"))[0].startswith("node:")
    assert rows(run("ctys", "-t", "pm", "-a", "list=label,type"))[0].startswith("PM;")


@pytest.fixture(scope="module")
def stacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database of a Xen guest on lab00 in which another one may run."""
    place = tmp_path_factory.mktemp("stacked")
    (place / "enum.fdb").write_text(
        "lab00.soho;XEN;tst100;/xen/tst100.conf;;00:50:56:13:11:40;192.168.1.220\n"
        "tst100;PM;tst100;/etc/ctys.d/vm.conf;;00:50:56:13:11:40;192.168.1.220\n"
        "tst100;XEN;deep;/xen/deep.conf;;52:54:00:00:00:02;\n"
    )
    (place / "macmap.fdb").touch()
    return place


def test_stack_shuts_nested_guests_down_before_the_guest(stacked: Path) -> None:
    call = ["-p", str(stacked), "-t", "xen", "--dry-run", "-a"]

    alone = rows(run("ctys", *call, "cancel=p:/xen/tst100.conf,FORCE,POWEROFF", "lab00"))
    stack = rows(run("ctys", *call, "cancel=p:/xen/tst100.conf,STACK,POWEROFF", "lab00"))

    assert _machines(alone) == ["# tst100 (XEN) on lab00"]
    assert _machines(stack) == ["# deep (XEN) on tst100", "# tst100 (XEN) on lab00"]


def _machines(plan: list[str]) -> list[str]:
    return [line for line in plan if line.startswith("# ") and "(" in line]


def test_a_machine_inside_a_host_is_a_host_of_its_own(stacked: Path) -> None:
    target = "lab00[p:/xen/tst100.conf](-l root)"

    plan = rows(run("ctys", "-p", stacked, "-a", "cancel=l:deep,POWEROFF:0", "--dry-run", target))

    assert plan[2].startswith("ssh -- root@tst100 'xl destroy deep'")


def test_a_machine_inside_a_host_that_is_none_is_one_line(stacked: Path) -> None:
    done = run("ctys", "-p", stacked, "-a", "list", "lab00[nowhere]")

    assert (done.returncode, complaint(done)) == (
        1,
        "vhost: ctys: argument 5, column 1: l:nowhere,h:lab00: no machine fits it; see what is known: vhost query",
    )
