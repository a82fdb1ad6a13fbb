"""`vhost export`: the estate for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from vhost.cli.options import Databases, File

if TYPE_CHECKING:
    from vhost.cache.snapshot import Snapshot
    from vhost.query.terms import Query

app = typer.Typer(
    help="Write the estate for other programs.\n\nExample: vhost export hosts --key label F:2:XEN",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Terms = Annotated[
    list[str] | None,
    typer.Argument(metavar="TERM...", help="Only the machines that the terms select.", show_default=False),
]
KeyName = Annotated[
    str,
    typer.Option(
        "--key", metavar="KEY", help="What machines are named by: label, uuid, mac, tcp or id; must be unique."
    ),
]


@app.command()
def ansible(
    terms: Terms = None,
    key: KeyName = "label",
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="NAME", help="Print the variables of one machine.", show_default=False),
    ] = None,
    output: File = None,
    db: Databases = None,
    *,
    list_: Annotated[bool, typer.Option("--list", help="Print the whole inventory (the default).")] = False,
) -> int:
    """Write an Ansible inventory, as a dynamic inventory script prints it.

    An executable file with `exec vhost export ansible --key uuid "$@"` is a script for `ansible -i`.

    Example: vhost export ansible --list --key uuid F:2:XEN
    """
    import json  # noqa: PLC0415 - --help writes none

    from vhost.export import ansible as inventories  # noqa: PLC0415 - as above
    from vhost.export.estate import estate, known_key, unique  # noqa: PLC0415 - as above

    wanted = known_key(key)

    def lines(snapshot: Snapshot, query: Query) -> Iterator[str]:
        machines = unique(estate(snapshot.con, query), wanted)
        if host is None or list_:
            yield json.dumps(inventories.inventory(machines), indent=2)
        else:
            yield json.dumps(inventories.variables(machines[host]) if host in machines else {}, indent=2)

    return _written(lines, terms, output, db)


@app.command("ssh-config")
def ssh_config(terms: Terms = None, key: KeyName = "label", output: File = None, db: Databases = None) -> int:
    """Write entries for an ssh configuration.

    Example: vhost export ssh-config F:2:XEN --output ~/.ssh/config.d/lab
    """
    from vhost.export import names  # noqa: PLC0415 - --help writes none

    return _named(names.ssh_config, terms, key, output, db)


@app.command()
def hosts(terms: Terms = None, key: KeyName = "label", output: File = None, db: Databases = None) -> int:
    """Write lines for /etc/hosts.

    Example: vhost export hosts 'NOT F:19:BACKUP'
    """
    from vhost.export import names  # noqa: PLC0415 - --help writes none

    return _named(names.hosts, terms, key, output, db)


@app.command()
def graphviz(terms: Terms = None, output: File = None, db: Databases = None) -> int:
    """Draw hosts, machines and the keys that machines share, for Graphviz.

    Example: vhost export graphviz | dot -Tsvg > estate.svg
    """
    from vhost.export import graph  # noqa: PLC0415 - --help writes none
    from vhost.export.estate import estate  # noqa: PLC0415 - as above

    return _written(lambda snapshot, query: graph.dot(graph.graph(estate(snapshot.con, query))), terms, output, db)


@app.command()
def mermaid(terms: Terms = None, output: File = None, db: Databases = None) -> int:
    """Draw the same for Mermaid, as Markdown pages show it.

    Example: vhost export mermaid F:3:tst100 --output estate.mmd
    """
    from vhost.export import graph  # noqa: PLC0415 - --help writes none
    from vhost.export.estate import estate  # noqa: PLC0415 - as above

    return _written(lambda snapshot, query: graph.mermaid(graph.graph(estate(snapshot.con, query))), terms, output, db)


@app.command()
def prometheus(output: File = None, db: Databases = None) -> int:
    """Write metrics for the textfile collector of node_exporter: age of scans, claims, machines, collisions by cause.

    Example: vhost export prometheus --output /var/lib/prometheus/node-exporter/vhost.prom
    """
    from vhost.cache.collision_views import define  # noqa: PLC0415 - --help writes none
    from vhost.export.prometheus import metrics  # noqa: PLC0415 - as above

    def lines(snapshot: Snapshot, _: Query) -> Iterator[str]:
        define(snapshot.con)
        return metrics(snapshot.con)

    return _written(lines, None, output, db)


@app.command()
def dataset(
    directory: Annotated[
        str, typer.Argument(metavar="DIRECTORY", help="It must be empty, or not exist.", show_default=False)
    ],
    form: Annotated[str, typer.Option("--format", "-f", metavar="NAME", help="parquet or csv.")] = "parquet",
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="COLUMN",
            help="What the folders are named after: source_host (the site), pm, type, scanner.",
        ),
    ] = "source_host",
    db: Databases = None,
) -> int:
    """Write all claims as a partitioned data set.

    Example: vhost export dataset /srv/estate --by pm
    """
    from pathlib import Path  # noqa: PLC0415 - --help writes none

    from vhost.cache.place import chosen  # noqa: PLC0415 - as above
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above
    from vhost.cli.outcome import tell  # noqa: PLC0415 - as above
    from vhost.export import dataset as datasets  # noqa: PLC0415 - as above

    with opened(chosen(db), hint=tell) as snapshot:
        datasets.write(snapshot.con, Path(directory), form, by)
    return 0


def _named(
    make: Callable[..., Iterator[str]], terms: list[str] | None, key: str, output: str | None, db: str | None
) -> int:
    from vhost.cli.outcome import tell  # noqa: PLC0415 - --help writes none
    from vhost.export.estate import estate, known_key, unique  # noqa: PLC0415 - as above

    wanted = known_key(key)

    def lines(snapshot: Snapshot, query: Query) -> Iterator[str]:
        machines = unique(estate(snapshot.con, query), wanted)
        return make(machines, lambda name, why: tell(f"{name}: left out: {why}"))

    return _written(lines, terms, output, db)


def _written(
    make: Callable[[Snapshot, Query], Iterator[str]], words: list[str] | None, output: str | None, db: str | None
) -> int:
    from vhost.cache.place import chosen  # noqa: PLC0415 - --help writes none
    from vhost.cache.snapshot import opened  # noqa: PLC0415 - as above
    from vhost.cli.outcome import tell  # noqa: PLC0415 - as above
    from vhost.cli.writing import write  # noqa: PLC0415 - as above
    from vhost.query.macros import Macros, search_path  # noqa: PLC0415 - as above
    from vhost.query.terms import parse  # noqa: PLC0415 - as above

    directories = chosen(db)
    query = parse(Macros(search_path(directories)).expand_all(words or []))
    with opened(directories, hint=tell) as snapshot:
        write(make(snapshot, query), output)
    return 0
