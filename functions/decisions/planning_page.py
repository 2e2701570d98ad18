"""What the page of the planning shows: one version by the year, by a week, and what is to correct in it (R31)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from decisions.called import Asked, asked_of
from decisions.parts import Check
from decisions.planning_chart import Chart, tones_of, week_chart, year_chart
from decisions.planning_words import place_of, when_of
from decisions.room import Room
from decisions.typed import typed_day
from permanence.application.extranet.planning import YearView, cells_of, view_week, view_year, week_of
from permanence.application.extranet.referentiel import DocumentView, VersionRow
from permanence.application.reference.ports import UnknownVersion
from permanence.application.timeline.french import clock, spell_minutes, telephone
from permanence.domain.frozen import dataclass
from permanence.domain.instants import midnight, paris_day
from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.calendar import OpeningHours
from permanence.domain.reference.documents import Point
from permanence.domain.reference.planning import Cell, Planning
from permanence.domain.reference.planning_checks import PLANNING, PlanningCode
from permanence.domain.reference.planning_coverage import covered, minutes_of_astreinte, sectors_of
from permanence.domain.reference.rota import OnCallRole, RotaProblem
from permanence.web.formats import day, plural, short_day
from permanence.web.requests import read_query

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Way:
    """One name that would mend a point."""

    person_id: str
    words: str


@dataclass(frozen=True)
class Fix:
    """A hole or an overlap of the version that is shown: `cell` as forms send it, the span in ISO."""

    title: str
    told: str
    cell: str
    start: str
    end: str
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Row:
    """A line of the week's table; `person` is empty where nobody is."""

    place: str
    start: datetime
    end: datetime
    person: str
    phone: str


@dataclass(frozen=True)
class PlanningPage:
    """`shown` is the version that is drawn, `waiting` its row while it waits, `choices` the versions that can be."""

    shown: int
    waiting: VersionRow | None
    choices: tuple[tuple[int, str], ...]
    year: YearView
    year_chart: Chart
    facts: tuple[Check, ...]
    year_rows: tuple[tuple[date, date, tuple[str, ...]], ...]
    places: tuple[str, ...]
    week_title: str
    week_said: str
    week_chart: Chart
    week_rows: tuple[Row, ...]
    week_start: datetime
    week_end: datetime
    earlier: date
    later: date
    fixes: tuple[Fix, ...]
    cells: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    asked: Asked
    motifs: tuple[tuple[str, str], ...]


def planning_page(room: Room, view: DocumentView) -> PlanningPage:
    """Of the version, the year and the week that the address asks for: 2 requests, and 1 for each other document that
    its checks look at."""
    _, in_force, circumstances = room.deciding.looked_at(PLANNING, room.now)
    annuaire: Annuaire = circumstances.others["annuaire"]
    sectors = sectors_of(circumstances.others["patrimoine"])
    shown, planning = _version(room, view, in_force)
    hours, now = circumstances.signed.hours, room.now
    first = week_of(typed_day(read_query(room.event, "semaine")) or _starting_day(planning, now, view, shown), planning)
    year = view_year(planning, annuaire, sectors, hours, _year(room, first), now)
    week = view_week(planning, sectors, hours, first)
    names = {one.person_id: one.name for one in annuaire.on_call.values()}
    waiting = next((row for row in view.waiting if row.number == shown), None)
    return PlanningPage(
        shown=shown,
        waiting=waiting,
        choices=_choices(view),
        year=year,
        year_chart=year_chart(year, names, (week.start, week.end)),
        facts=tuple(_facts(year, planning, hours, now)),
        year_rows=tuple(
            (
                paris_day(weeks[0].start),
                paris_day(weeks[0].end),
                tuple(_in_table(one.people, names, lacks=one.lacks) for one in weeks),
            )
            for weeks in zip(*(line.weeks for line in year.lines), strict=True)
        ),
        places=tuple(_place(line.cell) for line in year.lines),
        week_title=day(first),
        week_said=_said(week.lines, names, hours),
        week_chart=week_chart(week, names, tones_of(year)),
        week_rows=tuple(_rows(week.lines, annuaire, hours)),
        week_start=week.start,
        week_end=week.end,
        earlier=first - _WEEK,
        later=first + _WEEK,
        fixes=tuple(_fixes(waiting, planning, names)),
        cells=tuple((_key(cell), _place(cell)) for cell in cells_of(planning, sectors)),
        people=tuple(sorted(names.items(), key=lambda one: one[1])),
        asked=asked_of(room, circumstances.others["patrimoine"], annuaire, planning, shown),
        motifs=tuple((one.motif_id, f"{one.article}, {one.label}") for one in room.services.contract.motifs.values()),
    )


