"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

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
        "--format", "-f", metavar="NAME", help="Typed output: json or csv; unknown values are null.", show_default=False
    ),
]
