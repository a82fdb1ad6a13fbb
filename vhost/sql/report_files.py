"""Named reports: `.sql` files whose head describes them. Built-in ones, and those of each database.

-- Claims that were not seen for some days
-- parameter days integer 30: what was seen within so many days is left out
SELECT label, seen_at FROM machine WHERE seen_at < now() - to_days($days)

The first comment is the title. A parameter has a name, a type (integer, number or text), perhaps a
value that holds where none is given, and a meaning; the query uses it as `$name`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vhost.errors import SourceMissing, UsageError, VhostError

BUILTIN = Path(__file__).with_name("reports")
FOLDER = "reports"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_PARAMETER = re.compile(
    r"parameter\s+(?P<name>[a-z_]\w*)\s+(?P<type>\w+)(?:\s+(?P<default>[^:\s]\S*?))?\s*:\s*(?P<meaning>.+)"
)
_TYPES = {"integer": int, "number": float, "text": str}
_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a report; `default` is None where a value must be given."""

    name: str
    type: str
    default: str | None
    meaning: str

    def __str__(self) -> str:
        """Return how the parameter is given: `days=30`."""
        return f"{self.name}={self.default if self.default is not None else self.type.upper()}"

    def value(self, text: str, where: str) -> object:
        """Return the value that a text stands for. Raises `UsageError`."""
        try:
            return _TYPES[self.type](text)
        except ValueError as error:
            raise UsageError(where, f"{self.name} is no {self.type}: {text[:80]!r}", self.meaning) from error


@dataclass(frozen=True, slots=True)
class Report:
    """One report: its name, file, SQL, title and parameters."""

    name: str
    path: Path
    text: str
    title: str
    parameters: tuple[Parameter, ...]

    def values(self, given: Sequence[str]) -> Mapping[str, object]:
        """Return the value of every parameter. Raises `UsageError` for one that is unknown, wrong or missing."""
        known = {parameter.name: parameter for parameter in self.parameters}
        texts = {name: one.default for name, one in known.items() if one.default is not None}
        for item in given:
            name, equals, text = item.partition("=")
            if not equals or name not in known:
                raise UsageError(f"report {self.name}", f"unknown parameter {item[:80]!r}", self._advice(name))
            texts[name] = text
        for name, one in known.items():
            if name not in texts:
                raise UsageError(f"report {self.name}", f"{name} is missing: {one.meaning}", f"add {one}")
        return {name: known[name].value(text, f"report {self.name}") for name, text in texts.items()}

    def _advice(self, name: str) -> str:
        names = [parameter.name for parameter in self.parameters]
        near = difflib.get_close_matches(name, names, 1)
        return f"did you mean {near[0]}=...?" if near else f"known are {', '.join(names) or 'none'}"


def parsed(name: str, path: Path, text: str) -> Report:
    """Return the report of a text. Raises `UsageError` naming the line of a head that is wrong."""
    comments = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        comments.append(line[2:].strip())
    if not comments or not comments[0]:
        raise UsageError(f"{path}:1", "a report begins with its title", "write -- TITLE in the first line")
    parameters = tuple(
        _parameter(comment, f"{path}:{number}")
        for number, comment in enumerate(comments, 1)
        if comment.startswith("parameter")
    )
    return Report(name, path, text, comments[0], parameters)


def _parameter(comment: str, where: str) -> Parameter:
    match = _PARAMETER.fullmatch(comment)
    if match is None or match["type"] not in _TYPES:
        form = "-- parameter NAME integer|number|text [VALUE]: MEANING"
        raise UsageError(where, f"{comment[:80]!r} is no parameter", f"write {form}")
    return Parameter(match["name"], match["type"], match["default"], match["meaning"])


def folders(databases: Sequence[Path]) -> list[Path]:
    """Return where reports are looked for: in each database, then the built-in ones."""
    return [*(directory / FOLDER for directory in databases), BUILTIN]


def found(name: str, databases: Sequence[Path]) -> Report:
    """Return a report by its name. Raises `SourceMissing` if there is none, `UsageError` if it is broken."""
    if _NAME.fullmatch(name):
        for folder in folders(databases):
            path = folder / f"{name}.sql"
            if path.is_file():
                return parsed(name, path, _text(path))
    near = difflib.get_close_matches(name, _names(databases), 1)
    advice = f"did you mean {near[0]}?" if near else "vhost report lists them"
    raise SourceMissing(f"report {name[:80]}", "no such report", advice)


def listed(databases: Sequence[Path]) -> tuple[list[Report], list[VhostError]]:
    """Return all reports by name, and what is wrong with the others; of each name the first of the databases counts."""
    reports, problems = [], []
    for name in sorted(set(_names(databases))):
        try:
            reports.append(found(name, databases))
        except VhostError as error:
            problems.append(error)
    return reports, problems


def _names(databases: Sequence[Path]) -> Iterator[str]:
    for folder in folders(databases):
        if folder.is_dir():
            yield from (path.stem for path in folder.glob("*.sql") if _NAME.fullmatch(path.stem) and path.is_file())


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST + 1)
    except OSError as error:
        raise SourceMissing(str(path), error.strerror or "cannot be read", "look at its permissions") from error
    if len(data) > _LONGEST:
        raise UsageError(str(path), f"the report is larger than {_LONGEST} bytes")
    return data.decode("utf-8", "replace")
