"""INIT:n inside a guest, or on a physical machine: `init n` over ssh.

ssh -- 192.168.1.220 'init 6'
"""

from __future__ import annotations

from vhost.act.plan import Command, Step
from vhost.act.request import Request
from vhost.act.subject import Subject
from vhost.errors import UsageError
from vhost.transport import host


def steps(request: Request, subject: Subject) -> list[Step]:
    """Return the one step. Raises `UsageError` for a guest whose address nobody knows."""
    if not subject.recorded.addresses:
        raise UsageError(subject.recorded.label, "has no known address to log in to", "use poweroff or reboot")
    inside = host(subject.recorded.addresses[0])
    return [Step(host=inside, privilege=request.privilege, action=Command(("init", str(request.level))))]
