"""Asks ssh servers for their identification (RFC 4253, 4.2): a port that is open and silent is none."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection
from time import monotonic

from vhost.reach.reply import LATE, SILENT, Limits, Reply

_BANNER = b"SSH-"
_LIMIT = 8192  # bytes of other lines that a server may send before


def ask(
    addresses: Collection[str], port: int, limits: Limits, told: Callable[[int, int, int], None] | None = None
) -> dict[str, Reply]:
    """Return the reply of every numeric address."""
    return asyncio.run(_all(addresses, port, limits, told))


async def _all(
    addresses: Collection[str], port: int, limits: Limits, told: Callable[[int, int, int], None] | None
) -> dict[str, Reply]:
    found: dict[str, Reply] = {}
    waiting = iter(addresses)
    end = monotonic() + limits.total

    up = 0

    async def work() -> None:
        nonlocal up
        for one in waiting:
            found[one] = await _one(one, port, limits, end)
            up += found[one].up
            if told is not None:
                told(len(found), len(addresses) - len(found), up)

    await asyncio.gather(*(work() for _ in range(min(limits.parallel, len(addresses)))))
    return found


async def _one(one: str, port: int, limits: Limits, end: float) -> Reply:
    reply = LATE
    for _ in range(limits.tries):
        left = end - monotonic()
        if left <= 0:
            break
        reply = await _try(one, port, min(limits.seconds, left))
        if reply is not SILENT:
            break
    return reply


async def _try(one: str, port: int, seconds: float) -> Reply:
    began = monotonic()
    writer = None
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(one, port, limit=_LIMIT)
            named = await _named(reader)
    except TimeoutError:
        return SILENT
    except OSError as error:
        return Reply(up=False, problem=os.strerror(error.errno) if error.errno else "cannot be reached")
    finally:
        if writer is not None:
            writer.transport.abort()  # nothing was said that a close would have to wait for
    took = monotonic() - began
    return Reply(up=True, seconds=took) if named else Reply(up=False, problem=f"port {port} is open, but no ssh server")


async def _named(reader: asyncio.StreamReader) -> bool:
    """Tell whether the server names itself as one of ssh; other lines may stand before."""
    seen = 0
    while seen < _LIMIT:
        try:
            line = await reader.readuntil(b"\n")
        except asyncio.IncompleteReadError as error:
            return error.partial.startswith(_BANNER)
        except asyncio.LimitOverrunError:
            return False
        if line.startswith(_BANNER):
            return True
        seen += len(line)
    return False
