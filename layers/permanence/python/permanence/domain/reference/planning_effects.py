"""What a planning or an annuaire that is proposed does to the nights to come (R30, R31, R43)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.documents import Change, Circumstances, Effect
from permanence.domain.reference.nights import nights_of
from permanence.domain.reference.planning import Cell, Held, Planning, changes
from permanence.domain.reference.planning_coverage import coverage, covered, minutes_of_astreinte, sectors_of
from permanence.domain.reference.rota import OnCallPerson, RotaProblem, RotaProblemKind

MOST_NAMED = 5


class PlanningEffect(StrEnum):
    """Counted in nights, but for the last two. Detail: role and sector; first and last night, or start and end where
    there is none."""

    UNCOVERED = "planning_uncovered"  # nobody; detail: minutes of astreinte
    DOUBLE = "planning_double"  # two people; detail: the same
    COVERED = "planning_covered"  # somebody, where nobody was planned
    OTHERS = "planning_others"  # others; detail: was, becomes, their names
    NUMBERS = "annuaire_numbers"  # people on call whose number changes; subjects: their names
    MISSIONS = "planning_missions"  # that the version touches: none, since a chain is frozen (R43)


def planning_effects(in_force: Planning, proposed: Planning, circumstances: Circumstances) -> tuple[Effect, ...]:
    """What is wrong first, then what changes, by cell and people, the most nights first."""
    annuaire: Annuaire = circumstances.others.get("annuaire", Annuaire())
    sectors = sectors_of(circumstances.others.get("patrimoine"))
    changed_spans = changes(in_force, proposed)
    problems = coverage(proposed, annuaire, sectors, circumstances.now)
    lost = _lost(changed_spans, covered(proposed, circumstances.now)[1])
    found = [*_wrong((*problems, *lost), circumstances)]
    alike: dict[tuple[PlanningEffect, Cell, str, str], list[Held]] = defaultdict(list)
    known = annuaire.on_call
    for change in changed_spans:
        was, becomes = _names(change.before.person_ids, known), _names(change.after.person_ids, known)
        if not change.before.person_ids:
            alike[PlanningEffect.COVERED, change.after.cell, "", ""].append(change.after)
        elif change.after.person_ids:
            alike[PlanningEffect.OTHERS, change.after.cell, was, becomes].append(change.after)
    changed = [
        _effect(code, cell, [(span.start, span.end) for span in spans], was=was, becomes=becomes)
        for (code, cell, was, becomes), spans in alike.items()
    ]
    found += sorted(changed, key=lambda one: (one.code != PlanningEffect.COVERED, -one.count))
    return (*found, Effect(PlanningEffect.MISSIONS, 0, {}))


def annuaire_effects(in_force: Annuaire, proposed: Annuaire, circumstances: Circumstances) -> tuple[Effect, ...]:
    """Whom of those on call others numbers will be dialled for."""
    planning: Planning = circumstances.others.get("planning", Planning())
    on_call = {duty.person_id for duty in planning.duties if duty.end > circumstances.now}
    before, after = in_force.on_call, proposed.on_call
    changed = [
        after[who].name
        for who in sorted(on_call & before.keys() & after.keys())
        if before[who].phone != after[who].phone
    ]
    told = [Effect(PlanningEffect.NUMBERS, len(changed), {}, subjects=tuple(changed[:MOST_NAMED]))] if changed else []
    return (*told, Effect(PlanningEffect.MISSIONS, 0, {}))


def _lost(changed: Iterable[Change], after: datetime) -> Iterator[RotaProblem]:
    """Who was planned for a time that is not covered any more."""
    for held in (change.after for change in changed if not change.after.person_ids):
        if held.end > after:
            start = max(held.start, after)
            yield RotaProblem(RotaProblemKind.GAP, held.cell.sector, held.cell.role, start, held.end)


def _wrong(problems: Iterable[RotaProblem], circumstances: Circumstances) -> Iterator[Effect]:
    spans: dict[tuple[PlanningEffect, Cell], list[tuple[datetime, datetime]]] = defaultdict(list)
    minutes: dict[tuple[PlanningEffect, Cell], int] = defaultdict(int)
    for one in problems:
        key = (
            PlanningEffect.UNCOVERED if one.kind is RotaProblemKind.GAP else PlanningEffect.DOUBLE,
            Cell(one.sector, one.role),
        )
        if of_it := minutes_of_astreinte(one.start, one.end, circumstances.signed.hours):
            spans[key].append((one.start, one.end))
            minutes[key] += of_it
    for (code, cell), theirs in spans.items():
        yield _effect(code, cell, theirs, minutes=str(minutes[code, cell]))


def _effect(code: PlanningEffect, cell: Cell, spans: Sequence[tuple[datetime, datetime]], **detail: str) -> Effect:
    nights: set[date] = {night for span in spans for night in nights_of(*span)}
    told = {"role": cell.role.value, "sector": cell.sector, **detail}
    told |= _when(nights) if nights else {"start": spans[0][0].isoformat(), "end": spans[-1][1].isoformat()}
    return Effect(code, len(nights), told)


def _when(nights: Iterable[date]) -> Mapping[str, str]:
    ordered = sorted(nights)
    return {"first": ordered[0].isoformat(), "last": ordered[-1].isoformat()}


def _names(person_ids: Iterable[str], known: Mapping[str, OnCallPerson]) -> str:
    return ", ".join(known[who].name if who in known else who for who in person_ids)
