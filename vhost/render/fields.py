"""Field lists and machine addresses: one line a record.

Label;MAC                                     lab00.soho[/root/xen/tst101/tst101.conf,tst101,26bb...,00:50:...]
tst101;00:50:56:13:11:41
"""

from __future__ import annotations

from vhost.query import rows
from vhost.query.output import Addresses, FieldList, Titles
from vhost.record import COUNT, KEYWORDS
from vhost.render.drawing import Drawing
from vhost.render.titles import spreadsheet_column, title

_TCP = KEYWORDS["TCP"].number


def field_list(output: FieldList) -> Drawing:
    """Return the drawing of a field list."""
    expression = rows.fields(output.fields, numeric=output.numeric, names=output.names)
    return Drawing(head=_head(output.fields, output.titles, names=output.names), expressions=[expression])


def addresses(output: Addresses) -> Drawing:
    """Return the drawing of machine addresses; a title line shows all titles."""
    return Drawing(head=_head(tuple(range(1, COUNT + 1)), output.titles), expressions=[rows.ADDRESS])


def _head(fields: tuple[int, ...], titles: Titles, *, names: bool = False) -> list[str]:
    """Return the title line, if one is asked for."""
    if titles == "none":
        return []
    shown: dict[float, str] = {number: title(number, titles) for number in fields}
    if names:
        shown[_TCP + 0.5] = _name_title(titles)
    return [";".join(shown[number] for number in sorted(shown))]


def _name_title(titles: Titles) -> str:
    """Return the title of the host name, which is another form of TCP and has its number."""
    places = {"titleidx": f"({_TCP})", "titleidxasc": f"({spreadsheet_column(_TCP)}-{_TCP})"}
    return f"DNS{places.get(titles, '')}"
