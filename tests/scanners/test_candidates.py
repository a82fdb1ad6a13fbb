"""Which names are looked at, and which are worth a word if they are not."""

from __future__ import annotations

import pytest

from scanners.candidates import is_candidate, promises_configuration


@pytest.mark.parametrize(
    "name", ["x", "x.cfg", "img", "x.img.cfg", "x.img~", "web.example.org", ".x", ".nfs", "x.1", "x.log.cfg"]
)
def test_what_could_be_a_configuration_is_looked_at(name: str) -> None:
    assert is_candidate(name)


@pytest.mark.parametrize(
    "name", ["x.img", "X.ISO", "x.cfg.gz", "x.log", "x.log.1", ".x.cfg.swp", "x\n.vmdk", ".nfs000000000123abcd00000001"]
)
def test_what_can_be_none_is_not_looked_at(name: str) -> None:
    assert not is_candidate(name)


@pytest.mark.parametrize("name", ["x.cfg", "X.VMX", "x.cfg.bak", "x.xml.orig.2", "x.conf~", "x.cfg.20240101"])
def test_a_configuration_or_a_copy_of_one_is_expected_by_its_name(name: str) -> None:
    assert promises_configuration(name)


@pytest.mark.parametrize("name", ["x", "cfg", "x.bin", "java.xml.jmod", "1.2", ".bak", "xcfg"])
def test_of_other_names_nothing_is_expected(name: str) -> None:
    assert not promises_configuration(name)
