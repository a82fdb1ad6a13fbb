"""The commands of `vhost`: where each is, and what its help says first.

A call imports the one command that it names; the list of all of them is shown without importing any. A test holds
the texts to those of the commands.
"""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """One command: its name, its module in `vhost.cli`, what it is there, and the first paragraph of its help."""

    name: str
    module: str
    attribute: str
    help: str


COMMANDS: tuple[Command, ...] = (
    Command("audit", "auditing", "audit", "Show which machines share a key, why, and the address that picks each."),
    Command(
        "ping",
        "ping_commands",
        "ping",
        "Check whether hosts answer an ICMP echo, and with --ssh whether they let us in.",
    ),
    Command("query", "querying", "query", "Show the machines that all terms match."),
    Command("diff", "changes", "diff", "Show which machines appeared, changed and vanished."),
    Command("history", "changes", "history", "Show what became of a machine, and of the others that the address fits."),
    Command(
        "resolve", "resolving", "resolve", "Say which machine each address names: vhost resolve l:tst100 --on lab00."
    ),
    Command(
        "machine",
        "resolving",
        "machine",
        "Show everything that is known about one machine: vhost machine l:tst100 --on lab00.",
    ),
    Command(
        "sql",
        "reporting",
        "sql",
        "Answer SQL, read-only: it can neither change anything nor reach files or the network.",
    ),
    Command(
        "report",
        "reporting",
        "report",
        "Answer a named report: a built-in one, or a file NAME.sql in the directory `reports` of a database.",
    ),
    Command(
        "create",
        "acting_commands",
        "create",
        "Start machines that do not run: vhost create l:tst100 --on lab00 -Z SUDO.",
    ),
    Command(
        "cancel",
        "acting_commands",
        "cancel",
        "Stop, reboot, pause or suspend machines: vhost cancel l:tst100 --on lab00 --mode poweroff:30.",
    ),
    Command("start", "acting_commands", "SYNONYMS", "Start machines, as `create`: vhost start tst100 --on lab00."),
    Command(
        "shutdown",
        "acting_commands",
        "SYNONYMS",
        "Ask machines to shut down, and never destroy one: vhost shutdown tst100.",
    ),
    Command(
        "destroy",
        "acting_commands",
        "SYNONYMS",
        "Stop machines at once, as `cancel --mode poweroff:0`: vhost destroy tst100.",
    ),
    Command(
        "pause", "acting_commands", "SYNONYMS", "Hold machines in memory, as `cancel --mode pause`: vhost pause tst100."
    ),
    Command(
        "resume",
        "acting_commands",
        "SYNONYMS",
        "Let machines run on that are paused or saved: vhost resume tst100 --on lab00.",
    ),
    Command(
        "save", "acting_commands", "SYNONYMS", "Save machines to disk and stop them: vhost save tst100 --on lab00."
    ),
    Command("list", "live", "list_", "List the guests that hypervisors run or know now: vhost list lab00."),
    Command(
        "sessions",
        "sessions",
        "sessions",
        "List what runs on hosts: guests, VNC servers and viewers, ssh tunnels, the hosts: vhost sessions lab00.",
    ),
    Command(
        "show",
        "surveying",
        "show",
        "Show what hosts do now: memory, load, the busiest processes and guests, alarms: vhost show lab00.",
    ),
    Command(
        "info",
        "surveying",
        "info",
        "Show what hosts are: processors, memory, usable session types and why not: vhost info -T xen lab00.",
    ),
    Command(
        "doctor",
        "doctoring",
        "doctor",
        "Look for every program, module, capability and path that commands need: vhost doctor create XEN.",
    ),
    Command(
        "qmp",
        "monitor",
        "qmp",
        "Send one command to the monitor of a QEMU guest: vhost qmp --on lab00 /run/tst200.qmp query-status.",
    ),
    Command(
        "wake", "monitor", "wake", "Send the frame that wakes a machine up (wake-on-LAN): vhost wake 00:0e:0c:35:f8:48."
    ),
    Command("log", "monitor", "log", "Show the last actions: when, who, what, on which machine, and how it ended."),
    Command(
        "enumerate",
        "enumerate_",
        "enumerate_",
        "Show the machines below the paths without storing them: vhost enumerate --on lab00 /etc/xen.",
    ),
    Command(
        "completion",
        "completion_scripts",
        "completion",
        'Print the completion of the old names for a shell: eval "$(vhost completion)".',
    ),
    Command("scan", "scanning", "app", "Ask the world about machines and store what it says."),
    Command(
        "config",
        "configuring",
        "app",
        "Look after the configuration: databases, jobs of vhost scan, limits of age.",
    ),
    Command("db", "databases", "app", "Look after databases."),
    Command("macros", "macro_commands", "app", "Look after macros."),
    Command("groups", "grouping", "app", "Look after groups of hosts."),
    Command("macmap", "macmap_commands", "app", "Names, MACs and addresses that belong together."),
    Command("export", "exporting", "app", "Write the estate for other programs."),
)
