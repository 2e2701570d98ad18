"""A closure is typed, seen, proposed, approved and taken back on pages; what is refused says why (R2)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from permanence.application.access.members import Person
from permanence.domain.reference.calendrier import CALENDRIER, Account
from permanence.domain.reference.documents import VersionState
from tests.functions.decisions.decisions_world import (
    CLAIRE,
    MEETING,
    NADEGE,
    PAGE,
    World,
    approved,
    assert_refused,
    proposed,
)

AGENT = Person("u1", "camille@permanence.example", "Camille", "Roy", "", ("teleconseiller",))


@pytest.fixture
def world() -> World:
    return World()


def test_a_closure_is_seen_before_it_is_proposed_and_obeyed_after_it_is_approved(world: World) -> None:
    browser = world.browser().get(PAGE).post(f"{PAGE}/fermeture", MEETING)
    assert "Ajoutée : Jeudi 3 décembre 2026 , de 8 h 30 à 11 h 00 : réunion de service" in browser.text
    assert world.documents.kept == {}

    browser.post(f"{PAGE}/fermeture", MEETING | {"deed": "proposer"})
    assert (browser.status, browser.location) == (303, f"{PAGE}?avis=proposee")
    assert "Elle attend un accord" in browser.get(browser.location).text
    assert world.in_force().closures == ()

    after = approved(world)
    assert after.location == f"{PAGE}?avis=approuvee"
    (closure,) = world.in_force().closures
    assert (closure.account, closure.reason) == (Account.MEETING, "réunion de service")
    page = after.get(after.location).text
    assert "Version 1 En vigueur" in page
    assert "par Claire Humbert, approuvée" in page
    assert "par Nadège Roux" in page
    assert [line["action"] for line in world.audit.lines.values()] == ["document.proposed", "document.approved"]


def test_the_overview_tells_what_is_in_force_what_comes_and_what_waits(world: World) -> None:
    assert "Celui du contrat" in world.browser().get("/referentiel").text
    proposed(world)
    assert "Calendrier et fermetures : la version 1 attend un accord." in world.browser().get("/referentiel").text
    approved(world)

    page = world.browser().get("/referentiel").text
    assert "Version 1 depuis le lundi 30 novembre 2026" in page
    assert "Jeudi 3 décembre 2026 de 8 h 30 à 11 h 00" in page
    assert "2026 : 2 h 30 de réunion sur 30 h, 0 demi-journée sur 1" in page


def test_a_company_day_closes_its_whole_day_whatever_its_hours(world: World) -> None:
    proposed(world, account="company_day", day="2026-12-18", opens="", closes="", reason="journée d’entreprise")
    approved(world)

    (closure,) = world.in_force().closures
    assert closure.end - closure.start == timedelta(days=1)
    assert "Vendredi 18 décembre 2026 , toute la journée" in world.browser().get(PAGE).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": ""}, "Il manque la date."),
        ({"day": "2026-02-31"}, "Il manque la date."),
        ({"opens": ""}, "Il manque l’heure de début."),
        ({"closes": "25:00"}, "Il manque l’heure de fin."),
        ({"reason": " "}, "Il manque le motif."),
        ({"account": "vacances"}, "Choisissez un compte."),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(
    world: World, typed: dict[str, str], said: str
) -> None:
    browser = world.browser().get(PAGE).post(f"{PAGE}/fermeture", MEETING | typed | {"deed": "proposer"})

    assert_refused(world, browser, said)
    assert browser.page.select("[aria-invalid]")[0]["name"] in typed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "2026-11-27"}, "une date passée ne se ferme plus"),
        ({"day": "2066-12-03"}, "vérifiez l’année"),
        ({"closes": "08:00"}, "ne finit pas après son début"),
        ({"account": "half_day", "closes": "15:00"}, "une demi-journée n’en prend qu’un"),
    ],
)
def test_a_closure_that_cannot_be_is_refused_with_its_reason_and_never_proposed(
    world: World, typed: dict[str, str], said: str
) -> None:
    browser = world.browser().get(PAGE).post(f"{PAGE}/fermeture", MEETING | typed | {"deed": "proposer"})

    assert_refused(world, browser, said)
    assert browser.page.select("button[value=proposer]")[0].has_attr("disabled")


def test_more_than_thirty_hours_of_meetings_are_refused_with_both_figures(world: World) -> None:
    for number, day in enumerate(("2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07"), start=1):
        proposed(world, day=day, opens="08:30", closes="17:30")
        approved(world, number)

    browser = world.browser().get(PAGE).post(f"{PAGE}/fermeture", MEETING | {"day": "2027-01-11", "closes": "09:00"})

    assert "Les réunions de 2027 passeraient à 30 h 30, sur 30 h par an" in browser.text


def test_a_closure_on_a_sunday_is_said_to_change_nothing_and_may_be_proposed(world: World) -> None:
    browser = world.browser().get(PAGE).post(f"{PAGE}/fermeture", MEETING | {"day": "2026-12-06"})

    assert "déjà en astreinte" in browser.text
    assert not browser.page.select("button[value=proposer]")[0].has_attr("disabled")


def test_what_another_version_has_overtaken_is_compared_again_and_keeps_both(world: World) -> None:
    proposed(world)
    proposed(world, NADEGE, day="2026-12-10")
    approved(world)
    refused = approved(world, 2)
    assert refused.status == 409
    assert "Comparez celle-ci de nouveau" in refused.text

    refused.post(f"{PAGE}/2/comparer", {})
    approved(world, 3)

    assert len(world.in_force().closures) == 2


def test_a_version_is_taken_back_or_rolled_back_and_a_closure_taken_out(world: World) -> None:
    proposed(world)
    world.browser().get(PAGE).post(f"{PAGE}/1/retirer", {})
    assert world.documents.get(CALENDRIER, 1).version.state is VersionState.WITHDRAWN
    proposed(world)
    approved(world, 2)
    browser = world.browser().get(PAGE)
    start = browser.page.select("input[name=start]")[0]["value"]
    browser.post(f"{PAGE}/ouverture", {"start": str(start)})
    approved(world, 3)
    assert world.in_force().closures == ()

    browser = world.browser(NADEGE).get(PAGE).post(f"{PAGE}/2/revenir", {})

    assert browser.location == f"{PAGE}?avis=revenue"
    assert len(world.in_force().closures) == 1
    assert "reprend la version 2" in browser.get(browser.location).text


def test_what_was_never_in_force_is_not_come_back_to(world: World) -> None:
    proposed(world)

    browser = world.browser().get(PAGE).post(f"{PAGE}/1/revenir", {})

    assert browser.status == 409
    assert "n’attend plus cette décision" in browser.text


def test_a_closure_whose_hour_came_while_it_waited_is_refused_at_the_approval(world: World) -> None:
    proposed(world)
    world.now += timedelta(days=4)

    browser = approved(world)

    assert browser.status == 409
    assert "une date passée ne se ferme plus" in browser.text
    assert world.in_force().closures == ()


def test_a_version_that_does_not_exist_is_not_found(world: World) -> None:
    for number in ("7", "0", "x", "9" * 40):
        assert world.browser().get(PAGE).post(f"{PAGE}/{number}/approuver", {}).status == 404


def test_a_version_that_is_wanted_later_waits_for_its_day(world: World) -> None:
    proposed(world)
    known = world.documents.get(CALENDRIER, 1)
    wanted = replace(known.version, wanted_from=world.now + timedelta(days=1))
    world.documents.kept[CALENDRIER.name, 1] = replace(known, version=wanted)

    browser = approved(world)

    assert "D’ici là, rien ne change" in browser.get(browser.location).text
    assert world.in_force().closures == ()


def test_the_history_tells_each_version_with_who_proposed_and_who_approved_it(world: World) -> None:
    proposed(world)
    approved(world)
    proposed(world, NADEGE, day="2026-12-10")
    page = world.browser().get(f"{PAGE}/versions").text
    assert page.index("Version 2 Attend un accord") < page.index("Version 1 En vigueur")
    assert "par Claire Humbert, approuvée" in page


def test_a_document_of_no_kind_is_not_found(world: World) -> None:
    for path in ("/referentiel/x", "/referentiel/x/versions"):
        assert world.browser().get(path).status == 404
    assert world.browser().get(PAGE).post("/referentiel/x/1/approuver", {}).status == 404


def test_who_answers_calls_does_not_enter(world: World) -> None:
    assert world.browser(AGENT).get(PAGE).status == 403
    assert world.browser(CLAIRE).get(PAGE).status == 200
