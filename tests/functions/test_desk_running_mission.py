"""A mission that was sent, at the desk: who is called, what is noted, who cancels it or takes it in hand (R42, R45)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.services import ReferenceBook
from permanence.domain.calls import CallEventKind
from permanence.domain.dispatch import DispatchStatus, StepStatus
from permanence.domain.main_courante import EntryKind, Malfunction
from tests.fakes.registers import FakeReferenceData
from tests.functions.desk_missions import MISSION, PAGE, guided, sent, the_malfunction
from tests.functions.desk_world import PATRIMOINE, World, agent
from tests.web.browser import Browser


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def browser(world: World) -> Browser:
    return guided(world)


def test_the_panel_says_who_is_called_until_when_and_who_comes_next(world: World, browser: Browser) -> None:
    sent(world, browser)
    panel = browser.get(PAGE).page.find(id="mission")
    assert panel.find("li", attrs={"data-t": "now"}).find("b").get_text() == "Plomberie Daval"
    assert "Échéance" in panel.get_text()
    assert "puis Plomberie Daval, 2e numéro" in " ".join(panel.get_text().split())


def test_the_countdown_moves_without_replacing_the_buttons(world: World, browser: Browser) -> None:
    sent(world, browser)
    address = browser.get(PAGE).page.find(id="direct")["hx-get"]
    before = browser.page.find(id="compte").get_text()
    world.now += timedelta(seconds=2)
    page = browser.get(address).page
    assert page.find(id="compte").get_text() != before
    assert page.find(id="b-accord") is None


@pytest.fixture
def agreed(world: World, browser: Browser) -> Browser:
    """The first contractor has accepted."""
    sent(world, browser)
    return browser.get(PAGE).post(f"{PAGE}/accord", {"step": "0"}).get(PAGE)


def test_what_a_contractor_says_by_telephone_moves_the_mission_as_his_own_page_does(
    world: World, agreed: Browser
) -> None:
    agreed.post(f"{PAGE}/arrivee", {"told_minutes": "30"})
    dispatch = the_malfunction(world).dispatch
    assert dispatch is not None
    assert dispatch.announced_arrival_at == world.now + timedelta(minutes=30)
    agreed.get(PAGE).post(f"{PAGE}/sur-place", {})
    agreed.get(PAGE).post(f"{PAGE}/compte-rendu", {"told_result": "réalisée", "told_report": "Joint\r\nchangé"})
    dispatch = the_malfunction(world).dispatch
    assert dispatch is not None
    assert (dispatch.on_site_at, dispatch.status) == (world.now, DispatchStatus.REPORTED)
    assert dispatch.report_note == "Joint changé (dit par téléphone à Nadège Roussel)"
    assert agreed.get(PAGE).page.find(id="b-compte-rendu") is None


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("arrivee", {"told_minutes": ""}),
        ("arrivee", {"told_minutes": "721"}),
        ("compte-rendu", {"told_result": "", "told_report": "Joint changé"}),
    ],
)
def test_what_was_not_said_is_not_noted(world: World, agreed: Browser, act: str, fields: dict[str, str]) -> None:
    before = the_malfunction(world)
    agreed.post(f"{PAGE}/{act}", fields)
    assert the_malfunction(world) == before
    assert "Rien n’a été noté" in agreed.get(agreed.location.partition("#")[0]).text


@pytest.mark.parametrize("act", ["arrivee", "sur-place", "compte-rendu"])
def test_nobody_who_has_not_accepted_announces_anything(world: World, browser: Browser, act: str) -> None:
    sent(world, browser)
    before = the_malfunction(world)
    assert browser.get(PAGE).page.find(id="b-sur-place") is None
    browser.post(f"{PAGE}/{act}", {"told_minutes": "30", "told_result": "réalisée"})
    assert the_malfunction(world) == before


def test_an_agreement_by_telephone_is_an_acceptance(world: World, browser: Browser) -> None:
    sent(world, browser)
    browser.get(PAGE).post(f"{PAGE}/accord", {"step": "0"})
    dispatch = the_malfunction(world).dispatch
    assert dispatch is not None
    assert (dispatch.status, dispatch.winner) == (DispatchStatus.ACCEPTED, 0)
    assert "Accepté" in browser.get(PAGE).page.find(id="mission").get_text()


def test_the_next_one_is_called_without_waiting_for_the_deadline(world: World, browser: Browser) -> None:
    sent(world, browser)
    browser.get(PAGE).post(f"{PAGE}/suivant", {"passed_over": "0"})
    dispatch = the_malfunction(world).dispatch
    assert dispatch is not None
    assert [step.status for step in dispatch.steps[:2]] == [StepStatus.NO_ANSWER, StepStatus.CALLING]


def test_a_double_click_on_next_skips_nobody(world: World, browser: Browser) -> None:
    sent(world, browser)
    for _ in range(2):
        browser.post(f"{PAGE}/suivant", {"passed_over": "0"}, csrf="csrf of id-Nadège")
    assert the_malfunction(world).dispatch.current == 1  # type: ignore[union-attr]


def test_the_button_names_whose_agreement_is_noted_and_a_late_one_can_be_chosen(world: World, browser: Browser) -> None:
    sent(world, browser)
    for step in range(2):
        browser.get(PAGE).post(f"{PAGE}/suivant", {"passed_over": str(step)})
    page = browser.get(PAGE).page
    offered = [(option["value"], option.get_text()) for option in page.select("#step option")]
    assert offered == [("2", "Sanitaires Roussel"), ("1", "Plomberie Daval, 2e numéro"), ("0", "Plomberie Daval")]
    assert "Accord de Sanitaires Roussel" in " ".join(page.find(id="b-accord").get_text().split())
    browser.post(f"{PAGE}/accord", {"step": "0"})
    assert the_malfunction(world).dispatch.winner == 0  # type: ignore[union-attr]


def test_while_nobody_has_accepted_both_pages_sound_an_alarm_that_can_be_muted(world: World, browser: Browser) -> None:
    sent(world, browser)
    neighbour = world.taken(world.browser(agent("Hugo", "Lambert")), "CA2")
    assert neighbour.page.find(attrs={"data-alarm": MISSION}) is None
    for step in range(5):
        browser.get(PAGE).post(f"{PAGE}/suivant", {"passed_over": str(step)})
    for page in (browser.get(PAGE).page, browser.get("/desk").page, neighbour.get("/desk/appels/CA2").page):
        assert page.find(attrs={"data-alarm": MISSION}) is not None
        assert page.find(id="muet").has_attr("hidden")
    browser.get(PAGE).post(f"{PAGE}/accord", {"step": "0"})
    assert browser.get("/desk").page.find(attrs={"data-alarm": True}) is None


def test_the_mission_is_followed_after_the_call_has_ended(world: World, browser: Browser) -> None:
    sent(world, browser)
    world.tell(CallEventKind.ENDED)
    address = browser.get(PAGE).page.find(id="direct")["hx-get"]
    browser.post(f"{PAGE}/accord", {"step": "0"}, csrf="csrf of id-Nadège")
    assert "Accepté" in browser.get(address).text


# --- cancelling, and who is outside the chain ------------------------------------------------------------------------


def lines_of(world: World, kind: EntryKind) -> list[Mapping[str, str]]:
    return [entry.data for entry in world.store.entries[MISSION] if entry.kind is kind]


def test_a_mission_is_cancelled_with_a_reason_and_who_was_called_is_told(world: World, browser: Browser) -> None:
    sent(world, browser)
    hugo = world.browser(agent("Hugo", "Lambert")).get(PAGE)
    assert hugo.page.find(id="b-annuler") is not None
    hugo.post(f"{PAGE}/annuler", {"cancel_reason": " L’eau était\r\ncelle du voisin "})
    assert the_malfunction(world).dispatch.status is DispatchStatus.CANCELLED  # type: ignore[union-attr]
    assert lines_of(world, EntryKind.CANCELLED) == [{"reason": "L’eau était celle du voisin", "by": "Hugo Lambert"}]
    assert "ANNUL" in world.store.notices_of(MISSION)["told-0-cancelled"].text
    assert "annulée" in browser.get(PAGE).page.find(id="mission").get_text()
    assert browser.page.find(id="b-annuler") is None


def test_who_has_accepted_is_told_of_the_cancellation_too(world: World, agreed: Browser) -> None:
    agreed.post(f"{PAGE}/annuler", {"cancel_reason": "Fausse alerte"})
    assert "told-0-cancelled" in world.store.notices_of(MISSION)


def test_the_desk_says_whom_no_sms_can_call_off(world: World, browser: Browser) -> None:
    without_a_chain(world, browser)
    browser.get(PAGE).post(f"{PAGE}/prise-en-charge", HELPER)
    assert "de vive voix" not in browser.get(PAGE).text
    browser.post(f"{PAGE}/annuler", {"cancel_reason": "Fausse alerte"})
    called_off = browser.get(PAGE).page.find(id="mission").find(class_="note").get_text(" ", strip=True)
    assert "À décommander de vive voix" in called_off
    assert "Garage Petit, 06 39 98 44 55" in " ".join(called_off.split())


def test_whom_an_sms_calls_off_is_not_to_be_telephoned(agreed: Browser) -> None:
    agreed.post(f"{PAGE}/annuler", {"cancel_reason": "Fausse alerte"})
    assert "de vive voix" not in agreed.get(PAGE).text


def test_nothing_is_cancelled_without_a_reason(world: World, browser: Browser) -> None:
    before = sent(world, browser)
    browser.get(PAGE).post(f"{PAGE}/annuler", {"cancel_reason": "  "})
    assert the_malfunction(world) == before
    assert "notez pourquoi" in browser.get(browser.location.partition("#")[0]).text


HELPER = {"helper_name": "Garage Petit", "helper_phone": "06 39 98 44 55", "helper_reason": "A un bac étanche"}


def without_a_chain(world: World, browser: Browser) -> Malfunction:
    empty = replace(PATRIMOINE, version="2026-11-02", assignments=(), contractors=())
    world.reference = FakeReferenceData(empty, ())
    world.book = ReferenceBook(world.reference)
    return sent(world, browser)


def test_a_mission_that_nobody_can_be_called_for_is_taken_in_hand_by_somebody_outside(
    world: World, browser: Browser
) -> None:
    assert without_a_chain(world, browser).dispatch.status is DispatchStatus.EXHAUSTED  # type: ignore[union-attr]
    assert browser.get(PAGE).page.find(id="b-prise-en-charge") is not None
    browser.post(f"{PAGE}/prise-en-charge", HELPER)
    dispatch = the_malfunction(world).dispatch
    assert dispatch is not None
    assert (dispatch.status, dispatch.winner) == (DispatchStatus.ACCEPTED, 0)
    assert (dispatch.steps[0].responder.name, dispatch.steps[0].responder.phone) == ("Garage Petit", "+33639984455")
    (accepted,) = lines_of(world, EntryKind.ACCEPTED)
    assert (accepted["name"], accepted["by"]) == ("Garage Petit", "agent")
    assert (accepted["reason"], accepted["agent"]) == ("A un bac étanche", "Nadège Roussel")
    assert "Personne n’a accepté" not in browser.get("/desk").text
    browser.get(PAGE).post(f"{PAGE}/compte-rendu", {"told_result": "réalisée", "told_report": "Pompé"})
    assert the_malfunction(world).dispatch.status is DispatchStatus.REPORTED  # type: ignore[union-attr]


def test_who_is_outside_the_chain_is_offered_only_when_nobody_of_it_is_left(world: World, browser: Browser) -> None:
    before = sent(world, browser)
    assert browser.get(PAGE).page.find(id="b-prise-en-charge") is None
    assert browser.post(f"{PAGE}/prise-en-charge", HELPER).status == 409
    assert the_malfunction(world) == before


def test_who_is_outside_the_chain_stands_in_the_log_and_is_no_name_to_the_tenant(
    world: World, browser: Browser
) -> None:
    without_a_chain(world, browser)
    browser.get(PAGE).post(f"{PAGE}/prise-en-charge", HELPER)
    (called,) = lines_of(world, EntryKind.STEP_STARTED)
    assert (called["name"], called["phone"], called["reason"]) == ("Garage Petit", "+33639984455", "A un bac étanche")
    (told,) = [notice for key, notice in world.store.notices_of(MISSION).items() if key.startswith("tenant-accepted")]
    assert "un intervenant a accept" in told.text
    assert "Petit" not in told.text


@pytest.mark.parametrize("lacks", list(HELPER))
def test_who_takes_in_hand_has_a_name_a_number_and_a_reason(world: World, browser: Browser, lacks: str) -> None:
    before = without_a_chain(world, browser)
    browser.get(PAGE).post(f"{PAGE}/prise-en-charge", {**HELPER, lacks: " "})
    assert the_malfunction(world) == before
    assert "il faut le nom" in browser.get(browser.location.partition("#")[0]).text


@pytest.mark.parametrize("step", ["", "-1", "x", "9999"])
def test_a_step_that_no_page_of_ours_names_is_refused(world: World, browser: Browser, step: str) -> None:
    sent(world, browser)
    assert browser.get(PAGE).post(f"{PAGE}/accord", {"step": step}).status == 400
    assert the_malfunction(world).dispatch.winner is None  # type: ignore[union-attr]


def test_a_step_beyond_the_chain_changes_nothing(world: World, browser: Browser) -> None:
    before = sent(world, browser)
    browser.get(PAGE).post(f"{PAGE}/accord", {"step": "99"})
    assert the_malfunction(world) == before


def test_when_nobody_is_left_the_page_gives_the_numbers_and_still_takes_an_agreement(
    world: World, browser: Browser
) -> None:
    sent(world, browser)
    for step in range(5):
        browser.get(PAGE).post(f"{PAGE}/suivant", {"passed_over": str(step)})
    panel = browser.get(PAGE).page.find(id="mission")
    assert "Personne n’a accepté" in panel.get_text()
    shown = " ".join(panel.get_text().split())
    assert "06 39 98 02 18" in shown
    assert "Superviseur de permanence, 06 39 98 99 70 : appel n° 1 en cours" in shown
    assert "Je n’ai pas encore d’accord" in shown
    browser.post(f"{PAGE}/accord", {"step": "4"})
    assert the_malfunction(world).dispatch.winner == 4  # type: ignore[union-attr]
