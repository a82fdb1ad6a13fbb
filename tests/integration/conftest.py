"""Labs that take long to start, started once for all tests of a worker: their tests share an xdist group."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator

import pytest

from tests.lab.xen_host import XenHost, xen_host

_running: list[XenHost] = []


@pytest.fixture(scope="session")
def xen1(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XenHost]:
    """Give the Xen host `xen1`. Its tests belong to the group `xen` and end their guests."""
    with xen_host(tmp_path_factory.mktemp("xen") / "host") as host:
        _running.append(host)
        yield host


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Function, nextitem: pytest.Function | None) -> Generator[None, object, object]:
    """Hold the host while no test needs it: emulated, even an idle one takes half a core from the others."""
    if _needs_xen(item):
        _signal(signal.SIGCONT)
    result = yield
    if _needs_xen(item) and nextitem and not _needs_xen(nextitem):  # behind the last test it has ended
        _signal(signal.SIGSTOP)
    return result


def _needs_xen(item: pytest.Function) -> bool:
    return "xen1" in getattr(item, "fixturenames", ())


def _signal(number: signal.Signals) -> None:
    for host in _running:
        os.kill(host.pid, number)
