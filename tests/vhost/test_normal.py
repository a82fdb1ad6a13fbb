from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vhost import normal
from vhost.cache.addresses import forms_of_addresses
from vhost.cache.build import connection
from vhost.schema import address_sql, mac_sql, uuid_sql

HEX = st.sampled_from("0123456789abcdefABCDEF")
SPELLINGS = st.text(alphabet=st.sampled_from("0123456789abcdefABCDEF:-. {}[]gx"), max_size=40)
MACS = st.builds(
    lambda parts, mark: mark.join(parts),
    st.lists(st.text(HEX, min_size=1, max_size=2), min_size=5, max_size=7),
    st.sampled_from([":", "-", ".", ""]),
)
UUIDS = st.builds(
    lambda digits, mark: mark.join([digits[:8], digits[8:]]),
    st.text(HEX, min_size=31, max_size=33),
    st.sampled_from(["", "-", " "]),
)
ADDRESSES = (
    st.ip_addresses().map(str)
    | st.ip_addresses(v=6).map(lambda ip: ip.exploded.upper())
    | st.ip_addresses(v=6).map(lambda ip: f"[{ip}]")
)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connection() as made:
        yield made


def _sql(con: duckdb.DuckDBPyConnection, expression: str, value: str) -> str:
    con.execute("CREATE OR REPLACE TEMP TABLE given AS SELECT ? AS value", [value])
    forms_of_addresses(con, "SELECT value AS spelling FROM given")
    row = con.execute(f"SELECT {expression} FROM given").fetchone()
    assert row is not None
    return str(row[0])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=MACS | SPELLINGS)
def test_sql_and_python_agree_on_macs(con: duckdb.DuckDBPyConnection, value: str) -> None:
    assert _sql(con, mac_sql("value"), value) == (normal.mac(value) or value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=UUIDS | SPELLINGS)
def test_sql_and_python_agree_on_uuids(con: duckdb.DuckDBPyConnection, value: str) -> None:
    assert _sql(con, uuid_sql("value"), value) == (normal.uuid(value) or value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=ADDRESSES | SPELLINGS)
def test_sql_and_python_agree_on_addresses(con: duckdb.DuckDBPyConnection, value: str) -> None:
    assert _sql(con, address_sql("value"), value) == (normal.address(value) or value)


@pytest.mark.parametrize(
    "spelling", ["0:50:56:13:11:4A", "00-50-56-13-11-4a", "0050.5613.114A", "00505613114a", " 00:50:56:13:11:4a "]
)
def test_every_spelling_of_a_mac_has_one_form(spelling: str) -> None:
    assert normal.mac(spelling) == "00:50:56:13:11:4a"


@pytest.mark.parametrize(
    "spelling", ["", "00:50:56:13:11", "00:50:56:13:11:4g", "00:50-56:13:11:4a", "00:50:56:13:11:4a:00"]
)
def test_what_is_no_mac_has_no_form(spelling: str) -> None:
    assert normal.mac(spelling) is None


@pytest.mark.parametrize(
    "spelling",
    [
        "564D6842-CAF9-1E3E-4324-9ED596B8B9F2",
        "{564d6842caf91e3e43249ed596b8b9f2}",
        "56 4d 68 42 ca f9 1e 3e-43 24 9e d5 96 b8 b9 f2",
    ],
)
def test_every_spelling_of_a_uuid_has_one_form(spelling: str) -> None:
    assert normal.uuid(spelling) == "564d6842caf91e3e43249ed596b8b9f2"


def test_an_ipv6_address_is_compressed() -> None:
    assert normal.address("[2001:0DB8:0:0::1]") == "2001:db8::1"
