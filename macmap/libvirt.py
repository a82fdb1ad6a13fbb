"""Networks of libvirt (formatnetwork.html): the hosts of their DHCP and DNS.

    <network><name>default</name><bridge name='virbr0'/><ip address='192.168.122.1' netmask='255.255.255.0'>
      <dhcp><host mac='52:54:00:4e:01:33' name='db01' ip='192.168.122.33'/></dhcp></ip>
      <dns><host ip='192.168.122.34'><hostname>db02</hostname></host></dns></network>

No entity is expanded and nothing external is fetched; what stands before a bad spot comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import ParseError, TreeBuilder

from macmap import spellings
from macmap.entry import Entry, Parsed, Problems

if TYPE_CHECKING:
    from xml.etree.ElementTree import XMLParser

DEEPEST: Final = 100
"""Elements inside each other; a network has six."""

LONGEST: Final = 1_000
"""Characters of a name."""


class _Deep(ValueError):
    """Too many elements inside each other."""


class _Hosts(TreeBuilder):
    """Told of the elements of a network, one after the other; keeps none of them."""

    def __init__(self) -> None:
        super().__init__()
        self.problems = Problems()
        self.entries: list[tuple[Entry, int]] = []
        self.networks: dict[int, str] = {}
        self.parser: Any = None
        self.path: list[str] = []
        self.network = 0
        self.address: str | None = None
        self.text: list[str] = []

    @property
    def line(self) -> int:
        """Return the line that is being read."""
        return int(self.parser.CurrentLineNumber)

    def start(self, tag: str, attrs: dict[str, str], /) -> Any:  # noqa: ANN401 - the builder's own answer is not wanted
        self.path.append(tag)
        if len(self.path) > DEEPEST:
            raise _Deep
        self.text = []
        if tag == "network":
            self.network += 1
        elif tag == "bridge" and attrs.get("name"):
            self.networks[self.network] = attrs["name"]
        elif self.path[-2:] == ["dhcp", "host"]:
            self._leased(attrs)
        elif self.path[-2:] == ["dns", "host"]:
            self.address = self._ip(attrs)

    def data(self, data: str, /) -> None:
        if self.path[-1:] == ["hostname"] and sum(map(len, self.text)) < LONGEST:
            self.text.append(data)

    def end(self, tag: str, /) -> Any:  # noqa: ANN401, ARG002 - as above; the path knows the tag
        name = "".join(self.text).strip()
        if self.path[-3:] == ["dns", "host", "hostname"] and self.address and name:
            self._add(Entry(name=name, ip=self.address, line=self.line))
        self.path.pop()
        self.text = []

    def close(self) -> Any:  # noqa: ANN401 - as above
        """Return nothing: there is no tree."""

    def _leased(self, attrs: dict[str, str]) -> None:
        """Take a host of the DHCP server; one for v6 has an `id`, a DUID, in the place of the MAC."""
        name = attrs.get("name", "").strip() or None
        hardware = attrs.get("mac", "").strip()
        mac = spellings.mac(hardware) if hardware else None
        if hardware and mac is None:
            self.problems.expected(self.line, f"a MAC of 6 bytes expected, not {spellings.shown(hardware)}")
        duid = spellings.hexadecimal(attrs.get("id", "").strip())
        address = self._ip(attrs)
        if name or mac or address:
            self._add(Entry(name=name, mac=mac, ip=address, line=self.line, duid=duid, hostname=name))

    def _ip(self, attrs: dict[str, str]) -> str | None:
        text = attrs.get("ip", "").strip()
        address = spellings.address(text) if text else None
        if text and address is None:
            self.problems.expected(self.line, f"an address expected, not {spellings.shown(text)}")
        return address

    def _add(self, entry: Entry) -> None:
        self.entries.append((entry, self.network))


def parse(text: str) -> Parsed:
    """Return the hosts of the networks that an XML text describes."""
    from dataclasses import replace  # noqa: PLC0415 - beside its use

    hosts = _Hosts()
    _feed(text, hosts)
    return hosts.problems.parsed(
        replace(entry, segment=hosts.networks.get(network)) for entry, network in hosts.entries
    )


def _feed(text: str, hosts: _Hosts) -> None:
    """Parse the text, and name what is wrong with it."""
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415 - who imports no XML does not pay for it
    from defusedxml.ElementTree import DefusedXMLParser  # noqa: PLC0415 - as above

    reader: XMLParser = DefusedXMLParser(target=hosts)
    hosts.parser = reader.parser
    try:
        reader.feed(text if text.isascii() else text.encode("utf-8", "surrogateescape"))
        reader.close()
    except ParseError as error:
        reason = str(error).partition(":")[0]
        hosts.problems.expected(error.position[0], f"well-formed XML expected: {reason}; the rest is not read")
    except DefusedXmlException:
        hosts.problems.expected(hosts.line, "XML without entities of its own expected; the rest is not read")
    except _Deep:
        hosts.problems.expected(hosts.line, f"at most {DEEPEST} elements in each other expected; the rest is not read")
    except (ValueError, LookupError, UnicodeError):
        hosts.problems.expected(hosts.line, "text in the encoding that it declares expected; the rest is not read")
