"""`vhost macros`: named text for options and terms."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from vhost.cli import macros
from vhost.cli.completing import by_typer
from vhost.cli.options import Databases

app = typer.Typer(
    help="Look after macros.\n\nExample: vhost macros show TAB_CPORT", no_args_is_help=True, rich_markup_mode=None
)

File = Annotated[
    str | None,
    typer.Option(
        "--file",
        "-f",
        metavar="FILE",
        help="A macro file: a name or a path.",
        show_default=False,
        autocompletion=by_typer("macro_files"),
    ),
]
Depth = Annotated[int | None, typer.Option("--depth", "-D", min=1, help="How many levels.", show_default=False)]


class Shown(StrEnum):
    """What a listing shows for a combined macro."""

    WRITTEN = "written"
    EXPANDED = "expanded"
    CALLS = "calls"


@app.command("list")
def list_(
    file: File = None,
    form: Annotated[Shown, typer.Option("--form", help="What to show for combined macros.")] = Shown.WRITTEN,
    db: Databases = None,
    *,
    atoms: Annotated[bool, typer.Option("--atoms", "-a", help="Only what calls nothing, unless -c.")] = False,
    combined: Annotated[bool, typer.Option("--combined", "-c", help="Only what is combined, unless -a.")] = False,
    terse: Annotated[bool, typer.Option("--terse", "-X", help="Without heads, for scripts.")] = False,
) -> int:
    """List the macros of a file, by default the first one named `default`.

    Example: vhost macros list --form expanded
    """
    sections = [section for section, wanted in ((False, atoms), (True, combined)) if wanted] or [False, True]
    return macros.run_list(file or "default", db, form.value, sections, terse=terse)


@app.command()
def files(
    db: Databases = None,
    *,
    terse: Annotated[bool, typer.Option("--terse", "-X", help="Paths only.")] = False,
) -> int:
    """Show the directories that are searched and the macro files in them.

    Example: vhost macros files
    """
    return macros.run_files(db, terse=terse)


@app.command("show")
def show_(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME", help="Macros.", show_default=False, autocompletion=by_typer("macros"))
    ],
    file: File = None,
    db: Databases = None,
    *,
    written: Annotated[bool, typer.Option("--written", "-N", help="As it stands in the file.")] = False,
) -> int:
    """Show what macros expand to.

    Example: vhost macros show TAB_CPORT
    """
    return macros.run_show(names, file, db, written=written, named=False)


@app.command()
def tree(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME",
            help="Macros; without any: the files.",
            show_default=False,
            autocompletion=by_typer("macros"),
        ),
    ] = None,
    file: File = None,
    depth: Depth = None,
    db: Databases = None,
) -> int:
    """Show which macros a macro calls, or the files that are searched, as trees.

    Example: vhost macros tree TAB_CTYS_VHOST_DEFAULT
    """
    if names:
        return macros.run_nesting(names, file, db, depth)
    return macros.run_tree([file] if file else [], db, depth, files=True)


@app.command()
def edit(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE",
            help="Created where it is missing; default: `default`.",
            show_default=False,
            autocompletion=by_typer("macro_files"),
        ),
    ] = None,
    db: Databases = None,
) -> int:
    """Open macro files in $CTYS_MACROSEDIT, $VISUAL or $EDITOR.

    Example: vhost macros edit
    """
    return macros.run_edit(files or [], db)


@app.command()
def check(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE", help="Default: all files.", show_default=False, autocompletion=by_typer("macro_files")
        ),
    ] = None,
    db: Databases = None,
) -> int:
    """Expand every macro; exit 1 if one is wrong, and say what.

    Example: vhost macros check
    """
    return macros.run_check(files or [], db)
