"""Which file is kept beside another as its backup: by its state, by equal content, by its name."""

from __future__ import annotations

from typing import Final

STATES: Final = ("BACKUP", "TEMPLATE", "IGNORE")
"""The VMSTATE of what shall not be run."""

_DATE = (
    r"(?:19|20)[0-9]{2}[-_.]?[01][0-9][-_.]?[0-3][0-9](?:[-_.t ]?[0-2][0-9][-_.:]?[0-5][0-9](?:[-_.:]?[0-5][0-9])?)?"
)
_WORD = r"(?:inst|install|bak|backup|back|orig|old|save|copy|kopie)[0-9]*"
_EXTENSION = r"((?:\.[a-z0-9]{1,8})?(?:/|$))"

MARKS: Final[tuple[tuple[str, str, str], ...]] = (
    (r"(^|/)(?:backup|copy|kopie) (?:of|von) ", r"\1", "Backup of NAME, Copy of NAME"),
    (rf" - (?:copy|kopie)(?: \([0-9]+\))?{_EXTENSION}", r"\1", "NAME - Copy (2).EXT"),
    (rf" ?\([0-9]+\){_EXTENSION}", r"\1", "NAME (2).EXT"),
    (rf"\.(?:{_WORD}|rpmsave|rpmorig|dpkg-old|dpkg-dist|sav){_EXTENSION}", r"\1", "NAME.bak, NAME.orig, NAME.old"),
    (rf"[-_ ]{_WORD}{_EXTENSION}", r"\1", "NAME-inst.EXT, NAME_old.EXT, NAME-copy2.EXT"),
    (rf"[-_. ]{_DATE}{_EXTENSION}", r"\1", "NAME-2010-05-31.EXT, NAME.20100531"),
    (r"(?:~|\.~[0-9]+~)(/|$)", r"\1", "NAME~"),
    (rf"/(?:backups?|bak)(?:/{_DATE})?/", "/", "backup/NAME, backup/2010-05-31/NAME"),
)
"""Marks of a backup in a path or label in lower case: expression, what stays, and how it looks."""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def plain(name: str) -> str:
    """Return SQL of a name in lower case without its marks; marks of marks go too (`web.cfg.bak~`)."""
    sql, marked = name, "|".join(expression for expression, _, _ in MARKS)
    for expression, kept, _ in MARKS * 2:
        sql = f"regexp_replace({sql}, {_literal(expression)}, {_literal(kept)}, 'g')"
    return f"CASE WHEN regexp_matches({name}, {_literal(marked)}) THEN {sql} ELSE {name} END"


_NAMED = f"""
SELECT machine_id, kind, name, {plain("name")} AS plain FROM (
    SELECT DISTINCT machine_id, kind, lower(name) AS name FROM (
        SELECT machine_id, 'path' AS kind, unnest(ids) AS name FROM known_machine
        UNION ALL SELECT machine_id, 'label', label FROM known_machine WHERE label IS NOT NULL
    ) SEMI JOIN member USING (machine_id)
)
"""

_BY_NAME = """
SELECT collision, machine_id, original, 'name' AS how, name AS fact FROM (
    SELECT collision, machine_id, name, plain, first_value(machine_id) OVER alike AS original, first_value(name)
        OVER alike AS first
    FROM member JOIN named USING (machine_id)
    WINDOW alike AS (PARTITION BY collision, kind, plain ORDER BY name <> plain, length(name), name, machine_id)
) WHERE machine_id <> original AND name <> first AND name <> plain
"""

_BY_CONTENT = """
SELECT collision, machine_id, original, 'content' AS how, content_hash AS fact FROM (
    SELECT collision, machine_id, content_hash, first_value(machine_id) OVER alike AS original
    FROM member JOIN known_machine AS m USING (machine_id) LEFT JOIN plainest USING (machine_id)
    WHERE content_hash IS NOT NULL AND machine_id NOT IN (SELECT machine_id FROM moved)
    WINDOW alike AS (PARTITION BY collision, content_hash
        ORDER BY coalesce(m.vmstate, '') IN {states}, coalesce(marked, false), length(paths[1]), paths[1], machine_id)
) WHERE machine_id <> original
"""

_BY_STATE = """
SELECT collision, machine_id, NULL AS original, 'state' AS how, vmstate AS fact
FROM member JOIN known_machine USING (machine_id) WHERE vmstate IN {states}
"""

BACKUP = f"""
WITH named AS ({_NAMED}),
plainest AS (SELECT machine_id, bool_and(name <> plain) AS marked FROM named WHERE kind = 'path' GROUP BY machine_id)
{_BY_STATE.format(states=STATES)} UNION ALL {_BY_CONTENT.format(states=STATES)} UNION ALL {_BY_NAME}
"""
"""What is a backup of what, and how that is known: (collision, machine_id, original, how, fact)."""
