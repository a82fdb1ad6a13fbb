"""Options that several commands share."""

from __future__ import annotations

from math import isfinite
from typing import Annotated

import typer

from vhost.cli.completing import by_typer

WEEK = 7 * 86_400
"""The seconds that a call may wait at most; the system has no words for much more."""


def finite(value: float | None) -> float | None:
    """Return the number that an option was given; `nan` and `inf`, of which a bound says nothing, are refused."""
    if value is not None and not isfinite(value):
        raise typer.BadParameter(f"{value} is no number to reckon with")
    return value


Databases = Annotated[
    str | None,
    typer.Option(
        "--db",
        "-p",
        metavar="DIR[:DIR...]",
        help="Database directories; default: $VHOST_DB, then the user's own.",
        show_default=False,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="NAME",
        help="Typed output: json, ndjson, csv, markdown, yaml, xml, arrow or parquet; unknown values are null.",
        show_default=False,
        autocompletion=by_typer("formats"),
    ),
]
File = Annotated[
    str | None,
    typer.Option(
        "--output", metavar="FILE", help="Write the answer into this file, wholly or not at all.", show_default=False
    ),
]
Fields = Annotated[
    str | None,
    typer.Option(
        "--fields",
        "-o",
        metavar="OUTPUT",
        help="Field keywords, IP, DNS, MACHINE, MAXKEY, CTYS, TITLE, TAB_GEN:..., REC_GEN:..., SORT:..., macro:NAME.",
        show_default=False,
        autocompletion=by_typer("outputs"),
    ),
]
