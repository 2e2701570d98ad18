"""The job that tells ended periods, for those who look up what it told (R50)."""

from datetime import datetime, timedelta

from permanence.domain.dispatch.notices import NoticeRef
from permanence.domain.instants import to_paris

JOB = "end_of_period"

WHOLE_LIST = "default"
"""The list of the contract, which is told the whole period; the other lists are named by their agency."""


FIRST_RUN_LOOKS_BACK = timedelta(days=1)


LONGEST_CATCH_UP = timedelta(days=7)


def period_id(end: datetime) -> str:
    """``2026-11-23T0830``: a period by its end (UTC) on the clocks of Paris, in order of time."""
    return to_paris(end).strftime("%Y-%m-%dT%H%M")


def mail_ref(period: str, list_id: str) -> NoticeRef:
    """The notice that carries the mail of a period to one list."""
    return NoticeRef(f"job:{JOB}:{period}", f"mail-{list_id}")
