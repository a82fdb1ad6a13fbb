"""Small random worlds of machines, and what addresses fit in them by a slow and obvious rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import duckdb
from hypothesis import strategies as st

from vhost.address import Address, Part, address, part
from vhost.cache.build import create


@dataclass(frozen=True)
class Claim:
    machine_id: str
    pm: str | None = None
    label: str | None = None
    id: str | None = None
    uuid: str | None = None
    mac: str | None = None
    tcp: str | None = None
    netname: str | None = None
    path: str | None = None
    stale: bool = False
    type: str = "XEN"


World = Sequence[Claim]


@contextmanager
def stored(world: World) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection to a snapshot of the world."""
    with duckdb.connect(":memory:") as con:
        create(con, "main")
        names = list(asdict(Claim("")))
        marks = ", ".join("?" * (len(names) + 1))
        rows = [[*asdict(claim).values(), number] for number, claim in enumerate(world, start=1)]
        if rows:
            con.executemany(f'INSERT INTO machine ({", ".join(names)}, "index") VALUES ({marks})', rows)
        yield con


def fitting(world: World, asked: Address) -> set[str]:
    """Return the machines that an address fits."""
    seen = [claim for claim in world if asked.host is None or claim.pm == asked.host]
    return {
        claim.machine_id for claim in seen if _fits([one for one in seen if one.machine_id == claim.machine_id], asked)
    }


def _fits(claims: World, asked: Address) -> bool:
    paths = [part for part in asked.parts if part.kind in "pbf"]
    texts = {text for claim in claims for text in (claim.id, claim.path) if text is not None}
    others = (part for part in asked.parts if part.kind not in "pbf")
    return all(any(_has(claim, part) for claim in claims) for part in others) and (
        not paths or any(all(_names(text, part) for part in paths) for text in texts)
    )


def _has(claim: Claim, part: Part) -> bool:
    (value,) = part.values
    held = {
        "l": [claim.label],
        "u": [claim.uuid],
        "m": [claim.mac],
        "t": [name and name.lower().rstrip(".") for name in (claim.tcp, claim.netname)],
    }
    return value in held[part.kind]


def _names(text: str, part: Part) -> bool:
    if part.kind == "p":
        return text in part.values
    if part.kind == "f":
        return part.values[0] in text
    return any(base in (text, "/") or text.startswith(f"{base}/") for base in part.values)


HOSTS = st.sampled_from(["h1", "h2"])
LABELS = st.sampled_from(["a", "b", "tst,100"])
UUIDS = st.sampled_from([digit * 32 for digit in "12"])
MACS = st.sampled_from([f"00:50:56:00:00:0{digit}" for digit in "123"])
TCPS = st.sampled_from(["10.0.0.1", "10.0.0.2", "Name.Soho."])
PATHS = st.sampled_from(["/vm/a.conf", "/vm/a.conf.bak", "/vm/x/a.conf", "/other/b.conf"])

CLAIMS = st.builds(
    Claim,
    machine_id=st.sampled_from("MNOPQ"),
    pm=HOSTS,
    label=st.none() | LABELS,
    id=st.none() | PATHS,
    uuid=st.none() | UUIDS,
    mac=st.none() | MACS,
    tcp=st.none() | TCPS,
    netname=st.none() | TCPS,
    path=st.none() | PATHS,
    stale=st.booleans(),
)
WORLDS = st.lists(CLAIMS, max_size=12)
PARTS = st.one_of(
    LABELS.map(lambda value: part("l", value)),
    UUIDS.map(lambda value: part("u", value)),
    MACS.map(lambda value: part("m", value)),
    TCPS.map(lambda value: part("t", value)),
    PATHS.map(lambda value: part("p", value)),
    st.sampled_from(["a.conf", "x/a", "conf", "bak"]).map(lambda value: part("f", value)),
    st.lists(st.sampled_from(["/vm", "/vm/x", "/", "/v"]), min_size=1, max_size=2).map(
        lambda values: part("b", *values)
    ),
)
ADDRESSES = st.builds(
    lambda parts, host: address(*parts, host=host),
    st.lists(PARTS, min_size=1, max_size=4),
    st.none() | st.just("h1"),
)
