"""Metrics for the textfile collector of Prometheus' node_exporter.

vhost_collisions{key="mac",cause="clone",severity="error"} 2

Source: Prometheus' "Exposition formats". Values in labels are escaped as it asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True, slots=True)
class Metric:
    """One gauge: its name, what it tells, the names of its labels, and the query of their values and its own."""

    name: str
    help: str
    labels: tuple[str, ...]
    query: str


_CLAIMS = " UNION ALL ".join(
    f"SELECT '{kind}' AS kind, stale FROM {kind}" for kind in ("machine", "binding", "dns", "guest")
)

METRICS = (
    Metric(
        "vhost_scan_age_seconds",
        "Time since the last scan of a place began.",
        ("kind", "root", "as_host"),
        "SELECT kind, root, coalesce(as_host, ''), max(epoch(now()::TIMESTAMP) - epoch(seen_at))"
        " FROM scan GROUP BY ALL",
    ),
    Metric(
        "vhost_scan_partial",
        "1 if the last scan of a place could not read everything.",
        ("kind", "root", "as_host"),
        "SELECT kind, root, coalesce(as_host, ''), max(partial::INTEGER) FROM scan GROUP BY ALL",
    ),
    Metric("vhost_claims", "Claims by kind.", ("kind",), f"SELECT kind, count(*) FROM ({_CLAIMS}) GROUP BY kind"),
    Metric(
        "vhost_stale_claims",
        "Claims that are carried on unseen, by kind.",
        ("kind",),
        f"SELECT kind, count(*) FILTER (stale) FROM ({_CLAIMS}) GROUP BY kind",
    ),
    Metric(
        "vhost_machines",
        "Machines by session type.",
        ("type",),
        "SELECT coalesce(type, ''), count(DISTINCT machine_id) FROM machine GROUP BY ALL",
    ),
    Metric("vhost_findings", "Places that could not be read wholly.", (), "SELECT count(*) FROM finding"),
    Metric(
        "vhost_collisions",
        "Values that several machines share, by key, cause and severity.",
        ("key", "cause", "severity"),
        "SELECT key, cause, severity, count(*) FROM collision GROUP BY ALL",
    ),
)


def metrics(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Return the lines of the exposition format."""
    for metric in METRICS:
        yield f"# HELP {metric.name} {metric.help}"
        yield f"# TYPE {metric.name} gauge"
        for *values, number in con.execute(f"{metric.query} ORDER BY ALL").fetchall():
            yield f"{metric.name}{_labels(metric.labels, values)} {float(number):.15g}"


def _labels(names: Sequence[str], values: Sequence[str]) -> str:
    pairs = (f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True))
    return f"{{{','.join(pairs)}}}" if names else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
