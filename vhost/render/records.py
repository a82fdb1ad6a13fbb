"""Records that span lines: REC, SPEC and XML, as the old tool drew them.

record(1):={              record(1):={                                              <record index='1'>
    {Label,3,tst101},        003:   3:                     Label: tst101               <Label index=3>tst101</Label>
    {OS,14,Linux}         }                                                         </record>
}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vhost.query import rows
from vhost.query.columns import Column
from vhost.query.output import Records, Style
from vhost.record import FIELDS
from vhost.render.drawing import Drawing, Row
from vhost.render.titles import long_title

Titled = Sequence[tuple[int, str]]
"""Number and title of each field of a record."""


def records(output: Records) -> Drawing:
    """Return the drawing of records; they are sorted by their values, and numbered as they come out."""
    columns = output.columns or tuple(Column(field.number) for field in FIELDS)
    titled = [(column.field, column.title or long_title(column.field)) for column in columns]
    draw = _STYLES[output.style](titled, given=bool(output.columns))
    return Drawing(expressions=[rows.cell(column) for column in columns], text=draw, sorted_as=";".join)


def _rec(titled: Titled, *, given: bool) -> Callable[[int, Row], str]:  # noqa: ARG001 - all styles are called alike
    heads = [f"    {{{title},{number}," for number, title in titled]

    def draw(place: int, row: Row) -> str:
        values = "},\n".join(f"{head}{value}" for head, value in zip(heads, row, strict=True))
        return f"record({place}):={{\n{values}}}\n}}"

    return draw


def _spec(titled: Titled, *, given: bool) -> Callable[[int, Row], str]:
    first, second = (4, 8) if given else (3, 4)
    heads = [
        f"{'':{first}}{place:03d}:{number:{second}d}:{title:>26}: " for place, (number, title) in enumerate(titled, 1)
    ]

    def draw(place: int, row: Row) -> str:
        values = "".join(f"{head}{value}\n" for head, value in zip(heads, row, strict=True))
        return f"record({place}):={{\n{values}}}"

    return draw


def _xml(titled: Titled, *, given: bool) -> Callable[[int, Row], str]:  # noqa: ARG001 - all styles are called alike
    tags = [(f"   <{_escaped(title)} index={number}>", f"</{_escaped(title)}>\n") for number, title in titled]

    def draw(place: int, row: Row) -> str:
        values = "".join(f"{start}{_escaped(value)}{end}" for (start, end), value in zip(tags, row, strict=True))
        return f"<record index='{place}'>\n{values}</record>\n"

    return draw


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_STYLES: dict[Style, Callable[..., Callable[[int, Row], str]]] = {"REC": _rec, "SPEC": _spec, "XML": _xml}
