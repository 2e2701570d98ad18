"""R31 at each change: holes, overlaps, strangers, missing numbers, over all that is covered, both clock changes too."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permanence.domain.reference.annuaire import Annuaire, Person, ReceptionFunction, ReceptionPerson, StaffRole
from permanence.domain.reference.documents import Circumstances, Point
from permanence.domain.reference.planning import Cell, PlannedDuty, Planning, planning_of, resolved
from permanence.domain.reference.planning_checks import MOST_TOLD, PlanningCode, planning_points
from permanence.domain.reference.planning_coverage import coverage, covered
from permanence.domain.reference.rota import EVERY_SECTOR, OnCallRole, RotaProblemKind, on_duty
from tests.domain.reference.test_calendar import WEEK, paris
from tests.fakes.documents import signed

NOW = paris(2027, 3, 22, 9)
END = paris(2027, 4, 12)
GRAY, LURE = (Cell(sector, OnCallRole.TECHNICIEN) for sector in ("Gray", "Lure"))
CADRE, SUPERVISEUR = (Cell(EVERY_SECTOR, role) for role in (OnCallRole.CADRE, OnCallRole.SUPERVISEUR))
CELLS = (GRAY, LURE, CADRE, SUPERVISEUR)
ANNUAIRE = Annuaire(
    people=(
        Person("karim", "Karim Belhadj", mobile="+33639980301", roles=(StaffRole.TECHNICIEN,)),
        Person("helene", "Hélène Faivre", landline="+33353012011", roles=(StaffRole.TECHNICIEN,)),
        Person("sylvie", "Sylvie Mourot", mobile="+33639980218", roles=(StaffRole.CADRE,)),
        Person("muette", "Anne Muet"),
    ),
    reception=(ReceptionPerson("rachid", "Rachid Amrani", ReceptionFunction.DUTY_SUPERVISOR, "+33639989970"),),
)
PATRIMOINE = SimpleNamespace(dwellings=[SimpleNamespace(sector="Gray"), SimpleNamespace(sector="Lure")])
WHO = {GRAY: "karim", LURE: "karim", CADRE: "sylvie", SUPERVISEUR: "rachid"}


def duty(cell: Cell, start: datetime = NOW, end: datetime = END, who: str = "") -> PlannedDuty:
    return PlannedDuty(cell.sector, cell.role, who or WHO[cell], start, end)


def whole(*others: PlannedDuty, without: Cell | None = None) -> Planning:
    return planning_of((*(duty(cell) for cell in CELLS if cell != without), *others))


def points(
    planning: Planning, now: datetime = NOW, annuaire: Annuaire = ANNUAIRE, in_force: Planning | None = None
) -> list[Point]:
    others = {"annuaire": annuaire, "patrimoine": PATRIMOINE}
    return list(planning_points(in_force or Planning(), planning, Circumstances(now, now, signed(WEEK), others)))


def told(planning: Planning, now: datetime = NOW) -> list[tuple[str, bool]]:
    return [(point.code, point.blocks) for point in points(planning, now)]


def test_a_whole_planning_has_no_point() -> None:
    assert told(whole()) == []


@pytest.mark.parametrize("left", [Planning(), planning_of(duty(cell, end=NOW + timedelta(days=2)) for cell in CELLS)])
def test_a_planning_that_soon_leaves_nobody_where_the_one_in_force_went_on_is_not_approved(left: Planning) -> None:
    (point,) = points(left, in_force=whole())
    assert (point.code, point.blocks, point.detail["last"]) == (PlanningCode.ENDS_SOONER, True, END.isoformat())
    assert points(left) == []


def test_one_that_ends_sooner_in_a_later_month_is_only_said() -> None:
    year = planning_of(duty(cell, end=NOW + timedelta(days=200)) for cell in CELLS)
    spring = planning_of(duty(cell, end=NOW + timedelta(days=31)) for cell in CELLS)
    assert [(one.code, one.blocks) for one in points(spring, in_force=year)] == [(PlanningCode.ENDS_SOONER, False)]
    assert points(year, in_force=spring) == []


def test_the_night_of_23_hours_left_open_lacks_an_hour_less() -> None:
    (point,) = points(
        whole(duty(LURE, NOW, paris(2027, 3, 27, 20)), duty(LURE, paris(2027, 3, 28, 8, 30)), without=LURE)
    )
    assert (point.code, point.blocks) == (PlanningCode.GAP, True)
    assert (point.detail["sector"], point.detail["minutes"]) == ("Lure", str(11 * 60 + 30))


def test_the_night_of_25_hours_left_open_lacks_an_hour_more() -> None:
    now, back = paris(2027, 10, 30, 20), paris(2027, 10, 31, 8, 30)
    planning = planning_of(
        [duty(GRAY, back, END.replace(month=11)), *(duty(cell, now, END.replace(month=11)) for cell in CELLS[1:])]
    )
    (point,) = points(planning, now)
    assert point.detail["minutes"] == str(13 * 60 + 30)


def test_only_the_astreinte_of_a_hole_counts_and_one_in_opening_hours_is_only_said() -> None:
    by_day = whole(
        duty(GRAY, NOW, paris(2027, 3, 24, 8, 30)),
        duty(GRAY, paris(2027, 3, 24, 12)),
        without=GRAY,
    )
    assert told(by_day) == [(PlanningCode.OPEN_GAP, False)]
    longer = whole(duty(GRAY, NOW, paris(2027, 3, 24, 8)), duty(GRAY, paris(2027, 3, 24, 12)), without=GRAY)
    assert [point.detail["minutes"] for point in points(longer)] == ["30"]


def test_a_night_without_cadre_blocks_and_one_without_duty_supervisor_is_only_said() -> None:
    night = (paris(2027, 3, 24, 17, 30), paris(2027, 3, 25, 8, 30))
    for cell, code, blocks in (
        (CADRE, PlanningCode.GAP, True),
        (SUPERVISEUR, PlanningCode.SUPERVISOR_GAP, False),
    ):
        holed = whole(duty(cell, NOW, night[0]), duty(cell, night[1]), without=cell)
        assert told(holed) == [(code, blocks)]


def test_two_people_at_once_are_named_with_their_span() -> None:
    start, end = paris(2027, 3, 31, 17, 30), paris(2027, 4, 1, 8, 30)
    (point, _) = points(whole(duty(GRAY, start, end, "helene")))
    assert (point.code, point.detail["people"]) == (PlanningCode.OVERLAP, "Karim Belhadj et Hélène Faivre")
    assert (point.detail["start"], point.detail["end"], point.detail["minutes"]) == (
        start.isoformat(),
        end.isoformat(),
        str(15 * 60),
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (duty(GRAY, who="inconnu"), [(PlanningCode.UNKNOWN_PERSON, True)]),
        (duty(GRAY, who="muette"), [(PlanningCode.MISSING_NUMBER, True), (PlanningCode.OTHER_ROLE, False)]),
        (duty(GRAY, who="helene"), [(PlanningCode.LANDLINE, False)]),
        (duty(GRAY, who="sylvie"), [(PlanningCode.OTHER_ROLE, False)]),
        (duty(GRAY, who="rachid"), [(PlanningCode.OTHER_ROLE, False)]),
    ],
)
def test_each_person_is_known_has_a_number_and_the_role(changed: PlannedDuty, expected: list[tuple[str, bool]]) -> None:
    assert told(whole(changed, without=GRAY)) == expected


def test_a_person_of_many_duties_is_named_once() -> None:
    days = [NOW + timedelta(days=n) for n in range(10)]
    rows = [duty(GRAY, start, start + timedelta(days=1), "inconnu") for start in days]
    strange = [point for point in points(whole(*rows, without=GRAY)) if point.code == PlanningCode.UNKNOWN_PERSON]
    assert [point.detail["count"] for point in strange] == ["10"]


def test_a_duty_that_ends_before_it_starts_or_lies_too_far_is_refused() -> None:
    backwards = duty(GRAY, paris(2027, 3, 24, 8), paris(2027, 3, 23, 8))
    assert told(whole(backwards)) == [(PlanningCode.BACKWARDS, True)]
    slip = told(whole(duty(GRAY, END, paris(2072, 4, 1))))
    assert (PlanningCode.TOO_FAR, True) in slip
    assert len(slip) < 10


def test_a_cadre_is_of_every_sector() -> None:
    assert (PlanningCode.ONE_SECTOR, True) in told(whole(replace(duty(CADRE), sector="Gray")))


def test_a_sector_that_no_dwelling_is_of_is_only_said() -> None:
    assert told(whole(replace(duty(GRAY), sector="Grey"))) == [(PlanningCode.UNKNOWN_SECTOR, False)]


def test_one_technicien_of_every_sector_is_enough() -> None:
    everywhere = replace(duty(GRAY), sector=EVERY_SECTOR)
    assert told(planning_of([everywhere, duty(CADRE), duty(SUPERVISEUR)])) == []


def test_what_is_past_is_not_looked_at() -> None:
    last_year = duty(GRAY, NOW - timedelta(days=90), NOW - timedelta(days=60), "inconnu")
    assert told(whole(last_year)) == []


def test_a_first_planning_may_begin_later() -> None:
    (point,) = points(whole(), now=NOW - timedelta(days=7))
    assert (point.code, point.blocks, point.detail) == (
        PlanningCode.BEGINS_LATER,
        False,
        {"start": NOW.isoformat()},
    )


def test_so_many_holes_are_counted_and_not_all_told() -> None:
    hours = [NOW + timedelta(hours=2 * n) for n in range(252)]
    rows = [duty(GRAY, start, start + timedelta(hours=1)) for start in hours]
    found = points(whole(*rows, without=GRAY))
    assert [point.code for point in found].count(PlanningCode.GAP) == MOST_TOLD
    (more,) = [point for point in found if point.code == PlanningCode.MORE]
    assert int(more.detail["count"]) > 50


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from(CELLS), st.integers(0, 20), st.integers(1, 8), st.sampled_from(list(WHO.values()))),
        max_size=12,
    ),
    st.floats(0, 27),
)
def test_the_check_and_the_lookup_agree(rows: list[tuple[Cell, int, int, str]], probe: float) -> None:
    day = timedelta(days=1)
    planning = planning_of(
        [duty(cell, NOW + first * day, NOW + (first + n) * day, who) for cell, first, n, who in rows]
    )
    start, end = covered(planning, NOW)
    at = NOW + probe * day
    if not start <= at < end:
        return
    found = [one for one in coverage(planning, ANNUAIRE, {"Gray", "Lure"}, NOW) if one.start <= at < one.end]
    duties = resolved(planning, ANNUAIRE)
    for cell in CELLS:
        holders = {one.person_id for one in planning.duties if one.cell == cell and one.start <= at < one.end}
        of_cell = [one.kind for one in found if (one.sector, one.role) == (cell.sector, cell.role)]
        somebody = on_duty(duties, cell.sector, cell.role, at)
        assert (somebody is None) == (RotaProblemKind.GAP in of_cell)
        assert len(holders) < 2 or RotaProblemKind.OVERLAP in of_cell
