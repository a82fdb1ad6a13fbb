"""Words that name addresses."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from scanners.arp.targets import addresses
from vhost.errors import UsageError


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("10.0.0.7", "10.0.0.7", "10.0.0.7"),
        ("10.0.0.0/24", "10.0.0.0", "10.0.0.255"),
        ("10.0.0.9/24", "10.0.0.0", "10.0.0.255"),
        ("10.0.0.0/255.255.255.0", "10.0.0.0", "10.0.0.255"),
        ("10.0.0.7/32", "10.0.0.7", "10.0.0.7"),
        ("10.0.0.10-10.0.1.20", "10.0.0.10", "10.0.1.20"),
        ("10.0.0.10-20", "10.0.0.10", "10.0.0.20"),
        ("10.0.0.10-10", "10.0.0.10", "10.0.0.10"),
        ("10.0.0.0/12", "10.0.0.0", "10.15.255.255"),
    ],
)
def test_a_word_is_a_range(word: str, first: str, last: str) -> None:
    assert addresses(word) == (int(IPv4Address(first)), int(IPv4Address(last)))


@pytest.mark.parametrize("word", ["lab00", "lab00.soho", "lab-01", "10.0.0.7.nip.io", "ten"])
def test_a_word_with_letters_is_a_name(word: str) -> None:
    assert addresses(word) is None


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("10.0.0.256", "is no IPv4 address"),
        ("10.0.0", "is no IPv4 address"),
        ("10.0.0.1-", "is no IPv4 address"),
        ("10.0.0.1/", "is no IPv4 address"),
        ("10.0.0.1/33", "is no IPv4 address"),
        ("10.0.0.20-10", "ends before it begins"),
        ("10.0.0.1-300", "is no IPv4 address"),
        ("0.0.0.0/0", "4294967296 addresses are too many"),
        ("10.0.0.0/11", "2097152 addresses are too many"),
        ("2001:db8::/64", "is IPv6"),
        ("fe80::1", "is IPv6"),
        ("...", "is no IPv4 address"),
    ],
)
def test_a_word_that_cannot_be_asked_for_is_named(word: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem) as raised:
        addresses(word)
    assert raised.value.where == word
