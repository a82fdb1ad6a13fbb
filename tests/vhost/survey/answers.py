"""Answers of the survey scripts, made of parts."""

from __future__ import annotations

from collections.abc import Mapping

XEN_SHOW: Mapping[str, str] = {
    "node": "lab00.soho",
    "system": "Linux",
    "release": "5.10.0-30-amd64",
    "version": "#1 SMP Debian 5.10.218-1 (2024-06-01)",
    "machine": "x86_64",
    "os": 'NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 11 (bullseye)"',
    "memory": "MemTotal: 2048000 kB\nMemFree: 102400 kB\nMemAvailable: 51200 kB\n"
    "SwapTotal: 1024000 kB\nSwapFree: 512000 kB",
    "load": "9.50 8.25 4.00 3/311 4711",
    "cpus": "4",
    "page": "4096",
    "tick": "100",
    "uptime1": "183600.00 700000.00",
    "processes1": "",
    "domains1": "Name        ID   Mem VCPUs      State   Time(s)\nDomain-0    0  2000     4     r-----     100.0\n"
    "tst100      3   512     1     -b----      12.5",
    "users": "root:x:0:0:root:/root:/bin/bash\nacue:x:1001:100::/homen/acue:/bin/bash",
    "disks": "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000 970 30 97% /\n"
    "tmpfs 10 10 0 100% /run",
    "mounts": "/dev/sda1 / ext4 rw,relatime 0 0",
    "raid": "md0 : active raid1 sda1[0] sdb1[1](F)\n      1000 blocks [2/1] [U_]",
    "kernel": "pgfault 1\noom_kill 2",
    "units": "nfs-server.service loaded failed failed NFS server",
    "temperatures": "/sys/class/thermal/thermal_zone0/temp\t91000",
    "limits": "/sys/class/thermal/thermal_zone0/trip_point_0_temp\t90000",
    "kinds": "/sys/class/thermal/thermal_zone0/trip_point_0_type\tcritical",
    "sensors": "/sys/class/hwmon/hwmon0/fan1_alarm\t1\n/sys/class/hwmon/hwmon0/in0_alarm\t0",
    "uptime2": "183602.00 700004.00",
    "processes2": "",
    "domains2": "Name        ID   Mem VCPUs      State   Time(s)\nDomain-0    0  2000     4     r-----     100.4\n"
    "tst100      3   512     1     r-----      14.0",
    "owners": "",
    "guests": "",
    "end": "",
}
"""A dom0 that has seen better days, without processes."""

CPU = (
    "processor\t: {number}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 15\n"
    "model name\t: Intel(R) Xeon(R) 5130\nstepping\t: 6\ncpu MHz\t\t: 1995.003\n"
    "cache size\t: 4096 KB\nflags\t\t: fpu pae vmx lm"
)

XEN_INFO: Mapping[str, str] = {
    **{name: XEN_SHOW[name] for name in ("node", "system", "release", "version", "machine", "os", "memory")},
    "cpus": f"{CPU.format(number=0)}\n\n{CPU.format(number=1)}",
    "hypervisor": "xen",
    "dom0": "control_d",
    "programs": "xl\t/usr/sbin/xl\nssh\t/usr/bin/ssh\nshutdown\t/usr/sbin/shutdown\nvirsh\t/usr/bin/virsh",
    "places": "/proc/xen/capabilities\tr\n/dev/kvm\tr",
    "xen": "host : lab00\nxen_version            : 4.17.3\nvhost: answered",
    "libvirt": "error: failed to connect to the hypervisor",
    "ssh": "OpenSSH_8.4p1 Debian-5+deb11u3, OpenSSL 1.1.1w  11 Sep 2023",
    "end": "",
}


def answer(parts: Mapping[str, str], **other: str) -> str:
    """Return the answer of a script that found these parts; a keyword argument takes the place of a part."""
    lines: list[str] = []
    for name, text in {**parts, **other, "end": ""}.items():
        lines.append(f"= {name}")
        lines += [f" {line}" for line in text.split("\n")] if text else []
    return "\n".join(lines) + "\n"


def stat(pid: int, name: str, ticks: int, *, state: str = "S", began: int = 7, pages: int = 256) -> str:
    """Return a line of /proc/PID/stat."""
    return (
        f"{pid} ({name}) {state} 1 1 1 0 -1 4194560 1 1 1 1 {ticks} 0 0 0 20 0 1 0 {began} 1000 {pages} 18446744 1 1 0"
    )
