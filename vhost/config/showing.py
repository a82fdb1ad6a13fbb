"""The effective values of a configuration, each with where it comes from, as TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from vhost.collisions.limits import LIMITS
from vhost.config.keys import COMMON, KINDS, Key
from vhost.config.lines import nearest
from vhost.config.settings import Config, Job
from vhost.config.values import Value

_UNITS = (("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60))


def lines(config: Config, environment: Mapping[str, str]) -> Iterator[str]:
    """Return a line for each value, behind it a comment that says where it comes from.

    What is not set and has no value that could be written is left out.
    """
    yield from map("  # ".join, _aligned(list(_values(config, environment))))


def _aligned(rows: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    width = min(60, max((len(value) for value, _ in rows), default=0))
    return ((value.ljust(width), origin) for value, origin in rows)


def _values(config: Config, environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    variable = next((name for name in ("VHOST_DB", "DEFAULT_DBPATHLST") if environment.get(name)), None)
    if variable is not None:
        yield _set(("database",), environment[variable]), f"{variable} of the environment"
    elif config.database is not None:
        yield _set(("database",), config.database), _origin(config, ("database",))
    for name, paths in config.databases.items():
        yield _set(("databases", name), [str(path) for path in paths]), _origin(config, ("databases", name))
    for kind, (limit, _) in LIMITS.items():
        origin = _origin(config, ("fresh", kind)) if kind in config.fresh else "default of the audit, marks no answer"
        yield _set(("fresh", kind), config.fresh.get(kind, limit)), origin
    scan: dict[str, Value] = {"every": config.every, "parallel": config.parallel}
    for name, value in scan.items():
        yield _set(("scan", name), value), _origin(config, ("scan", name))
    for job in config.jobs.values():
        yield from _job(config, job)


def _job(config: Config, job: Job) -> Iterator[tuple[str, str]]:
    at = ("jobs", job.name)
    kind = next(kind for kind in KINDS if kind.name == job.kind)
    yield _set((*at, kind.name), list(job.targets)), _origin(config, (*at, kind.name))
    common: dict[str, Value | None] = {"every": job.every, "fresh": job.fresh, "database": job.database}
    for key in COMMON:
        value = common[key.name]
        if value is not None:
            here = _exact(config, (*at, key.name))
            yield _set((*at, key.name), value), here or _origin(config, ("scan", key.name))
    for key in kind.options:
        if (given := _given(job, key)) is not None:
            yield _set((*at, key.name), given), _exact(config, (*at, key.name)) or "default"


def _given(job: Job, key: Key) -> Value | None:
    """Return the value of an option, its default where that is a number."""
    if key.name in job.options:
        return job.options[key.name]
    return float(key.default) if key.form == "number" and key.default else None


def _exact(config: Config, at: tuple[str, ...]) -> str | None:
    return f"{config.path}:{config.places[at]}" if at in config.places else None


def _origin(config: Config, at: tuple[str, ...]) -> str:
    """Return where a key is set: its line, that of the inline table around it, or that it is the default."""
    if at in config.places:
        return f"{config.path}:{config.places[at]}"
    table = nearest(config.places, at)
    inline = table is not None and at[0] in {"databases", "fresh", "jobs"}
    return f"{config.path}:{table}" if inline else "default"


def _set(at: tuple[str, ...], value: Value | list[str]) -> str:
    name = ".".join(part if re.fullmatch("[A-Za-z0-9_-]+", part) else json.dumps(part) for part in at)
    return f"{name} = {_toml(value)}"


def _toml(value: Value | list[str]) -> str:
    """Return a value as TOML, whose strings are those of JSON."""
    if isinstance(value, bool | str):
        return json.dumps(value)
    if isinstance(value, timedelta):
        return json.dumps(span(value))
    if isinstance(value, int | float):
        return f"{value:g}"
    return json.dumps(list(value))


def span(value: timedelta) -> str:
    """Return a span of time as it is written: 12h, 30d, 90s."""
    seconds = int(value.total_seconds())
    unit, length = next(((unit, length) for unit, length in _UNITS if seconds and seconds % length == 0), ("s", 1))
    return f"{seconds // length}{unit}"
