"""A mission that was sent, at the desk: who is called, what is noted, who cancels it or takes it in hand (R42, R45)."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.reference.book import ReferenceBook
from permanence.domain.calls.call import CallEventKind
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, DispatchStatus, StepStatus
from permanence.domain.dispatch.events import DeadlineReached, DispatchEvent, Receipt
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.reference.rota import EVERY_SECTOR, Duty, OnCallPerson, OnCallRole
from tests.fakes.registers import FakeReferenceData
from tests.functions.desk.desk_missions import MISSION, PAGE, agrees, call_next, guided, press, sent, the_malfunction
from tests.functions.desk.desk_world import PATRIMOINE, World, agent
from tests.web.browser import Browser


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def browser(world: World) -> Browser:
    return guided(world)


def told(world: World, event: DispatchEvent) -> None:
    act_on_dispatch(world.malfunctions, MISSION, event, world.now, world.dispatching)


def silent(world: World, step: int) -> None:
    """His time to answer passes."""
    world.now += timedelta(minutes=11)
    told(world, DeadlineReached(step))


def press_again(browser: Browser) -> None:
    """« Confirmer l’accord »."""
    again = browser.page.find(id="b-confirmer")
    browser.post(f"{PAGE}/accord", {"confirmed": again["value"]})


def test_the_panel_says_who_is_called_until_when_and_who_comes_next(world: World, browser: Browser) -> None:
    sent(world, browser)
    panel = browser.get(PAGE).page.find(id="mission")
    assert panel.find("li", attrs={"data-t": "now"}).find("b").get_text() == "Plomberie Daval"
    assert "Au plus tard à 23 h 22" in " ".join(panel.get_text().split())
    assert "puis Plomberie Daval, 2e numéro" in " ".join(panel.get_text().split())


def due(browser: Browser) -> str:
    return " ".join(browser.page.select_one(".due").get_text(" ").split())


def test_the_countdown_moves_without_replacing_the_buttons(world: World, browser: Browser) -> None:
    sent(world, browser)
    told(world, Receipt(0, Channel.VOICE, ChannelStatus.RINGING))
    address = browser.get(PAGE).page.find(id="direct")["hx-get"]
    before = browser.page.find(id="compte").get_text()
    world.now += timedelta(seconds=2)
    page = browser.get(address).page
    assert page.find(id="compte").get_text() != before
    assert page.find(id="b-accord") is None


def test_the_figure_says_what_is_counted_and_does_not_jump_when_the_telephone_rings(
    world: World, browser: Browser
) -> None:
    """R42: 4 minutes from ringing, 10 at most from the creation."""
    sent(world, browser)
    world.now += timedelta(seconds=40)
    assert due(browser.get(PAGE)).startswith("4 min 00 pour répondre dès la sonnerie Au plus tard à 23 h 22")
    told(world, Receipt(0, Channel.VOICE, ChannelStatus.RINGING))
    assert due(browser.get(PAGE)).startswith("4 min 00 pour répondre : sonne depuis 23 h 12 Échéance 23 h 16")
    world.now += timedelta(seconds=15)
    assert due(browser.get(PAGE)).startswith("3 min 45 pour répondre : sonne depuis 23 h 12")


def test_who_cannot_be_rung_has_until_the_deadline_to_answer_the_sms(world: World, browser: Browser) -> None:
    sent(world, browser)
    told(world, Receipt(0, Channel.VOICE, ChannelStatus.FAILED, "21211"))
    world.now += timedelta(seconds=30)
    assert due(browser.get(PAGE)).startswith("9 min 30 pour répondre au SMS")


def test_just_before_the_deadline_no_more_is_promised_than_is_left(world: World, browser: Browser) -> None:
    sent(world, browser)
    world.now += timedelta(seconds=570)
    assert due(browser.get(PAGE)).startswith("30 s pour répondre dès la sonnerie")


@pytest.fixture
def agreed(world: World, browser: Browser) -> Browser:
    """The first contractor has accepted."""
    sent(world, browser)
    return agrees(browser.get(PAGE)).get(PAGE)


def test_what_a_contractor_says_by_telephone_moves_the_mission_as_his_own_page_does(
    world: World, agreed: Browser
) -> None:
    press(agreed, "b-arrivee", told_minutes="30")
    dispatch = the_malfunction(world).dispatch
    assert dispatch is not None
    assert dispatch.announced_arrival_at == world.now + timedelta(minutes=30)
    press(agreed.get(PAGE), "b-sur-place")
    press(agreed.get(PAGE), "b-compte-rendu", told_result="réalisée", told_report="Joint\r\nchangé")
    dispatch = the_malfunction(world).dispatch
    assert dispatch is not None
    assert (dispatch.on_site_at, dispatch.status) == (world.now, DispatchStatus.REPORTED)
    assert dispatch.report_note == "Joint changé (dit par téléphone à Nadège Roussel)"
    assert agreed.get(PAGE).page.find(id="b-compte-rendu") is None


@pytest.mark.parametrize(
    ("button", "fields", "lacks"),
    [
        ("b-arrivee", {"told_minutes": ""}, "told_minutes"),
        ("b-arrivee", {"told_minutes": "721"}, "told_minutes"),
        ("b-compte-rendu", {"told_result": "", "told_report": "Joint changé"}, "told_result"),
    ],
)
def test_what_was_not_said_is_not_noted_and_its_field_says_so(
    world: World, agreed: Browser, button: str, fields: dict[str, str], lacks: str
) -> None:
    before = the_malfunction(world)
    page = press(agreed, button, **fields).page
    assert the_malfunction(world) == before
    assert agreed.status == 422
    assert "Rien n’a été noté" in agreed.text
    assert [field["id"] for field in page.select("[aria-invalid]")] == [lacks]
    assert "à choisir" in page.find(id=f"p-{lacks}").get_text()
    assert page.find(id="told_report")["value"] == fields.get("told_report", "")


@pytest.mark.parametrize("act", ["arrivee", "sur-place", "compte-rendu"])
def test_nobody_who_has_not_accepted_announces_anything(world: World, browser: Browser, act: str) -> None:
    sent(world, browser)
    before = the_malfunction(world)
    assert browser.get(PAGE).page.find(id="b-sur-place") is None
    turn = browser.page.find(id="b-suivant")["value"]
    browser.post(f"{PAGE}/{act}", {"turn": turn, "told_minutes": "30", "told_result": "réalisée"})
    assert the_malfunction(world) == before


def test_an_agreement_by_telephone_is_an_acceptance(world: World, browser: Browser) -> None:
    sent(world, browser)
    agrees(browser.get(PAGE))
    dispatch = the_malfunction(world).dispatch
    assert dispatch is not None
    assert (dispatch.status, dispatch.winner) == (DispatchStatus.ACCEPTED, 0)
    assert "Accepté" in browser.get(PAGE).page.find(id="mission").get_text()


def test_the_next_one_is_called_without_waiting_for_the_deadline(world: World, browser: Browser) -> None:
    sent(world, browser)
    call_next(browser)
    dispatch = the_malfunction(world).dispatch
    assert dispatch is not None
    assert [step.status for step in dispatch.steps[:2]] == [StepStatus.PASSED_OVER, StepStatus.CALLING]
    assert dispatch.steps[0].passed_over_by == "Nadège Roussel"


def test_a_double_click_on_next_skips_nobody(world: World, browser: Browser) -> None:
    sent(world, browser)
    turn = browser.get(PAGE).page.find(id="b-suivant")["value"]
    for _ in range(2):
        browser.post(f"{PAGE}/suivant", {"turn": turn}, csrf="csrf of id-Nadège")
    assert the_malfunction(world).dispatch.current == 1  # type: ignore[union-attr]


def test_the_button_names_who_is_being_called_and_a_late_yes_can_be_chosen(world: World, browser: Browser) -> None:
    sent(world, browser)
    silent(world, 0)
    silent(world, 1)
    page = browser.get(PAGE).page
    offered = [" ".join(option.get_text().split()) for option in page.select("#accord option")]
    assert offered == ["Qui a accepté ?", "Sanitaires Roussel", "Plomberie Daval, 2e numéro", "Plomberie Daval"]
    assert "Accord de Sanitaires Roussel" in " ".join(page.find(id="b-accord").get_text().split())
    press(browser, "b-accord", accord=page.select("#accord option")[-1]["value"])
    assert the_malfunction(world).dispatch.winner == 0  # type: ignore[union-attr]


def test_while_nobody_has_accepted_both_pages_sound_an_alarm_that_can_be_muted(world: World, browser: Browser) -> None:
    sent(world, browser)
    neighbour = world.taken(world.browser(agent("Hugo", "Lambert")), "CA2")
    assert neighbour.page.find(attrs={"data-alarm": MISSION}) is None
    call_next(browser, times=5)
    for page in (browser.get(PAGE).page, browser.get("/desk").page, neighbour.get("/desk/appels/CA2").page):
        assert page.find(attrs={"data-alarm": MISSION}) is not None
        assert page.find(id="muet").has_attr("hidden")
    agrees(browser.get(PAGE), "Sylvie Mourot")
    press_again(browser)
    assert browser.get("/desk").page.find(attrs={"data-alarm": True}) is None


def test_the_mission_is_followed_after_the_call_has_ended(world: World, browser: Browser) -> None:
    sent(world, browser)
    world.tell(CallEventKind.ENDED)
    address = browser.get(PAGE).page.find(id="direct")["hx-get"]
    agrees(browser.get(PAGE))
    assert "Accepté" in browser.get(address).text


# --- cancelling, and who is outside the chain ------------------------------------------------------------------------


def lines_of(world: World, kind: EntryKind) -> list[Mapping[str, str]]:
    return [entry.data for entry in world.store.entries[MISSION] if entry.kind is kind]


def test_a_mission_is_cancelled_with_a_reason_and_who_was_called_is_told(world: World, browser: Browser) -> None:
    sent(world, browser)
    hugo = world.browser(agent("Hugo", "Lambert")).get(PAGE)
    assert hugo.page.find(id="b-annuler") is not None
    press(hugo, "b-annuler", cancel_reason=" L’eau était\r\ncelle du voisin ")
    assert the_malfunction(world).dispatch.status is DispatchStatus.CANCELLED  # type: ignore[union-attr]
    assert lines_of(world, EntryKind.CANCELLED) == [{"reason": "L’eau était celle du voisin", "by": "Hugo Lambert"}]
    assert "ANNUL" in world.store.notices_of(MISSION)["told-0-cancelled"].text
    assert "annulée" in browser.get(PAGE).page.find(id="mission").get_text()
    assert browser.page.find(id="b-annuler") is None


def test_who_has_accepted_is_told_of_the_cancellation_too(world: World, agreed: Browser) -> None:
    press(agreed, "b-annuler", cancel_reason="Fausse alerte")
    assert "told-0-cancelled" in world.store.notices_of(MISSION)


def test_the_desk_says_whom_no_sms_can_call_off(world: World, browser: Browser) -> None:
    without_a_chain(world, browser)
    press(browser.get(PAGE), "b-prise-en-charge", **HELPER)
    assert "de vive voix" not in browser.get(PAGE).text
    press(browser, "b-annuler", cancel_reason="Fausse alerte")
    called_off = browser.get(PAGE).page.find(id="mission").find(class_="note").get_text(" ", strip=True)
    assert "À décommander de vive voix" in called_off
    assert "Garage Petit, 06 39 98 44 55" in " ".join(called_off.split())


def test_whom_an_sms_calls_off_is_not_to_be_telephoned(agreed: Browser) -> None:
    press(agreed, "b-annuler", cancel_reason="Fausse alerte")
    assert "de vive voix" not in agreed.get(PAGE).text


def test_nothing_is_cancelled_without_a_reason(world: World, browser: Browser) -> None:
    before = sent(world, browser)
    page = press(browser.get(PAGE), "b-annuler", cancel_reason="  ").page
    assert the_malfunction(world) == before
    assert "notez pourquoi" in browser.text
    assert page.find(id="cancel_reason")["aria-invalid"] == "true"


HELPER = {"helper_name": "Garage Petit", "helper_phone": "06 39 98 44 55", "helper_reason": "A un bac étanche"}


def without_a_chain(world: World, browser: Browser) -> Malfunction:
    world.reference = FakeReferenceData(PATRIMOINE)
    world.book = ReferenceBook(world.reference)
    return sent(world, browser)


def test_a_mission_that_nobody_can_be_called_for_is_taken_in_hand_by_somebody_outside(
    world: World, browser: Browser
) -> None:
    assert without_a_chain(world, browser).dispatch.status is DispatchStatus.EXHAUSTED  # type: ignore[union-attr]
    assert browser.get(PAGE).page.find(id="b-prise-en-charge") is not None
    press(browser, "b-prise-en-charge", **HELPER)
    dispatch = the_malfunction(world).dispatch
    assert dispatch is not None
    assert (dispatch.status, dispatch.winner) == (DispatchStatus.ACCEPTED, 0)
    assert (dispatch.steps[0].responder.name, dispatch.steps[0].responder.phone) == ("Garage Petit", "+33639984455")
    (accepted,) = lines_of(world, EntryKind.ACCEPTED)
    assert (accepted["name"], accepted["by"]) == ("Garage Petit", "agent")
    assert (accepted["reason"], accepted["agent"]) == ("A un bac étanche", "Nadège Roussel")
    assert "Personne n’a accepté" not in browser.get("/desk").text
    press(browser.get(PAGE), "b-compte-rendu", told_result="réalisée", told_report="Pompé")
    assert the_malfunction(world).dispatch.status is DispatchStatus.REPORTED  # type: ignore[union-attr]


def test_who_is_outside_the_chain_is_offered_only_when_nobody_of_it_is_left(world: World, browser: Browser) -> None:
    before = sent(world, browser)
    assert browser.get(PAGE).page.find(id="b-prise-en-charge") is None
    turn = browser.page.find(id="b-suivant")["value"]
    assert browser.post(f"{PAGE}/prise-en-charge", {"turn": turn, **HELPER}).status == 409
    assert the_malfunction(world) == before


def test_who_is_outside_the_chain_stands_in_the_log_and_is_no_name_to_the_tenant(
    world: World, browser: Browser
) -> None:
    without_a_chain(world, browser)
    press(browser.get(PAGE), "b-prise-en-charge", **HELPER)
    (called,) = lines_of(world, EntryKind.STEP_STARTED)
    assert (called["name"], called["phone"], called["reason"]) == ("Garage Petit", "+33639984455", "A un bac étanche")
    (told,) = [notice for key, notice in world.store.notices_of(MISSION).items() if key.startswith("tenant-accepted")]
    assert "un intervenant a accept" in told.text
    assert "Petit" not in told.text


@pytest.mark.parametrize("lacks", list(HELPER))
def test_who_takes_in_hand_has_a_name_a_number_and_a_reason(world: World, browser: Browser, lacks: str) -> None:
    before = without_a_chain(world, browser)
    page = press(browser.get(PAGE), "b-prise-en-charge", **{**HELPER, lacks: " "}).page
    assert the_malfunction(world) == before
    assert "il faut le nom" in browser.text
    assert page.find(id="prise-en-charge").has_attr("open")
    assert [field["id"] for field in page.select("[aria-invalid]")] == [lacks]
    assert page.find(id=f"p-{lacks}").get_text() == "à remplir"
    assert {name: page.find(id=name)["value"] for name in HELPER} == {**HELPER, lacks: ""}


def test_a_number_that_is_none_says_so_where_it_was_typed(world: World, browser: Browser) -> None:
    without_a_chain(world, browser)
    page = press(browser.get(PAGE), "b-prise-en-charge", **{**HELPER, "helper_phone": "06 39"}).page
    assert page.find(id="p-helper_phone").get_text() == "numéro à corriger"
    assert page.find(id="helper_phone")["value"] == "06 39"


@pytest.mark.parametrize(
    "said", ["x", "0", f"{MISSION}.-1.calling", f"{MISSION}.9999.calling", f"{MISSION}..exhausted"]
)
def test_an_agreement_that_no_page_of_ours_names_is_refused(world: World, browser: Browser, said: str) -> None:
    sent(world, browser)
    assert browser.get(PAGE).post(f"{PAGE}/accord", {"accord": said}).status == 400
    assert the_malfunction(world).dispatch.winner is None  # type: ignore[union-attr]


def test_a_step_beyond_the_chain_changes_nothing(world: World, browser: Browser) -> None:
    before = sent(world, browser)
    browser.get(PAGE).post(f"{PAGE}/accord", {"accord": f"{MISSION}.99.calling"})
    assert the_malfunction(world) == before


def test_the_alarm_names_the_planning_s_supervisor_and_the_number_that_is_tried_in_turn(
    world: World, browser: Browser
) -> None:
    sent(world, browser)
    call_next(browser, times=5)
    rachid, day = OnCallPerson("rachid", "Rachid Amrani", "+33639989971"), timedelta(days=1)
    planned = Duty(EVERY_SECTOR, OnCallRole.SUPERVISEUR, rachid, world.now - day, world.now + day)
    world.reference.rota = (*world.reference.rota, planned)
    shown = " ".join(browser.get(PAGE).page.find(id="mission").get_text().split())
    assert "Rachid Amrani, 06 39 98 99 71, un appel sur deux au 06 39 98 99 70 : appel n° 1 en cours" in shown


def test_when_nobody_is_left_the_page_gives_the_numbers_and_still_takes_an_agreement(
    world: World, browser: Browser
) -> None:
    sent(world, browser)
    call_next(browser, times=5)
    panel = browser.get(PAGE).page.find(id="mission")
    assert "Personne n’a accepté" in panel.get_text()
    shown = " ".join(panel.get_text().split())
    assert "06 39 98 02 18" in shown
    assert "Superviseur de permanence, 06 39 98 99 70 : appel n° 1 en cours" in shown
    assert "Je n’ai pas encore d’accord" in shown
    agrees(browser, "Sylvie Mourot")
    press_again(browser)
    assert the_malfunction(world).dispatch.winner == 4  # type: ignore[union-attr]
