"""What one answer says: records, that there is none, that the server does not know, that it was cut short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from struct import Struct, error
from typing import Final

from scanners.dns.questions import Question
from scanners.dns.response import MEANINGS, NOERROR, NXDOMAIN, rcode
from scanners.dns.wire import SOA, Block, block
from scanners.dns.wire_names import Malformed, Names

_AUTHORITATIVE, _TRUNCATED = 0x04, 0x02
_RECURSION: Final = 0x80
_ALIAS: Final = "CNAME"
_RECORD: Final = Struct("!HHiH").unpack_from
_RECORD_SIZE: Final = 10
_COUNT: Final = Struct("!H").unpack_from
_NUMBERS: Final = Struct("!IIIII").unpack_from
_NUMBERS_SIZE: Final = 20
_CHAIN: Final = 32
"""Aliases that are followed."""


class Outcome(Enum):
    """What becomes of a question."""

    ANSWERED = "answered"
    TRUNCATED = "truncated"
    FAILED = "failed"


@dataclass(slots=True)
class Answer:
    """The answer to one question: rows of (owner, type, value, TTL), where a value None says that there is none.

    `follow` is the name that an alias leads to, if the answer ends there. `zone` and `serial` are known where
    a server says that there is nothing; `own` tells whether it answers for itself. `problem` says why there
    is no answer, or what is odd about it.
    """

    outcome: Outcome
    rows: list[tuple[str, str, str | None, int | None]] = field(default_factory=list)
    zone: str | None = None
    serial: int | None = None
    own: bool = False
    follow: str | None = None
    problem: str = ""


def read(message: bytes, question: Question) -> Answer:
    """Return what a message says in answer to a question, which it repeats. Raises `Malformed`."""
    if message[2] & _TRUNCATED:
        return Answer(Outcome.TRUNCATED)
    code = rcode(message)
    if code not in {NOERROR, NXDOMAIN}:
        return Answer(Outcome.FAILED, problem=MEANINGS.get(code, f"answers with code {code}"))
    found = block(message, question.plain() if message[5] else None)
    answer = Answer(Outcome.ANSWERED, own=bool(message[2] & _AUTHORITATIVE))
    end = _chain(found, question, answer)
    if end is not None:
        _negative(message, found, question, end, answer)
    return answer


def _chain(found: Block, question: Question, answer: Answer) -> str | None:
    """Keep the records that answer the question, along its aliases; return the last name if it has none of them.

    What else an answer holds was not asked for, and is not believed.
    """
    name, seen = question.name, {question.name}
    for _ in range(_CHAIN):
        mine = [row for row in _rows(found) if row[0] == name]
        if wanted := [row for row in mine if row[1] == question.type]:
            answer.rows += wanted
            return None
        alias = next((row for row in mine if row[1] == _ALIAS), None)
        if alias is None:
            return name
        answer.rows.append(alias)
        name = alias[2]
        if name in seen:
            answer.problem = f"the aliases of {question.name} lead back to {name}"
            return None
        seen.add(name)
    answer.problem = f"{question.name} has more than {_CHAIN} aliases"
    return None


def _rows(found: Block) -> Iterator[tuple[str, str, str, int]]:
    return zip(found.owners, found.types, found.values, found.ttls, strict=True)


def _negative(message: bytes, found: Block, question: Question, name: str, answer: Answer) -> None:
    """Say that a name has no such record, if the server may say so; else where to ask on, or that it is lame."""
    zone = _authority(message, found.end)
    knows = zone is not None or message[2] & _AUTHORITATIVE or message[3] & _RECURSION
    if name != question.name and zone is None and rcode(message) == NOERROR:
        answer.follow = name
    elif not knows:
        answer.outcome, answer.problem = Outcome.FAILED, "is lame: it neither answers nor knows who does"
    else:
        ttl = None
        if zone is not None:
            answer.zone, answer.serial, ttl = zone
        answer.rows.append((name, question.type, None, ttl))


def _authority(message: bytes, at: int) -> tuple[str, int, int] | None:
    """Return zone, serial and negative TTL of the SOA record after the answers, None if there is none."""
    names = Names(message, odd=True)
    (count,) = _COUNT(message, 8)
    try:
        for _ in range(count):
            owner, at = names.at(at)
            kind, _, ttl, size = _RECORD(message, at)
            at += _RECORD_SIZE + size
            if kind == SOA:
                serial, *_, minimum = _NUMBERS(message, at - _NUMBERS_SIZE)
                return owner.lower().decode("ascii"), serial, max(0, min(ttl, minimum))
    except (IndexError, error) as problem:
        raise Malformed("it is cut off") from problem
    return None
