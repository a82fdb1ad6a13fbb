"""What commands take from the environment, and the files that they read and write."""

from __future__ import annotations

from typing import NamedTuple


class Variable(NamedTuple):
    """A variable of the environment, and what it does."""

    name: str
    meaning: str


class Place(NamedTuple):
    """A file or directory, and what is there."""

    path: str
    meaning: str


VARIABLES: tuple[Variable, ...] = (
    Variable("VHOST_CONFIG", "the configuration; --config goes before it (~/.config/vhost/config.toml)"),
    Variable("VHOST_DB", "database directories, separated by : or ,; -p goes before it"),
    Variable("DEFAULT_DBPATHLST", "the same under the name of the old tool; VHOST_DB goes before it"),
    Variable("CTYS_MACRO_PATH", "directories with macro files, searched before all others"),
    Variable("CTYS_GROUPS_PATH", "directories with groups, searched before all others"),
    Variable("CTYS_MACROSEDIT", "the editor for macros; else VISUAL, EDITOR, vi"),
    Variable("CTYS_GROUPSEDIT", "the editor for groups; else VISUAL, EDITOR, vi"),
    Variable("VISUAL", "the editor, where no variable of its own names one"),
    Variable("EDITOR", "the editor, where VISUAL names none"),
    Variable("VHOST_SSH_CONFIG", "an ssh_config for every connection, instead of the user's"),
    Variable("VHOST_HOSTS_FILE", "a table of `name address` lines that answers instead of the system's resolver"),
    Variable("VHOST_UP_FILE", "hosts, one a line, that count as answering; nothing is sent then"),
    Variable("VHOST_VNC_SECONDS", "how long the VNC port of a guest that was just started is waited for (30)"),
    Variable("XDG_DATA_HOME", "where the default database is: vhost/db/default below it (~/.local/share)"),
    Variable("XDG_CONFIG_HOME", "where the user's configuration, macros and groups are: vhost/ below it (~/.config)"),
    Variable("XDG_STATE_HOME", "where the log of actions and the SQL shell's history are (~/.local/state)"),
    Variable("XDG_RUNTIME_DIR", "where sockets of ssh connections are, if its path is short (/tmp)"),
    Variable("SSH_AUTH_SOCK", "the agent that holds the keys for other hosts"),
    Variable("DISPLAY", "where windows of consoles open"),
    Variable("SUDO_USER", "who acts, for the log of actions"),
    Variable("TERM", "a dumb or unknown terminal shows no progress"),
    Variable("NO_COLOR", "no colours, whatever its value, unless that is empty"),
    Variable("PATH", "where programs are looked for; the system's directories are looked into as well"),
)

PLACES: tuple[Place, ...] = (
    Place("~/.config/vhost/config.toml", "the configuration: databases, jobs of vhost scan, limits of age"),
    Place("~/.local/share/vhost/db/default", "the default database"),
    Place("~/.ctys/db/default", "the default database where this directory of the old tool exists"),
    Place("DB/scans", "what each scan said, as Parquet; everything else can be made from it"),
    Place("DB/enum.fdb, DB/macmap.fdb", "the database of the old tool, read as it stands"),
    Place("DB/cache.duckdb", "the snapshot that queries read, a link to the newest"),
    Place("DB/history", "what appeared, changed and vanished, as Parquet"),
    Place("DB/jobs", "what each job of the configuration did last"),
    Place("DB/reports", "named reports of this database, NAME.sql"),
    Place("DB/macros, DB/groups", "macro files and groups of this database"),
    Place("~/.config/vhost/macros, ~/.config/vhost/groups", "macro files and groups of the user"),
    Place("~/.ctys/macros, ~/.ctys/groups", "those of the old tool"),
    Place("~/.local/state/vhost/actions.jsonl", "the log of actions"),
    Place("~/.local/state/vhost/sql_history", "earlier statements of the SQL shell"),
)