def _version(room: Room, view: DocumentView, in_force: Planning) -> tuple[int, Planning]:
    """The one that is asked for, if it is one of those that can be shown."""
    asked = read_query(room.event, "version", 6)
    known = {number for number, _ in _choices(view)}
    if asked.isascii() and asked.isdecimal() and int(asked) in known - {view.number}:
        try:
            return int(asked), room.deciding.body(PLANNING, int(asked))
        except UnknownVersion:  # erased since it was listed
            pass
    return view.number, in_force


def _choices(view: DocumentView) -> tuple[tuple[int, str], ...]:
    stands = f"Version {view.number}, en vigueur" if view.number else "Rien en vigueur"
    coming = ((row.number, f"Version {row.number}, à venir") for row in view.to_come)
    waiting = (
        (row.number, f"Version {row.number}, {'à corriger' if row.blocking else 'à approuver'}") for row in view.waiting
    )
    return ((view.number, stands), *coming, *waiting)


def _starting_day(planning: Planning, now: datetime, view: DocumentView, shown: int) -> date:
    """Where the first point lies of a version that waits; else this week, or where the planning begins."""
    row = next((one for one in view.waiting if one.number == shown), None)
    starts = [point.detail["start"] for point in row.points if point.blocks and "start" in point.detail] if row else []
    if starts:
        return paris_day(datetime.fromisoformat(min(starts)))
    start, end = covered(planning, now)
    return paris_day(start) if start < end else paris_day(now)


def _year(room: Room, first: date) -> int:
    asked = read_query(room.event, "annee", 4)
    if asked.isascii() and asked.isdecimal() and 2000 <= int(asked) < 2100:
        return int(asked)
    return (first + timedelta(days=3)).year


def _facts(year: YearView, planning: Planning, hours: OpeningHours, now: datetime) -> Iterator[Check]:
    start, end = covered(planning, now)
    if start >= end:
        yield Check("wait", "Rien n’est prévu à partir d’aujourd’hui")
        return
    yield _problems(year.gaps, "trou", "trous", hours)
    yield _days("jour férié", "jours fériés", year.holidays, year.open_days, (start, end))
    if year.unknown:
        yield Check("bad", f"Absents de l’annuaire : {', '.join(year.unknown)}")
    else:
        yield Check("ok", "Tous les noms sont dans l’annuaire")
    yield _problems(year.overlaps, "recouvrement", "recouvrements", hours)
    changes = tuple(changed for changed, _ in year.clock_changes)
    yield _days("changement d’heure", "changements d’heure", changes, year.open_days, (start, end))
    if year.landlines:
        told = ", ".join(f"{one.name}, {telephone(one.phone)}" for one in year.landlines)
        yield Check("wait", f"{plural(len(year.landlines), 'fixe')} : {told}, sans SMS")
    else:
        yield Check("ok", "Toutes les personnes ont un mobile")


def _problems(problems: Collection[RotaProblem], singular: str, several: str, hours: OpeningHours) -> Check:
    if not problems:
        return Check("ok", f"Aucun {singular}")
    minutes = sum(minutes_of_astreinte(one.start, one.end, hours) for one in problems)
    first = min(problems, key=lambda one: one.start)
    where = f"{place_of(first.role, first.sector)}, {when_of(first.start, first.end)}"
    told = where if len(problems) == 1 else f"d’abord {where}"
    return Check("bad", f"{plural(len(problems), singular, several)}, {spell_minutes(minutes)} : {told}")


