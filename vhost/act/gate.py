"""The gate, which answers whether the guest that the hypervisor runs is the machine that was recorded.

Names, UUIDs and MACs may be shared by clones, so all that both sides know is compared: nothing may differ,
and something that names a machine must agree. The hypervisor is the truth; a record may be old.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanners.live import Running
from vhost.act.subject import Recorded
from vhost.errors import InUse, Mismatch
from vhost.text import escape

_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a record and a guest agree on, and where they differ: (what, recorded, running).

    `named_only`: the record has a name and nothing better. `shared`: the disks that agree may be those of other
    machines as well, as an image that is only read.
    """

    agree: tuple[str, ...]
    differ: tuple[tuple[str, str, str], ...]
    named_only: bool
    shared: bool

    @property
    def same(self) -> bool:
        """Tell whether the guest is the recorded machine: nothing differs, and what only it has agrees."""
        proved = any(name != "name" and not (name == "disk" and self.shared) for name in self.agree)
        return self.possible and (proved or self.named_only)

    @property
    def possible(self) -> bool:
        """Tell whether the guest could be the recorded machine: nothing differs, and more than the name agrees."""
        return not self.differ and bool(self.agree) and (self.named_only or self.agree != ("name",))

    @property
    def related(self) -> bool:
        """Tell whether they share anything that names a machine."""
        return any(name != "disk" or not self.shared for name in self.agree)


def compare(recorded: Recorded, guest: Running) -> Comparison:
    """Return how a record and a guest compare."""
    facts = list(_facts(recorded, guest))
    return Comparison(
        agree=tuple(name for name, one, other, equal in facts if equal),
        differ=tuple((name, one, other) for name, one, other, equal in facts if not equal),
        named_only=not recorded.uuid and not recorded.macs,
        shared=recorded.exclusive.isdisjoint(guest.disks),
    )


def _facts(recorded: Recorded, guest: Running) -> Iterator[tuple[str, str, str, bool]]:
    """Yield what both sides know: name of the fact, both values, whether they agree."""
    if recorded.type != guest.type:
        yield "type", recorded.type, guest.type, False
        return
    if recorded.is_physical:
        yield from _physical_facts(recorded, guest)
        return
    yield "name", recorded.label, guest.label, recorded.label == guest.label
    if recorded.uuid and guest.uuid:
        yield "UUID", recorded.uuid, guest.uuid, recorded.uuid == guest.uuid
    if recorded.macs and guest.macs:
        macs = frozenset(guest.macs)
        yield "MAC", _list(recorded.macs), _list(macs), recorded.macs <= macs or macs <= recorded.macs
    disks, running = _absolute(recorded.disks), _absolute(guest.disks)
    if disks and running:
        yield "disk", _list(disks), _list(running), disks <= running or running <= disks
    if recorded.paths and guest.config_path:
        yield "configuration", recorded.paths[0], guest.config_path, guest.config_path in recorded.paths


def _physical_facts(recorded: Recorded, found: Running) -> Iterator[tuple[str, str, str, bool]]:
    """Yield the facts of a machine, which has more cards than a record, and a name only by its administrator."""
    if recorded.uuid and found.uuid:
        yield "UUID", recorded.uuid, found.uuid, recorded.uuid == found.uuid
    if recorded.macs and found.macs:
        yield "MAC", _list(recorded.macs), _some(found.macs), not recorded.macs.isdisjoint(found.macs)
    if not recorded.uuid and not recorded.macs:
        yield "name", recorded.label, found.label, _short(recorded.label) == _short(found.label)


def _some(values: Sequence[str]) -> str:
    """Return the first of the values; a host of many guests has hundreds of cards."""
    return " ".join([*values[:_SHOWN], *(["..."] if len(values) > _SHOWN else [])])


def _short(name: str) -> str:
    return name.partition(".")[0].lower()


