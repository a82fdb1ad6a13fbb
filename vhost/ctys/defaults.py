"""What the options are where nothing is said, and what an action forces."""

from __future__ import annotations

from dataclasses import replace

from vhost.ctys.requests import Background, Cancel, Create, List, Options, Request

_FORCED = Background(waits=True, parallel=False)
_CONSOLES = {"D": "display", "g": "geometry", "L": "location", "Y": "agent", "z": "terminal"}
"""Letters that are of use for consoles only, and their fields."""

_CLIENTS = "CLIENT leaves the machine itself alone, whatever else was said of it"
_NOTE = "CONSOLE:CLI needs this terminal, so -z 2 and -b 0,2 hold whatever else was said"


def idle(options: Options, request: Request) -> list[str]:
    """Return what was said, has its use elsewhere, and has none for this request."""
    has_console = isinstance(request, Create) and request.console not in {None, "NONE"}
    found = [] if has_console else [f"-{letter}" for letter, name in _CONSOLES.items() if getattr(options, name)]
    if not isinstance(request, List):
        found += ["-s"] if options.scope else []
        found += ["--fill"] if options.fill else []
    notes = [f"{option} is accepted and has no effect here" for option in found]
    if (
        isinstance(request, Cancel)
        and request.side == "CLIENT"
        and (request.end, request.seconds) != ("POWEROFF", None)
    ):
        notes.append(_CLIENTS)
    return notes


def completed(options: Options, request: Request) -> tuple[Options, list[str]]:
    """Return the options with their defaults, and what has to be said of it.

    A console in this terminal needs a terminal on the target and has it alone; the viewer of a VNC console
    runs on the target unless it is said otherwise; nobody waits for windows; what looks only goes side by side.
    """
    if isinstance(request, Create) and request.console == "CLI":
        said = options.background
        other = said.waits is False or said.parallel is True or options.terminal in {0, 1}
        return replace(options, terminal=2, background=_FORCED), [_NOTE] if other else []
    if isinstance(request, Create) and request.console == "VNC" and options.location is None:
        options = replace(options, location="DF")
    acts = isinstance(request, Create | Cancel)
    background = options.background
    parallel = not acts if background.parallel is None else background.parallel
    window = isinstance(request, Create) and request.console not in {None, "NONE"}
    waits = not window if background.waits is None else background.waits
    return replace(options, background=Background(waits, parallel)), []