def _days(
    singular: str, several: str, days: tuple[date, ...], open_days: frozenset[date], span: tuple[datetime, datetime]
) -> Check:
    inside = [one for one in days if span[0] < midnight(one + timedelta(days=1)) and midnight(one) < span[1]]
    lacking = [one for one in inside if one in open_days]
    if lacking:
        return Check(
            "bad", f"{plural(len(lacking), singular, several)} avec un trou : {', '.join(map(short_day, lacking))}"
        )
    if not inside:
        return Check("info", f"Aucun {singular} dans ce qui reste à couvrir de l’année")
    return Check("ok", f"{plural(len(inside), singular, several)} à venir, sans trou")


def _said(lines: Any, names: Mapping[str, str], hours: OpeningHours) -> str:
    """What a reader of the drawing hears of it: what is wrong; the names are in the table."""
    told = []
    for cell, pieces in lines:
        for piece in pieces:
            if len(piece.person_ids) == 1 or not minutes_of_astreinte(piece.start, piece.end, hours):
                continue
            what = " et ".join(names.get(who, who) for who in piece.person_ids) or "personne"
            told.append(f"{_place(cell)} : {what}, {when_of(piece.start, piece.end)}.")
    return " ".join(told) or "Une personne partout à chaque heure d’astreinte."


def _rows(lines: Any, annuaire: Annuaire, hours: OpeningHours) -> Iterator[Row]:
    known = annuaire.on_call
    for cell, pieces in lines:
        for piece in pieces:
            for who in piece.person_ids:
                person = known.get(who)
                yield Row(
                    _place(cell),
                    piece.start,
                    piece.end,
                    person.name if person else who,
                    telephone(person.phone) if person and person.phone else "aucun",
                )
            if not piece.person_ids and minutes_of_astreinte(piece.start, piece.end, hours):
                yield Row(_place(cell), piece.start, piece.end, "", "")


def _in_table(people: tuple[str, ...], names: Mapping[str, str], *, lacks: bool) -> str:
    told = ", ".join(names.get(who, who) for who in people) or "—"
    return f"{told} ; trou" if lacks and people else "Personne" if lacks else told


def _fixes(row: VersionRow | None, planning: Planning, names: Mapping[str, str]) -> Iterator[Fix]:
    for point in row.points if row else ():
        if point.code in (PlanningCode.GAP, PlanningCode.OVERLAP):
            yield _fix(point, planning, names)


def _fix(point: Point, planning: Planning, names: Mapping[str, str]) -> Fix:
    told = point.detail
    cell = Cell(told["sector"], OnCallRole(told["role"]))
    start, end = datetime.fromisoformat(told["start"]), datetime.fromisoformat(told["end"])
    length = spell_minutes(int(told["minutes"]))
    place = _place(cell)
    if point.code == PlanningCode.OVERLAP:
        inside = planning.pieces(cell, start, end)[0].person_ids
        ways = tuple(Way(who, f"Garder {names.get(who, who)}") for who in inside)
        title, words = f"{place}, deux personnes {length}", f"{when_of(start, end).capitalize()}."
    else:
        before, after = _around(planning, cell, start, end)
        ways = tuple(Way(who, f"Prolonger {names.get(who, who)}") for who in before)
        ways += tuple(Way(who, f"Avancer {names.get(who, who)}") for who in after if who not in before)
        title = f"{place}, personne {length}"
        words = f"Du {short_day(start)}, {clock(start)}, au {short_day(end)}, {clock(end)}."
    return Fix(title, words, _key(cell), start.isoformat(), end.isoformat(), ways)


def _around(planning: Planning, cell: Cell, start: datetime, end: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who holds the cell just before a hole, and just after."""
    moment = timedelta(microseconds=1)
    before, after = planning.pieces(cell, start - moment, start), planning.pieces(cell, end, end + moment)
    return before[0].person_ids, after[0].person_ids


def _key(cell: Cell) -> str:
    return f"{cell.role.value} {cell.sector}"


def _place(cell: Cell) -> str:
    return place_of(cell.role.value, cell.sector)
