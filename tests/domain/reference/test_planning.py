"""R31: updates replace what they name and nothing else; who was on call stays whom it was."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.reference.annuaire import Annuaire, Person, ReceptionFunction, ReceptionPerson
from permanence.domain.reference.planning import (
    Cell,
    Held,
    PlannedDuty,
    Planning,
    brought_over,
    carried,
    changes,
    duties_of,
    erased,
    planning_of,
    resolved,
    restored,
)
from permanence.domain.reference.rota import EVERY_SECTOR, OnCallPerson, OnCallRole, on_duty

START = datetime(2026, 11, 1, tzinfo=UTC)
GRAY = Cell("Gray", OnCallRole.TECHNICIEN)
CADRE = Cell(EVERY_SECTOR, OnCallRole.CADRE)
HOURS = 24


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def duty(start_h: float, end_h: float, who: str, cell: Cell = GRAY) -> PlannedDuty:
    return PlannedDuty(cell.sector, cell.role, who, at(start_h), at(end_h))


def people(planning: Planning, cell: Cell, hour: float) -> list[str]:
    return [one.person_id for one in planning.duties if one.cell == cell and one.start <= at(hour) < one.end]


def by_hour(planning: Planning, hours: Iterable[int] = range(HOURS)) -> list[list[list[str]]]:
    return [[sorted(set(people(planning, cell, hour + 0.5))) for cell in (GRAY, CADRE)] for hour in hours]


@st.composite
def whole_plannings(draw: st.DrawFn) -> Planning:
    """One person at most per cell and instant, on whole hours, with holes."""
    duties = []
    for cell in (GRAY, CADRE):
        bounds = sorted(draw(st.sets(st.integers(0, HOURS), min_size=2, max_size=6)))
        for start, end in pairwise(bounds):
            who = draw(st.sampled_from(["", "alice", "benoit", "chloe"]))
            if who:
                duties.append(duty(start, end, who, cell))
    return planning_of(duties)


@given(whole_plannings(), whole_plannings(), st.integers(0, HOURS))
def test_who_was_on_call_stays_whom_it_was_and_what_is_proposed_comes(
    in_force: Planning, proposed: Planning, now: int
) -> None:
    for kept in (carried(in_force, proposed, at(now)), restored(in_force, proposed, at(now))):
        assert by_hour(kept, range(now)) == by_hour(in_force, range(now))
        assert by_hour(kept, range(now, HOURS)) == by_hour(proposed, range(now, HOURS))


@given(whole_plannings(), st.integers(0, HOURS))
def test_what_is_proposed_again_changes_nothing(in_force: Planning, now: int) -> None:
    again = carried(in_force, in_force, at(now))
    assert again == carried(again, again, at(now))
    assert changes(in_force, again) == ()
    assert {one for one in in_force.duties if not one.start < at(now) < one.end} <= set(again.duties)


@given(st.lists(st.tuples(whole_plannings(), st.integers(0, 3), st.sampled_from(["file", "year", "meanwhile"]))))
def test_any_sequence_of_updates_leaves_one_person_at_most_per_cell_and_instant(
    steps: list[tuple[Planning, int, str]],
) -> None:
    in_force, before, now = Planning(), Planning(), 0
    for sent, pause, how in steps:
        now = min(now + pause, HOURS)
        if how == "year":
            proposed = sent
        elif how == "file":
            proposed = in_force.with_duties(sent.duties)
        else:
            proposed = brought_over(before, before.with_duties(sent.duties), in_force)
        before, in_force = in_force, carried(in_force, proposed, at(now))
        for hour in range(HOURS):
            for cell in (GRAY, CADRE):
                assert len(people(in_force, cell, hour + 0.5)) <= 1
        if how == "file":
            for row in sent.duties:
                assert all(
                    people(in_force, row.cell, hour + 0.5) == [row.person_id]
                    for hour in range(now, HOURS)
                    if row.start <= at(hour) < row.end
                )


@given(whole_plannings(), whole_plannings())
def test_an_update_leaves_the_hours_that_it_does_not_name(in_force: Planning, sent: Planning) -> None:
    updated = in_force.with_duties(sent.duties)
    for hour, (was, named, becomes) in enumerate(zip(by_hour(in_force), by_hour(sent), by_hour(updated), strict=True)):
        assert becomes == [new or old for old, new in zip(was, named, strict=True)], hour


@given(whole_plannings(), whole_plannings())
def test_the_changes_are_what_differs_at_each_instant(before: Planning, after: Planning) -> None:
    told = changes(before, after)
    for hour, (was, becomes) in enumerate(zip(by_hour(before), by_hour(after), strict=True)):
        for cell, of_then, of_now in zip((GRAY, CADRE), was, becomes, strict=True):
            found = [
                (list(one.before.person_ids), list(one.after.person_ids))
                for one in told
                if one.after.cell == cell and one.after.start <= at(hour) < one.after.end
            ]
            assert found == ([] if of_then == of_now else [(of_then, of_now)])


@given(whole_plannings(), whole_plannings(), whole_plannings())
def test_the_same_changes_are_made_in_what_came_into_force_meanwhile(
    then: Planning, proposed: Planning, in_force: Planning
) -> None:
    brought = by_hour(brought_over(then, proposed, in_force))
    for was, wanted, now, becomes in zip(by_hour(then), by_hour(proposed), by_hour(in_force), brought, strict=True):
        for of_then, of_proposal, of_now, found in zip(was, wanted, now, becomes, strict=True):
            assert found == (of_now if of_then == of_proposal else of_proposal)


def test_a_duty_that_goes_on_stays_one_duty() -> None:
    in_force = planning_of([duty(0, 20, "alice")])
    assert carried(in_force, planning_of([duty(0, 15, "alice"), duty(15, 20, "chloe")]), at(10)).duties == (
        duty(0, 15, "alice"),
        duty(15, 20, "chloe"),
    )


def test_somebody_replaced_in_the_middle_comes_back_after() -> None:
    planning = planning_of([duty(0, 20, "alice")]).with_duties([duty(8, 12, "chloe")])
    assert planning.duties == (duty(0, 8, "alice"), duty(8, 12, "chloe"), duty(12, 20, "alice"))


def test_two_rows_of_one_file_that_overlap_are_both_there() -> None:
    planning = Planning().with_duties([duty(0, 10, "alice"), duty(5, 15, "chloe")])
    assert people(planning, GRAY, 7) == ["alice", "chloe"]


def test_two_spans_that_touch_are_one_change() -> None:
    before, after = planning_of([duty(0, 20, "alice")]), planning_of([duty(0, 8, "chloe"), duty(8, 20, "chloe")])
    (change,) = changes(before, after)
    assert (change.before, change.after) == (
        Held(GRAY, at(0), at(20), ("alice",)),
        Held(GRAY, at(0), at(20), ("chloe",)),
    )


@given(whole_plannings(), st.integers(0, HOURS - 2), st.integers(1, HOURS))
def test_the_pieces_of_a_span_are_whom_it_has_at_each_instant(planning: Planning, first: int, last: int) -> None:
    last = max(first + 1, last)
    found = planning.pieces(GRAY, at(first), at(last))
    assert [one.start for one in found] == [at(first), *(one.end for one in found[:-1])]
    assert found[-1].end == at(last)
    for hour in range(first, last):
        (piece,) = (one for one in found if one.start <= at(hour) < one.end)
        assert list(piece.person_ids) == people(planning, GRAY, hour)


def test_a_technicien_of_all_sectors_holds_what_the_others_leave() -> None:
    everywhere = Cell(EVERY_SECTOR, OnCallRole.TECHNICIEN)
    planning = planning_of([duty(0, 20, "chloe", everywhere), duty(5, 9, "alice")])
    assert [one.person_ids for one in planning.pieces(GRAY, at(0), at(24))] == [
        ("chloe",),
        ("alice",),
        ("chloe",),
        (),
    ]


def test_what_ended_before_the_limit_is_erased() -> None:
    planning = planning_of([duty(0, 4, "alice"), duty(4, 9, "chloe"), duty(9, 20, "alice")])
    assert erased(planning, at(5)).duties == (duty(4, 9, "chloe"), duty(9, 20, "alice"))


def test_a_planning_is_resolved_by_the_annuaire() -> None:
    annuaire = Annuaire(
        people=(Person("alice", "Alice Viard", mobile="+33639980101", landline="+33353010101"),),
        reception=(ReceptionPerson("rachid", "Rachid Amrani", ReceptionFunction.DUTY_SUPERVISOR, "+33639989970"),),
    )
    night = Cell(EVERY_SECTOR, OnCallRole.SUPERVISEUR)
    duties = resolved(planning_of([duty(0, 9, "alice"), duty(9, 20, "nobody"), duty(0, 20, "rachid", night)]), annuaire)
    technicien = on_duty(duties, "Gray", OnCallRole.TECHNICIEN, at(3))
    supervisor = on_duty(duties, "Gray", OnCallRole.SUPERVISEUR, at(12))
    assert technicien == OnCallPerson("alice", "Alice Viard", "+33639980101")
    assert supervisor == OnCallPerson("rachid", "Rachid Amrani", "+33639989970")
    assert on_duty(duties, "Gray", OnCallRole.TECHNICIEN, at(12)) is None


def test_the_duties_of_a_month_are_those_that_touch_it() -> None:
    annuaire = Annuaire(people=(Person("alice", "Alice Viard", mobile="+33639980101"),))
    turn = datetime(2026, 11, 30, 23, tzinfo=UTC)  # midnight in Paris
    week = timedelta(days=7)
    over = PlannedDuty("Gray", OnCallRole.TECHNICIEN, "alice", turn - week, turn + week)
    until, since = replace(over, sector="Lure", end=turn), replace(over, sector="Vesoul", start=turn)
    planning = planning_of([over, until, since])
    assert {one.sector for one in duties_of(planning, annuaire, "2026-11")} == {"Gray", "Lure"}
    assert {one.sector for one in duties_of(planning, annuaire, "2026-12")} == {"Gray", "Vesoul"}


def test_a_year_of_half_days_is_updated_at_once() -> None:
    """7 cells of 730 rows: quick enough for a page."""
    cells = [Cell(f"S{n}", OnCallRole.TECHNICIEN) for n in range(7)]
    year = [duty(12 * n, 12 * n + 12, "alice", cell) for cell in cells for n in range(730)]
    sent = [duty(12 * n, 12 * n + 12, "chloe" if n % 2 else "alice", cell) for cell in cells for n in range(730)]
    assert len(changes(planning_of(year), planning_of(year).with_duties(sent))) == 7 * 365
