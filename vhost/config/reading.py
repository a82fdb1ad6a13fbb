"""Reads the configuration, and finds everything that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from vhost.config import keys, toml_text
from vhost.config.checking import Checker, Problem
from vhost.config.jobs import job
from vhost.config.lines import lines
from vhost.config.place import place, text
from vhost.config.settings import EVERY, PARALLEL, Config

_TABLES = ("databases", "fresh", "scan", "jobs")


def configuration() -> Config:
    """Return the configuration, that of no file if there is none.

    Raises `UsageError` for the first thing that is wrong with it, `SourceMissing` if a file that was named is missing.
    """
    path = place()
    try:
        facts = path.stat()
    except OSError:
        return _sound(path, (0, 0, 0))
    return _sound(path, (facts.st_ino, facts.st_size, facts.st_mtime_ns))


@lru_cache(maxsize=4)
def _sound(path: Path, _: tuple[int, int, int]) -> Config:
    config, problems = checked(path)
    if problems:
        raise problems[0].error(path, len(problems) - 1)
    return config


def checked(path: Path) -> tuple[Config, list[Problem]]:
    """Return what a file says, and everything that is wrong with it, by line. Raises as `vhost.config.place.text`."""
    said = text(path)
    if said is None:
        return Config(path=path), []
    try:
        document = toml_text.document(said)
    except ValueError as error:
        return Config(path=path), [_broken(error, said)]
    checker = Checker(path, lines(said))
    config = _config(checker, document)
    return config, sorted(checker.problems, key=lambda one: one.line or 0)


def _broken(error: ValueError, said: str) -> Problem:
    if isinstance(error, toml_text.TooDeep):
        return Problem(None, str(error))
    at = re.search(r"\(at line (\d+), column \d+\)", str(error))
    problem = re.sub(r" \(at .*\)$", "", str(error))
    return Problem(int(at[1]) if at else said.count("\n") + 1, f"is no TOML: {problem[:200]}", "see toml.io")


def _config(checker: Checker, document: Mapping[str, Any]) -> Config:
    checker.known((), document, ["database", *_TABLES])
    databases = _databases(checker, checker.table(document, "databases"))
    own = checker.values((), document, [keys.DATABASE])
    scan = checker.only(("scan",), checker.table(document, "scan"), keys.SCAN)
    fresh = checker.only(("fresh",), checker.table(document, "fresh"), keys.FRESH)
    every = scan.get("every")
    usual = every if isinstance(every, timedelta) else EVERY
    tables = checker.table(document, "jobs")
    jobs = (job(checker, name, tables[name], usual, databases) for name in tables)
    parallel = scan.get("parallel")
    return Config(
        path=checker.file,
        database=checker.database((), own, databases),
        databases=databases,
        fresh={kind: limit for kind, limit in fresh.items() if isinstance(limit, timedelta)},
        every=usual,
        parallel=int(parallel) if isinstance(parallel, int | float) else PARALLEL,
        jobs={one.name: one for one in jobs if one is not None},
        places=checker.places,
    )


def _databases(checker: Checker, given: Mapping[str, Any]) -> dict[str, tuple[Path, ...]]:
    names = [name for name in given if checker.is_name(("databases", name))]
    forms = [keys.Key(name=name, form="paths", meaning="its directories") for name in names]
    found = checker.values(("databases",), given, forms)
    databases: dict[str, tuple[Path, ...]] = {}
    for name, paths in found.items():
        if isinstance(paths, tuple):
            right = [path for path in paths if checker.directory(("databases", name), path) is not None]
            databases[name] = tuple(map(Path, right))
        if not databases.get(name):
            checker.note(("databases", name), f"database {name} has no directory", "name one")
    return databases
