"""`vhost db`: what a database holds, whether it is sound, and its upkeep."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.options import Databases
from vhost.cli.outcome import show, tell

app = typer.Typer(help="Look after databases.\n\nExample: vhost db status", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def path(db: Databases = None) -> None:
    """Print the directories that a call would use.

    Example: vhost db path
    """
    from vhost.cache.place import chosen  # noqa: PLC0415 - --help needs no database

    show(str(directory) for directory in chosen(db))


@app.command()
def status(db: Databases = None) -> None:
    """Show snapshot, sources, scans and findings of each database.

    Example: vhost db status --db /srv/vhost
    """
    from vhost.cache import status as facts  # noqa: PLC0415 - as above
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above

    for directory in chosen(db):
        show(facts.lines(directory))


@app.command()
def rebuild(db: Databases = None) -> None:
    """Publish a new snapshot from the sources, even if nothing has changed.

    Example: vhost db rebuild
    """
    from vhost.cache.place import chosen, existing  # noqa: PLC0415 - as above
    from vhost.cache.publish import locked, publish  # noqa: PLC0415 - as above

    for directory in map(existing, chosen(db)):
        with locked(directory):
            made = publish(directory, lambda name, reason: tell(f"{name}: left out: {reason}"))
        show([str(made)])


@app.command()
def check(db: Databases = None) -> int:
    """Read everything once; exit 8 if something is damaged, and say what.

    Example: vhost db check --db /srv/vhost
    """
    from vhost.cache import checking  # noqa: PLC0415 - as above
    from vhost.cache.place import chosen, existing  # noqa: PLC0415 - as above
    from vhost.errors import DatabaseUnusable  # noqa: PLC0415 - as above
    from vhost.progress import waiting  # noqa: PLC0415 - as above

    with waiting("checking"):
        problems = [
            (directory, problem) for directory in map(existing, chosen(db)) for problem in checking.problems(directory)
        ]
    for directory, problem in problems:
        tell(f"{directory}: {problem}")
    if not problems:
        show(["all sources and the snapshot can be read"])
    return DatabaseUnusable.exit_code if problems else 0


@app.command()
def scans(db: Databases = None) -> None:
    """List the scans that are kept of each place, oldest first; vhost audit diff compares two of them.

    One line each: SCAN;TIME;KIND;HOST;PLACE;partial or whole.

    Example: vhost db scans
    """
    from vhost.cache import past  # noqa: PLC0415 - as above
    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.text import escape  # noqa: PLC0415 - as above

    kept = past.kept(chosen(db), lambda name, reason: tell(f"{name}: left out: {reason}"))
    show(
        ";".join(
            map(
                escape,
                (
                    one.scan.scan_id,
                    f"{one.at.isoformat(timespec='seconds')}Z",
                    one.scan.kind,
                    one.scan.as_host or one.scan.source_host,
                    one.scan.root,
                    "partial" if one.scan.partial else "whole",
                ),
            )
        )
        for one in kept
    )


@app.command()
def prune(
    db: Databases = None,
    *,
    keep: Annotated[int, typer.Option("--keep", min=1, help="How many scans of each place to keep.")] = 1,
    history: Annotated[
        str | None,
        typer.Option(
            "--history",
            metavar="TIME",
            help="Also remove events of the history before this time: 365d, 2026-01-01.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Remove older scans of each place, all but the newest snapshot, and what killed publishers left.

    Example: vhost db prune --keep 2 --history 365d
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - --help needs no time

    from vhost.cache.place import chosen, existing  # noqa: PLC0415 - as above
    from vhost.cache.pruning import prune as pruned  # noqa: PLC0415 - as above
    from vhost.query.events import moment  # noqa: PLC0415 - as above

    before = None if history is None else moment(history, datetime.now(UTC))
    for directory in map(existing, chosen(db)):
        show(f"removed {name}" for name in pruned(directory, keep, before))
