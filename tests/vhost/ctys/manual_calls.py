"""The calls of the use-case manual, by number, as a shell would get them."""

from __future__ import annotations

_CREATE = "ctys -t xen -a create={},CONSOLE:{} {}lab00'(-Z KSU)'"
_CONF = "f:xen/tst-ctys/tst100/tst100.conf"
_NEXT = "f:xen/tst-ctys/tst101/tst101.conf"
_TWO = (
    "ctys -t xen -- {}lab00'( -a create=" + _CONF + ",CONSOLE:none{} )' {}'( -a create=" + _NEXT + ",CONSOLE:none{} )'"
)


def _connect(address: str) -> str:
    return _CREATE.format(address, "cli,connect", "")


def _cancel(rest: str) -> str:
    return f"ctys -t xen -a cancel={rest}"


CALLS: dict[int, str] = {
    1: _CREATE.format(_CONF, "cli", "-z 2 -b 0,2 "),
    2: _CREATE.format(_CONF, "cli", ""),
    3: _CREATE.format("l:tst100", "none", ""),
    4: _connect(r"p:\$HOME/xen/tst-ctys/tst100/tst100.conf"),
    5: _connect(_CONF),
    6: _connect("f:tst-ctys/tst100/tst100.conf"),
    7: _connect("f:tst100/tst100.conf"),
    8: _connect(r"i:\$HOME/xen/tst-ctys/tst100/tst100.conf"),
    9: _connect("l:tst100"),
    10: _connect("u:6842caf91e3e43249ed596b8b9f2c5c2"),
    11: _connect("m:00:50:56:13:11:40"),
    12: _connect("t:192.168.1.220"),
    13: _CREATE.format(_CONF, "xterm", ""),
    14: _CREATE.format(_CONF, "gterm", ""),
    15: _CREATE.format(_CONF, "emacs", ""),
    16: _CREATE.format(_CONF, "vnc", ""),
    17: _CREATE.format(_CONF, "vnc", "-L CF "),
    18: _CREATE.format(_CONF, "none", ""),
    19: "ctys -a list",
    20: "ctys -a list localhost lab00",
    21: "ctys -t xen -a create=l:tst100,RESUME:mystate.stat lab01",
    22: "ctys -t xen -a create=l:tst100,RESUME,CONSOLE:VNC lab01",
    23: "ctys -t xen -a create=l:tst100,RESUME,CONSOLE:EMACS lab01",
    24: _TWO.format("'(-Z KSU)' ", "", "lab00", ""),
    25: _TWO.format("'(-Z KSU)' ", "", "lab00", " -Z SUDO"),
    26: _TWO.format("", " -Z KSU", "lab00", " -Z SUDO"),
    27: _TWO.format("", " -Z KSU", "lab01", " -Z SUDO"),
    28: _cancel("poweroff:0,p:/homen/acue/xen/tst-ctys/tst100/tst100.conf lab00'(-Z KSU)'"),
    29: _cancel("l:tst100,POWEROFF:0 lab01"),
    30: _cancel("l:tst100,POWEROFF:0 -C off lab01"),
    31: _cancel("l:tst100,POWEROFF:0 -c off -C off lab01"),
    32: "ctys-vhost -o machine -s -M all lab00 XEN tst100",
    33: _cancel("l:tst100,RESET -c off -C off lab01"),
    34: _cancel("l:tst100,FORCE,RESET -c off -C off lab01"),
    35: _cancel("l:tst100,REBOOT -c off -C off lab01"),
    36: _cancel("l:tst100,FORCE,REBOOT -c off -C off lab01"),
    37: _cancel("FORCE,REBOOT,p:/homen/chkusr/xen/tst-ctys/tst100/tst100.conf -c off -C off lab01"),
    38: _cancel("l:tst100,PAUSE lab01"),
    39: _cancel("l:tst100,FORCE,PAUSE lab01"),
    40: _cancel("l:tst100,SUSPEND lab01"),
    41: _cancel("l:tst100,FORCE,SUSPEND lab01"),
    42: _cancel("l:tst100,FORCE,INIT:6 lab00"),
    43: "ctys -a list=machine,titleidx lab00",
    44: "ctys -a list lab00",
    45: "ctys -t xen -a list lab00",
    46: "ctys -t xen -a list localhost lab01",
    47: "ctys -a list=macro:TAB_CPORT localhost lab00",
    48: "ctys -t xen -a enumerate=machine,title,b:xen localhost lab00",
    49: "ctys -a enumerate=macro:TAB_CPORT,b:xen%/etc/ctys.d localhost lab00",
    50: "ctys-vhost -o macro:TAB_CPORT XEN",
    51: "ctys -t xen -a show lab00",
    52: "ctys -a show lab00",
    53: "ctys -t xen -a info lab01",
    54: "ctys -a info lab01",
}
