"""`vhost audit diff` and `vhost audit --since`: what changed between two times."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vhost.ambiguity import change_forms
from vhost.ambiguity.audit import Audit, audited
from vhost.ambiguity.comparison import Change, changes
from vhost.cache import past
from vhost.cache.past import Kept
from vhost.cache.place import chosen
from vhost.cache.snapshot import Hint, opened
from vhost.cli.audit import AuditCall, AuditOptions, accept, checked, exit_code
from vhost.cli.outcome import tell
from vhost.cli.streams import watched
from vhost.cli.writing import is_file, write
from vhost.errors import UsageError
from vhost.query import events

NOW = "now"
FORMS = ("table", "json", "csv", "markdown")
_COMMAND = "vhost audit diff"


def run_diff(options: AuditOptions, words: Sequence[str], since: str | None) -> int:
    """Show what changed between two scans or times and return the exit code. Raises one of `vhost.errors`."""
    call, directories = checked(options), chosen(options.databases)
    if call.form not in FORMS or options.page is not None:
        raise UsageError(_COMMAND, "there is no page of changes", f"formats are {', '.join(FORMS)}")
    hint = _once()
    kept = past.kept(directories, lambda name, reason: hint(f"{name}: left out: {reason}"))
    begin, end = (_moment(word, kept) for word in _times(words, since))
    if begin is None:
        raise UsageError(_COMMAND, "it has to begin in the past", "name a scan or a time first, and now after it")
    with (
        _audit(call, _Known(directories, kept, hint), begin, static=options.static) as before,
        _audit(call, _Known(directories, kept, hint), end, static=options.static) as after,
    ):
        if call.accept:
            accept(before, call, quiet=True)
            accept(after, call)
        found, partial = changes(before, after, call.wanted), before.partial or after.partial
    _show(found, call, options.file)
    return exit_code(call.fail_on, (one.after.severity for one in found if one.after), partial=partial)


def _times(words: Sequence[str], since: str | None) -> tuple[str, str]:
    """Return the two times as they were typed."""
    if since is not None and words:
        raise UsageError(_COMMAND, "both scans and --since are named", "leave one of them out")
    if since is not None:
        return since, NOW
    if not words or len(words) > 2:
        raise UsageError(
            _COMMAND, "two scans or times are compared", "vhost audit diff 7d now; vhost db scans lists the scans"
        )
    return words[0], words[1] if len(words) == 2 else NOW


def _moment(word: str, kept: Sequence[Kept]) -> datetime | None:
    """Return the time of a scan, or that a user wrote (UTC, without a zone); None for now."""
    if word.lower() == NOW:
        return None
    fitting = [one for one in kept if one.scan.scan_id == word] or [
        one for one in kept if "-" in word and one.scan.scan_id.startswith(word)
    ]
    if len({one.scan.scan_id for one in fitting}) > 1:
        raise UsageError(_COMMAND, f"{word[:80]!r} begins several scans", "vhost db scans lists them")
    if fitting:
        return fitting[-1].at
    try:
        return events.moment(word, datetime.now(UTC))
    except UsageError as error:
        advice = "vhost db scans lists the scans; times are 7d, 12h, 2026-11-28, 2026-11-28T12:00, now"
        raise UsageError(_COMMAND, f"{word[:80]!r} is neither a scan that is kept nor a time", advice) from error


def _once() -> Hint:
    """Return what tells a user each line once, for both audits say the same of their database."""
    told: set[str] = set()

    def hint(line: str) -> None:
        if line not in told:
            told.add(line)
            tell(line)

    return hint


@dataclass(frozen=True, slots=True)
class _Known:
    """The databases of a call and the scans that they keep."""

    directories: Sequence[Path]
    kept: Sequence[Kept]
    hint: Hint


@contextmanager
def _audit(call: AuditCall, known: _Known, at: datetime | None, *, static: bool) -> Iterator[Audit]:
    with ExitStack() as stack:
        if at is None:
            snapshot = stack.enter_context(opened(known.directories, static=static, hint=known.hint))
        else:
            snapshot = stack.enter_context(past.past(known.kept, known.directories, at, known.hint))
        yield stack.enter_context(audited(snapshot.con, call.limits, at))


def _show(found: Sequence[Change], call: AuditCall, file: str | None) -> None:
    match call.form:
        case "json":
            write(change_forms.json_lines(found), file)
        case "csv":
            from vhost.render.csv_text import csv_lines  # noqa: PLC0415 - each format pays for itself

            write(csv_lines(change_forms.COLUMNS, change_forms.rows(found)), file)
        case "markdown":
            from vhost.render.markdown import markdown_lines  # noqa: PLC0415 - as above

            write(markdown_lines(change_forms.COLUMNS, change_forms.rows(found)), file)
        case _:
            colored = not is_file(file) and watched() and not os.environ.get("NO_COLOR")
            write(change_forms.lines(found, colored=colored), file)
