"""Consoles in emacs: a buffer named by the label, in which a program runs.

EMACS     a shell buffer                       EMACSA    a terminal (ansi-term)
EMACSM    the console above a shell on the host          EMACSAM   the same in terminals
"""

from __future__ import annotations

from collections.abc import Sequence

from vhost.console.wanted import Wanted
from vhost.text import escape


def emacs(
    wanted: Wanted, title: str, command: Sequence[str], shell: Sequence[str], *, terminal_only: bool
) -> list[str]:
    """Return the call of emacs that shows a console; with `terminal_only` in this terminal."""
    maker = _terminal if "A" in wanted.kind.removeprefix("EMACS") else _buffer
    shown = [f"(switch-to-buffer {maker(title, command)})", "(delete-other-windows)"]
    if wanted.kind.endswith("M"):
        lower = maker(f"{title} host", shell)
        shown += ["(split-window-below)", "(other-window 1)", f"(switch-to-buffer {lower})", "(other-window 1)"]
    size = ["-g", wanted.geometry.partition(":")[0]] if wanted.geometry and not terminal_only else []
    display = ["-d", wanted.display] if wanted.display and not terminal_only else []
    where = ["-nw"] if terminal_only else [*display, *size]
    return ["emacs", "-Q", *where, *wanted.words, "--eval", f"(progn {' '.join(shown)})"]


def _buffer(name: str, command: Sequence[str]) -> str:
    program, *words = map(string, command)
    return f"(progn (require 'comint) (make-comint {string(name)} {program} nil {' '.join(words)}))"


def _terminal(name: str, command: Sequence[str]) -> str:
    program, *words = map(string, command)
    made = f"(make-term {string(name)} {program} nil {' '.join(words)})"
    return f"(progn (require 'term) (let ((b {made})) (with-current-buffer b (term-mode) (term-char-mode)) b))"


def string(text: str) -> str:
    """Return a text as a string of Lisp; what could steer a terminal is escaped as in a record."""
    safe = escape(text) if any(ord(char) < 32 for char in text) else text
    return '"' + safe.replace("\\", "\\\\").replace('"', '\\"') + '"'
