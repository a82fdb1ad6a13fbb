"""`vhost config`: the file that names databases, jobs and limits of age."""

from __future__ import annotations

import typer

from vhost.cli.using import Config, use

app = typer.Typer(
    help="Look after the configuration: databases, jobs of vhost scan, limits of age.\n\nExample: vhost config check",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def show(config: Config = None) -> None:
    """Show every value that holds, and where it comes from: a line of the file, the environment, or the default.

    Example: vhost config show | grep ^jobs
    """
    import os  # noqa: PLC0415 - beside its use

    from vhost.cli.outcome import show as write  # noqa: PLC0415 - --help needs no configuration
    from vhost.config.reading import configuration  # noqa: PLC0415 - as above
    from vhost.config.showing import lines  # noqa: PLC0415 - as above

    use(config)
    write(lines(configuration(), os.environ))


@app.command()
def path(config: Config = None) -> None:
    """Print where the configuration lies, whether it is there or not.

    Example: vhost config path
    """
    from vhost.cli.outcome import show as write  # noqa: PLC0415 - --help needs no configuration
    from vhost.config.place import place  # noqa: PLC0415 - as above

    use(config)
    write([str(place())])


@app.command()
def edit(config: Config = None) -> int:
    """Open the configuration in $VISUAL or $EDITOR, a commented example if there is none, and check it afterwards.

    Example: vhost config edit
    """
    from vhost.cli.config_file import run_edit  # noqa: PLC0415 - --help needs no configuration

    use(config)
    return run_edit()


@app.command()
def check(config: Config = None) -> int:
    """Name everything that is wrong, each with its line; exit 1 if anything is, 2 if there is no such file.

    Example: vhost config check --config new.toml
    """
    from vhost.cli.config_file import run_check  # noqa: PLC0415 - --help needs no configuration

    use(config)
    return run_check()
