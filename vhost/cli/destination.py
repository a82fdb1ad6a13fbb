"""Where a scan's claims go: into a database, to stdout, into a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vhost.cli.rows import form
from vhost.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A database (None: nothing is stored), and stdout or a file in some format (None: lines as they come)."""

    directory: Path | None = None
    form: str | None = None
    file: str | None = None

    @property
    def live(self) -> bool:
        """Tell whether lines are shown as they come."""
        return self.form is None


def destined(databases: str | None, name: str | None, file: str | None, *, store: bool) -> Destination:
    """Return where claims go; a database that is missing is made.

    Raises `UsageError` for a format that cannot be written, a file without a format, `DatabaseUnusable` for a database.
    """
    if file is not None and name is None:
        raise UsageError("--output", "needs --format: lines are shown as they come", "take --format csv, or another")
    known = form(name, file)
    if not store:
        return Destination(form=known, file=file)
    from vhost.cache.place import chosen  # noqa: PLC0415 - what is not stored needs no database
    from vhost.collect import prepare  # noqa: PLC0415 - as above

    directory = chosen(databases)[0]
    prepare(directory)
    return Destination(directory=directory, form=known, file=file)
