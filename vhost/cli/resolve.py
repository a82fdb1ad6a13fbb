"""Answers addresses, one line each: what `vhost resolve` does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from vhost.address import LONGEST, Address, parse
from vhost.ambiguity.choice import only
from vhost.ambiguity.resolve import SHOWN, Answer, Resolver
from vhost.cache.place import chosen
from vhost.cache.snapshot import opened
from vhost.cli import freshness
from vhost.cli.blocks import blocks
from vhost.cli.outcome import show, tell
from vhost.cli.refusing import refuse
from vhost.cli.streams import out
from vhost.errors import Ambiguous, Partial, UsageError, VhostError
from vhost.text import escape

COLUMNS = ("address", "status", *SHOWN)
TYPED = (*COLUMNS, "machine_id", "machines")
"""The columns of typed formats."""

STREAMED = ("", "ndjson")
"""The forms whose answers are written as soon as they are known."""

_BYTES = 4 * LONGEST + 4  # of UTF-8; a longer word is refused when it is parsed
_REPORTS = 20
"""How many refusals are reported in full by one call."""


@dataclass(slots=True, kw_only=True)
class ResolveOptions:
    """What `vhost resolve` was asked; without words, or with `-` among them, addresses come from stdin."""

    words: Sequence[str] = ()
    on: str | None = None
    batch: bool = False
    null: bool = False
    format: str = ""
    databases: str | None = None
    static: bool = False
    age: bool = False
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An address as it was read, with its answer, or with the reason why it is none."""

    text: str
    answer: Answer | None = None
    problem: str = ""
    age: tuple[int, str] | None = None

    @property
    def status(self) -> str:
        """Return the status, `invalid` for what is no address."""
        return self.answer.status if self.answer else "invalid"

    def values(self) -> tuple[object, ...]:
        """Return the values of `TYPED`."""
        shown = [getattr(self.answer, name, None) for name in (*SHOWN, "machine_id")]
        return escape(self.text), self.status, *shown, self.answer.machines if self.answer else 0

    @property
    def machine(self) -> str | None:
        """Return the one machine that it names, None for none."""
        return self.answer.machine_id if self.answer else None


@dataclass(slots=True)
class Tally:
    """What the answers of a call were, and what of it was told."""

    statuses: set[str] = field(default_factory=set)
    machines: set[str] = field(default_factory=set)
    reports: int = 0

    def code(self, *, batch: bool) -> int:
        """Return the exit code: 11 ambiguous, 1 none or no address, 3 stale; of a batch 1 where one was no address."""
        if batch:
            return int("invalid" in self.statuses)
        if "ambiguous" in self.statuses:
            return Ambiguous.exit_code
        if self.statuses & {"none", "invalid"}:
            return VhostError.exit_code
        return Partial.exit_code if "stale" in self.statuses else 0


def run(options: ResolveOptions) -> int:
    """Answer every address and return the exit code."""
    code = refreshed(options) if options.refresh else 0
    with opened(chosen(options.databases), static=options.static, hint=tell) as snapshot:
        resolver, tally = Resolver(snapshot.con), Tally()
        answered = (_block(resolver, words, options, tally) for words in _words(options))
        if options.format in STREAMED:
            for lines in answered:
                _write([_drawn(line, options) for line in lines], null=options.null)
        else:
            from vhost.render import typed  # noqa: PLC0415 - only a typed answer pays for it

            rows = (_values(line, options) for lines in answered for line in lines)
            show(typed.lines(options.format, _columns(options), rows))
        freshness.mark_machines(resolver.con, sorted(tally.machines), options.databases)
        return tally.code(batch=options.batch) or code


def refreshed(options: ResolveOptions) -> int:
    """Scan again what is known of the machines, and return the exit code."""
    from vhost.query.freshness import of_machines  # noqa: PLC0415 - as above

    if not options.words or "-" in options.words:
        raise UsageError("--refresh", "what is scanned again has to be known before", "name the addresses")
    with opened(chosen(options.databases), hint=tell) as snapshot:
        lines = _answered(Resolver(snapshot.con), options.words, options.on)
        held = of_machines(snapshot.con, [line.machine for line in lines if line.machine])
    return freshness.refresh(held, options.databases)


def _words(options: ResolveOptions) -> Iterator[list[str]]:
    given = [word for word in options.words if word != "-"]
    if given:
        yield given
    if "-" in options.words or not options.words:
        if sys.stdin is None:
            raise UsageError("standard input", "is closed", "send the addresses to it, or name them")
        yield from blocks(sys.stdin.fileno(), b"\0" if options.null else b"\n", _BYTES)


def _block(resolver: Resolver, words: Sequence[str], options: ResolveOptions, tally: Tally) -> list[Line]:
    """Return the answers of some words; what a user should know of them is told."""
    lines = list(_answered(resolver, words, options.on))
    tally.statuses |= {line.status for line in lines}
    tally.machines |= {line.machine for line in lines if line.machine}
    for line in lines:
        if line.status != "unique" and (not options.batch or line.status == "invalid") and tally.reports < _REPORTS:
            tally.reports += 1
            _report(resolver, line)
    return _aged(resolver, lines) if options.age else lines


def _aged(resolver: Resolver, lines: Sequence[Line]) -> list[Line]:
    """Return the lines with the age of the newest claim about their machines."""
    from vhost.query.freshness import ages  # noqa: PLC0415 - only --age pays for it

    known = ages(resolver.con, [line.machine for line in lines if line.machine])
    return [replace(line, age=known.get(line.machine or "")) for line in lines]


def _answered(resolver: Resolver, words: Sequence[str], on: str | None) -> Iterator[Line]:
    read = [_parsed(word, on) for word in words]
    found = iter(resolver.answers([one for one in read if isinstance(one, Address)]))
    for word, one in zip(words, read, strict=True):
        yield Line(word, next(found)) if isinstance(one, Address) else Line(word, problem=one)


def _parsed(word: str, on: str | None) -> Address | str:
    try:
        return parse(word).on(on)
    except UsageError as error:
        return str(error)


def _report(resolver: Resolver, line: Line) -> None:
    if line.answer is None or line.answer.problem:
        tell(line.problem or (line.answer.problem if line.answer else ""))
    elif line.status == "stale":
        tell(f"address '{line.answer.address}': fits one machine, but no scan could look at it lately; scan again")
    else:
        try:
            only(resolver, line.answer.address)
        except VhostError as error:
            refuse(error)


def _columns(options: ResolveOptions) -> tuple[str, ...]:
    return (*TYPED, "age") if options.age else TYPED


def _values(line: Line, options: ResolveOptions) -> tuple[object, ...]:
    return (*line.values(), line.age[0] if line.age else None) if options.age else line.values()


def _drawn(line: Line, options: ResolveOptions) -> str:
    if options.format == "ndjson":
        return json.dumps(dict(zip(_columns(options), _values(line, options), strict=True)), ensure_ascii=False)
    shown = ["" if value is None else str(value) for value in line.values()[: len(COLUMNS)]]
    return ";".join([*shown, line.age[1] if line.age else ""] if options.age else shown)


def _write(lines: Iterable[str], *, null: bool) -> None:
    if not null:
        show(lines)
        return
    out().write("".join(f"{line}\0" for line in lines).encode("utf-8", "backslashreplace"))
    out().flush()
