"""The page of the audit without a browser: what is in it, how groups are found and drawn, what is escaped."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.ambiguity.worlds import IP, MAC, OTHER_UUID, UUID, audit_of, file, scanned
from tests.conftest import ROOT
from vhost.ambiguity.wanted import Wanted
from vhost.render.audit_page import page as page_module
from vhost.render.audit_page import panels, pictures
from vhost.render.audit_page.advice import ADVICE
from vhost.render.audit_page.groups import Node, Tie, grouped
from vhost.render.audit_page.page import Heading, page_lines

EVIL = "<img src=x onerror=alert(1)>"
HEADING = Heading(at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC), version="0", databases="/db", asked=[("Terms", EVIL)])


class _Page(HTMLParser):
    """What a page holds: its elements, the ids, and its text without style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside not in {"style", "script"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def panels(self) -> Iterator[dict[str, str | None]]:
        return (attributes for tag, attributes in self.elements if tag == "details")


def written(*databases: Path, wanted: Wanted | None = None) -> str:
    with audit_of(*databases) as audit:
        return "\n".join(page_lines(audit, wanted or Wanted(), HEADING))


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with clones, a backup, an address used twice, and names that look like markup."""
    return scanned(
        tmp_path_factory.mktemp("world"),
        [
            file("/xen/web01.cfg", label=EVIL, uuid=UUID, mac=MAC),
            file("/xen/web02.cfg", label='"><script>alert(2)</script>', uuid=UUID, mac=MAC),
            file("/xen/web02.cfg.bak", label="{{ 7 * 7 }}", uuid=UUID),
            file("/xen/</style>.cfg", label="dns\u202e01", tcp=IP, uuid=OTHER_UUID),
            file("/xen/dns02.cfg", label="dns02", tcp=IP),
        ],
    )


@pytest.fixture(scope="module")
def page(db: Path) -> _Page:
    return _Page(written(db))


def test_every_collision_has_a_panel_in_the_order_of_the_audit(db: Path, page: _Page) -> None:
    with audit_of(db) as audit:
        wanted = [(one.severity, one.cause, one.key) for one in audit.collisions(Wanted())]
    shown = [(one["data-severity"], one["data-cause"], one["data-key"]) for one in page.panels()]
    assert shown == wanted


def test_every_address_to_paste_and_every_statement_is_in_the_page(db: Path, page: _Page) -> None:
    with audit_of(db) as audit:
        found = list(audit.collisions(Wanted()))
    addresses = {resolution["address"] for one in found for resolution in one.resolutions if resolution["address"]}
    facts = {proof["fact"] for one in found for proof in one.evidence if "dns" not in proof["fact"]}
    assert addresses
    assert [text for text in (*addresses, *facts) if text not in page.text] == []


def test_ids_are_unique_and_every_link_leads_to_one(page: _Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    links = {attributes["href"] for tag, attributes in page.elements if tag == "a"}
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link} <= set(ids)


def test_a_value_never_becomes_markup(page: _Page) -> None:
    tags = [tag for tag, _ in page.elements]
    assert ("img" in tags, tags.count("script"), tags.count("style")) == (False, 1, 1)
    assert EVIL in page.text
    assert '"><script>alert(2)</script>' in page.text
    assert "{{ 7 * 7 }}" in page.text


def test_nothing_runs_from_an_attribute_and_nothing_is_fetched(page: _Page) -> None:
    attributes = [(name, value) for _, found in page.elements for name, value in found.items()]
    assert [name for name, _ in attributes if name.startswith("on") or name in {"src", "style", "srcdoc"}] == []
    assert {value for name, value in attributes if name == "href" and value and value[0] != "#"} == {"data:,"}


def test_characters_that_turn_the_direction_of_text_are_shown_as_escapes(db: Path) -> None:
    text = written(db)
    assert ("\u202e" in text, r"dns\u202e01" in text) == (False, True)


def test_machines_that_share_nothing_are_said_to_be_in_the_list_only(tmp_path: Path) -> None:
    files = [file("/xen/a", label="a", uuid=UUID), file("/xen/b", label="b", tcp=IP), file("/xen/c", label="c", tcp=IP)]
    for host in ("lab00.soho", "lab01.soho"):
        scanned(tmp_path, files, host=host)
    page = _Page(written(tmp_path))
    assert "are only in the list" in page.text
    assert [tag for tag, _ in page.elements].count("svg") == 1


def test_a_page_of_nothing_says_so(tmp_path: Path) -> None:
    page = _Page(written(scanned(tmp_path, [file("/a", label="a", uuid=UUID)])))
    assert "hold no collision of what was asked for" in page.text
    assert list(page.panels()) == []


def test_only_what_was_asked_for_is_in_the_page(db: Path) -> None:
    page = _Page(written(db, wanted=Wanted(causes=("address",))))
    assert {one["data-cause"] for one in page.panels()} == {"address"}


def test_a_page_that_would_be_too_large_says_what_is_missing(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "MOST", 2)
    page = _Page(written(db))
    assert len(list(page.panels())) == 2
    assert re.search(r"the worst 2 of \d+", page.text)


def test_a_panel_with_very_many_machines_says_how_many_more_there_are(tmp_path: Path) -> None:
    count = panels.MACHINES + 20
    db = scanned(tmp_path, [file(f"/xen/{number}", label="web", tcp=f"10.0.0.{number}") for number in range(count)])
    assert "And 20 more machines" in _Page(written(db)).text


def tie(number: int, *machines: str, key: str = "uuid") -> Tie:
    return Tie(number=number, key=key, cause="clone", severity="error", machines=machines)


def nodes(*machines: str) -> dict[str, Node]:
    return {machine: Node(machine, "XEN", f"lab00:/xen/{machine}.cfg") for machine in machines}


def test_machines_are_in_one_group_if_keys_tie_them_through_others() -> None:
    found = grouped([tie(1, "a", "b"), tie(2, "x", "y"), tie(3, "b", "c"), tie(4)])
    assert [(group.number, group.machines, [one.number for one in group.ties]) for group in found] == [
        (1, ["a", "b", "c"], [1, 3]),
        (2, ["x", "y"], [2]),
    ]


def test_keys_that_the_same_machines_share_are_one_edge() -> None:
    (picture,), _ = pictures.drawn(grouped([tie(1, "a", "b"), tie(2, "b", "a", key="mac")]), nodes("a", "b"))
    assert [(line.keys, line.number, len(line.ends)) for line in picture.lines] == [(("uuid", "mac"), 1, 2)]


def test_a_key_of_three_machines_is_a_hub_with_three_ends() -> None:
    (picture,), _ = pictures.drawn(grouped([tie(1, "a", "b", "c")]), nodes("a", "b", "c"))
    (line,) = picture.lines
    assert sorted(line.ends) == sorted((card.x, card.y) for card in picture.cards)
    assert (line.x, line.y) not in line.ends


def test_the_same_audit_is_drawn_the_same_way() -> None:
    machines = [f"m{number}" for number in range(12)]
    ties = [tie(number, machines[number], machines[(number * 5 + 1) % 12]) for number in range(12)]
    assert pictures.drawn(grouped(ties), nodes(*machines)) == pictures.drawn(grouped(ties), nodes(*machines))


@pytest.mark.parametrize("count", [2, 3, 5, 9, pictures.MACHINES])
def test_cards_do_not_overlap(count: int) -> None:
    machines = [f"m{number}" for number in range(count)]
    (picture,), _ = pictures.drawn(grouped([tie(1, *machines)]), nodes(*machines))
    overlaps = [
        (one.title, other.title)
        for at, one in enumerate(picture.cards)
        for other in picture.cards[:at]
        if abs(one.x - other.x) < 132 and abs(one.y - other.y) < 40
    ]
    assert overlaps == []


@pytest.mark.parametrize(("count", "size"), [(2, "narrow"), (5, "medium"), (24, "wide")])
def test_a_large_group_has_more_room(count: int, size: str) -> None:
    machines = [f"m{number}" for number in range(count)]
    (picture,), _ = pictures.drawn(grouped([tie(1, *machines)]), nodes(*machines))
    assert picture.size == size


def test_what_is_drawn_is_bounded_and_the_rest_is_counted() -> None:
    machines = [f"m{number}" for number in range(500)]
    pairs = [tie(number, f"x{number}", f"y{number}") for number in range(2, 90)]
    ties = [tie(1, *machines), *pairs]
    known = nodes(*machines, *(machine for pair in pairs for machine in pair.machines))
    shown, several = pictures.drawn(grouped(ties), known)
    assert (len(shown), several) == (pictures.GROUPS, 89)
    assert (len(shown[0].cards), shown[0].hidden) == (pictures.MACHINES, 500 - pictures.MACHINES)


def test_the_advice_of_the_page_is_that_of_the_documentation() -> None:
    table = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", (ROOT / "docs/audit.md").read_text("utf-8"), re.MULTILINE)
    assert {cause: (meaning, todo.replace("`", "")) for cause, meaning, todo in table} == ADVICE


def test_the_package_ships_what_the_page_is_made_of(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if "audit_page/templates/" in name}
    folder = ROOT / "vhost/render/audit_page/templates"
    assert shipped == {str(path.relative_to(ROOT)) for path in folder.iterdir()}
    assert len(shipped) == 5
