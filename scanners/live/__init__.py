"""Guests that run now, as their hypervisors say: `look` asks every hypervisor that a host has.

The hypervisors' modules are loaded when the first host is looked at: plans need only what a guest is.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from scanners.live.guest import Running, State

if TYPE_CHECKING:
    from scanners.live.looking import SOURCES, Look, look

__all__ = ["SOURCES", "Look", "Running", "State", "look"]


def __getattr__(name: str) -> object:
    if name not in {"SOURCES", "Look", "look"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("scanners.live.looking"), name)
