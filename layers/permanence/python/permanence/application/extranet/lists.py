"""The lists Habitat 70 reads: calls and mains courantes of a month (R53). Each is one key query, in primitives."""

import re
from collections.abc import Iterator
from datetime import datetime

from permanence.application.dispatch.ports import Malfunctions
from permanence.application.reception.ports import Calls
from permanence.application.timeline.calls import CallRow, call_row
from permanence.application.timeline.malfunctions import MalfunctionRow, malfunction_row
from permanence.domain.contract import Contract
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus
from permanence.domain.frozen import dataclass
from permanence.domain.instants import to_paris

A_PAGE = 50


_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


class NoSuchMonth(ValueError):
    """What was asked for is no month of the calendar."""


def read_month(text: str, now: datetime) -> str:
    """``2026-11``, or the month in course when nothing was asked for. Raises NoSuchMonth."""
    if not text:
        return to_paris(now).strftime("%Y-%m")
    if not _MONTH.fullmatch(text):
        raise NoSuchMonth(text)
    return text


def months_kept(now: datetime) -> tuple[str, ...]:
    """The month in course and the six before it, newest first: older names are erased."""
    local = to_paris(now)
    numbers = [local.year * 12 + local.month - 1 - back for back in range(7)]
    return tuple(f"{number // 12}-{number % 12 + 1:02}" for number in numbers)


@dataclass(frozen=True)
class CallPage:
    """One page of a month's calls, newest first."""

    month: str
    rows: tuple[CallRow, ...]
    next_cursor: str | None


def page_of_calls(calls: Calls, contract: Contract, month: str, cursor: str | None) -> CallPage:
    """1 request. Raises ValueError on a cursor that is none of ours."""
    records, next_cursor = calls.page_of_month(month, A_PAGE, cursor)
    return CallPage(month, tuple(call_row(record, contract) for record in records), next_cursor)


def calls_of_month(calls: Calls, contract: Contract, month: str) -> Iterator[CallRow]:
    """All pages one after the other, in the same order: 1 request for each megabyte."""
    return (call_row(record, contract) for record in calls.of_month(month, descending=True))


@dataclass(frozen=True)
class MalfunctionFilter:
    """What the reader asked to see; `agency` is an id or empty."""

    month: str
    agency: str = ""
    only_open: bool = False

    @property
    def is_choice(self) -> bool:
        """Whether it leaves anything of its month out."""
        return bool(self.agency) or self.only_open

    def holds(self, malfunction: Malfunction) -> bool:
        if self.agency and malfunction.place.agency != self.agency:
            return False
        return malfunction.status is MalfunctionStatus.OPEN or not self.only_open


@dataclass(frozen=True)
class MalfunctionPage:
    """One page of a month's mains courantes, newest first; of a choice it may be short though others follow."""

    rows: tuple[MalfunctionRow, ...]
    next_cursor: str | None


def page_of_malfunctions(
    malfunctions: Malfunctions, contract: Contract, wanted: MalfunctionFilter, cursor: str | None
) -> MalfunctionPage:
    """1 request, of a megabyte when there is a choice. Raises ValueError on a cursor that is none of ours."""
    holds = wanted.holds if wanted.is_choice else None
    found, next_cursor = malfunctions.page_of_month(wanted.month, A_PAGE, cursor, holds)
    return MalfunctionPage(tuple(malfunction_row(known, contract) for known in found), next_cursor)


def malfunctions_of_month(
    malfunctions: Malfunctions, contract: Contract, wanted: MalfunctionFilter
) -> Iterator[MalfunctionRow]:
    """All pages one after the other, in the same order: 1 request for each megabyte."""
    found = malfunctions.of_month(wanted.month, descending=True)
    return (malfunction_row(known, contract) for known in found if wanted.holds(known))
