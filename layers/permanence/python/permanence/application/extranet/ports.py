"""What a page of the extranet asks of the table in one request, of several kinds."""

from collections.abc import Sequence
from typing import Protocol

from permanence.application.reception.ports import CallRecord
from permanence.application.timeline.ports import JobRun
from permanence.domain.dispatch.notices import Notice, NoticeRef
from permanence.domain.frozen import dataclass


@dataclass(frozen=True)
class Wanted:
    """What is known by its name already; `runs` are (job, period)."""

    call_ids: Sequence[str] = ()
    notices: Sequence[NoticeRef] = ()
    runs: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Found:
    """What exists of it, each kind in the order it was wanted."""

    calls: tuple[CallRecord, ...] = ()
    notices: tuple[Notice, ...] = ()
    runs: tuple[JobRun, ...] = ()


class Lookup(Protocol):
    def find(self, wanted: Wanted) -> Found:
        """1 request for each 100 items, a call being two of them; none when nothing is wanted."""
