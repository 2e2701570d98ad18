"""The planning d’astreinte: who is on call, person by id of the annuaire, hour by hour (Art. 5-2, R30, R31)."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_month
from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.documents import Change
from permanence.domain.reference.rota import EVERY_SECTOR, Duty, OnCallRole


@dataclass(frozen=True)
class Cell:
    """What one person at most holds at an instant. The sector of the cadre and of the duty supervisor is ``*``."""

    sector: str
    role: OnCallRole


@dataclass(frozen=True)
class PlannedDuty:
    """A person of the annuaire is on call over [start, end), UTC."""

    sector: str
    role: OnCallRole
    person_id: str
    start: datetime
    end: datetime

    @property
    def cell(self) -> Cell:
        return Cell(self.sector, self.role)

    def is_of(self, cell: Cell) -> bool:
        return self.sector == cell.sector and self.role is cell.role


@dataclass(frozen=True)
class Held:
    """Whom a cell has over [start, end): nobody, one, or several while it is not mended."""

    cell: Cell
    start: datetime
    end: datetime
    person_ids: tuple[str, ...]


@dataclass(frozen=True)
class Planning:
    """In the order of the starts."""

    duties: tuple[PlannedDuty, ...] = ()

    def with_duties(self, rows: Iterable[PlannedDuty]) -> "Planning":
        """Each row in the place of what was planned for its cell on its hours; all else stays as it is. What rows say
        of each other is not settled: two that overlap are both there."""
        rows = tuple(rows)
        spans = (Held(row.cell, row.start, row.end, (row.person_id,)) for row in rows)
        return planning_of((*_without(self.duties, spans), *rows))

    def pieces(self, cell: Cell, start: datetime, end: datetime) -> tuple[Held, ...]:
        """All of [start, end) in order, each piece as long as it has the same people; a technicien of all sectors holds
        what those of a sector leave."""
        own = [duty for duty in self.duties if duty.start < end and duty.end > start and duty.is_of(cell)]
        of_all = Cell(EVERY_SECTOR, cell.role)
        spare = [] if cell == of_all else [duty for duty in self.duties if duty.is_of(of_all)]
        inside = {instant for duty in (*own, *spare) for instant in (duty.start, duty.end) if start < instant < end}
        bounds = [start, *sorted(inside), end]
        both = zip(pairwise(bounds), _people(own, bounds), _people(spare, bounds), strict=True)
        named = ((span, of_own or of_spare) for span, of_own, of_spare in both)
        found = []
        for people, spans in groupby(named, key=lambda one: one[1]):
            whole = [span for span, _ in spans]
            found.append(Held(cell, whole[0][0], whole[-1][1], people))
        return tuple(found)


def planning_of(duties: Iterable[PlannedDuty]) -> Planning:
    return Planning(tuple(sorted(duties, key=lambda d: (d.start, d.end, d.role.value, d.sector, d.person_id))))


def resolved(planning: Planning, annuaire: Annuaire) -> tuple[Duty, ...]:
    """Who is called, with the numbers of the annuaire; a duty of somebody whom it does not know is nobody's."""
    people = annuaire.on_call
    return tuple(
        Duty(duty.sector, duty.role, people[duty.person_id], duty.start, duty.end)
        for duty in planning.duties
        if duty.person_id in people
    )


def duties_of(planning: Planning, annuaire: Annuaire, month: str) -> tuple[Duty, ...]:
    """Those of them that touch a Paris-local month."""
    return tuple(
        duty
        for duty in resolved(planning, annuaire)
        if paris_month(duty.start) <= month <= paris_month(duty.end - timedelta(microseconds=1))
    )


def carried(in_force: Planning, proposed: Planning, now: datetime) -> Planning:
    """What is proposed from now on; before now, who was on call stays whom it was."""
    past = [duty for duty in in_force.duties if duty.end <= now]
    going_on = {(duty.cell, duty.person_id): duty for duty in in_force.duties if duty.start < now < duty.end}
    coming = []
    for duty in proposed.duties:
        if duty.end > now:
            begun = going_on.pop((duty.cell, duty.person_id), None) if duty.start <= now else None
            coming.append(replace(duty, start=begun.start if begun else max(duty.start, now)))
    ended = [replace(duty, end=now) for duty in going_on.values()]
    return planning_of((*past, *ended, *coming))


