"""The option that names another configuration than the user's own."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from vhost.config.place import VARIABLE

Config = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help=f"The configuration; default: ${VARIABLE}, then ~/.config/vhost/config.toml.",
        show_default=False,
    ),
]


def use(config: str | None) -> None:
    """Let everything that follows read this configuration, if one is named."""
    if config is not None:
        os.environ[VARIABLE] = config
