"""From the call page to people who are called: once, after an answered tree, to a known place (R21, R41, R42, R46)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from permanence.application.dispatch.ports import Decision
from permanence.application.reception.ports import CallRecord
from permanence.application.reference.signed import seeds_of
from permanence.domain.calls.call import CallEventKind
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.notices import NoticeKind
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.reference.annuaire import Annuaire, Person
from permanence.domain.reference.entreprises import Contractor
from permanence.domain.reference.in_force import ObeyedListes, ReceptionPart
from permanence.domain.reference.instructions import Instruction, InstructionSort
from permanence.domain.reference.patrimoine import InternalContact, MaintenanceContract
from permanence.domain.reference.places import Where
from tests.functions.desk.desk_missions import MISSION, PAGE, at_home, guided, send, sent, the_malfunction
from tests.functions.desk.desk_world import BURST_PIPE, CALL, COMPLETE, ENTREPRISES, PATRIMOINE, World, agent
from tests.web.browser import Browser


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def browser(world: World) -> Browser:
    return guided(world)


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


DARK_STAIRCASE = (*BURST_PIPE[:2], ("quoi", "communs"), ("communs", "eclairage"), ("eclairage", "tout"))


def test_a_malfunction_of_the_common_parts_is_at_the_building_not_at_the_callers_door(world: World) -> None:
    browser = world.answers(world.taken(world.browser()), DARK_STAIRCASE)
    place = sent(world, browser).place
    assert (place.dwelling_id, place.building_id, place.details) == ("D104", "BOUVIER-B", "bât. B")


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
    assert "répondez au guide" in browser.get(browser.location).text


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


# --- what the files say of the place ---------------------------------------------------------------------------------

VALVE = Instruction("BOUVIER-B", "plomberie_logement", InstructionSort.STOP_VALVE, "cave B, à gauche")
CODE = Instruction("BOUVIER-B", "", InstructionSort.CODE, "24B10")
OF_ANOTHER_MOTIF = Instruction("BOUVIER-B", "skydome_ouvert", InstructionSort.KEYS, "clés à la loge")
OF_ANOTHER_BUILDING = Instruction("BOUVIER-A", "", InstructionSort.ASBESTOS, "dalles du hall")


def test_the_instructions_of_the_place_are_read_before_sending_and_stay_those_of_that_night(
    world: World, browser: Browser
) -> None:
    known = (CODE, VALVE, OF_ANOTHER_MOTIF, OF_ANOTHER_BUILDING)
    world.reference.current = replace(PATRIMOINE, instructions=known)
    read = at_home(browser).get(PAGE).text
    assert ("Vanne d’arrêt cave B, à gauche" in read, "Code d’accès 24B10" in read) == (True, True)
    assert ("clés à la loge" in read, "dalles du hall" in read) == (False, False)

    opened = sent(world, browser)
    assert opened.instructions == (CODE, VALVE)

    world.reference.current = replace(PATRIMOINE, instructions=(replace(CODE, text="77A31"),))
    read = browser.get(PAGE).text
    assert ("24B10" in read, "77A31" in read) == (True, False)


def test_who_maintains_the_building_and_whom_an_affaire_goes_to_are_told_once_a_dwelling_is_chosen(
    world: World, browser: Browser
) -> None:
    lift = MaintenanceContract("BOUVIER-B", "ascenseur", "LIFT", "C-12", date(2026, 1, 1))
    contact = InternalContact(Where.COMMUNE, "Vesoul", "technique", "Service technique", "PERROT")
    world.reference.current = replace(PATRIMOINE, maintenance=(lift,), contacts=(contact,))
    company = Contractor("LIFT", "Ascenseurs Comtois", "ascenseur", "+33353014001", called_by_tenants=True)
    world.reference.companies = replace(ENTREPRISES, contractors=(*ENTREPRISES.contractors, company))
    world.reference.people = Annuaire(people=(Person("PERROT", "Julien Perrot"),))
    assert "Ascenseurs Comtois" not in browser.get(PAGE).text

    read = at_home(browser).get(PAGE).text
    assert "Ascenseur Ascenseurs Comtois, 03 53 01 40 01 contrat C-12" in read
    assert "Affaire, technique Service technique, Julien Perrot" in read


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
    assert "notez pourquoi" in at_the_door.text
    assert at_the_door.page.find(id="direct_to_staff_reason")["aria-invalid"] == "true"


def test_a_motif_of_one_list_offers_no_way_around_its_contractor(world: World, browser: Browser) -> None:
    assert at_home(browser).page.find(id="b-direct") is None
    assert send_directly(browser, "Plus vite").status == 400
    assert world.store.malfunctions == {}


def test_a_reason_that_nobody_sent_changes_nothing_for_the_contractor(world: World, at_the_door: Browser) -> None:
    at_the_door.post(f"{PAGE}/intervention", {"direct_to_staff_reason": "typed, not sent"})
    assert "typed" not in str(the_malfunction(world).dispatch)


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


def test_a_call_that_joined_a_mission_sends_nobody_itself(world: World, browser: Browser) -> None:
    sent(world, browser)
    hugo = world.answers(neighbour(world), call_id="CA2")
    hugo.post(f"/desk/appels/CA2/rattacher/{MISSION}", {})
    hugo.post("/desk/appels/CA2/intervention", {}, csrf="csrf of id-Hugo")
    assert list(world.store.malfunctions) == [MISSION]


def neighbours_mission(world: World) -> Malfunction:
    """A second one, which the neighbour's call has started."""
    world.answers(neighbour(world), call_id="CA2").post("/desk/appels/CA2/intervention", {})
    return world.store.malfunctions[world.store.forms["CA2"].malfunction_id or ""]


