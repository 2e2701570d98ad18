"""R31: no gap, no overlap, no unknown person, no missing number; both nights of a clock change included."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.scenarios.patrimoine import on_call_people, on_call_sectors, rota_of_year
from permanence.domain.instants import PARIS, to_paris
from permanence.domain.reference.rota import (
    EVERY_SECTOR,
    Duty,
    OnCallPerson,
    OnCallRole,
    RotaProblem,
    RotaProblemKind,
    check_rota,
    on_duty,
)

START = datetime(2026, 11, 1, tzinfo=UTC)
PEOPLE = tuple(OnCallPerson(f"p{n}", f"Personne {n}", f"+33639980{n:03}") for n in range(5))
KNOWN = {person.person_id for person in PEOPLE}


def duty(start_h: float, end_h: float, person: int = 0, sector: str = "Gray") -> Duty:
    role = OnCallRole.CADRE if sector == EVERY_SECTOR else OnCallRole.TECHNICIEN
    return Duty(sector, role, PEOPLE[person], START + timedelta(hours=start_h), START + timedelta(hours=end_h))


def problems(*duties: Duty, end_h: float = 100) -> list[RotaProblem]:
    cadre = duty(0, end_h, 4, EVERY_SECTOR)
    return list(check_rota((*duties, cadre), ["Gray"], KNOWN, START, START + timedelta(hours=end_h)))


def test_a_whole_rota_has_no_problem() -> None:
    assert problems(duty(0, 60), duty(60, 100, 1)) == []


def test_a_gap_of_a_second_is_found() -> None:
    (gap,) = problems(duty(0, 50), duty(50 + 1 / 3600, 100, 1))
    assert (gap.kind, gap.end - gap.start) == (RotaProblemKind.GAP, timedelta(seconds=1))


def test_gaps_at_both_ends_are_found() -> None:
    found = problems(duty(10, 90))
    assert [(gap.start, gap.end) for gap in found] == [
        (START, START + timedelta(hours=10)),
        (START + timedelta(hours=90), START + timedelta(hours=100)),
    ]


def test_a_sector_that_nobody_covers_is_one_gap() -> None:
    (gap,) = problems()
    assert (gap.kind, gap.start, gap.end) == (RotaProblemKind.GAP, START, START + timedelta(hours=100))


def test_a_night_without_cadre_is_found() -> None:
    found = check_rota([duty(0, 100)], ["Gray"], KNOWN, START, START + timedelta(hours=100))
    assert [(gap.sector, gap.role) for gap in found] == [(EVERY_SECTOR, OnCallRole.CADRE)]


def test_an_overlap_names_both_people_and_its_span() -> None:
    (overlap,) = problems(duty(0, 60), duty(50, 100, 1))
    assert overlap.kind is RotaProblemKind.OVERLAP
    assert overlap.person_ids == ("p0", "p1")
    assert (overlap.start, overlap.end) == (START + timedelta(hours=50), START + timedelta(hours=60))


def test_a_duty_inside_another_is_an_overlap_and_no_gap_follows() -> None:
    found = problems(duty(0, 100), duty(20, 30, 1))
    assert [(one.kind, one.start) for one in found] == [(RotaProblemKind.OVERLAP, START + timedelta(hours=20))]


def test_an_unknown_person_is_named() -> None:
    stranger = replace(duty(0, 100), person=OnCallPerson("x9", "Inconnu", "+33639980999"))
    (found,) = problems(stranger)
    assert (found.kind, found.person_ids) == (RotaProblemKind.UNKNOWN_PERSON, ("x9",))


def test_a_missing_number_is_named() -> None:
    mute = replace(duty(0, 100), person=replace(PEOPLE[0], phone=""))
    (found,) = problems(mute)
    assert (found.kind, found.person_ids) == (RotaProblemKind.MISSING_NUMBER, ("p0",))


def test_what_is_outside_the_span_is_not_looked_at() -> None:
    stranger = replace(duty(200, 300), person=OnCallPerson("x9", "Inconnu", ""))
    assert problems(duty(0, 100), stranger) == []


@given(
    cuts=st.lists(st.integers(min_value=1, max_value=99), unique=True, max_size=8),
    removed=st.integers(min_value=0, max_value=8),
    probe=st.floats(min_value=0, max_value=99.99),
)
def test_the_check_and_the_lookup_agree(cuts: list[int], removed: int, probe: float) -> None:
    bounds = [0, *sorted(cuts), 100]
    duties = [duty(a, b, n % 4) for n, (a, b) in enumerate(pairwise(bounds)) if n != removed]
    gaps = [found for found in problems(*duties) if found.kind is RotaProblemKind.GAP]
    at = START + timedelta(hours=probe)
    somebody = on_duty(duties, "Gray", OnCallRole.TECHNICIEN, at)
    assert (somebody is None) == any(gap.start <= at < gap.end for gap in gaps)


def test_the_handover_is_the_start_of_the_next() -> None:
    duties = (duty(0, 60), duty(60, 100, 1))
    handover = START + timedelta(hours=60)
    assert on_duty(duties, "Gray", OnCallRole.TECHNICIEN, handover - timedelta(microseconds=1)) == PEOPLE[0]
    assert on_duty(duties, "Gray", OnCallRole.TECHNICIEN, handover) == PEOPLE[1]


def test_the_cadre_covers_every_sector_and_no_technicien_does() -> None:
    duties = (duty(0, 100), duty(0, 100, 4, EVERY_SECTOR))
    assert on_duty(duties, "Lure", OnCallRole.CADRE, START) == PEOPLE[4]
    assert on_duty(duties, "Lure", OnCallRole.TECHNICIEN, START) is None


def test_a_duty_of_the_sector_beats_one_of_every_sector() -> None:
    everywhere = replace(duty(0, 100, 3), sector=EVERY_SECTOR)
    assert on_duty((everywhere, duty(0, 100, 1)), "Gray", OnCallRole.TECHNICIEN, START) == PEOPLE[1]


@pytest.mark.parametrize("year", range(2024, 2031))
def test_a_made_up_year_joins_the_next_without_gap_or_overlap(year: int) -> None:
    duties = (*rota_of_year(year), *rota_of_year(year + 1))
    known = {person.person_id for person in on_call_people()}
    start, end = datetime(year, 1, 1, tzinfo=PARIS), datetime(year + 2, 1, 1, tzinfo=PARIS)
    assert check_rota(duties, on_call_sectors(), known, start.astimezone(UTC), end.astimezone(UTC)) == ()


@pytest.mark.parametrize(("night", "hours"), [(datetime(2026, 10, 25), 169), (datetime(2027, 3, 28), 167)])  # noqa: DTZ001
def test_the_week_of_a_clock_change_is_an_hour_longer_or_shorter_and_wholly_covered(
    night: datetime, hours: int
) -> None:
    sunday = night.replace(hour=2, minute=30, tzinfo=PARIS)
    (week,) = (
        one
        for one in rota_of_year(night.year)
        if one.sector == "Gray" and one.start <= sunday.astimezone(UTC) < one.end
    )
    assert week.end - week.start == timedelta(hours=hours)
    assert (to_paris(week.start).hour, to_paris(week.end).hour) == (8, 8)
    for fold in (0, 1):
        at = sunday.replace(fold=fold).astimezone(UTC)
        assert on_duty(rota_of_year(night.year), "Gray", OnCallRole.TECHNICIEN, at) == week.person