def restored(in_force: Planning, older: Planning, now: datetime) -> Planning:
    """The older one from now on."""
    return carried(in_force, older, now)


def brought_over(in_force_then: Planning, proposed: Planning, in_force: Planning) -> Planning:
    """The same changes, in what others have put in force meanwhile."""
    spans: list[Held] = [change.after for change in changes(in_force_then, proposed)]
    rows = [
        PlannedDuty(span.cell.sector, span.cell.role, person_id, span.start, span.end)
        for span in spans
        for person_id in span.person_ids
    ]
    return planning_of((*_without(in_force.duties, spans), *rows))


def changes(in_force: Planning, proposed: Planning) -> tuple[Change, ...]:
    """Of each cell, the spans that are somebody else’s, as `Held` before and after, in the order of time."""
    before, after = _by_cell(in_force), _by_cell(proposed)
    found = [
        Change(Held(cell, start, end, was), Held(cell, start, end, becomes))
        for cell in before.keys() | after.keys()
        for start, end, was, becomes in _differences(before.get(cell, ()), after.get(cell, ()))
    ]
    return tuple(sorted(found, key=lambda c: (c.after.start, c.after.cell.role.value, c.after.cell.sector)))


def erased(planning: Planning, before: datetime) -> Planning:
    """Without the duties that ended before an instant (R70)."""
    return Planning(tuple(duty for duty in planning.duties if duty.end >= before))


def _without(duties: Iterable[PlannedDuty], spans: Iterable[Held]) -> Iterator[PlannedDuty]:
    """What is left of the duties outside of the spans."""
    taken: dict[Cell, list[tuple[datetime, datetime]]] = defaultdict(list)
    for span in sorted(spans, key=lambda one: one.start):
        of_cell = taken[span.cell]
        if of_cell and span.start <= of_cell[-1][1]:
            of_cell[-1] = (of_cell[-1][0], max(of_cell[-1][1], span.end))
        else:
            of_cell.append((span.start, span.end))
    for duty in duties:
        of_cell, start = taken[duty.cell], duty.start
        for taken_from, taken_until in of_cell[bisect_right(of_cell, start, key=lambda one: one[1]) :]:
            if taken_from >= duty.end:
                break
            if taken_from > start:
                yield replace(duty, start=start, end=taken_from)
            start = taken_until
        if start < duty.end:
            yield replace(duty, start=start)


def _by_cell(planning: Planning) -> Mapping[Cell, list[PlannedDuty]]:
    found: dict[Cell, list[PlannedDuty]] = defaultdict(list)
    for duty in planning.duties:
        found[duty.cell].append(duty)
    return found


def _differences(
    before: Sequence[PlannedDuty], after: Sequence[PlannedDuty]
) -> Iterator[tuple[datetime, datetime, tuple[str, ...], tuple[str, ...]]]:
    """The spans at which two lists of duties of a cell name other people, each as long as it can be."""
    bounds = sorted({instant for duty in (*before, *after) for instant in (duty.start, duty.end)})
    named = zip(pairwise(bounds), _people(before, bounds), _people(after, bounds), strict=True)
    for (was, becomes), spans in groupby(named, key=lambda one: one[1:]):
        whole = [span for span, *_ in spans]
        if was != becomes:
            yield whole[0][0], whole[-1][1], was, becomes


def _people(duties: Iterable[PlannedDuty], bounds: Sequence[datetime]) -> list[tuple[str, ...]]:
    """Whom each span between two bounds names."""
    found: list[set[str]] = [set() for _ in bounds[1:]]
    for duty in duties:
        for position in range(bisect_left(bounds, duty.start), min(bisect_left(bounds, duty.end), len(found))):
            found[position].add(duty.person_id)
    return [tuple(sorted(people)) for people in found]
