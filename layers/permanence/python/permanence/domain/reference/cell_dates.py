"""Dates and instants in cells, as Excel keeps them and as people type them (R30).

Days and clocks are those of Paris; instants are UTC inside. The night that has an hour twice asks which one is meant.
"""

import re
from calendar import monthrange
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from permanence.domain.french_dates import MONTHS
from permanence.domain.instants import PARIS, to_paris
from permanence.domain.reference.cell_kinds import CellKind
from permanence.domain.reference.places import plain_words
from permanence.domain.reference.tables import Cell, Misread, MistakeCode, Way, spelled

FIRST_YEAR, LAST_YEAR = 1950, 2100
SUMMER, WINTER = "été", "hiver"

_NUMBERS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_CLOCK = re.compile(r"(\d{1,2}) ?(?:h|:|heures?) ?(\d{2})?(?: ?(?:mn|min|:\d{2}))?", re.IGNORECASE)
_INSTANT = re.compile(
    rf"(\d{{4}}-\d{{1,2}}-\d{{1,2}}|.*?\d{{4}})(?:T| à |[\s,]+)+({_CLOCK.pattern})"
    rf"(?:\s*\(?(?:heure )?(?:d’|d')?({SUMMER}|{WINTER})\)?)?",
    re.IGNORECASE,
)
_EXCEL_BEGINS = date(1899, 12, 30)
_MONTHS = {plain_words(name)[0]: number for number, name in enumerate(MONTHS, start=1)}


def _text(cell: Cell) -> str:
    return " ".join(spelled(cell).split())


def _read_date(cell: Cell) -> date:
    match cell:
        case datetime():
            return _bounded(cell.date())
        case date():
            return _bounded(cell)
        case time() | timedelta():  # what Excel makes of 0, and of anything below 1
            raise _century()
        case bool():
            raise Misread(MistakeCode.NOT_A_DATE)
        case int() | float():
            raise Misread(MistakeCode.A_SERIAL, _serial(cell))
    return _typed_date(_text(cell))


def _bounded(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _century()
    return day


def _century() -> Misread:
    return Misread(MistakeCode.CENTURY, least=str(FIRST_YEAR), most=str(LAST_YEAR))


def _serial(number: float) -> list[Way]:
    """The day that Excel means by a number, where it is one that anybody writes."""
    try:
        day = _bounded(_EXCEL_BEGINS + timedelta(days=int(number)))
    except (OverflowError, ValueError, Misread):
        return []
    return [Way(spelled(day))]


def _typed_date(text: str) -> date:
    if iso := _ISO.fullmatch(text):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if numbers := _NUMBERS.fullmatch(text):
        day, month, year = int(numbers[1]), int(numbers[2]), int(numbers[3])
        if year < 100:
            whole = f"{day:02}/{month:02}/20{year:02}"
            raise Misread(MistakeCode.SHORT_YEAR, [Way(whole)])
        return _day(year, month, day)
    words = plain_words(text)
    if len(words) == 3 and words[1] in _MONTHS and words[2].isdigit():
        day_of_month = words[0].removesuffix("er")
        if day_of_month.isdigit() and len(words[2]) == 4:
            return _day(int(words[2]), _MONTHS[words[1]], int(day_of_month))
    raise Misread(MistakeCode.NOT_A_DATE)


def _day(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _century()
    if not 1 <= month <= 12:
        swapped = 1 <= day <= 12 and month <= 31
        ways = [Way(f"{month:02}/{day:02}/{year}", reason="swapped")] if swapped else []
        raise Misread(MistakeCode.NO_SUCH_DAY, ways, ticked=False)
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        ways = [Way(f"{last}/{month:02}/{year}", reason="end_of_month")] if last < day <= 31 else []
        raise Misread(MistakeCode.NO_SUCH_DAY, ways)
    return date(year, month, day)


DATE = CellKind(_read_date)
"""A day; its blank is None."""

LAST_DAY = CellKind(lambda cell: _read_date(cell) + timedelta(days=1), lambda day: day - timedelta(days=1))
"""The last day on which something holds, kept as the first on which it no longer does; its blank is None."""


def _typed_clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 99)
    if hour > 23 or minute > 59:
        raise Misread(MistakeCode.NOT_A_TIME)
    return time(hour, minute)


def _to_the_minute(moment: datetime) -> datetime:
    """Excel keeps clocks as fractions of a day, a hair beside the minute that was typed."""
    return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)


def paris_instant(day: date, clock: time, season: str = "") -> datetime:
    """The instant (UTC) of a Paris clock; `season` says which one where it comes twice. Raises Misread where it comes
    twice and nobody said, or never."""
    first = datetime.combine(day, clock, PARIS)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    shown = f"{day:%d/%m/%Y} {clock:%H:%M}"
    there = to_paris(first.astimezone(UTC))
    if there.replace(tzinfo=None) != first.replace(tzinfo=None):
        raise Misread(MistakeCode.NO_SUCH_HOUR, [Way(f"{there:%d/%m/%Y %H:%M}")])
    if season:
        return (first if season == SUMMER else second).astimezone(UTC)
    ways = [Way(f"{shown} {SUMMER}", reason="summer"), Way(f"{shown} {WINTER}", reason="winter")]
    raise Misread(MistakeCode.HOUR_TWICE, ways)


def _read_instant(cell: Cell) -> datetime:
    if isinstance(cell, datetime):
        moment = _to_the_minute(cell)
        return paris_instant(_bounded(moment.date()), moment.time())
    if not isinstance(cell, str):
        day = _read_date(cell)
        raise Misread(MistakeCode.NO_CLOCK, [Way(f"{day:%d/%m/%Y} 00:00")], ticked=False)
    text = _text(cell)
    found = _INSTANT.fullmatch(text)
    if found is None:
        day = _typed_date(text)
        raise Misread(MistakeCode.NO_CLOCK, [Way(f"{day:%d/%m/%Y} 00:00")], ticked=False)
    clock = _typed_clock(found[2].strip())
    try:
        day = _typed_date(found[1].strip())
    except Misread as misread:
        ways = [replace(way, value=f"{way.value} {clock:%H:%M}") for way in misread.ways]
        raise Misread(misread.code, ways, ticked=misread.ticked, **misread.detail) from misread
    return paris_instant(day, clock, (found[5] or "").casefold())


def _write_instant(instant: datetime) -> Cell:
    """As Excel keeps it; as words where the clock alone does not say which hour is meant."""
    local = to_paris(instant)
    naive = local.replace(tzinfo=None, fold=0)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return naive
    return f"{naive:%d/%m/%Y %H:%M} {WINTER if local.fold else SUMMER}"


INSTANT = CellKind(_read_instant, _write_instant)
"""A day and an hour of Paris, « 25/10/2026 8 h 30 »; kept in UTC."""
