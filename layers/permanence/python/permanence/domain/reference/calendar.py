"""Opening hours and their complement, the astreinte (R1, R2, R5); what is taken over of the openings (R4)."""

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
    """`TAKEOVER`: the CRC answers none of its calls, so that those of its openings come to us without any overflow, for
    days or weeks (R4, Art. 8 d); what is astreinte without it stays astreinte."""

    DEBORDEMENT = "débordement"
    ASTREINTE = "astreinte"
    TAKEOVER = "prise en charge totale"


@dataclass(frozen=True)
class Period:
    """Half-open [start, end), UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Closure:
    """A planned closure (R2) over [start, end), UTC; its calls are astreinte."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True)
class OpeningHours:
    """Weekly half-open spans in Paris-local time by ISO weekday (Monday 1), less holidays, with exceptional openings,
    less closures. `takeovers` change the service of the openings they cover, and no opening.

    The spans of a day are in order and do not touch, so that each opening ends where an astreinte period starts.
    """

    weekly: Mapping[int, tuple[tuple[time, time], ...]]
    holidays: frozenset[date]
    closures: tuple[Closure, ...] = ()
    openings: tuple[Period, ...] = ()
    takeovers: tuple[Period, ...] = ()


@dataclass(frozen=True)
class OverflowDelay:
    """How long Habitat 70 makes a caller wait before we hear of the call, from a day on (R3, R5)."""

    from_day: date
    seconds: int


class NeverOpen(ValueError):
    """No opening within `LONGEST_CLOSURE`: the hours of the contract cannot be right."""


def service_at(instant: datetime, hours: OpeningHours) -> Service:
    """The service in force at an instant (R1, R2, R4): inside an opening span débordement, or what is taken over of it;
    else astreinte."""
    if opening_at(instant, hours) is None:
        return Service.ASTREINTE
    is_taken_over = any(one.start <= instant < one.end for one in hours.takeovers)
    return Service.TAKEOVER if is_taken_over else Service.DEBORDEMENT


def opening_at(instant: datetime, hours: OpeningHours) -> Period | None:
    """The opening span that an instant is in."""
    spans = _openings_of_day(paris_day(instant), hours)
    return next((span for span in spans if span.start <= instant < span.end), None)


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
    if span.start > instant:
        return span.start
    changes = (edge for one in _taken_over(span, hours) for edge in (one.start, one.end))
    return min((edge for edge in changes if edge > instant), default=span.end)


def next_astreinte(instant: datetime, hours: OpeningHours) -> datetime:
    """This instant when it is astreinte, else the end (UTC) of its opening."""
    opening = opening_at(instant, hours)
    return opening.end if opening else instant


@dataclass(frozen=True)
class ToldPeriod(Period):
    """A period of astreinte, or what is taken over of an opening: Habitat 70 is told at its end of what was done for it
    (R50, R4)."""

    service: Service


def told_periods_back(until: datetime, hours: OpeningHours) -> Iterator[ToldPeriod]:
    """The whole periods to tell that end at or before an instant, newest first. An astreinte period ends where an
    opening starts. Raises NeverOpen as `openings_back` does."""
    for opening, previous in pairwise(openings_back(until, hours)):
        for part in reversed(_taken_over(opening, hours)):
            if part.end <= until:
                yield ToldPeriod(part.start, part.end, Service.TAKEOVER)
        yield ToldPeriod(previous.end, opening.start, Service.ASTREINTE)


def told_periods_ended(after: datetime, until: datetime, hours: OpeningHours) -> tuple[ToldPeriod, ...]:
    """Those that end in (after, until], oldest first."""
    ended = takewhile(lambda period: period.end > after, told_periods_back(until, hours))
    return tuple(reversed(list(ended)))


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
        return any(campaign.starts_on <= day < campaign.ends_before for campaign in terms.campaigns)
    return terms.mode == "all"


def _openings_of_day(day: date, hours: OpeningHours) -> Iterator[Period]:
    weekly = () if day in hours.holidays else hours.weekly.get(day.isoweekday(), ())
    spans = [Period(_instant(day, opens), _instant(day, closes)) for opens, closes in weekly]
    for span in _joined([*spans, *(one for one in hours.openings if paris_day(one.start) == day)]):
        yield from _without_closures(span, hours.closures)


def _joined(spans: list[Period]) -> Iterator[Period]:
    """In order; those that overlap or touch as one."""
    start = end = None
    for span in sorted(spans, key=lambda one: one.start):
        if start is not None and end is not None and span.start <= end:
            end = max(end, span.end)
            continue
        if start is not None and end is not None:
            yield Period(start, end)
        start, end = span.start, span.end
    if start is not None and end is not None:
        yield Period(start, end)


def _taken_over(span: Period, hours: OpeningHours) -> list[Period]:
    """The parts of an opening that are taken over, in order."""
    parts = [Period(max(span.start, one.start), min(span.end, one.end)) for one in hours.takeovers]
    return list(_joined([part for part in parts if part.start < part.end]))


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
