"""The macmap as the records of a query: `-C MACMAP` and `-C MACMAPONLY`.

tst104;00:50:56:13:11:45;192.168.1.224;        a record with a MAC, a TCP and the name as its DNS
"""

from __future__ import annotations

from vhost.errors import UsageError
from vhost.query import bindings
from vhost.query.narrowing import EVERYBODY, Narrowing
from vhost.query.output import FieldList, Output
from vhost.query.predicate import Condition
from vhost.query.rows import LookedUp
from vhost.query.scope import Scope
from vhost.query.terms import Anywhere, Query, Term
from vhost.record import COUNT, KEYWORDS

_PARTS = {KEYWORDS["MAC"].number: 2, KEYWORDS["TCP"].number: 3}
"""Where the fields that a macmap has stand in its lines."""


def refusal(output: Output, query: Query, narrowing: Narrowing) -> UsageError | None:
    """Return why a macmap cannot answer a query, None if it can: it holds names, MACs and addresses, nothing else."""
    if not (isinstance(output, FieldList) and set(output.fields) <= set(_PARTS)):
        return UsageError("-C MACMAPONLY", "a macmap holds TCP, MAC and DNS only", "ask for them: -o t,m,dns")
    if narrowing != EVERYBODY:
        return UsageError("-C MACMAPONLY", "-T, -x and -c are about machines, which a macmap does not hold")
    if not all(isinstance(step.term, Anywhere) for step in query):
        return UsageError("-C MACMAPONLY", "F:, E: and R: look at what a macmap does not hold", "take plain terms")
    return None


def _condition(term: Term) -> Condition:
    if not isinstance(term, Anywhere):
        raise TypeError(term)
    return bindings.condition(bindings.term(term.text, pattern=term.pattern))


def _part(place: int) -> str:
    return f"split_part(line, ';', {place})"


_RECORDS = (
    "(SELECT line, mac, ip, ip AS tcp, NULL::VARCHAR AS uuid, NULL::VARCHAR AS type, NULL::INTEGER AS sshport,"
    ' row_number() OVER (ORDER BY line, source, number)::INTEGER AS "index", false AS repeated'
    f" FROM (SELECT * FROM binding {bindings.ALIKE}))"
)
_VALUES = ", ".join(_part(_PARTS[number]) if number in _PARTS else "''" for number in range(1, COUNT + 2))

MACMAP = Scope(
    rows=_RECORDS,
    condition=_condition,
    values=f"[{_VALUES}]",
    looked_up=LookedUp(ip=_part(3), dns=f"nullif({_part(1)}, '')"),
)
"""Every claim of the macmap, in the order of the bytes of its line."""
