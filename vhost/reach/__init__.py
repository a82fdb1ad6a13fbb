"""Which hosts answer now: ICMP echo and ssh, many at a time, within bounds."""

from vhost.reach.probing import probe
from vhost.reach.reply import KINDS, Kind, Limits, Reply

__all__ = ["KINDS", "Kind", "Limits", "Reply", "probe"]
