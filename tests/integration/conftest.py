"""Labs that take long to start, started once for all tests of a worker: their tests share an xdist group."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.xen_host import XenHost, xen_host


@pytest.fixture(scope="session")
def xen1(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XenHost]:
    """Give the Xen host `xen1`. Its tests belong to the group `xen` and end their guests."""
    with xen_host(tmp_path_factory.mktemp("xen") / "host") as host:
        yield host
