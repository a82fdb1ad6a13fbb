"""What a database knows of words that name hosts: the PM that they belong to, and the address of a machine."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from vhost import normal


@dataclass(frozen=True, slots=True)
class Entry:
    """The PM of a host or machine, and the address by which a machine is reached; None for a PM or an address."""

    pm: str
    address: str | None = None


_KNOWN = """
WITH word AS (SELECT unnest(?::VARCHAR[]) AS word), known AS (
    SELECT word, 1 AS how, min(pm) AS pm, NULL AS address FROM word JOIN machine ON lower(pm) = word GROUP BY word
    UNION ALL
    SELECT word, 2, min(pm), NULL FROM word JOIN machine ON tcp = word GROUP BY word
    UNION ALL
    SELECT word, 3, min(pm), min(tcp) FROM word JOIN machine ON lower(label) = word
    GROUP BY word HAVING count(DISTINCT tcp) = 1
) SELECT word, arg_min(pm, how), min_by({address: address}, how).address FROM known WHERE pm IS NOT NULL GROUP BY word
"""


def known(con: duckdb.DuckDBPyConnection, words: Collection[str]) -> dict[str, Entry]:
    """Return what is known of the words: those of a PM, of an address, and the labels that have one address only."""
    forms = {word: form(word) for word in words}
    rows = con.execute(_KNOWN, [sorted(set(forms.values()))]).fetchall()
    found = {word: Entry(pm, address) for word, pm, address in rows}
    return {word: found[spelled] for word, spelled in forms.items() if spelled in found}


def form(word: str) -> str:
    """Return the spelling in which words are compared."""
    return normal.address(word) or word.lower().rstrip(".")


_KINDS = """
WITH word AS (SELECT unnest(?::VARCHAR[]) AS word)
SELECT DISTINCT word, 'PM' FROM word JOIN machine ON lower(pm) = word
UNION SELECT DISTINCT word, CASE WHEN type = 'PM' THEN 'PM' ELSE 'VM' END FROM word
JOIN machine ON tcp = word OR lower(label) = word
"""
_ADDRESSES = "SELECT DISTINCT owner, value FROM dns WHERE type IN ('A', 'AAAA') AND value IS NOT NULL ORDER BY ALL"


def kinds(con: duckdb.DuckDBPyConnection, words: Collection[str]) -> set[tuple[str, str]]:
    """Return which of the words are PMs and which are VMs, by name, label or address; one may be both."""
    forms = {word: form(word) for word in words}
    rows = set(con.execute(_KINDS, [sorted(set(forms.values()))]).fetchall())
    return {(word, kind) for word, spelled in forms.items() for kind in ("PM", "VM") if (spelled, kind) in rows}


def addresses(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return the names of DNS with their addresses, as the last scans had them."""
    return con.execute(_ADDRESSES).fetchall()
