"""From the call page to people who are called: once, after an answered tree, to a known place (R21, R41, R42, R46)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.services import ReferenceBook
from permanence.application.desk_call import malfunction_id_of
from permanence.application.ports import CallRecord
from permanence.domain.calls import CallEventKind
from permanence.domain.dispatch import DispatchStatus, StepStatus
from permanence.domain.main_courante import EntryKind, Malfunction
from permanence.domain.notices import NoticeKind
from tests.fakes.registers import FakeReferenceData
from tests.functions.desk_world import BURST_PIPE, CALL, COMPLETE, PATRIMOINE, World, agent
from tests.web.browser import Browser

PAGE = f"/desk/appels/{CALL}"
MISSION = malfunction_id_of(CALL)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def browser(world: World) -> Browser:
    """The guide has led to a burst pipe; the place is not known yet."""
    return world.answers(world.taken(world.browser()))


def send(browser: Browser) -> Browser:
    return browser.get(PAGE).post(f"{PAGE}/intervention", {})


def the_malfunction(world: World) -> Malfunction:
    (only,) = world.store.malfunctions.values()
    return only


def at_home(browser: Browser) -> Browser:
    return browser.post(f"{PAGE}/fiche", {"dwelling": "D104", "description": "L’eau coule."}).get(PAGE)


def sent(world: World, browser: Browser) -> Malfunction:
    send(at_home(browser))
    return the_malfunction(world)


def test_sending_calls_the_first_of_the_chain_by_sms_and_by_voice_at_once(world: World, browser: Browser) -> None:
    opened = sent(world, browser)
    assert browser.location == f"{PAGE}#mission"
    assert opened.motif == "plomberie_logement"
    assert opened.place.dwelling_id == "D104"
    first = world.store.notices_of(MISSION)
    assert {(notice.kind, notice.to) for notice in first.values()} == {
        (NoticeKind.SMS, "+33639982105"),
        (NoticeKind.VOICE, "+33639982105"),
    }
    assert world.store.forms[CALL].malfunction_id == MISSION


def test_the_caller_is_told_at_the_number_he_gave(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/fiche", {"dwelling": "D104", "mobile": "06 39 98 55 66", "last_name": "Vauthier"})
    (contact,) = sent(world, browser).contacts
    assert (contact.name, contact.phone) == ("Vauthier", "+33639985566")


def test_a_double_click_sends_once(world: World, browser: Browser) -> None:
    at_home(browser)
    token = "csrf of id-Nadège"
    for _ in range(2):
        browser.post(f"{PAGE}/intervention", {}, csrf=token)
    assert len(world.store.malfunctions) == 1
    assert len(world.store.notices) == 2


def test_a_second_page_left_open_sends_nothing_more(world: World, browser: Browser) -> None:
    sent(world, browser)
    browser.post(f"{PAGE}/intervention", {}, csrf="csrf of id-Nadège")
    assert list(world.store.malfunctions) == [MISSION]


def test_sending_again_after_the_fiche_could_not_be_saved_starts_nothing_more(world: World, browser: Browser) -> None:
    """The dispatch had started when the page died: the fiche does not know, the same call starts the same one."""
    sent(world, browser)
    world.store.forms[CALL] = replace(world.store.forms[CALL], malfunction_id=None)
    send(browser)
    assert list(world.store.malfunctions) == [MISSION]
    assert world.store.forms[CALL].malfunction_id == MISSION
    assert len(world.store.notices) == 2


def overtaken_by(world: World, other: Callable[[], object]) -> None:
    """The next fiche that is read has been changed by somebody else before it is saved."""
    get = world.calls.get

    def overtaken(call_id: str) -> CallRecord | None:
        record = get(call_id)
        world.calls.get = get  # type: ignore[method-assign]
        other()
        return record

    world.calls.get = overtaken  # type: ignore[method-assign]


def test_saving_the_fiche_while_somebody_sends_forgets_no_mission(world: World, browser: Browser) -> None:
    at_home(browser)
    other = world.browser().get(PAGE)
    overtaken_by(world, lambda: send(other))
    browser.post(f"{PAGE}/fiche", {"description": "L’eau coule encore."})
    assert world.store.forms[CALL].malfunction_id == MISSION
    assert world.store.forms[CALL].fields["description"] == "L’eau coule encore."
    assert browser.get(PAGE).page.find(id="b-envoyer") is None


def test_saving_the_fiche_while_somebody_closes_it_leaves_it_closed(world: World, browser: Browser) -> None:
    world.tell(CallEventKind.ENDED)
    other = world.browser().get(PAGE)
    overtaken_by(world, lambda: other.post(f"{PAGE}/clore", COMPLETE))
    browser.get(PAGE)
    overtaken_by(world, lambda: other.post(f"{PAGE}/clore", COMPLETE, csrf="csrf of id-Nadège"))
    browser.post(f"{PAGE}/fiche", {"last_name": "Autre"})
    assert world.store.forms[CALL].closed_at == world.now
    assert world.store.forms[CALL].fields["last_name"] == "Vauthier"


def test_nobody_is_sent_before_the_guide_has_decided(world: World) -> None:
    browser = world.answers(world.taken(world.browser()), BURST_PIPE[:4])
    at_home(browser)
    assert browser.page.find(id="b-envoyer") is None
    send(browser)
    assert world.store.malfunctions == {}
    assert "répondez au guide" in browser.get(browser.location).text


def test_nobody_is_sent_when_the_guide_refuses(world: World) -> None:
    refused = (("danger", "non"), ("qui", "adresse_connue"), ("quoi", "logement"), ("logement", "autre"))
    browser = world.answers(world.taken(world.browser()), refused)
    send(at_home(browser))
    assert world.store.malfunctions == {}


def test_nobody_is_sent_nowhere(world: World, browser: Browser) -> None:
    assert browser.page.find(id="b-envoyer") is None
    send(browser)
    assert world.store.malfunctions == {}


def test_a_free_address_sends_the_contractor_of_its_commune(world: World, browser: Browser) -> None:
    browser.post(f"{PAGE}/fiche", {"free_address": "6 impasse des Forges, Vesoul"})
    send(browser)
    place = the_malfunction(world).place
    assert (place.address, place.commune, place.agency, place.dwelling_id) == (
        "6 impasse des Forges",
        "Vesoul",
        "vesoul",
        None,
    )
    assert the_malfunction(world).dispatch.steps[0].responder.name == "Plomberie Daval"  # type: ignore[union-attr]


# --- directly to the technicien --------------------------------------------------------------------------------------

DOOR_BLOCKED = (*BURST_PIPE[:2], ("quoi", "communs"), ("communs", "porte"), ("porte_hall", "fermee"))


@pytest.fixture
def at_the_door(world: World) -> Browser:
    """A motif of both lists, at a known place."""
    return at_home(world.answers(world.taken(world.browser()), DOOR_BLOCKED))


def send_directly(browser: Browser, reason: str) -> Browser:
    told = {"direct_to_staff_reason": reason}
    return browser.get(PAGE).post(f"{PAGE}/direct", told)


def test_a_motif_of_both_lists_goes_to_the_technicien_with_a_reason(world: World, at_the_door: Browser) -> None:
    assert at_the_door.page.find(id="b-direct") is not None
    send_directly(at_the_door, "  Un malade\r\nattend les secours ")
    dispatch = the_malfunction(world).dispatch
    assert dispatch is not None
    assert [step.responder.name for step in dispatch.steps] == ["Malika Benali", "Sylvie Mourot"]
    assert "Un malade attend les secours" in dispatch.steps[0].responder.reason


@pytest.mark.parametrize("reason", ["", " \n "])
def test_without_a_reason_nobody_is_called_and_the_page_says_so(
    world: World, at_the_door: Browser, reason: str
) -> None:
    send_directly(at_the_door, reason)
    assert world.store.malfunctions == {}
    assert "notez pourquoi" in at_the_door.get(at_the_door.location).text


def test_a_motif_of_one_list_offers_no_way_around_its_contractor(world: World, browser: Browser) -> None:
    assert at_home(browser).page.find(id="b-direct") is None
    assert send_directly(browser, "Plus vite").status == 400
    assert world.store.malfunctions == {}


def test_a_reason_that_nobody_sent_changes_nothing_for_the_contractor(world: World, at_the_door: Browser) -> None:
    at_the_door.post(f"{PAGE}/intervention", {"direct_to_staff_reason": "typed, not sent"})
    assert "typed" not in str(the_malfunction(world).dispatch)


# --- the mission while it runs ---------------------------------------------------------------------------------------


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


# --- cancelling, and who is outside the chain ------------------------------------------------------------------------


def lines_of(world: World, kind: EntryKind) -> list[Mapping[str, str]]:
    return [entry.data for entry in world.store.entries[MISSION] if entry.kind is kind]


def test_a_mission_is_cancelled_with_a_reason_and_who_was_called_is_told(world: World, browser: Browser) -> None:
    sent(world, browser)
    hugo = world.browser(agent("Hugo", "Lambert")).get(PAGE)
    hugo.post(f"{PAGE}/annuler", {"cancel_reason": " L’eau était\r\ncelle du voisin "})
    assert the_malfunction(world).dispatch.status is DispatchStatus.CANCELLED  # type: ignore[union-attr]
    assert lines_of(world, EntryKind.CANCELLED) == [{"reason": "L’eau était celle du voisin", "by": "Hugo Lambert"}]
    assert "ANNUL" in world.store.notices_of(MISSION)["told-0-cancelled"].text
    assert "annulée" in browser.get(PAGE).page.find(id="mission").get_text()
    assert browser.page.find(id="b-annuler") is None


def test_who_has_accepted_is_told_of_the_cancellation_too(world: World, agreed: Browser) -> None:
    agreed.post(f"{PAGE}/annuler", {"cancel_reason": "Fausse alerte"})
    assert "told-0-cancelled" in world.store.notices_of(MISSION)


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
    browser.get(PAGE).post(f"{PAGE}/prise-en-charge", HELPER)
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


# --- a neighbour -----------------------------------------------------------------------------------------------------


def neighbour(world: World) -> Browser:
    hugo = world.taken(world.browser(agent("Hugo", "Lambert")), "CA2")
    return hugo.post("/desk/appels/CA2/fiche", {"dwelling": "D112", "last_name": "Jeannin"}).get("/desk/appels/CA2")


def test_an_open_malfunction_in_the_building_is_shown_before_a_second_mission_starts(
    world: World, browser: Browser
) -> None:
    opened = sent(world, browser)
    warning = neighbour(world).page.find(id="doublon").get_text()
    assert "déjà ouvert à cette adresse" in warning
    assert opened.number in warning


def test_another_building_of_the_street_is_no_duplicate(world: World, browser: Browser) -> None:
    sent(world, browser)
    hugo = neighbour(world).post("/desk/appels/CA2/fiche", {"dwelling": "D002"}).get("/desk/appels/CA2")
    assert hugo.page.find(id="doublon").get_text(strip=True) == ""


def test_the_neighbours_call_joins_the_same_main_courante(world: World, browser: Browser) -> None:
    sent(world, browser)
    hugo = neighbour(world)
    for _ in range(2):
        hugo.post(f"/desk/appels/CA2/rattacher/{MISSION}", {}, csrf="csrf of id-Hugo")
    assert [contact.name for contact in the_malfunction(world).contacts][1:] == ["Jeannin"]
    assert world.store.forms["CA2"].malfunction_id == MISSION
    assert len(world.store.notices) == 2


def test_a_malfunction_that_is_gone_cannot_be_joined(world: World, browser: Browser) -> None:
    hugo = neighbour(world)
    hugo.post("/desk/appels/CA2/rattacher/0000000000000000", {})
    assert world.store.forms["CA2"].malfunction_id is None
    assert "n’est plus conservé" in hugo.get(hugo.location).text


def test_the_mission_is_followed_after_the_call_has_ended(world: World, browser: Browser) -> None:
    sent(world, browser)
    world.tell(CallEventKind.ENDED)
    address = browser.get(PAGE).page.find(id="direct")["hx-get"]
    browser.post(f"{PAGE}/accord", {"step": "0"}, csrf="csrf of id-Nadège")
    assert "Accepté" in browser.get(address).text


# --- the fiche -------------------------------------------------------------------------------------------------------


def fiches_told(world: World) -> list[tuple[str, str]]:
    told = [entry.data for entry in world.store.entries[MISSION] if entry.kind is EntryKind.FICHE_CLOSED]
    return [(line["caller_name"], line["answer_given"]) for line in told]


def test_closing_the_fiche_tells_the_main_courante_who_called_and_what_was_answered(
    world: World, browser: Browser
) -> None:
    sent(world, browser)
    world.tell(CallEventKind.ENDED)
    for _ in range(2):
        browser.post(f"{PAGE}/clore", COMPLETE, csrf="csrf of id-Nadège")
    assert fiches_told(world) == [("Corinne Vauthier", "Robinet d’arrêt indiqué.")]
    assert [contact.name for contact in the_malfunction(world).contacts] == ["Corinne Vauthier"]


def test_an_incomplete_fiche_tells_the_main_courante_nothing(world: World, browser: Browser) -> None:
    sent(world, browser)
    world.tell(CallEventKind.ENDED)
    browser.get(PAGE).post(f"{PAGE}/clore", {**COMPLETE, "answer_given": ""})
    assert fiches_told(world) == []


def test_a_fiche_closes_although_its_main_courante_is_no_longer_kept(world: World, browser: Browser) -> None:
    sent(world, browser)
    world.tell(CallEventKind.ENDED)
    browser.get(PAGE)
    world.store.malfunctions.clear()
    browser.post(f"{PAGE}/clore", COMPLETE)
    assert (browser.location, world.store.forms[CALL].closed_at) == ("/desk", world.now)
    assert world.store.malfunctions == {}
