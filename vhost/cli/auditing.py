"""`vhost audit`: which machines can be taken for each other, why, and how to name each alone."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli.options import Databases, File

DIFF = "diff"
"""The first word of a call that compares two audits."""


def audit(  # noqa: PLR0913 - one argument for each option
    terms: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TERM... | diff SCAN SCAN]",
            help="Only collisions in which a machine takes part that these terms of a query match;"
            " or what changed between two scans or times.",
            show_default=False,
        ),
    ] = None,
    db: Databases = None,
    *,
    key: Annotated[
        str | None,
        typer.Option(
            "--key", metavar="KEY,...", help="Only these keys: label, id, uuid, mac, tcp, netname.", show_default=False
        ),
    ] = None,
    cause: Annotated[
        str | None,
        typer.Option(
            "--cause",
            metavar="CAUSE,...",
            help="Only these causes: multipath, backup, moved, clone, relabel, address, mac, contradiction, stale,"
            " placeholder.",
            show_default=False,
        ),
    ] = None,
    severity: Annotated[
        str | None,
        typer.Option(
            "--severity",
            metavar="LEVEL",
            help="This severity and worse: info, warning, error, critical; default: warning in a table, else info.",
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            help="Only what is new, changed or resolved since then: 7d, 12h, 2026-11-28, a scan of vhost db scans.",
            show_default=False,
        ),
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="LEVEL",
            help="Exit 9 if what was asked for has this severity or a worse one, for cron and CI.",
            show_default=False,
        ),
    ] = None,
    accept: Annotated[
        str | None,
        typer.Option(
            "--accept",
            metavar="FILE",
            help="Leave out the collisions that this TOML file names, each with a reason and a last day.",
            show_default=False,
        ),
    ] = None,
    show_accepted: Annotated[
        bool, typer.Option("--show-accepted", help="Show what is accepted too, with the reason.")
    ] = False,
    max_age: Annotated[
        list[str] | None,
        typer.Option(
            "--max-age",
            metavar="KIND=AGE,...",
            help="How old a source may be: machine=30d, dhcp=30d, lease=7d, dns=7d, arp=1d, guest=1h.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        str, typer.Option("--format", "-f", metavar="NAME", help="table, json, csv, markdown or html.")
    ] = "table",
    output: File = None,
    html: Annotated[
        str | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write a page for a browser into this file, beside the usual output: every severity, with filters and"
            " graphs.",
            show_default=False,
        ),
    ] = None,
    static: Annotated[
        bool, typer.Option("--static", "-s", help="Use the snapshot as it is, even if its sources are newer.")
    ] = False,
) -> int:
    """Show which machines share a key, why, and the address that picks each.

    For cron: vhost audit --fail-on error

    For a report: vhost audit --html audit.html

    What changed: vhost audit diff 7d now, vhost audit --since 7d
    """
    from vhost.cli.audit import AuditOptions, run_audit  # noqa: PLC0415 - --help needs no database

    words = terms or []
    is_diff = words[:1] == [DIFF]
    options = AuditOptions(
        terms=() if is_diff else words,
        keys=key,
        causes=cause,
        severity=severity,
        fail_on=fail_on,
        ages=max_age or (),
        format=format,
        file=output,
        page=html,
        accept=accept,
        show_accepted=show_accepted,
        databases=db,
        static=static,
    )
    if is_diff or since is not None:
        from vhost.cli.audit_changes import run_diff  # noqa: PLC0415 - as above

        return run_diff(options, words[1:] if is_diff else (), since)
    return run_audit(options)
