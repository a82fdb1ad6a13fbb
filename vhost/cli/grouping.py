"""`vhost groups`: groups of hosts."""

from __future__ import annotations

from typing import Annotated

import typer

from vhost.cli import groups
from vhost.cli.completing import by_typer
from vhost.cli.options import Databases

app = typer.Typer(
    help="Look after groups of hosts.\n\nExample: vhost groups members lab", no_args_is_help=True, rich_markup_mode=None
)

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="GROUP", help="Groups, or folders of them.", show_default=False, autocompletion=by_typer("groups")
    ),
]
Terse = Annotated[bool, typer.Option("--terse", "-X", help="Without heads, for scripts.")]


@app.command("list")
def list_(names: Names = None, db: Databases = None, *, terse: Terse = False) -> int:
    """List groups: size on disk, hosts and includes of the file, hosts in all.

    Example: vhost groups list --terse
    """
    return groups.run_list(names or [], db, terse=terse)


@app.command()
def members(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="GROUP|HOST",
            help="What is no group is a host.",
            show_default=False,
            autocompletion=by_typer("groups"),
        ),
    ],
    form: Annotated[
        str | None,
        typer.Option("--form", "-m", metavar="N", help="An old form: 1 to 8, 5x, 7u, 8u.", show_default=False),
    ] = None,
    db: Databases = None,
    *,
    terse: Terse = False,
) -> int:
    """Show the hosts of groups, one in a line, or in one of the old forms.

    Example: vhost groups members lab, or: vhost groups members --form 8u lab
    """
    if form is not None:
        return groups.run_members(names, db, form, terse=terse)
    return groups.run_hosts(names, db)


@app.command()
def tree(
    folders: Annotated[
        list[str] | None, typer.Argument(metavar="FOLDER", help="Only these folders.", show_default=False)
    ] = None,
    depth: Annotated[
        int | None, typer.Option("--depth", "-D", min=1, help="How many levels.", show_default=False)
    ] = None,
    db: Databases = None,
    *,
    only_folders: Annotated[bool, typer.Option("--folders", "-S", help="Folders only.")] = False,
) -> int:
    """Show the directories in which groups are searched, as trees.

    Example: vhost groups tree --depth 2
    """
    return groups.run_tree(folders or [], db, depth, files=not only_folders)


@app.command()
def edit(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="GROUP", help="Created where it is missing.", show_default=False, autocompletion=by_typer("groups")
        ),
    ],
    db: Databases = None,
) -> int:
    """Open groups in $CTYS_GROUPSEDIT, $VISUAL or $EDITOR.

    Example: vhost groups edit lab
    """
    return groups.run_edit(names, db)


@app.command()
def check(names: Names = None, db: Databases = None) -> int:
    """Resolve every group; exit 1 if one is wrong, and say what.

    Example: vhost groups check
    """
    return groups.run_check(names or [], db)
