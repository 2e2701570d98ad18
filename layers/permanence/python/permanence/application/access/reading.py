"""Every reading of personal data leaves a line: once per session, record and quarter of an hour (R74)."""

import hashlib
from datetime import UTC, datetime

from permanence.application.access.ports import AuditLog
from permanence.application.access.signing_in import Session

WINDOW_S = 15 * 60


def note_reading(audit: AuditLog, session: Session, what: str, now: datetime) -> None:
    """Note that the person of a session reads a record: 1 request. `what` names it by ids, never by a name."""
    window = datetime.fromtimestamp(now.timestamp() // WINDOW_S * WINDOW_S, UTC)
    key = hashlib.sha256(f"{session.key} {what}".encode()).hexdigest()[:32]
    audit.record_once(window, key, session.person.email, "read", what)


def note_export(audit: AuditLog, session: Session, what: str, now: datetime) -> None:
    """Note that a record leaves as a file, each time: 1 request."""
    audit.record(now, session.person.email, "export", what, {"name": session.person.name})
