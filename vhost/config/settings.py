"""What a configuration says, checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from vhost.config.values import Value
from vhost.errors import UsageError
from vhost.home import expanded

EVERY = timedelta(days=1)
PARALLEL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job of `vhost scan`: what it asks, how often, and where it stores (None: the call's database)."""

    name: str
    kind: str
    targets: tuple[str, ...]
    options: Mapping[str, Value] = field(default_factory=dict)
    every: timedelta = EVERY
    fresh: timedelta | None = None
    database: str | None = None

    def text(self, name: str) -> str | None:
        """Return an option that is a text, None without it."""
        found = self.options.get(name)
        return None if found is None else str(found)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an option that is several texts, none without it."""
        found = self.options.get(name)
        return found if isinstance(found, tuple) else ()

    def number(self, name: str, default: float) -> float:
        """Return an option that is a number."""
        found = self.options.get(name)
        return found if isinstance(found, int | float) else default

    def flag(self, name: str) -> bool:
        """Return an option that is set or not."""
        return self.options.get(name) is True

    @property
    def definition(self) -> str:
        """Return what tells whether it asks the same as it did before."""
        asked = repr((self.kind, self.targets, sorted(self.options.items(), key=str)))
        return hashlib.blake2b(asked.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A configuration; without a file, what holds without one. `places` are lines of its keys."""

    path: Path
    database: str | None = None
    databases: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    fresh: Mapping[str, timedelta] = field(default_factory=dict)
    every: timedelta = EVERY
    parallel: int = PARALLEL
    jobs: Mapping[str, Job] = field(default_factory=dict)
    places: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def directories(self, word: str) -> tuple[Path, ...]:
        """Return the database that a word names: one of the configuration, or else a path."""
        named = () if "/" in word else self.databases.get(word, ())
        return named or (expanded(word),)

    def job(self, name: str) -> Job:
        """Return a job by its name. Raises `UsageError`, with a near miss, if there is none."""
        if name in self.jobs:
            return self.jobs[name]
        from vhost.config.near import near  # noqa: PLC0415 - only a mistake pays for it

        raise UsageError(f"job {name[:80]}", f"no such job in {self.path}", near(name, self.jobs, "known are"))
