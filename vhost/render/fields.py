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


def field_list(output: FieldList, looked_up: rows.LookedUp) -> Drawing:
    """Return the drawing of a field list; `looked_up` is where addresses and names come from."""
    expression = rows.fields(output.fields, numeric=output.numeric, names=output.names, looked_up=looked_up)
    return Drawing(head=_head(output.fields, output.titles, names=output.names), expressions=[expression])


def addresses(output: Addresses) -> Drawing:
    """Return the drawing of machine addresses; a title line shows all titles."""
    fields = (*range(1, COUNT + 1), *((rows.MORE,) if output.more else ()))
    expression = rows.joined([rows.ADDRESS, rows.raw(rows.MORE)]) if output.more else rows.ADDRESS
    return Drawing(head=_head(fields, output.titles), expressions=[expression])


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
