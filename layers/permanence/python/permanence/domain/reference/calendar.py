"""Opening hours and their complement, the astreinte (R1, R2, R5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from permanence.domain.french_dates import DAYS, MONTHS, day_of_month
from permanence.domain.frozen import dataclass
from permanence.domain.instants import PARIS, paris_day, to_paris

if TYPE_CHECKING:
    from permanence.domain.reference.recording import RecordingTerms

LONGEST_CLOSURE = timedelta(days=62)
"""How far the next or the last opening is looked for; beyond it the hours themselves are wrong."""


class Service(StrEnum):
    DEBORDEMENT = "débordement"
    ASTREINTE = "astreinte"


@dataclass(frozen=True)
class Closure:
    """A planned closure (R2) over [start, end), UTC; its calls are astreinte."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True)
class OpeningHours:
    """Weekly half-open spans in Paris-local time by ISO weekday (Monday 1), less holidays and closures.

    The spans of a day are in order and do not touch, so that each opening ends where an astreinte period starts.
    """

    weekly: Mapping[int, tuple[tuple[time, time], ...]]
    holidays: frozenset[date]
    closures: tuple[Closure, ...] = ()


@dataclass(frozen=True)
class OverflowDelay:
    """How long Habitat 70 makes a caller wait before we hear of the call, from a day on (R3, R5)."""

    from_day: date
    seconds: int


@dataclass(frozen=True)
class Period:
    """Half-open [start, end), UTC."""

    start: datetime
    end: datetime


class NeverOpen(ValueError):
    """No opening within `LONGEST_CLOSURE`: the hours of the contract cannot be right."""


def service_at(instant: datetime, hours: OpeningHours) -> Service:
    """The service in force at an instant (R1, R2): débordement inside an opening span, else astreinte."""
    is_open = any(span.start <= instant < span.end for span in _openings_of_day(paris_day(instant), hours))
    return Service.DEBORDEMENT if is_open else Service.ASTREINTE


def service_of_call(presented_at: datetime, hours: OpeningHours, overflow_delays: tuple[OverflowDelay, ...]) -> Service:
    """The service of a call, from the moment its caller began to wait on Habitat 70's side (R5).

    The delay in force is the latest one that starts on or before the Paris-local day of the presentation; without one
    the call counts from its presentation.
    """
    day = paris_day(presented_at)
    in_force = [delay for delay in overflow_delays if delay.from_day <= day]
    waited_s = max(in_force, key=lambda delay: delay.from_day).seconds if in_force else 0
    return service_at(presented_at - timedelta(seconds=waited_s), hours)


def openings(start: datetime, hours: OpeningHours) -> Iterator[Period]:
    """Opening spans that end after an instant, in order. Raises NeverOpen after `LONGEST_CLOSURE` without one."""
    day, last = paris_day(start), paris_day(start)
    while day - last <= LONGEST_CLOSURE:
        for span in _openings_of_day(day, hours):
            if span.end > start:
                last = day
                yield span
        day += timedelta(days=1)
    raise NeverOpen(f"no opening from {last} to {day}")


def openings_back(end: datetime, hours: OpeningHours) -> Iterator[Period]:
    """Opening spans that start at or before an instant, newest first. Raises NeverOpen as `openings` does."""
    day, last = paris_day(end), paris_day(end)
    while last - day <= LONGEST_CLOSURE:
        for span in reversed(list(_openings_of_day(day, hours))):
            if span.start <= end:
                last = day
                yield span
        day -= timedelta(days=1)
    raise NeverOpen(f"no opening from {day} to {last}")


def next_opening(instant: datetime, hours: OpeningHours) -> datetime:
    """The start (UTC) of the first opening strictly after an instant. Raises NeverOpen."""
    return next(span.start for span in openings(instant, hours) if span.start > instant)


def next_change(instant: datetime, hours: OpeningHours) -> datetime:
    """The first instant (UTC) strictly after this one at which the service changes. Raises NeverOpen."""
    span = next(openings(instant, hours))
    return span.start if span.start > instant else span.end


def astreinte_periods_ended(after: datetime, until: datetime, hours: OpeningHours) -> tuple[Period, ...]:
    """The whole astreinte periods that end in (after, until], oldest first; one ends where an opening starts (R50)."""
    ended = []
    for opening, previous in pairwise(openings_back(until, hours)):
        if opening.start <= after:
            break
        ended.append(Period(previous.end, opening.start))
    return tuple(reversed(ended))


def astreinte_period_ended_at_or_before(instant: datetime, hours: OpeningHours) -> Period:
    """The last whole astreinte period whose end is not after an instant. Raises NeverOpen."""
    opening, previous = next(pairwise(openings_back(instant, hours)))
    return Period(previous.end, opening.start)


def opening_time(start: datetime, end: datetime, hours: OpeningHours) -> timedelta:
    """How long is open within [start, end), UTC. Raises NeverOpen."""
    inside = takewhile(lambda span: span.start < end, openings(start, hours))
    return sum((min(span.end, end) - max(span.start, start) for span in inside), timedelta(0))


def opening_words(opening: datetime, now: datetime) -> str:
    """What a caller is told of the next opening: « 13 h 30 » today, « lundi 8 h 30 », or with its date beyond six days.

    Spaces inside the time are U+00A0.
    """
    local, today = to_paris(opening), paris_day(now)
    clock = f"{local.hour}\u00a0h\u00a0{local.minute:02}" if local.minute else f"{local.hour}\u00a0h"
    days_ahead = (local.date() - today).days
    if days_ahead == 0:
        return clock
    weekday = DAYS[local.weekday()]
    if days_ahead <= 6:
        return f"{weekday} {clock}"
    return f"{weekday} {day_of_month(local)}\u00a0{MONTHS[local.month - 1]}, {clock}"


def records_on(day: date, terms: RecordingTerms) -> bool:
    """Whether calls of a Paris-local day are recorded (R14): always, never, or during a campaign."""
    if terms.mode == "campaign":
        return any(starts_on <= day < ends_before for starts_on, ends_before in terms.campaigns)
    return terms.mode == "all"


def _openings_of_day(day: date, hours: OpeningHours) -> Iterator[Period]:
    if day in hours.holidays:
        return
    for opens, closes in hours.weekly.get(day.isoweekday(), ()):
        yield from _without_closures(Period(_instant(day, opens), _instant(day, closes)), hours.closures)


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, PARIS).astimezone(UTC)


def _without_closures(span: Period, closures: tuple[Closure, ...]) -> Iterator[Period]:
    start = span.start
    for closure in sorted(closures, key=lambda c: c.start):
        if closure.end <= start or closure.start >= span.end:
            continue
        if closure.start > start:
            yield Period(start, closure.start)
        start = max(start, closure.end)
    if start < span.end:
        yield Period(start, span.end)
