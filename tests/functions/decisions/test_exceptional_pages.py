"""Openings out of the ordinary and the full takeover, from their forms to what is in force (R30, R4)."""

from datetime import UTC, datetime, timedelta

import pytest

from permanence.domain.reference.exceptional import Opening, Takeover
from tests.functions.decisions.decisions_world import (
    NADEGE,
    OPENING,
    PAGE,
    TAKEOVER,
    World,
    approved,
    assert_refused,
    proposed,
)
from tests.web.browser import Browser

OPEN_DAY = Opening(datetime(2026, 12, 5, 8, tzinfo=UTC), datetime(2026, 12, 5, 11, tzinfo=UTC), "portes ouvertes")
END = datetime(2026, 12, 18, 17, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World()


def opened(world: World, deed: str = "proposer", **typed: str) -> Browser:
    return world.browser().get(PAGE).post(f"{PAGE}/ouverture-exceptionnelle", {**OPENING, **typed, "deed": deed})


def taken_over(world: World, deed: str = "proposer", **typed: str) -> Browser:
    return world.browser(NADEGE).get(PAGE).post(f"{PAGE}/prise-en-charge", {**TAKEOVER, **typed, "deed": deed})


def test_an_opening_is_seen_proposed_in_force_and_taken_out(world: World) -> None:
    browser = opened(world, "apercu")
    assert "Ces appels seront des débordements." in browser.text
    assert world.documents.kept == {}
    assert opened(world).location == f"{PAGE}?avis=proposee"
    approved(world)
    assert world.in_force().openings == (OPEN_DAY,)

    world.browser().get(PAGE).post(f"{PAGE}/ouverture-enlevee", {"start": OPEN_DAY.start.isoformat(), "key": ""})
    approved(world, 2)
    assert world.in_force().openings == ()


def test_the_opening_of_one_agency_says_that_calls_do_not_change(world: World) -> None:
    browser = opened(world, "apercu", opening_agency="gray")
    assert "Agence de Gray" in browser.text
    assert "les appels ne changent pas" in browser.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"opening_day": "2026-02-31"}, "Il manque le jour."),
        ({"opening_opens": "25:00"}, "Il manque l’heure de début."),
        ({"opening_closes": ""}, "Il manque l’heure de fin."),
        ({"opening_why": " "}, "Il manque la raison."),
        ({"opening_day": "2026-11-28"}, "serait déjà commencée"),
        ({"opening_closes": "08:00"}, "ne finit pas après son début"),
        ({"opening_day": "2066-12-05"}, "vérifiez l’année"),
        ({"opening_agency": "paris"}, "cette agence n’est pas au contrat"),
        ({"opening_why": "a" * 121}, "dépasse 120 caractères"),
    ],
)
def test_an_opening_that_cannot_be_is_refused_with_its_reason(world: World, typed: dict[str, str], said: str) -> None:
    assert_refused(world, opened(world, **typed), said)


def test_an_opening_and_a_closure_of_the_same_hours_are_refused_whichever_comes_second(world: World) -> None:
    proposed(world)
    approved(world)
    over_it = {"opening_day": "2026-12-03", "opening_opens": "10:00", "opening_closes": "13:00"}
    browser = opened(world, **over_it)

    assert browser.status == 422
    assert "tombe sur une fermeture" in browser.text


def test_an_opening_of_hours_that_are_open_already_is_only_said_to_change_nothing(world: World) -> None:
    browser = opened(world, "apercu", opening_day="2026-12-03", opening_opens="09:00", opening_closes="11:00")
    assert browser.status == 200
    assert "elle n’y change rien" in browser.text


def test_a_takeover_begins_at_once_until_its_end_and_is_ended_early(world: World) -> None:
    browser = taken_over(world, "apercu")
    assert "tous les appels du CRC arriveront à la permanence" in browser.text
    began = world.now
    taken_over(world)
    world.now += timedelta(minutes=10)
    assert approved(world).location == f"{PAGE}?avis=approuvee"
    assert world.in_force().takeovers == (Takeover(began, END, "crise sanitaire"),)
    assert "La permanence répond à tous les appels du CRC : crise sanitaire" in world.browser().get(PAGE).text

    world.now += timedelta(days=2)
    browser = world.browser(NADEGE).get(PAGE)
    assert "« Finir maintenant » en propose une où elle s’arrête" in browser.text.replace("\u202f", " ")
    browser.post(f"{PAGE}/prise-en-charge-finie", {"start": began.isoformat()})
    assert "Elle finit maintenant : le CRC répond de nouveau à ses appels." in browser.get(PAGE).text
    approved(world, 2)
    assert world.in_force().takeovers == (Takeover(began, world.now, "crise sanitaire"),)


def test_a_takeover_may_begin_on_a_day_to_come(world: World) -> None:
    taken_over(world, takeover_from_day="2026-12-07", takeover_from_clock="08:30")
    approved(world)
    start = datetime(2026, 12, 7, 7, 30, tzinfo=UTC)
    assert world.in_force().takeovers == (Takeover(start, END, "crise sanitaire"),)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"takeover_why": ""}, "Il manque la raison."),
        ({"takeover_from_day": "2026-12-07"}, "Il manque l’heure de début."),
        ({"takeover_from_clock": "08:00"}, "Il manque le jour de début."),
        ({"takeover_to_day": "demain"}, "Il manque le jour de fin."),
        ({"takeover_to_clock": ""}, "Il manque l’heure de fin."),
        ({"takeover_to_day": "2026-11-29"}, "ne finit pas après son début"),
        ({"takeover_to_day": "2066-12-18"}, "vérifiez l’année"),
        ({"takeover_from_day": "2026-11-27", "takeover_from_clock": "08:30"}, "serait déjà commencée"),
    ],
)
def test_a_takeover_that_cannot_be_is_refused_with_its_reason(world: World, typed: dict[str, str], said: str) -> None:
    assert_refused(world, taken_over(world, **typed), said)


def test_two_takeovers_do_not_overlap(world: World) -> None:
    taken_over(world)
    approved(world)
    world.now += timedelta(hours=1)
    browser = taken_over(world)

    assert browser.status == 422
    assert "commence avant la fin de celle du" in browser.text


@pytest.mark.parametrize("what", ["ouverture-enlevee", "prise-en-charge-finie"])
def test_what_is_not_there_is_not_taken_out(world: World, what: str) -> None:
    browser = world.browser().get(PAGE).post(f"{PAGE}/{what}", {"start": "2026-12-01", "key": ""})
    assert browser.status == 409
    assert "Rien n’a été changé" in browser.text
