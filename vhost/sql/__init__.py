"""SQL for reporting: read-only, without files or network, within limits of time and memory."""

from vhost.sql.run import Answer, Limits, answers
from vhost.sql.sandbox import sandboxed

__all__ = ["Answer", "Limits", "answers", "sandboxed"]
