"""What a version does to the nights is told before anybody approves it (R30, R31)."""

from dataclasses import replace
from datetime import date, datetime

from permanence.domain.reference.documents import Circumstances, Effect
from permanence.domain.reference.nights import nights_of
from permanence.domain.reference.planning import Planning, planning_of
from permanence.domain.reference.planning_effects import PlanningEffect, annuaire_effects, planning_effects
from tests.domain.reference.test_calendar import WEEK, paris
from tests.domain.reference.test_planning_checks import (
    ANNUAIRE,
    CADRE,
    CELLS,
    END,
    GRAY,
    LURE,
    NOW,
    PATRIMOINE,
    duty,
    whole,
)
from tests.fakes.documents import signed

MISSIONS = Effect(PlanningEffect.MISSIONS, 0, {})


def effects(in_force: Planning, proposed: Planning, now: datetime = NOW) -> list[Effect]:
    others = {"annuaire": ANNUAIRE, "patrimoine": PATRIMOINE}
    return list(planning_effects(in_force, proposed, Circumstances(now, now, signed(WEEK), others)))


def test_a_night_is_that_of_its_evening() -> None:
    assert nights_of(paris(2027, 3, 27, 20), paris(2027, 3, 28, 8, 30)) == (date(2027, 3, 27),)
    assert nights_of(paris(2027, 3, 28, 3), paris(2027, 3, 28, 5)) == (date(2027, 3, 27),)
    assert nights_of(paris(2027, 3, 27, 9), paris(2027, 3, 27, 12)) == ()
    assert nights_of(paris(2027, 3, 26, 22), paris(2027, 3, 28, 22)) == tuple(date(2027, 3, n) for n in (26, 27, 28))


def test_nights_that_nobody_holds_are_told_first() -> None:
    holed = whole(duty(CADRE, paris(2027, 3, 25, 8, 30)), without=CADRE)
    first, *others = effects(whole(), holed)
    assert (first.code, first.count) == (PlanningEffect.UNCOVERED, 3)
    assert (first.detail["role"], first.detail["first"], first.detail["last"]) == ("cadre", "2027-03-22", "2027-03-24")
    assert others == [MISSIONS]


def test_who_takes_whose_nights_is_counted_by_cell_and_people() -> None:
    proposed = whole().with_duties(
        [
            duty(GRAY, paris(2027, 3, 24, 17, 30), paris(2027, 3, 26, 8, 30), "helene"),
            duty(GRAY, paris(2027, 3, 30, 17, 30), paris(2027, 3, 31, 8, 30), "helene"),
            duty(LURE, paris(2027, 3, 24, 12), paris(2027, 3, 24, 13), "helene"),
        ]
    )
    told = effects(whole(), proposed)
    assert [(one.code, one.count, one.detail["sector"]) for one in told[:-1]] == [
        (PlanningEffect.OTHERS, 3, "Gray"),
        (PlanningEffect.OTHERS, 0, "Lure"),
    ]
    assert (told[0].detail["was"], told[0].detail["becomes"]) == ("Karim Belhadj", "Hélène Faivre")
    assert told[1].detail["start"] == paris(2027, 3, 24, 12).isoformat()
    assert told[-1] == MISSIONS


def test_a_first_year_says_how_many_nights_it_covers() -> None:
    told = effects(Planning(), whole())
    assert {(one.code, one.count) for one in told[:-1]} == {(PlanningEffect.COVERED, 21)}
    assert len(told) == len(CELLS) + 1


def test_nights_that_an_end_before_its_time_takes_away_are_told() -> None:
    short = planning_of(duty(cell, end=paris(2027, 4, 2, 8, 30)) for cell in CELLS)
    told = effects(whole(), short)
    assert {(one.code, one.count, one.detail["first"]) for one in told[:-1]} == {
        (PlanningEffect.UNCOVERED, 10, "2027-04-02")
    }
    assert len(told) == len(CELLS) + 1


def test_two_people_at_once_are_told() -> None:
    twice = whole(duty(GRAY, paris(2027, 3, 31, 17, 30), paris(2027, 4, 1, 8, 30), "helene"))
    assert [(one.code, one.count) for one in effects(twice, twice)] == [(PlanningEffect.DOUBLE, 1), (MISSIONS.code, 0)]


def test_the_numbers_of_those_on_call_that_change_are_told() -> None:
    karim, *others = ANNUAIRE.people
    proposed = replace(ANNUAIRE, people=(replace(karim, mobile="+33639980399"), *others))
    planning = planning_of([duty(GRAY, NOW, END), duty(CADRE, NOW, END)])
    told = annuaire_effects(ANNUAIRE, proposed, Circumstances(NOW, NOW, signed(WEEK), {"planning": planning}))
    assert told == (Effect(PlanningEffect.NUMBERS, 1, {}, subjects=("Karim Belhadj",)), MISSIONS)
