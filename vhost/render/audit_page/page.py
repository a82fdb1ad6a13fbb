"""The page: head, pictures and filters, then a panel for each collision, written one by one.

Every value is escaped by the template engine, characters that could steer a terminal or turn the direction of text are
shown as escapes, and a policy in the page itself forbids it every request and every script but its own.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from itertools import islice
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vhost.ambiguity.audit import Audit, Collision
from vhost.ambiguity.scope import Scope, scope
from vhost.ambiguity.wanted import Wanted
from vhost.collisions.causes import SEVERITIES
from vhost.render.audit_page import groups, pictures
from vhost.render.audit_page.advice import ADVICE
from vhost.render.audit_page.panels import panel
from vhost.text import escape

MOST: Final = 10_000
"""The collisions that a page has, the worst; it says how many there are besides."""

_OPEN = 30
"""With so many panels or less, all of them are open from the beginning."""

_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above: when and by which version the page was written, of which databases, and what was asked for."""

    at: datetime
    version: str
    databases: str
    asked: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class _Outline:
    """What the page says of all collisions before it shows each."""

    ties: list[groups.Tie]
    nodes: dict[str, groups.Node]

    def numbers(self) -> Counter[tuple[str, str]]:
        """Return how many collisions there are by severity and cause, the worst first."""
        return Counter((tie.severity, tie.cause) for tie in self.ties)

    def counted(self, name: str) -> Counter[str]:
        """Return how many collisions have each key, cause or severity."""
        return Counter(getattr(tie, name) for tie in self.ties)


def page_lines(audit: Audit, wanted: Wanted, heading: Heading) -> Iterator[str]:
    """Return the page, a few lines or many at a time."""
    outline = _outline(islice(audit.collisions(wanted), MOST))
    found = groups.grouped(outline.ties)
    group_of = {tie.number: group.number for group in found for tie in group.ties}
    environment = _environment()
    numbers = outline.numbers() if len(outline.ties) < MOST else _numbers(audit, wanted)
    values = _values(numbers, outline, found, scope(audit.con))
    yield environment.get_template("page.html.j2").render(heading=heading, **values, **_assets())
    template = environment.get_template("panel.html.j2")
    is_open = len(outline.ties) <= _OPEN
    for number, one in enumerate(islice(audit.collisions(wanted), MOST), start=1):
        yield template.render(panel=panel(number, group_of.get(number), one), is_open=is_open)
    yield environment.get_template("end.html.j2").render(**_assets())


def _outline(collisions: Iterable[Collision]) -> _Outline:
    outline = _Outline([], {})
    for number, one in enumerate(collisions, start=1):
        outline.ties.append(groups.tie(number, one))
        for machine in one.machines:
            if machine["machine"] not in outline.nodes:
                outline.nodes[machine["machine"]] = groups.node(machine)
    return outline


def _numbers(audit: Audit, wanted: Wanted) -> Counter[tuple[str, str]]:
    """Return the same of all collisions, where a page cannot have them all."""
    return Counter({(severity, cause): number for severity, cause, number in audit.counts(wanted)})


def _values(
    numbers: Counter[tuple[str, str]], outline: _Outline, found: Sequence[groups.Group], looked_at: Scope
) -> dict[str, object]:
    shown, several = pictures.drawn(found, outline.nodes)
    total = numbers.total()
    return {
        "total": total,
        "listed": len(outline.ties),
        "scope": looked_at,
        "severities": [level for level in reversed(SEVERITIES) if any(level == severity for severity, _ in numbers)],
        "causes": list(dict.fromkeys(cause for _, cause in numbers)),
        "numbers": numbers,
        "advice": ADVICE,
        "filters": _filters(outline),
        "pictures": shown,
        "groups": len(found),
        "several": several,
        "machines_most": pictures.MACHINES,
    }


def _filters(outline: _Outline) -> Mapping[str, Sequence[tuple[str, int]]]:
    """Return by kind of filter what may be ticked, with how many collisions it leaves; the worst and the most first."""
    severity = outline.counted("severity")
    return {
        "severity": [(level, severity[level]) for level in reversed(SEVERITIES) if level in severity],
        "cause": sorted(outline.counted("cause").items(), key=lambda one: -one[1]),
        "key": sorted(outline.counted("key").items(), key=lambda one: -one[1]),
    }


def _assets() -> dict[str, Markup]:
    """Return the style and the script, our own files that stand in the page as they are, and the policy for them."""
    folder = files("vhost.render.audit_page") / "templates"
    style, script = ((folder / name).read_text("utf-8") for name in ("page.css", "page.js"))
    allowed = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:"
    return {
        "style": Markup(style),  # noqa: S704 - our own file
        "script": Markup(script),  # noqa: S704 - our own file
        "policy": Markup(f"{allowed}; base-uri 'none'; form-action 'none'"),  # noqa: S704 - hashes and our own words
    }


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("vhost.render.audit_page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.finalize = _shown
    environment.filters["sentence"] = _sentence
    environment.globals["br"] = Markup("<br>")
    return environment


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(value: object) -> object:
    """Return a value as a page can show it: control characters as escapes."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _HIDDEN.sub(lambda match: escape(match.group()), value)
