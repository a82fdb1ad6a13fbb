from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

import pytest
from hypothesis import given, settings

from tests.vhost.ambiguity.worlds import WORLDS, Claim, World, fitting, stored
from vhost.address import Address, Part, address, parse, part
from vhost.ambiguity.minimal import minimal
from vhost.ambiguity.resolve import Resolver


def proposed(world: World) -> dict[str, str | None]:
    with stored(world) as con:
        return minimal(Resolver(con), sorted({claim.machine_id for claim in world}))


def offered(claims: Iterable[Claim]) -> Iterator[Part]:
    """Return every part that these claims may give."""
    for claim in claims:
        for kind, value in (("l", claim.label), ("u", claim.uuid), ("m", claim.mac)):
            yield from [part(kind, value)] if value else []  # type: ignore[arg-type]
        yield from (part("t", value) for value in (claim.tcp, claim.netname) if value)
        for path in (claim.id, claim.path):
            yield from [part("p", path), part("f", path.rpartition("/")[2])] if path else []


def smallest(world: World, machine: str) -> Address | None:
    """Return the smallest address by trying every set of parts, with each host and with none."""
    mine = [claim for claim in world if claim.machine_id == machine]
    best: list[tuple[int, int, str]] = []
    for host in (None, *sorted({claim.pm for claim in mine if claim.pm})):
        parts = sorted(set(offered(claim for claim in mine if host in {None, claim.pm})), key=str)
        best += _alone(world, machine, parts, host)
    return parse(min(best)[2]) if best else None


def _alone(world: World, machine: str, parts: list[Part], host: str | None) -> Iterator[tuple[int, int, str]]:
    for count in range(1, len(parts) + 1):
        made = [address(*chosen, host=host) for chosen in combinations(parts, count)]
        fits = [one for one in made if fitting(world, one) == {machine}]
        if fits:
            shortest = min(fits, key=lambda one: (len(str(one)), str(one)))
            yield count + (host is not None), len(str(shortest)), str(shortest)
            return


@settings(max_examples=60)
@given(WORLDS)
def test_every_machine_gets_the_smallest_address_there_is_and_none_only_where_there_is_none(world: World) -> None:
    found = proposed(world)
    assert found == {name: (one := smallest(world, name)) and str(one) for name in found}


@settings(max_examples=40)
@given(WORLDS)
def test_the_resolver_finds_exactly_the_machine_of_every_address(world: World) -> None:
    with stored(world) as con:
        found = minimal(Resolver(con), sorted({claim.machine_id for claim in world}))
        named = {machine: parse(text) for machine, text in found.items() if text}
        answers = Resolver(con).answers(list(named.values()))
    assert [answer.machine_id for answer in answers] == list(named)
    assert [str(one) for one in named.values()] == [text for text in found.values() if text]


@pytest.mark.parametrize(
    ("world", "texts"),
    [
        ([Claim("M", label="a"), Claim("N", label="b")], ["l:a", "l:b"]),
        ([Claim("M", label="a", tcp="1.1.1.1"), Claim("N", label="a", tcp="1.1.1.2")], ["t:1.1.1.1", "t:1.1.1.2"]),
        ([Claim("M", pm="h1", label="a"), Claim("N", pm="h2", label="a")], ["l:a,h:h1", "l:a,h:h2"]),
        (
            [Claim("M", label="a", id="/v/a.conf"), Claim("N", label="a", id="/v/a.conf.bak")],
            ["p:/v/a.conf", "f:a.conf.bak"],
        ),
        ([Claim("M", label="a"), Claim("N", label="a")], [None, None]),
        ([Claim("M", label="a", mac="00:50:56:00:00:01"), Claim("N", label="a")], ["m:00:50:56:00:00:01", None]),
        ([Claim("M", pm="h1.soho", label="a"), Claim("N", pm="h2.soho", label="a")], ["l:a,h:h1", "l:a,h:h2"]),
        ([Claim("M", pm="h.x", label="a"), Claim("N", pm="h.y", label="a")], ["l:a,h:h.x", "l:a,h:h.y"]),
        ([Claim("M", label=r"a\x3bb"), Claim("N", label="a,b:")], [r"l:a\x3bb", r"l:a\,b\:"]),
        ([Claim("M", tcp="Tst.Soho."), Claim("N", tcp="tst")], ["t:tst.soho", "t:tst"]),
        ([Claim("M", id="/v//a"), Claim("N", id="/v/a")], [None, "p:/v/a"]),
        ([], []),
    ],
)
def test_addresses_of_known_worlds(world: World, texts: list[str | None]) -> None:
    assert list(proposed(world).values()) == texts


def test_a_name_that_is_bound_to_the_address_of_another_machine_is_not_proposed() -> None:
    world = [Claim("M", label="a", tcp="web"), Claim("N", label="a", tcp="10.0.0.1")]
    with stored(world) as con:
        con.execute("INSERT INTO binding (name, ip) VALUES ('WEB', '10.0.0.1')")
        assert minimal(Resolver(con), ["M", "N"]) == {"M": None, "N": "t:10.0.0.1"}


def test_machines_with_many_values_in_common_are_told_apart() -> None:
    macs = [f"00:50:56:00:00:{number:02x}" for number in range(40)]
    world = [Claim("M", label="a", mac=mac) for mac in macs] + [Claim("N", label="a", mac=mac) for mac in macs[1:]]
    assert proposed(world) == {"M": f"m:{macs[0]}", "N": None}


def test_machines_that_only_many_parts_together_tell_apart_are_told_apart() -> None:
    macs = [f"00:50:56:00:00:{number:02x}" for number in range(30)]
    others = [Claim(f"N{left}", mac=mac) for left in macs for mac in macs if mac != left]
    world = [*(Claim("M", mac=mac) for mac in macs), *others]
    with stored(world) as con:
        text = minimal(Resolver(con), ["M"])["M"]
    assert text is not None
    assert parse(text).parts == tuple(part("m", mac) for mac in macs)
