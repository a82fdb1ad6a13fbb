from __future__ import annotations

import pytest

from tests.vhost.ambiguity.worlds import Claim, World, stored
from vhost.address import parse
from vhost.ambiguity.near import near
from vhost.ambiguity.resolve import Resolver

WORLD = [
    Claim("M", pm="h1", label="tst100", id="/vm/tst100.conf", uuid="1" * 32, mac="00:50:56:00:00:01", tcp="10.0.0.1"),
    Claim("N", pm="h2", label="tst101", id="/vm/x/tst101.conf"),
]


def similar(text: str, world: World = WORLD) -> list[tuple[str, int]]:
    with stored(world) as con:
        return [(one.address, one.machines) for one in near(Resolver(con), parse(text))]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("l:tst10", "l:tst100"),
        ("TST100", "l:tst100"),
        ("l:tst100,h:h2", "l:tst100"),
        ("l:tst101,u:" + "1" * 32, "l:tst100,u:" + "1" * 32),
        ("1" * 32, "u:" + "1" * 32),
        ("l:10.0.0.1", "t:10.0.0.1"),
        ("/vm/tst100.conf", "p:/vm/tst100.conf"),
        ("p:/old/tst100.conf", "f:tst100.conf"),
        ("m:00:50:56:00:00:02", "m:00:50:56:00:00:01"),
        ("t:tst100", "l:tst100"),
    ],
)
def test_what_may_have_been_meant_comes_first(text: str, first: str) -> None:
    assert similar(text)[:1] == [(first, 1)]


def test_only_what_fits_something_is_proposed() -> None:
    assert similar("l:nothing-like-it") == []


def test_a_refused_host_does_not_stop_the_proposals() -> None:
    assert ("l:tst100", 1) in similar("l:tst100,h:nowhere")


def test_few_are_proposed() -> None:
    world = [Claim(f"M{number}", label=f"tst{number}", tcp=f"10.0.0.{number}") for number in range(100)]
    assert 0 < len(similar("l:tst5,t:10.0.0.7", world)) <= 5
