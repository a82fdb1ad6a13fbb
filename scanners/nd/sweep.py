"""A sweep of an IPv6 link: a ping of all nodes, if that is wanted, then a solicitation for each address."""

from __future__ import annotations

import time
from collections.abc import Sequence

from scanners.answers import Answers, Reply
from scanners.nd.links import IPv6Link
from scanners.nd.question import Discovery
from scanners.packets import LinkFailed
from scanners.sweep import Channel, Manner, Progress, Swept, Tell, sweep

MOST_NODES = 65_536
"""Replies to a ping of all nodes that are kept."""


def swept(
    channel: Channel, place: IPv6Link, manner: Manner, tell: Tell, progress: Progress | None = None
) -> tuple[IPv6Link, Swept]:
    """Return what was answered, and the link with the addresses that were asked for in the end.

    An interface that fails, and Ctrl-C, end the sweep early and lose nothing.
    """
    link = place.link
    question = Discovery(link.mac, place.sender, [int(one.ip) for one in link.v6])
    replies: list[Reply] = []
    problem, interrupted = None, False
    if place.all_nodes:
        try:
            pings = [question.ping(link.mac, sender) for sender in place.senders]
            _echoes(channel, question, pings, manner, replies)
        except LinkFailed as error:
            problem = str(error)
        except KeyboardInterrupt:
            interrupted = True
        place = place.with_nodes(reply.address for reply in replies)
    answers = Answers(place.asked, place.held)
    _told(answers, replies, tell)
    if problem or interrupted:
        return place, Swept(answers, problem=problem, interrupted=interrupted)
    return place, sweep(channel, question, answers, manner, tell, progress)


def _echoes(channel: Channel, question: Discovery, pings: Sequence[bytes], manner: Manner, found: list[Reply]) -> None:
    """Add who answers a ping of all nodes, each (address, MAC) once. Raises `LinkFailed`."""
    known: set[Reply] = set()
    for _ in range(manner.attempts):
        for one in pings:
            channel.send(one)
        until = time.monotonic() + manner.window
        while (left := until - time.monotonic()) > 0:
            channel.wait(left)
            for reply in filter(None, map(question.reply, channel.received())):
                if reply not in known and question.usable(reply) and len(found) < MOST_NODES:
                    known.add(reply)
                    found.append(reply)


def _told(answers: Answers, replies: Sequence[Reply], tell: Tell) -> None:
    """Take in the answers to the ping as such of the first attempt."""
    news = []
    for reply in replies:
        index = answers.asked.index(reply.address)
        if index is not None:
            answers.attempts[index] = 1
        news += [answer] if (answer := answers.add(reply)) else []
    if news:
        tell(news)
