"""The planning as Habitat 70 reads it: the year by weeks, one week by real hours, and what is to correct (R31)."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from permanence.domain.frozen import dataclass
from permanence.domain.instants import PARIS, midnight, paris_day, to_paris
from permanence.domain.reference.annuaire import MOBILES, Annuaire
from permanence.domain.reference.calendar import OpeningHours, Period, openings
from permanence.domain.reference.planning import Cell, Held, Planning
from permanence.domain.reference.planning_coverage import coverage, minutes_of_astreinte, planned_sectors
from permanence.domain.reference.rota import EVERY_SECTOR, OnCallPerson, OnCallRole, RotaProblem, RotaProblemKind

WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WeekOf:
    """Whom a cell has over a week of the year: `people` by id, who holds most of it first. `lacks` says that somebody
    is missing at some hour of astreinte, `doubles` that two are there."""

    start: datetime
    end: datetime
    people: tuple[str, ...]
    lacks: bool
    doubles: bool


@dataclass(frozen=True)
class Line:
    """One cell over the weeks of the year; in `weeks` of a time that nothing is planned for nobody is missing."""

    cell: Cell
    weeks: tuple[WeekOf, ...]


@dataclass(frozen=True)
class YearView:
    """`holidays` and `clock_changes` of the year: of the latter, the day and how many hours it has; `open_days` are
    those of both on which somebody is missing. `landlines` are the people whom no SMS reaches."""

    year: int
    years: tuple[int, ...]
    lines: tuple[Line, ...]
    holidays: tuple[date, ...]
    clock_changes: tuple[tuple[date, int], ...]
    problems: tuple[RotaProblem, ...]
    open_days: frozenset[date]
    unknown: tuple[str, ...]
    landlines: tuple[OnCallPerson, ...]

    @property
    def gaps(self) -> tuple[RotaProblem, ...]:
        return tuple(one for one in self.problems if one.kind is RotaProblemKind.GAP)

    @property
    def overlaps(self) -> tuple[RotaProblem, ...]:
        return tuple(one for one in self.problems if one.kind is RotaProblemKind.OVERLAP)


@dataclass(frozen=True)
class DayOf:
    """A day of Paris in a week: `hours` are 23, 24 or 25."""

    day: date
    start: datetime
    end: datetime
    is_holiday: bool

    @property
    def hours(self) -> int:
        return int((self.end - self.start).total_seconds()) // 3600


@dataclass(frozen=True)
class WeekView:
    """Real hours: a day of 23 hours is narrower. `open_spans` are those of the CRC, when nobody is called."""

    start: datetime
    end: datetime
    days: tuple[DayOf, ...]
    open_spans: tuple[Period, ...]
    lines: tuple[tuple[Cell, tuple[Held, ...]], ...]

    def astreinte(self, pieces: Iterable[Held]) -> tuple[Held, ...]:
        """The pieces without opening hours."""
        found: list[Held] = []
        for piece in pieces:
            start = piece.start
            for span in self.open_spans:
                if span.end <= start or span.start >= piece.end:
                    continue
                if span.start > start:
                    found.append(Held(piece.cell, start, span.start, piece.person_ids))
                start = span.end
            if start < piece.end:
                found.append(Held(piece.cell, start, piece.end, piece.person_ids))
        return tuple(found)


def view_year(
    planning: Planning,
    annuaire: Annuaire,
    sectors: Collection[str],
    hours: OpeningHours,
    year: int,
    now: datetime,
) -> YearView:
    """A civil year of Paris; `sectors` are those of the patrimoine, `hours` those in force. No request."""
    begins, ends = midnight(date(year, 1, 1)), midnight(date(year + 1, 1, 1))
    problems = tuple(
        one
        for one in coverage(planning, annuaire, sectors, now)
        if one.start < ends
        and one.end > begins
        and one.role is not OnCallRole.SUPERVISEUR
        and minutes_of_astreinte(one.start, one.end, hours)
    )
    bounds = _weeks(planning, begins, ends)
    holidays = tuple(sorted(day for day in hours.holidays if day.year == year))
    clock_changes = tuple((day, length) for day, length in _lengths(year) if length != 24)
    marked = (*holidays, *(day for day, _ in clock_changes))
    known = annuaire.on_call
    named = {duty.person_id for duty in planning.duties if duty.end > max(now, begins) and duty.start < ends}
    return YearView(
        year=year,
        years=_years(planning, now),
        lines=tuple(Line(cell, _of_weeks(planning, cell, bounds, hours)) for cell in cells_of(planning, sectors)),
        holidays=holidays,
        clock_changes=clock_changes,
        problems=problems,
        open_days=frozenset(day for day in marked if any(_touches(one, day) for one in problems if _is_gap(one))),
        unknown=tuple(sorted(named - known.keys())),
        landlines=tuple(
            known[who]
            for who in sorted(named & known.keys())
            if known[who].phone and not known[who].phone.startswith(MOBILES)
        ),
    )


def view_week(planning: Planning, sectors: Collection[str], hours: OpeningHours, first: date) -> WeekView:
    """Seven days of Paris from one on. No request."""
    days = [first + n * _DAY for n in range(8)]
    start, end = midnight(days[0]), midnight(days[-1])
    spans = []
    for span in openings(start, hours):
        if span.start >= end:
            break
        spans.append(Period(max(span.start, start), min(span.end, end)))
    return WeekView(
        start=start,
        end=end,
        days=tuple(DayOf(day, midnight(day), midnight(day + _DAY), day in hours.holidays) for day in days[:-1]),
        open_spans=tuple(spans),
        lines=tuple((cell, planning.pieces(cell, start, end)) for cell in cells_of(planning, sectors)),
    )


def cells_of(planning: Planning, sectors: Collection[str]) -> tuple[Cell, ...]:
    """The cadre, the sectors, those of the patrimoine and those that are planned, the duty supervisor."""
    named = sorted({*sectors, *planned_sectors(planning)}) or [EVERY_SECTOR]
    return (
        Cell(EVERY_SECTOR, OnCallRole.CADRE),
        *(Cell(sector, OnCallRole.TECHNICIEN) for sector in named),
        Cell(EVERY_SECTOR, OnCallRole.SUPERVISEUR),
    )


def week_of(day: date, planning: Planning) -> date:
    """The day on which the week of a day begins, by the weekday on which duties are most often handed over."""
    weekday = _handover(planning)[0]
    return day - ((day.isoweekday() - weekday) % 7) * _DAY


def _handover(planning: Planning) -> tuple[int, time]:
    """ISO weekday and hour of Paris; Monday at midnight while nothing is planned."""
    counted = Counter((local.isoweekday(), local.time()) for local in (to_paris(one.start) for one in planning.duties))
    return counted.most_common(1)[0][0] if counted else (1, time())


def _weeks(planning: Planning, begins: datetime, ends: datetime) -> Sequence[datetime]:
    """Bounds of the weeks of a year, from handover to handover."""
    weekday, clock = _handover(planning)
    day = paris_day(begins)
    day += ((weekday - day.isoweekday()) % 7) * _DAY
    bounds = [begins]
    while (handover := datetime.combine(day, clock, PARIS).astimezone(UTC)) < ends:
        if handover > begins:
            bounds.append(handover)
        day += WEEK
    return [*bounds, ends]


def _of_weeks(planning: Planning, cell: Cell, bounds: Sequence[datetime], hours: OpeningHours) -> tuple[WeekOf, ...]:
    planned = [duty for duty in planning.duties if duty.is_of(cell) or duty.is_of(Cell(EVERY_SECTOR, cell.role))]
    first = min((duty.start for duty in planned), default=bounds[-1])
    last = max((duty.end for duty in planned), default=bounds[0])
    pieces = Planning(tuple(planned)).pieces(cell, bounds[0], bounds[-1])
    return tuple(
        _week(start, end, [one for one in pieces if one.start < end and one.end > start], (first, last), hours)
        for start, end in pairwise(bounds)
    )


def _week(
    start: datetime, end: datetime, pieces: Iterable[Held], planned: tuple[datetime, datetime], hours: OpeningHours
) -> WeekOf:
    lengths: Counter[str] = Counter()
    lacks = doubles = False
    for one in pieces:
        begins, ends = max(one.start, start), min(one.end, end)
        for who in one.person_ids:
            lengths[who] += int((ends - begins).total_seconds())
        doubles = doubles or len(one.person_ids) > 1
        if not one.person_ids:
            begins, ends = max(begins, planned[0]), min(ends, planned[1])
            lacks = lacks or (begins < ends and minutes_of_astreinte(begins, ends, hours) > 0)
    return WeekOf(start, end, tuple(who for who, _ in lengths.most_common()), lacks, doubles)


def _lengths(year: int) -> Iterable[tuple[date, int]]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day, int((midnight(day + _DAY) - midnight(day)).total_seconds()) // 3600
        day += _DAY


def _years(planning: Planning, now: datetime) -> tuple[int, ...]:
    """Those that something is planned for, and this one."""
    instants = (instant for duty in planning.duties for instant in (duty.start, duty.end - timedelta(microseconds=1)))
    return tuple(sorted({to_paris(instant).year for instant in instants} | {to_paris(now).year}))


def _is_gap(problem: RotaProblem) -> bool:
    return problem.kind is RotaProblemKind.GAP


def _touches(problem: RotaProblem, day: date) -> bool:
    return problem.start < midnight(day + _DAY) and problem.end > midnight(day)
