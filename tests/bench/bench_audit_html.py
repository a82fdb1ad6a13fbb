"""Measures the page of an audit: writing it against JSON, opening it in Chromium against a bare table of the same rows.

python tests/bench/bench_audit_html.py [--collisions 5000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VHOST = str(Path(sys.executable).parent / "vhost")
SHARE = 0.08
LOADED = "return performance.getEntriesByType('navigation')[0].loadEventEnd"
LAID_OUT = "document.body.getBoundingClientRect(); return performance.now()"


def seconds(*command: str) -> float:
    """Return the wall time of one run of a command."""
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - began


def bare_table(db: str) -> str:
    """Return the rows of `--format csv` as a page that is one table, without style, script or links."""
    text = subprocess.run(
        [VHOST, "audit", "-p", db, "--format", "csv"], check=True, capture_output=True, encoding="utf-8"
    ).stdout
    lines = ("".join(f"<td>{html.escape(cell)}" for cell in row) for row in csv.reader(io.StringIO(text)))
    return "<!DOCTYPE html><meta charset=utf-8><table><tr>" + "\n<tr>".join(lines) + "</table>"


def opened(pages: dict[str, Path], rounds: int, profile: Path) -> dict[str, float]:
    """Return the best time in which each page is loaded and laid out, in seconds, each by turns."""
    from tests.browsing import chromium  # noqa: PLC0415 - found once the path is set

    best = dict.fromkeys(pages, float("inf"))
    with chromium(profile) as browser:
        for name, page in [*pages.items()] * rounds:
            browser.open(page.as_uri())
            browser.until(lambda: browser.script(LOADED))
            best[name] = min(best[name], float(browser.script(LAID_OUT)) / 1000)
    return best


def main() -> None:
    """Make a fleet, write its page, open it and print."""
    sys.path.insert(0, str(ROOT))
    from tests.bench.fleets import fleet  # noqa: PLC0415 - found once the path is set

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collisions", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        with (folder / "enum.fdb").open("w") as file:
            file.writelines(f"{line}\n" for line in fleet(int(asked.collisions / SHARE / 1.0833), SHARE))
        (folder / "macmap.fdb").touch()
        subprocess.run([VHOST, "db", "rebuild", "-p", work], stdout=subprocess.DEVNULL, check=True)
        pages = {name: folder / f"{name}.html" for name in ("page", "table", "empty")}
        audit = (VHOST, "audit", "-p", work, "--format")
        pairs = [
            (
                seconds(*audit, "json", "--output", f"{work}/audit.json"),
                seconds(*audit, "html", "--output", f"{pages['page']}"),
            )
            for _ in range(asked.rounds)
        ]
        as_json, as_html = (min(times) for times in zip(*pairs, strict=True))
        pages["table"].write_text(bare_table(work), "utf-8")
        pages["empty"].write_text("<!DOCTYPE html><title>nothing</title>", "utf-8")
        found = pages["page"].read_text("utf-8").count('<details class="panel')
        loaded = opened(pages, asked.rounds, folder / "profile")
        sizes = {name: path.stat().st_size / 1e6 for name, path in pages.items()}
    print(  # noqa: T201 - its output
        f"{found:,} collisions: html {as_html:.2f} s, json {as_json:.2f} s, ratio {as_html / as_json:.2f};"
        f" {sizes['page']:.1f} MB\nopened in Chromium: page {loaded['page']:.2f} s, bare table of the same rows"
        f" ({sizes['table']:.1f} MB) {loaded['table']:.2f} s, ratio {loaded['page'] / loaded['table']:.2f},"
        f" empty page {loaded['empty']:.2f} s; load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
