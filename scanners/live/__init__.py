"""Guests that run now, as their hypervisors say: `look` asks every hypervisor that a host has."""

from __future__ import annotations

from scanners.live.guest import Running, State
from scanners.live.look import SOURCES, Look, look

__all__ = ["SOURCES", "Look", "Running", "State", "look"]
