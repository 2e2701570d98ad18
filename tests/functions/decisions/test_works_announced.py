"""Works under way and their end are announced on the page of the calendrier, while they last (R83)."""

from datetime import timedelta

import pytest

from permanence.domain.reference.announced import Works
from permanence.domain.reference.places import Where
from tests.domain.reference.small_town import town
from tests.domain.reference.test_calendar import paris
from tests.fakes.reference import put_in_force
from tests.functions.decisions.decisions_world import PAGE, WORKS, World, approved, assert_refused, under_way

LIFT = Works(paris(2026, 11, 16), paris(2026, 12, 19), Where.RESIDENCE, "Les Tilleuls", "ascenseur remplacé")


@pytest.fixture
def world() -> World:
    return World()


def test_works_that_have_begun_are_seen_proposed_and_in_force_until_the_end_of_their_last_day(world: World) -> None:
    browser = world.browser().get(PAGE).post(f"{PAGE}/travaux", WORKS)
    assert (
        "Ajoutés : travaux, ascenseur remplacé , du lundi 16 novembre 2026 au vendredi 18 décembre 2026" in browser.text
    )
    assert world.documents.kept == {}

    browser.post(f"{PAGE}/travaux", WORKS | {"deed": "proposer"})
    assert browser.location == f"{PAGE}?avis=proposee"
    approved(world)

    assert world.in_force().obeyed_from(world.now).works == (LIFT,)
    assert "Travaux : 1 annoncé" in world.browser().get("/referentiel").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"works_where": "pays"}, "Choisissez une sorte de lieu."),
        ({"works_place": " – "}, "Il manque le lieu."),
        ({"works_what": ""}, "Il manque ce qui est fait."),
        ({"works_from_day": ""}, "Il manque la date de début."),
        ({"works_to_day": "2026-02-31"}, "Il manque la date de fin."),
    ],
)
def test_what_is_missing_is_said_at_its_field(world: World, typed: dict[str, str], said: str) -> None:
    browser = under_way(world, **typed)

    assert_refused(world, browser, said)
    assert browser.page.select("[aria-invalid]")[0]["name"] in typed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"works_to_day": "2026-11-29"}, "est déjà fini : il ne s’annonce plus"),
        ({"works_to_day": "2026-11-01"}, "ne finit pas après son début"),
        ({"works_to_day": "2036-12-18"}, "vérifiez l’année"),
        ({"works_place": "a" * 121}, "dépasse 120 caractères"),
    ],
)
def test_works_that_cannot_be_are_refused_with_their_reason(world: World, typed: dict[str, str], said: str) -> None:
    browser = under_way(world, **typed)

    assert_refused(world, browser, said)


@pytest.mark.parametrize(
    ("where", "place", "said"),
    [
        ("commune", "Grey", "Aucun logement n’est dans la commune « Grey » : est-ce « Gray » ?"),
        ("residence", "Les Tilleuls", "Aucun logement n’est dans la résidence « Les Tilleuls »."),
        ("building", "BAT-9", "Aucun logement n’est dans l’immeuble « BAT-9 » : est-ce « BAT-"),
    ],
)
def test_works_at_a_place_that_the_patrimoine_does_not_know_are_refused_with_the_nearest_name(
    world: World, where: str, place: str, said: str
) -> None:
    put_in_force(world.documents, world.now, patrimoine=town())
    known = dict(world.documents.kept)

    browser = under_way(world, works_where=where, works_place=place)

    assert browser.status == 422
    assert said in browser.text
    assert world.documents.kept == known
    assert under_way(world, works_where="commune", works_place="GRAY").location == f"{PAGE}?avis=proposee"


def test_an_end_put_off_is_told_beside_the_one_before_and_works_done_early_end_now(world: World) -> None:
    under_way(world)
    approved(world)
    under_way(world, works_to_day="2027-01-15")
    page = approved(world, 2).get(PAGE)
    assert world.in_force().works[0].last_day.isoformat() == "2027-01-15"

    world.now += timedelta(days=3)
    start, key = (
        str(page.page.select(f"form[action$=travaux-enleves] input[name={name}]")[0]["value"])
        for name in ("start", "key")
    )
    world.browser().get(PAGE).post(f"{PAGE}/travaux-enleves", {"start": start, "key": key})
    assert "au lieu de finir le vendredi 15 janvier 2027" in world.browser().get(PAGE).text
    approved(world, 3)

    assert world.in_force().works[0].end == world.now
    assert "1 ligne passée" in world.browser().get(PAGE).text


def test_works_that_are_not_there_are_not_taken_out(world: World) -> None:
    browser = world.browser().get(PAGE).post(f"{PAGE}/travaux-enleves", {"start": "hier", "key": ""})

    assert browser.status == 409