def _absolute(paths: Sequence[str] | frozenset[str]) -> frozenset[str]:
    return frozenset(path for path in paths if path.startswith("/"))


def _list(values: frozenset[str]) -> str:
    return " ".join(sorted(values))


def running(recorded: Recorded, guests: Sequence[Running], rivals: Sequence[Recorded] = ()) -> Running | None:
    """Return the guest that is the recorded machine, None if it does not run.

    `rivals` are other recorded machines of the same host that the guest could be as well, without those that
    are the same file or its backups. Raises `Mismatch` where a guest has its name, UUID, MAC or
    configuration and differs in another, where several guests fit, or where it fits a rival.
    """
    compared = [(guest, compare(recorded, guest)) for guest in guests]
    same = [guest for guest, found in compared if found.same]
    if len(same) == 1:
        _no_rival(recorded, same[0], rivals)
        return same[0]
    if same:
        listed = ", ".join(f"{guest.label} ({guest.id})" for guest in same)
        raise Mismatch(_place(recorded, same[0].host), f"several running guests fit: {listed}", "name one by its path")
    others = [(guest, found) for guest, found in compared if found.related and guest.state.alive]
    if others:
        guest, found = max(others, key=lambda other: ("name" in other[1].agree, len(other[1].agree)))
        raise Mismatch(_place(recorded, guest.host), _difference(found), "scan again, or check the guest")
    return None


def answering(recorded: Recorded, found: Running, rivals: Sequence[Recorded] = ()) -> Running:
    """Return the physical machine that answers, which is the recorded one. Raises `Mismatch` if that is not proved."""
    compared = compare(recorded, found)
    if compared.differ:
        what, one, other = compared.differ[0]
        problem = f"another machine answers: its {what} is {other!r}, recorded is {one!r}"
        raise Mismatch(_place(recorded, found.host), problem, "scan again, or check the name of the host")
    if not compared.same:
        problem = "a machine answers that shows neither UUID nor MAC to compare"
        raise Mismatch(_place(recorded, found.host), problem, "nothing is done to it")
    _no_rival(recorded, found, rivals)
    return found


def _no_rival(recorded: Recorded, guest: Running, rivals: Sequence[Recorded]) -> None:
    names = [rival.path or rival.label for rival in rivals if compare(rival, guest).possible]
    if names:
        raise Mismatch(
            _place(recorded, guest.host),
            f"the running guest could as well be {', '.join(map(escape, names[:3]))}",
            "what runs carries nothing that tells them apart",
        )


def _difference(found: Comparison) -> str:
    if not found.differ:
        return "a guest of that name runs, and shows neither UUID, MAC, disk of its own nor configuration to compare"
    what, recorded, running_ = found.differ[0]
    return f"a guest of the same {found.agree[0]} runs, but its {what} is {running_!r}, recorded is {recorded!r}"


def _place(recorded: Recorded, host: str) -> str:
    return f"{recorded.label} on {host}"


def free(recorded: Recorded, guests: Sequence[Running]) -> None:
    """Check that nothing alive has one of this machine's names or exclusive disks, whatever runs it. Raises `InUse`."""
    for guest in guests:
        if guest.state.alive and (what := next(_shared(recorded, guest), None)):
            raise InUse(_place(recorded, guest.host), f"{guest.label!r} ({guest.type}) runs there and has its {what}")


def _shared(recorded: Recorded, guest: Running) -> Iterator[str]:
    if guest.uuid and guest.uuid == recorded.uuid:
        yield f"UUID {guest.uuid}"
    if macs := recorded.macs & frozenset(guest.macs):
        yield f"MAC {min(macs)}"
    if guest.config_path and guest.config_path in recorded.paths:
        yield f"configuration {guest.config_path}"
    if disks := _absolute(recorded.exclusive) & _absolute(guest.disks):
        yield f"disk {min(disks)}"
    if guest.type == recorded.type and guest.label == recorded.label:
        yield "name"
