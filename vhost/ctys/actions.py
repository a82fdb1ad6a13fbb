"""The value of `-a`: the action, and its suboptions behind `=`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vhost.ctys.cancel import cancel
from vhost.ctys.collecting import enumeration, info, listing, show
from vhost.ctys.create import create
from vhost.ctys.near import unknown
from vhost.ctys.requests import Request
from vhost.ctys.words import Word

_LOOKS: Mapping[str, Callable[[Word | None], Request]] = {
    "LIST": listing,
    "ENUMERATE": enumeration,
    "SHOW": show,
    "INFO": info,
}
_ACTS: Mapping[str, Callable[[Word], Request]] = {"CREATE": create, "CANCEL": cancel}
ACTIONS = (*_ACTS, *_LOOKS)


def action(word: Word) -> Request:
    """Return the request. Raises `UsageError` with the place of what is wrong."""
    name, text = word.cut("=")
    name = name.strip()
    if name.keyword in _LOOKS:
        return _LOOKS[name.keyword](text)
    if name.keyword not in _ACTS:
        raise unknown(name, "action", ACTIONS)
    return _ACTS[name.keyword](text if text is not None else word[len(word.text) :])
