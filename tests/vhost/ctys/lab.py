"""Databases of the sample lab for the calls of the manual."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.commands import rows, run

SAMPLE = Path(__file__).resolve().parents[3] / "sample_data"
COPIES = ("xen/tst100", "xen/backup")
"""Folders of the sample lab without which its tst100 is one machine."""


def scanned(database: Path, trees: Path) -> Path:
    """Return the database after the scans of the sample lab, of this copy of its trees."""
    database.mkdir()
    jobs = database / "lab.toml"
    jobs.write_text((SAMPLE / "lab.toml").read_text().replace('"trees/', f'"{trees}/'))
    rows(run("vhost", "scan", "--config", jobs, "-p", database))
    return database


def without_copies(place: Path) -> Path:
    """Return a copy of the trees in which the names of tst100 and tst101 fit one machine each."""
    shutil.copytree(SAMPLE / "trees", place)
    for folder in COPIES:
        shutil.rmtree(place / folder)
    return place
