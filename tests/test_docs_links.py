"""Every page of the documentation can be reached, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import ROOT

PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "sample_data/README.md", *(ROOT / "docs").rglob("*.md")]
)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def links(page: Path) -> list[str]:
    """Return where the links of a page lead, those to other sites left out."""
    found = _LINK.findall(_CODE.sub("", page.read_text("utf-8")))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """Return the names of the headings of a page, as GitHub makes them."""
    plain = (heading.lower().replace("`", "") for heading in _HEADING.findall(page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


def test_every_link_leads_to_a_file_and_to_a_heading_of_it() -> None:
    broken = []
    for page in PAGES:
        for target in links(page):
            name, _, anchor = target.partition("#")
            place = (page.parent / name) if name else page
            if not place.exists() or (anchor and anchor not in anchors(place)):
                broken.append((str(page.relative_to(ROOT)), target))
    assert broken == []


def test_both_lists_of_pages_are_complete() -> None:
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert pages - {Path(target).name for target in links(ROOT / "docs/README.md")} == {"README.md"}
    assert pages - {Path(target).name for target in links(ROOT / "README.md")} == set()
