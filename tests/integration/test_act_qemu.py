"""Every verb on real QEMU guests, through the installed command; what they do is asked by another QMP client."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.commands import BIN, complaint, run
from tests.lab.qemu_guests import eventually
from tests.lab.qemu_lab import Lab

pytestmark = pytest.mark.integration

SOME = uuid4().hex[:8]
"""What makes the guests of this process unlike those of others on this host."""
UUID, OTHER = f"{SOME}-1e3e-4324-9ed5-96b8b9f2c5c2", f"{SOME}-0318-4b77-95e4-0570f7d5068d"
MAC, OTHER_MAC = (f"52:54:{SOME[:2]}:{SOME[2:4]}:{SOME[4:6]}:{last}" for last in ("00", "01"))
A, B = f"tst{SOME}-a", f"tst{SOME}-b"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path)
    yield made
    made.guests.end()


def test_a_guest_goes_through_its_whole_life(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID, mac=MAC)
    lab.scan()

    def is_now(expected: str, *words: str) -> None:
        done = lab.vhost(*words)
        assert lab.guests.status(script) == expected, done.stdout

    is_now("running", "create", A)
    first = lab.guests.pids()
    is_now("paused", "cancel", A, "--mode", "pause")
    is_now("running", "resume", f"u:{UUID}")
    is_now("running", "cancel", f"m:{MAC}", "--mode", "reset")
    assert lab.guests.pids() == first
    is_now("off", "save", f"p:{script}")
    assert Path(f"{script}.state").stat().st_size > 0
    is_now("running", "resume", f"f:{A}.sh")
    assert not Path(f"{script}.state").exists()
    is_now("paused", "pause", A)
    is_now("off", "save", A)
    is_now("paused", "resume", A)
    is_now("running", "resume", A)
    is_now("off", "shutdown", A)
    assert f"{script}.state holds no saved state" in complaint(lab.vhost("resume", A, code=1))
    is_now("running", "start", A)
    is_now("running", "cancel", A, "--mode", "reboot", "--force")
    is_now("off", "destroy", A)


def test_a_reboot_is_a_shutdown_and_a_new_start(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID)
    lab.scan()
    lab.guests.start(script)
    before = lab.guests.pids()
    lab.vhost("cancel", A, "--mode", "reboot")
    assert lab.guests.status(script) == "running"
    assert lab.guests.pids() != before


def test_a_guest_that_ignores_its_button_is_destroyed_only_if_that_is_allowed(lab: Lab) -> None:
    script = lab.guests.script(B, uuid=UUID, deaf=True)
    lab.scan()
    lab.guests.start(script)
    done = lab.vhost("cancel", B, "--timeout", "1", code=15)
    assert "is running 1 s after it was told" in complaint(done)
    assert lab.guests.status(script) == "running"
    lab.vhost("cancel", B, "--mode", "poweroff:1")
    assert lab.guests.status(script) == "off"


def test_what_is_done_already_says_so(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID)
    lab.scan()
    assert "is not running" in lab.vhost("cancel", A).stdout
    lab.guests.start(script, "-S")
    assert "is paused already" in lab.vhost("pause", A).stdout


def test_an_ambiguous_address_touches_nobody_and_the_proposed_one_exactly_one(lab: Lab) -> None:
    one = lab.guests.script(A, uuid=UUID, mac=MAC)
    two = lab.guests.script(B, uuid=UUID, mac=OTHER_MAC)
    lab.scan()
    for script in (one, two):
        lab.guests.start(script, "-S")
    done = lab.vhost("destroy", f"u:{UUID}", code=11)
    assert "2 machines" in complaint(done)
    assert {lab.guests.status(one), lab.guests.status(two)} == {"prelaunch"}
    proposed = [line.strip() for line in done.stdout.splitlines() if line.startswith("    ")]
    assert len(proposed) == 2
    lab.vhost("destroy", proposed[0])
    assert sorted([lab.guests.status(one), lab.guests.status(two)]) == ["off", "prelaunch"]


def test_a_guest_of_the_same_name_with_another_uuid_is_not_touched(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID, mac=MAC)
    lab.scan()
    stranger = lab.guests.script(A, uuid=OTHER, mac=MAC, name="stranger.sh")
    lab.guests.start(stranger, "-S")
    done = lab.vhost("destroy", f"p:{script}", code=12)
    assert "its UUID is" in complaint(done)
    assert lab.guests.status(stranger) == "prelaunch"


def test_a_guest_that_was_renamed_while_it_ran_is_not_touched(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID, mac=MAC)
    lab.guests.start(script, "-S")
    lab.guests.script(f"{A}-renamed", uuid=UUID, mac=MAC, name=f"{A}.sh")
    lab.scan()
    done = lab.vhost("destroy", f"{A}-renamed", code=12)
    assert f"its name is '{A}'" in complaint(done)
    assert lab.guests.status(script) == "prelaunch"


def test_a_guest_that_fits_two_recorded_machines_is_not_touched(lab: Lab) -> None:
    one = lab.guests.script(A, uuid=UUID, mac=MAC)
    lab.guests.script(A, uuid=UUID, mac=MAC, name="copy.sh", more="-rtc base=utc")
    lab.scan()
    lab.guests.start(one, "-S")
    done = lab.vhost("destroy", f"p:{one}", code=12)
    assert "could as well be" in complaint(done)
    assert lab.guests.status(one) == "prelaunch"


def test_what_runs_or_uses_the_disk_is_not_created_again(lab: Lab, tmp_path: Path) -> None:
    disk = tmp_path / "disk.img"
    disk.write_bytes(b"\0" * 1_048_576)
    one = lab.guests.script(A, uuid=UUID, disk=str(disk))
    lab.guests.script(B, uuid=OTHER, disk=str(disk))
    lab.scan()
    both = lab.vhost("create", A, B, code=17).stderr.splitlines()
    assert f"shares its disk {disk} with {A} on " in both[0], both
    assert not lab.guests.pids()
    lab.guests.start(one, "-S")
    assert "has its UUID" in complaint(lab.vhost("create", A, code=17))
    assert f"has its disk {disk}" in complaint(lab.vhost("create", B, code=17))


def test_a_configuration_that_changed_or_vanished_since_the_scan_is_not_created(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID)
    lab.scan()
    os.utime(script, (1, 1))
    assert "has changed since it was scanned" in complaint(lab.vhost("create", A, code=12))
    lab.guests.start(script, "-S")
    script.unlink()
    assert "is not there" in complaint(lab.vhost("cancel", A, "--mode", "reboot", code=12))
    assert lab.guests.status(script) == "prelaunch"


def test_a_path_with_blanks_and_quotes_is_created_and_cancelled(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID, name="my vm's $(reboot).sh")
    lab.scan()
    lab.vhost("create", A)
    assert len(lab.guests.pids()) == 1
    lab.vhost("destroy", A)
    eventually(lambda: not lab.guests.pids())
    assert script.exists()


def test_a_script_that_fails_says_why(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID)
    script.write_text(script.read_text().replace("-machine pc", "-machine nonsense"))
    lab.scan()
    assert "unsupported machine type" in complaint(lab.vhost("create", A, code=1))


def test_one_machine_that_is_not_proved_keeps_all_from_being_touched(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID)
    lab.scan()
    lab.guests.start(script, "-S")
    lab.vhost("destroy", A, "l:nosuch", code=1)
    assert "'' names neither a group nor a host" in complaint(lab.vhost("destroy", A, "--on", "", code=1))
    assert lab.guests.status(script) == "prelaunch"
    lab.vhost("destroy", A, "l:nosuch", "--keep-going", code=1)
    assert lab.guests.status(script) == "off"


def test_a_dry_run_shows_what_can_be_pasted_and_does_nothing(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID)
    lab.scan()
    lab.guests.start(script, "-S")
    lines = lab.vhost("destroy", A, "--dry-run").stdout.splitlines()
    assert lab.guests.status(script) == "prelaunch"
    pasted = lines[-1].partition("  #")[0]
    assert pasted == f"vhost qmp {lab.guests.socket(script)} quit"
    run(*pasted.split())
    eventually(lambda: lab.guests.status(script) == "off")


def test_every_action_and_refusal_is_logged(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID)
    lab.scan()
    lab.guests.start(script, "-S")
    lab.vhost("destroy", "l:nosuch", code=1)
    lab.vhost("destroy", A)
    refused, done = map(json.loads, lab.vhost("log", "--json").stdout.splitlines())
    assert (refused["words"], refused["exit"], refused["done"]) == ("l:nosuch", 1, [])
    assert (done["verb"], done["exit"], done["machine"]["path"]) == ("poweroff", 0, str(script))
    assert done["done"] == [f"vhost qmp {lab.guests.socket(script)} quit"]


def test_an_action_that_cannot_be_logged_is_done_and_says_so(lab: Lab, tmp_path: Path) -> None:
    script = lab.guests.script(A, uuid=UUID)
    lab.scan()
    lab.guests.start(script, "-S")
    (tmp_path / "state").write_text("no directory")
    refused = lab.vhost("destroy", "l:nosuch", code=1).stderr.splitlines()
    assert [("cannot be logged" in line, "no machine" in line) for line in refused] == [(True, False), (False, True)]
    assert "actions.jsonl: the action cannot be logged: Not a directory" in complaint(lab.vhost("destroy", A))
    assert lab.guests.status(script) == "off"


def test_without_the_cache_the_guests_that_run_now_are_asked(lab: Lab) -> None:
    one = lab.guests.script(A, uuid=UUID, mac=MAC)
    lab.guests.start(one, "-S")
    lab.vhost("destroy", f"l:{A},m:{MAC}", "--no-cache")
    assert lab.guests.status(one) == "off"


def broken_libvirt(directory: Path) -> dict[str, str]:
    """Return what lets a libvirt be found that fails."""
    broken = directory / "bin/virsh"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho error: internal error >&2\nexit 1\n")
    broken.chmod(0o755)
    return {"PATH": f"{broken.parent}:{os.environ['PATH']}"}


def test_without_the_cache_a_hypervisor_that_does_not_answer_could_run_the_one_that_is_meant(
    lab: Lab, tmp_path: Path
) -> None:
    script = lab.guests.script(A, uuid=UUID)
    lab.guests.start(script, "-S")
    done = run("vhost", "destroy", A, "--no-cache", env=lab.env | broken_libvirt(tmp_path))
    assert (done.returncode, "internal error" in complaint(done)) == (1, True)
    assert lab.guests.status(script) == "prelaunch"


def test_another_hypervisor_that_does_not_answer_could_run_what_is_created(lab: Lab, tmp_path: Path) -> None:
    script = lab.guests.script(A, uuid=UUID)
    lab.scan()
    lab.env |= broken_libvirt(tmp_path)
    done = lab.vhost("create", A, code=1)
    assert f"internal error; {A} may be running there; look again later, or use --force" in complaint(done)
    assert lab.guests.status(script) == "off"
    lab.vhost("create", A, "--force")
    assert lab.guests.status(script) == "running"


def test_without_the_cache_a_configuration_is_read_on_the_target(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID, mac=MAC)
    lab.vhost("create", f"p:{script}", "--no-cache")
    assert lab.guests.status(script) == "running"
    lab.vhost("destroy", f"p:{script}", "--no-cache")
    assert lab.guests.status(script) == "off"


def test_what_nobody_reads_any_more_is_done_and_logged_all_the_same(lab: Lab) -> None:
    scripts = [lab.guests.script(f"{A}{n}", uuid=UUID.replace("-1e3e", f"-1e3{n}")) for n in range(2)]
    lab.scan()
    for script in scripts:
        lab.guests.start(script, "-S")
    unread, written = os.pipe()
    os.close(unread)
    command = [str(BIN / "vhost"), "destroy", f"{A}0", f"{A}1", "l:nosuch", "--keep-going"]
    done = subprocess.run(command, env={**os.environ, **lab.env}, stdout=written, check=False, timeout=60)
    os.close(written)
    assert [lab.guests.status(script) for script in scripts] == ["off", "off"]
    logged = [json.loads(line)["exit"] for line in lab.vhost("log", "--json").stdout.splitlines()]
    assert (done.returncode, sorted(logged)) == (1, [0, 0, 1])


def test_without_the_cache_a_path_that_a_guest_only_inherited_is_not_its_own(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID, mac=MAC)
    other = lab.guests.script(B, uuid=OTHER, mac=OTHER_MAC)
    heir = lab.guests.directory / "heir.sh"
    heir.write_text(f"#!/bin/sh\nVHOST_GUEST_CONFIG={script} exec {other} -S\n")
    heir.chmod(0o755)
    lab.guests.start(heir)
    assert "nothing there now fits it" in complaint(lab.vhost("destroy", f"p:{script}", "--no-cache", code=1))
    assert lab.guests.status(other) == "prelaunch"


def test_without_the_cache_nothing_is_created_on_the_first_of_several_hosts(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID)
    groups = Path(lab.env["VHOST_DB"]) / "groups"
    groups.mkdir(parents=True)
    (groups / "both").write_text("localhost\nlab00.invalid\n")
    done = lab.vhost("create", f"p:{script}", "--no-cache", "--on", "both", code=1)
    assert "could be started on localhost, lab00.invalid; name one with --on" in complaint(done)
    assert lab.guests.status(script) == "off"


def test_all_guests_of_a_host_have_to_be_confirmed(lab: Lab) -> None:
    scripts = [lab.guests.script(f"{A}{n}", uuid=UUID.replace("-1e3e", f"-1e3{n}")) for n in range(2)]
    for script in scripts:
        lab.guests.start(script, "-S")
    done = run("vhost", "cancel", "--all", "--mode", "pause", env=lab.env)
    assert (done.returncode, "confirm: --yes" in done.stderr) == (1, True)
    assert f"{A}0" in done.stdout
    both = lab.vhost("cancel", f"{A}0", "--all", "--yes", "--mode", "pause", code=1)
    assert complaint(both) == f"vhost: --all: contradicts the address {A}0; write one of both"


def test_all_guests_below_a_directory_need_their_own_yes(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID)
    lab.vhost("create", f"p:{script}", "--no-cache")
    mine = f"cancel=ALL,b:{lab.guests.directory},PAUSE"

    refused = run(
        "ctys", "-t", "qemu", "--", "localhost(-a cancel=ALL,b:/nowhere --yes)", f"localhost(-a {mine})", env=lab.env
    )
    assert (refused.returncode, complaint(refused)) == (
        1,
        "vhost: --all: 1 guests would be told to pause; confirm: --yes",
    )
    assert lab.guests.status(script) == "running"

    done = run("ctys", "-t", "qemu", "-a", mine, "--yes", env=lab.env)
    assert done.returncode == 0, done.stderr
    assert lab.guests.status(script) == "paused"
    assert len(done.stdout.splitlines()) == 1


def test_running_guests_are_listed_and_stored(lab: Lab) -> None:
    script = lab.guests.script(A, uuid=UUID, mac=MAC, more="-vnc 127.0.0.1:0,to=99")
    lab.guests.start(script, "-S")
    listed = json.loads(lab.vhost("list", "-T", "QEMU", "--format", "json").stdout)
    (guest,) = [one for one in listed if one["uuid"] == UUID.replace("-", "")]
    assert (guest["label"], guest["state"], guest["macs"]) == (A, "paused", [MAC])
    lab.vhost("scan", "live", "-T", "QEMU")
    rows = lab.vhost("sql", "--format", "json", f"SELECT label, state, macs FROM guest WHERE label = '{A}'").stdout
    assert json.loads(rows)[0] == {"label": A, "state": "prelaunch", "macs": [MAC]}
