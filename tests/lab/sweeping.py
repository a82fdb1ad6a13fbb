"""Runs the installed commands, and arp-scan, inside a namespace."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.commands import BIN
from tests.lab.namespaces import Namespace

NOTHING = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
"""Without any capability; the account stays ours, since another may not be let into the directory of the sources."""
NET_RAW = ("setpriv", "--inh-caps=-all,+net_raw", "--ambient-caps=-all,+net_raw", "--bounding-set=-all,+net_raw")


def command(
    host: Namespace, *words: str | Path, within: tuple[str, ...] = (), env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Return the finished command, which the project installs, whatever its exit code."""
    name, *arguments = map(str, words)
    return subprocess.run(
        ["ip", "netns", "exec", host.name, *within, str(BIN / name), *arguments],
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def scan(host: Namespace, *arguments: str | Path, **more: Any) -> list[dict[str, Any]]:
    """Return what a sweep that stores nothing and must succeed found."""
    done = command(host, "vhost", "scan", "arp", "--no-store", "--format", "json", *arguments, **more)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def pairs(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return (ip, mac) of each row, sorted."""
    return sorted((row["ip"], row["mac"]) for row in found)


def arp_scan(host: Namespace, *arguments: str) -> list[tuple[str, str]]:
    """Return what arp-scan finds, each (ip, mac) once, sorted."""
    lines = host.run("arp-scan", "-I", "eth0", "-q", "-x", *arguments).stdout.splitlines()
    return sorted({(line.split("\t")[0], line.split("\t")[1].split(" ")[0]) for line in lines})
