"""What one answer says: records, that there is none, that the server does not know, that it was cut short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from socket import inet_ntoa
from struct import Struct, error
from typing import Final

from scanners.dns.questions import Question
from scanners.dns.response import MEANINGS, NOERROR, NXDOMAIN, SERVFAIL, rcode
from scanners.dns.wire import HEAD, IN, PTR, SOA, A, Block, block
from scanners.dns.wire_names import Malformed, Names

_AUTHORITATIVE, _TRUNCATED = 0x04, 0x02
_RECURSION: Final = 0x80
_ALIAS: Final = "CNAME"
_RECORD: Final = Struct("!HHiH").unpack_from
_RECORD_SIZE: Final = 10
_HEAD: Final = Struct("!HHi").unpack_from
_NONE: Final = b"\0\0"
_ONE: Final = b"\0\1"
_OF_QUESTION: Final = b"\xc0\x0c"
_COUNT: Final = Struct("!H").unpack_from
_NUMBERS: Final = Struct("!IIIII").unpack_from
_NUMBERS_SIZE: Final = 20
_CHAIN: Final = 32
"""Aliases that are followed."""


Row = tuple[str, str, str | None, int | None]
"""Owner, type, value (None: there is none), TTL in seconds."""


class Outcome(Enum):
    """What becomes of a question."""

    ANSWERED = "answered"
    TRUNCATED = "truncated"
    FAILED = "failed"


@dataclass(slots=True)
class Answer:
    """The answer to one question.

    `follow` is the name that an alias leads to, if the answer ends there. `zone` and `serial` are known where
    a server says that there is nothing; `own` tells whether it answers for itself. `problem` says why there
    is no answer, or what is odd about it.
    """

    outcome: Outcome
    rows: list[Row] = field(default_factory=list)
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
        return _failed(message, question, code)
    asked = question.plain() if message[5] else None
    if asked is not None and (row := _only(message, question, HEAD + len(asked) + 6)):
        return Answer(Outcome.ANSWERED, [row], own=bool(message[2] & _AUTHORITATIVE))
    found = block(message, asked)
    answer = Answer(Outcome.ANSWERED, own=bool(message[2] & _AUTHORITATIVE))
    end = _chain(found, question, answer)
    if end is not None:
        _negative(message, found, question, end, answer)
    return answer


def _failed(message: bytes, question: Question, code: int) -> Answer:
    """Return why there is no answer; a server that ran in a circle (BIND) shows the aliases of which it is made."""
    circle = Answer(Outcome.ANSWERED)
    if code == SERVFAIL and message[6:8] != _NONE:
        _chain(block(message), question, circle)
    return circle if circle.problem else Answer(Outcome.FAILED, problem=MEANINGS.get(code, f"answers with code {code}"))


def _only(message: bytes, question: Question, at: int) -> Row | None:
    """Return the record of an answer that is nothing but one address or name; None for all others.

    That is what a sweep mostly gets, and it is read in a fraction of the time that a whole message takes.
    """
    if message[6:8] != _ONE or message[at : at + 2] != _OF_QUESTION or len(message) < at + 12:
        return None
    kind, group, ttl = _HEAD(message, at + 2)
    start, size = at + 12, message[at + 10] << 8 | message[at + 11]
    if kind != question.kind or group != IN or start + size > len(message):
        return None
    if kind == A and size == 4:
        return question.name, "A", inet_ntoa(message[start : start + 4]), max(0, ttl)
    if kind != PTR:
        return None
    try:
        name, end = Names(message, odd=True).at(start)
    except IndexError:
        return None  # whoever reads it wholly says what is wrong
    return (question.name, "PTR", name.lower().decode("ascii"), max(0, ttl)) if end == start + size else None


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
