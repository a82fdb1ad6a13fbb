"""The page of `vhost audit`: for `--format html`, or beside another format for `--html FILE`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import vhost
from vhost.cli.writing import is_file
from vhost.errors import UsageError

if TYPE_CHECKING:
    from vhost.ambiguity.audit import Audit
    from vhost.ambiguity.wanted import Wanted


def checked(page: str | None, output: str | None, form: str) -> None:
    """Raise `UsageError` for a page that has no file of its own."""
    if page is None:
        return
    if not is_file(page):
        raise UsageError("--html", "needs the name of a file", "to stdout: --format html")
    if form == "html":
        raise UsageError("--html", "writes the page beside another format", "give --format html or --html, not both")
    if output is not None and is_file(output) and os.path.realpath(output) == os.path.realpath(page):
        raise UsageError("--html", f"{page[:80]!r} is also the file of --output", "name two files")


def page(audit: Audit, wanted: Wanted, databases: Sequence[Path], terms: Sequence[str]) -> Iterator[str]:
    """Return the lines of the page."""
    from vhost.render.audit_page.page import Heading, page_lines  # noqa: PLC0415 - igraph takes 180 ms

    heading = Heading(
        at=datetime.now(UTC),
        version=vhost.__version__,
        databases=", ".join(map(str, databases)),
        asked=list(_asked(wanted, terms)),
    )
    return page_lines(audit, wanted, heading)


def _asked(wanted: Wanted, terms: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return what was asked for, where that is not everything."""
    default = type(wanted)()
    if terms:
        yield "Terms", " ".join(terms)
    for name in ("keys", "causes"):
        if getattr(wanted, name) != getattr(default, name):
            yield f"Only {name}", ", ".join(getattr(wanted, name))
    if wanted.severity != default.severity:
        yield "Only from severity", wanted.severity
