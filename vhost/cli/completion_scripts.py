"""`vhost completion`: what a shell has to be told so that it completes the old names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vhost.cli.outcome import show
from vhost.errors import UsageError

SHELLS = ("bash", "zsh", "fish")


def script(shell: str) -> Path:
    """Return the completion of the old names for a shell. Raises `UsageError` for one that is not known."""
    if shell not in SHELLS:
        raise UsageError("completion", f"there is none for {shell[:80]!r}", f"choose one of {', '.join(SHELLS)}")
    return Path(__file__).with_name(f"completion.{shell}")


def completion(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.", show_default=True)] = "bash",
) -> None:
    """Print the completion of the old names for a shell: eval "$(vhost completion)".

    That of `vhost` itself is installed by `vhost --install-completion`.

    Example: vhost completion fish >~/.config/fish/conf.d/ctys.fish
    """
    show(script(shell).read_text("utf-8").splitlines())
