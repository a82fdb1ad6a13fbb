"""The grammar of `ctys` beyond the calls of the manual, and its complaints."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from vhost.ctys.call import call
from vhost.ctys.requests import ANY, Cancel, Create, Enumerate, List, Members, Part, Probe, Target
from vhost.ctys.translation import directories
from vhost.ctys.words import LONGEST
from vhost.errors import UsageError
from vhost.groups import Groups


def targets(line: str, groups: Path | None = None) -> list[Target]:
    return list(call(shlex.split(line), Groups([groups] if groups else [])).targets)


def request(text: str) -> Create:
    [target] = call(["-a", f"create={text}"], Groups([])).targets
    assert isinstance(target.request, Create)
    return target.request


def complaint(*arguments: str, groups: Path | None = None) -> str:
    with pytest.raises(UsageError) as error:
        call(arguments, Groups([groups] if groups else []))
    text = str(error.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    "line",
    ["-txen -alist -X lab00", "'-t xen' '-a list' -X lab00", "-X -t xen -a list -- lab00", "-Xtxen -alist lab00"],
)
def test_options_may_be_spelled_in_any_of_the_old_ways(line: str) -> None:
    [target] = targets(line)

    assert (target.host, target.options.type, target.options.terse) == ("lab00", "XEN", True)


def test_a_later_option_takes_the_place_of_an_earlier_one_and_a_target_s_own_of_the_common_ones() -> None:
    found = targets("-l root -Z SUDO -a list '(-Z KSU -l acue)' lab00 lab01'(-Z NO)' chkusr@lab02'(-a show)'")

    assert [(one.account, one.options.privilege) for one in found] == [
        ("acue@lab00", "KSU"),
        ("acue@lab01", "NO"),
        ("chkusr@lab02", "KSU"),
    ]
    assert [type(one.request).__name__ for one in found] == ["List", "List", "Show"]


def test_several_targets_may_stand_in_one_argument() -> None:
    assert [one.host for one in targets("-a list 'lab00, lab01(-t xen) lab02'")] == ["lab00", "lab01", "lab02"]


def test_a_context_may_be_spread_over_arguments() -> None:
    [target] = targets(r"-t xen lab00\( -a create=l:tst100 -Z KSU \)")

    assert (target.host, target.options.privilege) == ("lab00", "KSU")


def test_quotes_in_a_context_keep_blanks_and_brackets_together() -> None:
    [target] = targets("""lab00'(-a create=p:"/pool/my (old) vm.conf")'""")

    assert isinstance(target.request, Create)
    assert target.request.address == (Part("id", "/pool/my (old) vm.conf"),)


def test_a_group_gives_its_hosts_with_their_options(tmp_path: Path) -> None:
    (tmp_path / "xenhosts").write_text("CONTEXT'(-Z KSU -t xen)'\nlab00\nroot@lab01'(-Z SUDO)'\n")

    found = targets("-a list -T qemu xenhosts'(-X)'", tmp_path)

    assert [(one.account, one.options.privilege, one.options.terse) for one in found] == [
        ("lab00", "KSU", True),
        ("root@lab01", "SUDO", True),
    ]
    assert {one.options.type for one in found} == {"XEN"}


def test_a_stack_address_may_be_one_that_the_query_printed() -> None:
    [target] = targets(
        "-a list 'lab00.soho[/root/xen/tst101/tst101.conf,tst101,26bb01fe80504fd394d37a2c5a5bc4bc,"
        "00:50:56:13:11:41,192.168.1.221]'"
    )

    assert [(part.kind, part.value) for part in target.stack[0]] == [
        ("id", "/root/xen/tst101/tst101.conf"),
        ("label", "tst101"),
        ("uuid", "26bb01fe80504fd394d37a2c5a5bc4bc"),
        ("mac", "00:50:56:13:11:41"),
        ("tcp", "192.168.1.221"),
    ]


@pytest.mark.parametrize("line", ["lab00[l:tst100][inner]", "'lab00[l:tst100[inner]]'"])
def test_machines_inside_machines_stand_in_brackets(line: str) -> None:
    [target] = targets(f"-a list {line}'(-t qemu)'")

    assert target.stack == ((Part("label", "tst100"),), (Part("label", "inner"),))
    assert target.options.type == "QEMU"


def test_values_keep_what_a_backslash_protects() -> None:
    found = request(r"p:/pool/a\,b\:c\%d\ e\=f,B:/one%/tw\%o")

    assert found.address == (Part("id", "/pool/a,b:c%d e=f"), Part("base", "/one"), Part("base", "/tw%o"))


@pytest.mark.parametrize("text", ["m:00:50:56:13:11:40", "u:6842caf9:1e3e", "t:fe80::1"])
def test_values_of_macs_uuids_and_addresses_may_hold_colons(text: str) -> None:
    assert request(text).address[0].value == text[2:]


@pytest.mark.parametrize("text", ["$HOME/xen/a.conf", "${HOME}/xen/a.conf", r"\$HOME/xen/a.conf", "~/xen/a.conf"])
def test_the_home_in_a_path_is_that_of_the_target_s_user(text: str) -> None:
    [part] = request(f"p:{text}").address

    assert (part.value, part.at_home) == ("~/xen/a.conf", True)


def test_the_home_is_one_only_at_the_beginning_of_a_path() -> None:
    assert not request("p:/pool/~/x").address[0].at_home
    assert not request("l:~").address[0].at_home
    assert request("p:$HOMER/x").address[0].value == "$HOMER/x"


def test_create_takes_every_suboption_in_any_case() -> None:
    found = request(
        "Label:tst100,ReSuMe:~/s.stat,console:Gterm,ping:3%5,SSHPING:off,WAITC:1,waits:2,user:acue,"
        "chdir:$HOME/x,CALLOPTS:-q%-e,XOPTS:-fg%red,bootmode:pxe"
    )

    assert found == Create(
        address=(Part("label", "tst100"),),
        begin="RESUME",
        state_file="~/s.stat",
        console="GTERM",
        ping=Probe(wanted=True, tries=3, seconds=5),
        ssh_ping=Probe(wanted=False),
        wait_client=1,
        wait_server=2,
        user="acue",
        directory="~/x",
        calls=("-q", "-e"),
        console_words=("-fg", "red"),
        boot="PXE",
    )


@pytest.mark.parametrize(
    ("word", "end"), [("S3", "PAUSE"), ("s4", "SUSPEND"), ("S5", "POWEROFF"), ("PWROFF", "POWEROFF")]
)
def test_cancel_knows_the_states_of_acpi(word: str, end: str) -> None:
    [target] = targets(f"-a cancel=l:x,{word}")

    assert isinstance(target.request, Cancel)
    assert target.request.end == end


def test_cancel_all_may_be_limited_to_base_paths_and_a_user() -> None:
    [target] = targets("-a cancel=ALL,b:/pool,STACK,SELF,CLIENT,TIMEOUT:90,USER:acue,POWEROFF:5")

    assert target.request == Cancel(
        address=(Part("base", "/pool"),),
        everything=True,
        end="POWEROFF",
        seconds=5,
        stack=True,
        itself=True,
        side="CLIENT",
        timeout=90,
        user="acue",
    )


def test_a_base_path_that_begins_nowhere_limits_nothing() -> None:
    parts = (Part("base", "~/xen"), Part("base", "/pool"))

    assert directories(parts, "/home/acue", "here") == ["/home/acue/xen", "/pool"]
    with pytest.raises(UsageError, match="does not say where it begins"):
        directories((Part("base", "xen"),), "/home/acue", "here")


def test_a_plan_for_one_target_is_a_plan_for_all() -> None:
    found = targets("-a cancel=l:x lab00 lab01'(-n)' lab02'(-a list)'")

    assert [target.options.dry_run for target in found] == [True, True, True]


def test_list_tells_its_own_words_from_an_output() -> None:
    [target] = targets("-s USRLST=acue%root -a list=server,TUNNEL,terse,tab_gen:3_Label_10%%9_cport_5,sort:1%reverse")

    assert target.request == List(
        output="tab_gen:3_Label_10%%9_cport_5,sort:1%reverse", kinds=frozenset("ST"), terse=True
    )
    assert target.options.scope == Members("USRLST", ("acue", "root"))


@pytest.mark.parametrize(
    ("text", "states", "every"),
    [
        ("active%empty", {"ACTIVE", ""}, False),
        ("PRESENT", {ANY}, False),
        ("all", None, True),
        ("custom%MINE", {"MINE"}, False),
    ],
)
def test_enumerate_matches_states(text: str, states: set[str] | None, every: bool) -> None:
    [target] = targets(f"-a enumerate=matchvstat:{text},b:~/xen%/etc")

    assert isinstance(target.request, Enumerate)
    assert (target.request.states, target.request.every) == (None if states is None else frozenset(states), every)
    assert target.request.bases == ("~/xen", "/etc")


def test_what_has_no_effect_is_said_once() -> None:
    found = call(shlex.split("-w -S on -a list lab00'(-w)' lab01"), Groups([]))

    assert found.notes == (
        "-w is accepted and has no effect here",
        "-S is accepted and has no effect here",
    )


@pytest.mark.parametrize(
    ("line", "idle"),
    [
        ("-z 2 -g 80x24 -D :1 -Y -L CF -a list", "-D -g -L -Y -z"),
        ("-A 1 -s USER --fill -a cancel=l:x", "-A -s --fill"),
        ("-z 1 -D :1 -a create=l:x,CONSOLE:xterm", ""),
        ("-s USER --fill -a list", ""),
    ],
)
def test_what_has_no_effect_on_an_action_is_said(line: str, idle: str) -> None:
    found = call(shlex.split(line), Groups([]))

    assert found.notes == tuple(f"{option} is accepted and has no effect here" for option in idle.split())


def test_client_beside_a_mode_says_that_the_machine_is_left_alone() -> None:
    [note] = call(["-a", "cancel=l:x,CLIENT,RESET", "lab00"], Groups([])).notes

    assert "leaves the machine itself alone" in note


def test_a_console_in_this_terminal_overrules_what_it_cannot_do() -> None:
    found = call(shlex.split("-b async,par -z NOPTY -a create=l:x,CONSOLE:cli lab00"), Groups([]))

    [target] = found.targets
    assert (target.options.terminal, str(target.options.background)) == (2, "0,2")
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    ("line", "level", "host"), [("-d -a list", "1", "localhost"), ("-d 2,s:16,p lab00", "2,s:16,p", "lab00")]
)
def test_the_level_of_debugging_may_be_left_out(line: str, level: str, host: str) -> None:
    [target] = targets(f"-a list {line}")

    assert (target.options.debug, target.host) == (level, host)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-a", "create=l:x", "lab00(-Z KSU"], "argument 3, column 6: '(' is never closed"),
        (["-a", "create=l:x", "lab00 -Z KSU)"], "argument 3, column 7: '-Z' is an option behind a target"),
        (["-a", "create=l:x", "lab00 )"], "argument 3, column 7: ')' closes nothing"),
        (["-a", "create=l:x", "lab00[x"], "argument 3, column 6: '[' is never closed"),
        (["-a", "create=l:x", 'lab00(-Z "KSU)'], 'argument 3, column 10: " is never closed'),
        (["-a", "create=l:x", "lab00'(-Z KSU)"], "argument 3, column 6: ' is never closed"),
        (["-a", "create=l:x", "lab00'x'"], "argument 3, column 6: a quote that opens no options"),
        (
            ["-a", "create=l:x,CONSOEL:cli"],
            "argument 2, column 12: unknown suboption of CREATE 'CONSOEL'; did you mean CONSOLE?",
        ),
        (["-a", "create=l:x,CONSOLE:xtrm"], "column 20: unknown console 'xtrm'; did you mean XTERM"),
        (["-a", "cancel=l:x,REBOT"], "column 12: unknown suboption of CANCEL 'REBOT'; did you mean REBOOT"),
        (["-a", "cancel=tst100"], "unknown suboption of CANCEL 'tst100'; write l:LABEL"),
        (["-a", "cretae=l:x"], "argument 2, column 1: unknown action 'cretae'; did you mean CREATE?"),
        (["-a", "cancel=l:x,POWEROFF:0,REBOOT"], "column 23: 'REBOOT' contradicts 'POWEROFF:0'"),
        (["-a", "cancel=l:x,FORCE,STACK"], "column 18: 'STACK' contradicts 'FORCE'"),
        (["-a", "cancel=l:x,CLIENT,SERVER"], "column 19: 'SERVER' contradicts 'CLIENT'"),
        (["-a", "cancel=ALL,l:x"], "column 8: ALL contradicts the address"),
        (["-a", "cancel=l:x,INIT"], "column 16: INIT lacks its argument; write INIT:6"),
        (["-a", "cancel=l:x,INIT:9"], "column 17: there is no run level 9"),
        (["-a", "cancel=l:x,POWEROFF:soon"], "column 21: POWEROFF takes a whole number, not 'soon'"),
        (["-a", "create=l:x,CONNECT,REUSE"], "column 20: 'REUSE' contradicts 'CONNECT'"),
        (["-a", "create=l:x,CONSOLE:cli,CONSOLE:vnc"], "column 24: 'CONSOLE:vnc' contradicts 'CONSOLE:cli'"),
        (["-a", "create=l:x,l:y"], "column 12: 'l:y' contradicts 'l:x'"),
        (["-a", "create=CONSOLE:cli"], "column 8: CREATE names no machine"),
        (["-a", "create"], "column 7: CREATE names no machine"),
        (["-a", "create", "lab00"], "argument 2, column 7: CREATE names no machine"),
        (["-a", "cancel=", "lab00"], "argument 2, column 8: CANCEL names no machine"),
        (["-t", "", "-a", "list"], "argument 2, column 1: unknown session type ''"),
        (["-a", "list", "lab00(-t '')"], "argument 3, column 10: unknown session type ''"),
        (["-a", "list", "lab00)"], "argument 3, column 6: ')' closes nothing"),
        (["-a", "list", "lab00(-X)]"], "argument 3, column 10: ']' closes nothing"),
        (["-a", "list=lable,type"], "argument 2, column 6: unknown suboption of LIST 'lable'; did you mean LABEL?"),
        (["-a", "list=type,sort:x"], "argument 2, column 11: unknown order 'sort:x'"),
        (["-a", "list=tab_gn:3_Label_10"], "column 6: unknown suboption of LIST 'tab_gn'; did you mean TAB_GEN?"),
        (["-a", "enumerate=b:xen,titel"], "column 17: unknown suboption of ENUMERATE 'titel'; did you mean TITLE"),
        (["-a", "enumerate=matchvstt:ACTIVE"], "ENUMERATE 'matchvstt'; did you mean MATCHVSTAT?"),
        (["-a", "enumerate=tab_gen:x_y"], "argument 2, column 11: 'x_y' is no column"),
        (["-a", "create=l:a:b"], "column 11: a `:` stands in the value as it is"),
        (["-a", "create=l:x,PING:3"], "PING takes on, off or TRIES%SECONDS"),
        (["-a", "show=x"], "column 6: SHOW has no suboptions"),
        (["-b", "0,1", "-a", "list"], "argument 2, column 3: '1' contradicts what stands before it in -b"),
        (["-C", "off,on", "-a", "list"], "argument 2, column 5: 'on' contradicts 'off' in -C"),
        (["-t", "xne", "-a", "list"], "argument 2, column 1: unknown session type 'xne'; did you mean XEN?"),
        (["-Z", "SUDOO", "-a", "list"], "unknown privilege 'SUDOO'; did you mean SUDO"),
        (["-L", "XF", "-a", "list"], "unknown location 'XF'; known are CF"),
        (["-g", "big", "-a", "list"], "'big' is no geometry"),
        (["-Q"], "argument 1, column 2: unknown option -Q"),
        (["--dry-rnu"], "argument 1, column 3: unknown option 'dry-rnu'; did you mean dry-run?"),
        (["-a"], "argument 1, column 1: -a lacks its value; write -a ACTION"),
        (["lab00"], "argument 1, column 1: nothing is to be done"),
        ([], "ctys: nothing is to be done"),
        (["-a", "list", "lab00(foo)"], "argument 3, column 7: 'foo' is no option"),
        (["-a", "list", "lab00", "-X"], "argument 4, column 1: '-X' is an option behind a target"),
        (["-a", "list", "lab00", "(-X)"], "argument 4, column 1: options for all targets stand before"),
        (["-a", "list", "lab00(-X)lab01"], "argument 3, column 10: a blank is missing"),
        (["-a", "list", "root@"], "'root@' is no host"),
        (["-a", "enumerate=matchvstat:actve"], "unknown state of MATCHVSTAT 'actve'; did you mean ACTIVE"),
    ],
)
def test_a_mistake_is_one_line_that_says_where_it_is(arguments: list[str], expected: str) -> None:
    assert expected in complaint(*arguments)


def test_a_group_that_does_not_exist_is_named_with_its_place(tmp_path: Path) -> None:
    assert complaint("-a", "list", "lab/none", groups=tmp_path) == (
        "ctys: argument 3, column 1: lab/none: no such group; vhost groups list shows all of them"
    )


def test_a_mistake_in_a_group_file_names_file_and_line(tmp_path: Path) -> None:
    group = tmp_path / "lab"
    group.write_text("# hosts\nlab00'(-t xne)'\n")

    assert complaint("-a", "list", "lab", groups=tmp_path).startswith(
        f"{group}:2: column 4: unknown session type 'xne'"
    )


def test_too_much_is_refused() -> None:
    assert "longer than" in complaint("-a", "x" * LONGEST)
    assert "more than 1000 targets" in complaint("-a", "list", *(f"host{number}" for number in range(1_001)))
    assert "more than 500 suboptions" in complaint("-a", "list=" + "l," * 501)
