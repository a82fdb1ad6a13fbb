"""An XML file as a tree of elements, read so that a hostile one does no harm.

    <domain type='kvm'><name>tst100</name></domain>

No entity is expanded, nothing external is fetched; depth and size are bounded. Names of the
root's own namespace lose it, so that `{http://www.virtualbox.org/}Machine` is `Machine`; those of
others keep theirs. Sources: XML 1.0, defusedxml.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import (
    Element,
    ParseError,
    TreeBuilder,
    XMLParser,
)

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from scanners.config import Broken

DEEPEST = 500
"""Elements inside each other; libvirt's longest disk chains take 200."""

LARGEST = 4_194_304
"""Characters of a file."""

PROLOG = 65_536
"""Characters at the beginning among which the root element is looked for."""

_DEEP = f"more than {DEEPEST} elements inside each other"
_DECLARES = "<!DOCTYPE"
_BEFORE = "\ufeff \t\r\n"
_SKIPPED = (("<?", "?>"), ("<!--", "-->"), ("<!DOCTYPE", ">"))
_ROOT = re.compile(r"""<(?:[\w.-]++:)?([\w.-]++)((?:[^<>"']|"[^"]*"|'[^']*')*+)>""")


def root(text: str) -> tuple[str, str] | None:
    """Return the local name of the root element and its attributes as they stand, None if it is not XML."""
    head = text[:PROLOG]
    at = _skip(head, 0)
    while (end := _behind(head, at)) > 0:
        at = _skip(head, end)
    found = _ROOT.match(head, at)
    return (found.group(1), found.group(2)) if found else None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BEFORE:
        at += 1
    return at


def _behind(text: str, at: int) -> int:
    """Return where the declaration or comment that begins here ends; 0 if none begins or it does not end."""
    for opening, closing in _SKIPPED:
        if text.startswith(opening, at):
            within = opening == "<!DOCTYPE" and 0 <= text.find("[", at) < text.find(">", at)
            end = text.find("]>" if within else closing, at + len(opening))
            return text.find(">", end) + 1 if end >= 0 else 0
    return 0


class _Builder(TreeBuilder):
    """Builds the tree, and refuses to go too deep."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.own = ""

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Broken(0, _DEEP)
        if self.depth == 1 and tag.startswith("{"):
            self.own = tag[: tag.index("}") + 1]
        return super().start(tag.removeprefix(self.own), attrs)

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag.removeprefix(self.own))


def tree(text: str) -> Element:
    """Return the root element. Raises `Broken` for what is not XML, too large, or declares entities."""
    if len(text) > LARGEST:
        raise Broken(0, f"more than {LARGEST} characters")
    start = _skip(text, 0)
    skipped = text.count("\n", 0, start)
    try:
        content = _content(text[start:])
        made = _plain(content) if isinstance(content, str) and _DECLARES not in content else _watched(content)
    except ParseError as error:
        raise Broken(skipped + error.position[0], f"not well-formed: {str(error).partition(':')[0]}") from None
    except DefusedXmlException:
        raise Broken(0, "it declares entities") from None
    except (ValueError, LookupError, AssertionError):  # what expat and its codecs raise for odd encodings
        raise Broken(0, "not readable in its encoding") from None
    if not isinstance(made, Element):
        raise Broken(0, "no element")
    return made


def _plain(content: str) -> object:
    """Return the tree of a text that cannot declare entities, by the parser in C, which nobody can watch."""
    parser = XMLParser()  # noqa: S314 - as above
    try:
        parser.feed(content)
        made: Element = parser.close()
    except ParseError:
        return _watched(content)  # which says what is wrong first
    if _is_deep(made):
        raise Broken(0, _DEEP)
    if made.tag.startswith("{"):
        own = made.tag[: made.tag.index("}") + 1]
        for element in made.iter():
            element.tag = element.tag.removeprefix(own)
    return made


def _is_deep(element: Element) -> bool:
    level = [element]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in parent]
        if not level:
            return False
    return True


def _watched(content: str | bytes) -> object:
    parser = DefusedXMLParser(target=_Builder())
    parser.feed(content)
    return parser.close()


def _content(text: str) -> str | bytes:
    """Return the text, or its bytes if it is not UTF-8: then the encoding that it declares counts."""
    if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-8", "surrogateescape")


def content(element: Element | None, path: str = ".") -> str | None:
    """Return the text of an element or of one below it, without blanks around it; None if there is none."""
    found = None if element is None else element.find(path)
    return ((found.text or "").strip() or None) if found is not None else None


def attribute(element: Element | None, path: str, name: str) -> str | None:
    """Return an attribute of an element below, without blanks around it; None if there is none."""
    found = None if element is None else element.find(path)
    return ((found.get(name) or "").strip() or None) if found is not None else None
