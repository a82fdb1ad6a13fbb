from __future__ import annotations

from pathlib import Path

import pytest

from tests.vhost.databases import machine_line, old_database
from vhost.ambiguity.hosts import Hosts, loaded
from vhost.cache.snapshot import opened
from vhost.errors import Ambiguous, UsageError


def fits(name: str, *spellings: str, **aliases: list[str]) -> tuple[str, ...]:
    return Hosts(spellings, aliases).find(name).spellings


@pytest.mark.parametrize("name", ["lab00", "lab00.soho", "LAB00.Soho.", "root@lab00"])
@pytest.mark.parametrize("known", [("lab00",), ("lab00.soho",), ("lab00", "lab00.soho"), ("Lab00", "lab00")])
def test_short_and_full_names_are_one_host(name: str, known: tuple[str, ...]) -> None:
    assert fits(name, *known, "lab01.soho") == tuple(sorted(known))


def test_a_short_name_of_two_hosts_is_refused() -> None:
    with pytest.raises(Ambiguous) as caught:
        fits("lab00", "lab00.soho", "lab00.site2", "lab00")
    assert "lab00.site2, lab00.soho" in str(caught.value)


def test_a_full_name_is_understood_where_the_short_one_is_not() -> None:
    assert fits("lab00.soho", "lab00.soho", "lab00.site2", "lab00") == ("lab00.soho",)


def test_another_domain_is_another_host() -> None:
    with pytest.raises(UsageError):
        fits("lab00.site2", "lab00.soho", "lab00")


@pytest.mark.parametrize("name", ["192.168.1.71", "x5", "X5.soho"])
def test_aliases_and_addresses_of_a_host_are_understood(name: str) -> None:
    assert fits(name, "lab00", "lab01", lab00=["x5", "192.168.1.71"]) == ("lab00",)


def test_an_alias_that_two_hosts_claim_is_refused() -> None:
    with pytest.raises(Ambiguous):
        fits("lab00", "lab00", "lab01", lab01=["lab00"])


def test_an_unknown_host_is_named_with_what_is_like_it() -> None:
    with pytest.raises(UsageError, match="perhaps lab00"):
        fits("lab0", "lab00", "other")


def test_addresses_are_no_full_names() -> None:
    with pytest.raises(UsageError):
        fits("192.168.1.72", "192.168.1.71")


def test_records_of_the_type_pm_state_the_aliases(tmp_path: Path) -> None:
    record = machine_line(pm="lab00", type="PM", label="five", tcp="192.168.1.71", id="/etc/ctys.d/pm.conf")
    guest = machine_line(pm="lab01", type="XEN", label="six", id="/vm/six.conf")
    with opened([old_database(tmp_path, [record, guest])]) as snapshot:
        hosts = loaded(snapshot.con)
    assert [hosts.find(name).name for name in ("five", "192.168.1.71", "lab01")] == ["lab00", "lab00", "lab01"]
    with pytest.raises(UsageError):
        hosts.find("six")