def test_a_call_that_sent_somebody_joins_no_other_mission(world: World, browser: Browser) -> None:
    sent(world, browser)
    other = neighbours_mission(world)
    browser.post(f"{PAGE}/rattacher/{other.malfunction_id}", {}, csrf="csrf of id-Nadège")
    assert world.store.forms[CALL].malfunction_id == MISSION
    assert world.store.malfunctions[other.malfunction_id] == other


def while_sending(world: World, other: Callable[[], object]) -> None:
    """The next mission has just been saved when somebody else does this, before the fiche knows it."""
    add = world.malfunctions.add

    def overtaken(decision: Decision) -> None:
        world.malfunctions.add = add  # type: ignore[method-assign]
        add(decision)
        other()

    world.malfunctions.add = overtaken  # type: ignore[method-assign]


def test_of_two_decisions_at_once_the_fiche_keeps_the_one_it_knew_first(world: World, browser: Browser) -> None:
    at_home(browser)
    other = neighbours_mission(world)
    colleague = world.browser().get(PAGE)
    while_sending(world, lambda: colleague.post(f"{PAGE}/rattacher/{other.malfunction_id}", {}))
    send(browser)
    assert world.store.forms[CALL].malfunction_id == other.malfunction_id


def test_a_fiche_that_is_closed_while_somebody_sends_knows_the_mission_all_the_same(
    world: World, browser: Browser
) -> None:
    at_home(browser)
    world.tell(CallEventKind.ENDED)
    colleague = world.browser().get(PAGE)
    while_sending(world, lambda: colleague.post(f"{PAGE}/clore", COMPLETE))
    send(browser)
    assert (world.store.forms[CALL].closed_at, world.store.forms[CALL].malfunction_id) == (world.now, MISSION)


def test_a_closed_fiche_sends_nobody_and_joins_nothing(world: World, browser: Browser) -> None:
    at_home(browser)
    other = neighbours_mission(world)
    world.tell(CallEventKind.ENDED)
    browser.post(f"{PAGE}/clore", COMPLETE)
    for act in ("intervention", f"rattacher/{other.malfunction_id}"):
        browser.post(f"{PAGE}/{act}", {}, csrf="csrf of id-Nadège")
    closed = world.store.forms[CALL]
    assert (closed.closed_at, closed.malfunction_id) == (world.now, None)
    assert world.store.malfunctions == {other.malfunction_id: other}


def test_a_malfunction_that_is_gone_cannot_be_joined(world: World, browser: Browser) -> None:
    hugo = neighbour(world)
    hugo.post("/desk/appels/CA2/rattacher/0000000000000000", {})
    assert world.store.forms["CA2"].malfunction_id is None
    assert "n’est plus conservé" in hugo.get(hugo.location).text


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


def test_a_dispatch_is_decided_by_the_delays_in_force(world: World) -> None:
    """And keeps them: its chain is frozen (R42, R43)."""
    told = replace(seeds_of(world.contract)["listes"], answer_within_s={"default": 200, "cadre": 300})
    world.part = ReceptionPart(listes=(ObeyedListes(1, world.now, told),))
    dispatch = sent(world, guided(world)).dispatch

    assert dispatch is not None
    assert {step.responder.answer_within_s for step in dispatch.steps} == {200, 300}
    assert dispatch.steps[-1].responder.answer_within_s == 300
