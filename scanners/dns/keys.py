"""Keys that sign transfers (TSIG, RFC 8945), from a key file of BIND.

    key "transfer.lab." { algorithm hmac-sha256; secret "c2VjcmV0IG9mIHRoZSBsYWI="; };

The file holds nothing but such statements and comments. A secret never stands in a message.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from vhost.errors import SourceMissing, UsageError

if TYPE_CHECKING:
    import dns.tsig

ALGORITHMS: Final = ("hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512")

_LARGEST = 65536
_TOKEN = re.compile(
    r"\s+|//[^\n]*|\#[^\n]*|/\*.*?\*/"  # blanks and comments
    r'|"(?P<quoted>[^"\\\n]{0,1024})"|(?P<mark>[{};])|(?P<word>(?!/\*)[^\s"{};]{1,1024})',
    re.DOTALL,
)
_FILE: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


@dataclass(frozen=True, slots=True)
class Key:
    """A shared secret and its name; `algorithm` is one of ALGORITHMS."""

    name: str
    algorithm: str
    secret: bytes = field(repr=False)

    def tsig(self) -> dns.tsig.Key:
        """Return the key as dnspython takes it."""
        import dns.name  # noqa: PLC0415 - only a signed call pays for it
        import dns.tsig  # noqa: PLC0415 - as above

        full = "hmac-md5.sig-alg.reg.int." if self.algorithm == "hmac-md5" else f"{self.algorithm}."
        return dns.tsig.Key(dns.name.from_text(self.name), self.secret, dns.name.from_text(full))


def chosen(path: Path, name: str | None = None) -> Key:
    """Return the key of a file, or the one with this name. Raises `UsageError` or `SourceMissing`."""
    keys = parsed(_text(path), str(path))
    wanted = [key for key in keys if name is None or key.name.lower().rstrip(".") == name.lower().rstrip(".")]
    if len(wanted) == 1:
        return wanted[0]
    if not wanted:
        raise UsageError(str(path), f"holds no key {name!r}" if name else "holds no key", "see tsig-keygen(8)")
    listed = ", ".join(key.name for key in wanted[:5])
    raise UsageError(str(path), f"holds {len(wanted)} keys: {listed}", "choose one with --key-name")


def _text(path: Path) -> str:
    try:
        with open(os.open(path, _FILE), "rb") as file:  # noqa: PTH123 - of a handle that no FIFO or device can block
            is_regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            data = file.read(_LARGEST + 1) if is_regular else b""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file has such a name"
        raise SourceMissing(str(path), f"the key file cannot be read: {reason}") from error
    if not is_regular:
        raise UsageError(str(path), "is no key file: no regular file")
    if len(data) > _LARGEST:
        raise UsageError(str(path), f"is no key file: more than {_LARGEST} bytes")
    return data.decode("utf-8", "replace")


def parsed(text: str, where: str) -> list[Key]:
    """Return the keys of a text. Raises `UsageError` with the line of what is wrong."""
    tokens = _Tokens(text, where)
    keys = []
    while tokens.more():
        keys.append(_statement(tokens))
    return keys


def _statement(tokens: _Tokens) -> Key:
    tokens.expect("key")
    name = tokens.word("the name of a key")
    tokens.expect("{")
    found: dict[str, str] = {}
    while (option := tokens.word("algorithm, secret or }", mark="}")) != "}":
        if option not in {"algorithm", "secret"} or option in found:
            tokens.fail("algorithm and secret, each once")
        found[option] = tokens.word(f"a value of {option}")
        tokens.expect(";")
    tokens.expect(";")
    return _key(name, found, tokens)


def _key(name: str, found: dict[str, str], tokens: _Tokens) -> Key:
    from scanners.dns import names  # noqa: PLC0415 - beside its use

    algorithm = found.get("algorithm", "").lower().rstrip(".").removesuffix(".sig-alg.reg.int")
    if algorithm not in ALGORITHMS:
        tokens.fail(f"an algorithm ({', '.join(ALGORITHMS)})")
    try:
        secret = base64.b64decode(found.get("secret", ""), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not secret:
        tokens.fail("a secret in base64")
    return Key(names.name(name), algorithm, secret)


class _Tokens:
    """The words and marks of a key file, one after the other."""

    def __init__(self, text: str, where: str) -> None:
        self.text, self.where, self.line = text, where, 1
        self.waiting = self._all()
        self.next = next(self.waiting, None)

    def _all(self) -> Iterator[tuple[str, bool]]:
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            if match is None:
                self.fail("a word, a string or one of { } ;")
            kind = match.lastgroup
            if kind is not None:
                yield match[kind], kind == "mark"
            self.line += match[0].count("\n")
            at = match.end()

    def more(self) -> bool:
        """Tell whether anything follows."""
        return self.next is not None

    def word(self, wanted: str, mark: str = "") -> str:
        """Return the next word, or the mark that may stand here as well."""
        token = self.next
        if token is None or (token[1] and token[0] != mark):
            self.fail(wanted)
        self.next = next(self.waiting, None)
        return token[0]

    def expect(self, wanted: str) -> None:
        """Take the word or mark that must follow."""
        if self.next is None or self.next[0] != wanted:
            self.fail(f"{wanted!r}")
        self.next = next(self.waiting, None)

    def fail(self, wanted: str) -> NoReturn:
        """Raise `UsageError`: what is expected, and the line; what stands there may be a secret."""
        raise UsageError(f"{self.where}:{self.line}", f"is no key file: {wanted} expected", "see tsig-keygen(8)")
