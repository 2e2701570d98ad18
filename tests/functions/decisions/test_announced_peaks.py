"""A peak is announced in advance, seen, proposed, approved and taken out on the page of the calendrier (R6)."""

from datetime import UTC, datetime, timedelta

import pytest

from permanence.domain.reference.announced import Peak
from tests.functions.decisions.decisions_world import PAGE, PEAK, World, announced, approved, assert_refused

RENT_NOTICES = Peak(datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2026, 12, 2, 10, 30, tzinfo=UTC), "avis d’échéance")


@pytest.fixture
def world() -> World:
    return World()


def test_a_peak_is_seen_before_it_is_proposed_and_in_force_after_it_is_approved(world: World) -> None:
    browser = world.browser().get(PAGE).post(f"{PAGE}/pic", PEAK)
    assert "Ajouté : pic, avis d’échéance , du mar. 1er déc., 9 h 00, au mer. 2 déc., 11 h 30" in browser.text
    assert world.documents.kept == {}

    browser.post(f"{PAGE}/pic", PEAK | {"deed": "proposer"})
    assert browser.location == f"{PAGE}?avis=proposee"
    approved(world)

    assert world.in_force().peaks == (RENT_NOTICES,)
    assert world.in_force().obeyed_from(world.now).peaks == (RENT_NOTICES,)
    assert "Pics annoncés : 1 à venir" in world.browser().get("/referentiel").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"peak_what": " "}, "Il manque ce qui est annoncé."),
        ({"peak_from_day": "2026-02-31"}, "Il manque la date de début."),
        ({"peak_from_clock": ""}, "Il manque l’heure de début."),
        ({"peak_to_day": ""}, "Il manque la date de fin."),
        ({"peak_to_clock": "25:00"}, "Il manque l’heure de fin."),
    ],
)
def test_what_is_missing_is_said_at_its_field(world: World, typed: dict[str, str], said: str) -> None:
    browser = announced(world, **typed)

    assert_refused(world, browser, said)
    assert browser.page.select("[aria-invalid]")[0]["name"] in typed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"peak_from_day": "2026-11-27"}, "il s’annonce à l’avance"),
        ({"peak_to_day": "2026-11-30"}, "ne finit pas après son début"),
        ({"peak_to_day": "2066-12-03"}, "vérifiez l’année"),
        ({"peak_what": "a" * 121}, "dépasse 120 caractères"),
    ],
)
def test_a_peak_that_cannot_be_is_refused_with_its_reason(world: World, typed: dict[str, str], said: str) -> None:
    browser = announced(world, **typed)

    assert_refused(world, browser, said)


def test_a_peak_that_begins_while_its_proposal_waits_may_be_approved_until_it_is_over(world: World) -> None:
    announced(world)
    announced(world, peak_what="campagne de SMS", peak_to_day="2026-12-01")
    world.now = RENT_NOTICES.start + timedelta(hours=3)

    assert approved(world, 2).status == 409
    assert approved(world, 1).location == f"{PAGE}?avis=approuvee"


def test_a_peak_that_was_wrong_is_taken_out_and_one_that_goes_on_ends_now(world: World) -> None:
    announced(world)
    approved(world)
    taken_out = {"start": RENT_NOTICES.start.isoformat(), "what": RENT_NOTICES.what}
    world.browser().get(PAGE).post(f"{PAGE}/pic-enleve", taken_out)
    world.now = RENT_NOTICES.start + timedelta(minutes=5)
    world.browser().get(PAGE).post(f"{PAGE}/pic-enleve", taken_out)

    approved(world, 3)
    assert [peak.end for peak in world.in_force().peaks] == [world.now]
    assert "1 ligne passée" in world.browser().get(PAGE).text


def test_a_peak_that_is_not_there_is_not_taken_out(world: World) -> None:
    browser = world.browser().get(PAGE).post(f"{PAGE}/pic-enleve", {"start": "2026-12-01", "what": "tempête"})

    assert browser.status == 409
    assert "Rien n’a été changé" in browser.text
