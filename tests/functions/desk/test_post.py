"""The Poste page: who waits appears, and exactly one agent takes a call (R10, R13, R74)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from permanence.application.access.members import Member
from permanence.application.access.signing_in import Session
from permanence.application.desk.fiche import malfunction_id_of
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.ports import OpenWork
from permanence.application.reception.ports import ProviderRefused, ProviderUnavailable
from permanence.application.reference.signed import seeds_of
from permanence.application.timeline.french import telephone
from permanence.domain.calls.call import CallEventKind, CallStatus
from permanence.domain.dispatch.events import CallNext
from permanence.domain.reference.announced import Peak
from permanence.domain.reference.calendar import Service
from permanence.domain.reference.calendrier import Calendrier
from permanence.domain.reference.exceptional import Opening, Takeover
from permanence.domain.reference.in_force import ObeyedListes, ObeyedMessages, ReceptionPart
from permanence.domain.reference.messages import Messages
from permanence.domain.reference.messages_kind import Text, with_text
from permanence.domain.reference.rota import EVERY_SECTOR, Duty, OnCallPerson, OnCallRole
from tests.fakes.documents import announced, closed
from tests.functions.desk.desk_world import CALL, CALLER, World, agent
from tests.web.browser import Browser


@pytest.fixture
def world() -> World:
    return World()


def take(browser: Browser, call_id: str = CALL) -> Browser:
    return browser.get("/desk").post(f"/desk/appels/{call_id}/prendre", {})


def test_a_closure_makes_the_desk_astreinte_until_it_ends(world: World) -> None:
    """A Monday afternoon in opening hours (R2)."""
    world.now = datetime(2026, 11, 30, 13, 2, tzinfo=UTC)
    end = datetime(2026, 11, 30, 14, tzinfo=UTC)
    assert "jusqu’à 17 h 30" in world.browser().get("/desk").text

    world.part = closed(world.now - timedelta(minutes=2), end)

    page = world.browser().get("/desk").text
    assert "jusqu’à 15 h" in page
    assert "Astreinte" in page


def test_a_peak_announced_is_shown_four_days_ahead_and_until_it_is_over(world: World) -> None:
    peak = Peak(world.now + timedelta(days=4), world.now + timedelta(days=4, hours=2), "avis d’échéance")
    world.part = announced(Calendrier(peaks=(peak,)), since=world.now - timedelta(days=1))
    browser = world.browser()
    assert "Pics annoncés" not in browser.get("/desk").text

    world.now += timedelta(minutes=1)
    page = browser.get("/desk").text
    assert "avis d’échéance" in page
    assert "Plus d’appels attendus : du mer. 25 nov., 23 h 12, au jeu. 26 nov., 1 h 12" in page

    world.now = peak.end
    assert "avis d’échéance" not in browser.get("/desk").text


def test_a_takeover_is_the_service_of_the_desk_with_its_reason_its_end_and_its_greeting(world: World) -> None:
    """A Monday afternoon in opening hours (R4)."""
    world.now = datetime(2026, 11, 30, 13, 2, tzinfo=UTC)
    end = datetime(2026, 12, 18, 17, tzinfo=UTC)
    takeover = Takeover(world.now - timedelta(minutes=2), end, "crise sanitaire")
    world.part = announced(Calendrier(takeovers=(takeover,)), since=world.now - timedelta(days=1))

    page = world.browser().get("/desk").text

    assert "Prise en charge totale jusqu’à 17 h 30" in page
    assert "Le CRC ne répond plus : crise sanitaire. Fin prévue le vendredi 18 décembre 2026" in page
    assert "Permanence d’Habitat 70, Nadège, bonjour." in page
    assert "Personne n’est d’astreinte avant" in page


def test_an_agency_that_is_open_out_of_the_ordinary_is_said(world: World) -> None:
    """R30: its calls do not change, what the agent may say does."""
    opening = Opening(world.now - timedelta(hours=1), world.now + timedelta(hours=2), "portes ouvertes", "gray")
    world.part = announced(Calendrier(openings=(opening,)), since=world.now - timedelta(days=1))
    page = world.browser().get("/desk").text
    assert "Agences ouvertes Gray Ouverte portes ouvertes" in page
    assert "Astreinte jusqu’à" in page

    world.now = opening.end
    assert "Agences ouvertes" not in world.browser().get("/desk").text


def test_a_caller_who_waits_as_long_as_the_delay_in_force_alarms_the_desk(world: World) -> None:
    """And a refresh brings it (R17)."""
    world.part = listed(world, alarm_after_wait_s=50)
    world.call_comes_in(ago_s=49)
    browser = world.browser().get("/desk")
    assert "Attend depuis" not in browser.text
    address = browser.page.find(id="direct")["hx-get"]

    world.now += timedelta(seconds=1)
    assert "Attend depuis 50 s ou plus" in browser.get(address).text


def test_the_greeting_is_the_one_in_force(world: World) -> None:
    seed: Messages = seeds_of(world.contract)["messages"]
    body = with_text(seed, Text(Service.ASTREINTE, "greeting", "Astreinte, {agent} à l’appareil."))
    world.part = ReceptionPart(messages=(ObeyedMessages(1, world.now, body),))
    assert "Astreinte, Nadège à l’appareil." in world.browser().get("/desk").text


def listed(world: World, **told: Any) -> ReceptionPart:
    """The lists in force, with these values."""
    body = replace(seeds_of(world.contract)["listes"], **told)
    return ReceptionPart(listes=(ObeyedListes(1, world.now - timedelta(days=1), body),))


def test_a_refresh_says_that_a_peak_has_begun(world: World) -> None:
    peak = Peak(world.now + timedelta(minutes=1), world.now + timedelta(hours=2), "tempête")
    world.part = announced(Calendrier(peaks=(peak,)), since=world.now - timedelta(days=1))
    browser = world.browser().get("/desk")
    assert "En cours" not in browser.page.find(id="pics").get_text()
    address = browser.page.find(id="direct")["hx-get"]

    world.now = peak.start
    assert "En cours" in browser.get(address).page.find(id="pics").get_text()


# --- who may enter ---------------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in_and_brought_back(world: World) -> None:
    browser = world.anyone().get("/desk/appels/CA0123")
    assert (browser.status, browser.location) == (303, "/connexion?suite=/desk/appels/CA0123")


def test_a_refresh_without_a_session_sends_the_whole_page_to_sign_in(world: World) -> None:
    browser = world.anyone().get("/desk/direct", **{"hx-request": "true"})
    assert (browser.status, browser.headers["HX-Redirect"]) == (401, "/connexion")


def test_the_landlord_does_not_enter_the_desk(world: World) -> None:
    browser = world.browser(agent(group="habitat70")).get("/desk")
    assert browser.status == 403


def test_a_supervisor_enters_the_desk(world: World) -> None:
    assert world.browser(agent(group="superviseur")).get("/desk").status == 200


@pytest.mark.parametrize(("idle", "status"), [(timedelta(minutes=30, seconds=-1), 200), (timedelta(minutes=30), 303)])
def test_a_session_ends_after_thirty_minutes_without_use(world: World, idle: timedelta, status: int) -> None:
    browser = world.browser()
    world.now += idle
    assert browser.get("/desk").status == status


@pytest.mark.parametrize(("lasted", "status"), [(timedelta(hours=12, seconds=-1), 200), (timedelta(hours=12), 303)])
def test_a_session_in_use_ends_after_twelve_hours(world: World, lasted: timedelta, status: int) -> None:
    browser = world.browser()
    start = world.now
    for minutes in range(20, 12 * 60, 20):
        world.now = start + timedelta(minutes=minutes)
        browser.get("/desk/direct")
    world.now = start + lasted
    assert browser.get("/desk").status == status


def test_a_form_from_another_site_takes_no_call(world: World) -> None:
    world.call_comes_in()
    browser = world.browser().get("/desk").post(f"/desk/appels/{CALL}/prendre", {}, csrf="forged")
    assert browser.status == 403
    assert world.phones.calls == []


# --- the queue -------------------------------------------------------------------------------------------------------


def test_a_waiting_call_shows_its_number_its_wait_and_a_way_to_take_it(world: World) -> None:
    world.call_comes_in(ago_s=47)
    browser = world.browser().get("/desk")
    assert "06 39 98 12 47" in browser.text.replace("\u00a0", " ")
    assert "47 s" in browser.text.replace("\u00a0", " ")
    assert browser.page.find("form", action=f"/desk/appels/{CALL}/prendre") is not None


def test_a_withheld_number_is_a_normal_case(world: World) -> None:
    world.call_comes_in(caller=None)
    assert "Numéro masqué" in world.browser().get("/desk").text


def test_who_waits_longest_comes_first(world: World) -> None:
    world.call_comes_in("CA2", ago_s=10)
    world.call_comes_in("CA1", ago_s=60)
    forms = world.browser().get("/desk").page.find_all("form", action=lambda action: "prendre" in (action or ""))
    assert [form["action"] for form in forms] == ["/desk/appels/CA1/prendre", "/desk/appels/CA2/prendre"]


def test_the_page_says_for_which_browser_its_keys_are_made(world: World) -> None:
    assert "Le navigateur du poste est Chromium ou Edge." in world.browser().get("/desk").text


def test_an_empty_queue_says_so(world: World) -> None:
    assert "Personne n’attend" in world.browser().get("/desk").text


def test_the_greeting_names_the_agent_and_the_hour(world: World) -> None:
    assert "Astreinte Habitat 70, Nadège, bonsoir." in world.browser().get("/desk").text


def test_a_refresh_costs_two_requests(world: World) -> None:
    world.call_comes_in()
    browser = world.browser()
    reads: list[str] = []
    read = world.sessions.session

    def counted(key: str, user_id: str) -> tuple[Session, Member] | None:
        reads.append(key)
        return read(key, user_id)

    world.sessions.session = counted  # type: ignore[method-assign]
    before = world.store.requests
    browser.get("/desk/direct")
    assert (world.store.requests - before, len(reads)) == (1, 1)


def test_a_refresh_brings_a_new_call(world: World) -> None:
    browser = world.browser().get("/desk")
    address = browser.page.find(id="direct")["hx-get"]
    world.call_comes_in()
    assert browser.get(address).page.find("form", action=f"/desk/appels/{CALL}/prendre") is not None


def test_a_refresh_leaves_alone_what_did_not_change_but_for_the_seconds(world: World) -> None:
    world.call_comes_in(ago_s=18)
    browser = world.browser().get("/desk")
    address = browser.page.find(id="direct")["hx-get"]
    world.now += timedelta(seconds=2)
    page = browser.get(address).page
    assert page.find("form") is None
    assert page.find(id=f"attente-{CALL}").get_text() == "20\u00a0s"


# --- taking ----------------------------------------------------------------------------------------------------------


def test_taking_a_call_rings_the_agents_phone_and_opens_its_page(world: World) -> None:
    world.call_comes_in()
    browser = take(world.browser())
    assert (browser.status, browser.location) == (303, f"/desk/appels/{CALL}")
    assert [placed.to for placed in world.phones.calls] == ["+33639980101"]
    assert "votre téléphone sonne" in browser.get(browser.location).text


def test_a_double_click_rings_once(world: World) -> None:
    world.call_comes_in()
    browser = world.browser()
    take(browser)
    assert browser.get("/desk").post(f"/desk/appels/{CALL}/prendre", {}).status == 303
    assert len(world.phones.calls) == 1


def test_who_loses_the_race_reads_who_won_it(world: World) -> None:
    world.call_comes_in()
    nadege = world.browser().get("/desk")
    take(world.browser(agent("Hugo", "Lambert")))
    nadege.post(f"/desk/appels/{CALL}/prendre", {})
    assert nadege.status == 409
    assert "Hugo Lambert a pris cet appel avant vous" in nadege.text
    assert len(world.phones.calls) == 1


def test_a_call_on_the_contractors_line_says_so_in_words_and_can_be_taken(world: World) -> None:
    world.call_comes_in()
    browser = world.browser().get("/desk")
    assert "Ligne des intervenants" not in browser.text
    at = world.now - timedelta(seconds=9)
    world.tell(CallEventKind.PRESENTED, "CA-line", at, called="+33353017070", line="desk")

    marks = [mark for mark in browser.get("/desk").page.find_all(class_="st") if "Ligne des" in mark.get_text()]
    assert [(mark.get_text(), mark.svg is not None) for mark in marks] == [("Ligne des intervenants", True)]
    taken = take(world.browser(), "CA-line").get("/desk/appels/CA-line")
    assert "Ligne des intervenants" in taken.text


def test_a_test_call_is_on_no_agents_page_and_cannot_be_taken(world: World) -> None:
    page = world.browser().get("/desk").text
    world.tell(CallEventKind.PRESENTED, "CA-test", world.now, called="+33353017000", line="test")

    browser = world.browser().get("/desk")
    assert browser.text == page
    assert browser.post("/desk/appels/CA-test/prendre", {}).status == 409
    assert world.phones.calls == []


def test_a_caller_sent_to_the_fallback_numbers_leaves_the_queue_and_cannot_be_taken(world: World) -> None:
    world.call_comes_in()
    browser = take(world.browser()).get(f"/desk/appels/{CALL}")
    world.tell(CallEventKind.RELEASED, attempt="1", reason="no_answer")
    world.tell(CallEventKind.SENT_TO_FALLBACK)

    page = browser.get(f"/desk/appels/{CALL}").page
    assert "Renvoyé vers Habitat\u00a070" in page.get_text()
    assert page.find(id="b-prendre") is None
    page = browser.get("/desk").page
    assert page.find(id=f"prendre-{CALL}") is None
    assert page.find(id="reprendre") is None
    assert "a été renvoyé vers Habitat 70 avant la prise" in browser.post(f"/desk/appels/{CALL}/prendre", {}).text
    assert len(world.phones.calls) == 1


def test_a_caller_who_hung_up_is_not_taken(world: World) -> None:
    world.call_comes_in()
    browser = world.browser().get("/desk")
    world.tell(CallEventKind.ENDED)
    browser.post(f"/desk/appels/{CALL}/prendre", {})
    assert "s’est terminé avant la prise" in browser.text
    assert world.phones.calls == []


@pytest.mark.parametrize("fault", [ProviderRefused("21211", "invalid"), ProviderUnavailable("503")])
def test_when_the_agents_phone_cannot_be_called_the_call_can_be_taken_again(world: World, fault: Exception) -> None:
    world.call_comes_in()
    world.phones.faults.append(fault)
    browser = take(world.browser())
    assert "L’appel attend toujours" in browser.text
    assert take(browser).status == 303
    assert len(world.phones.calls) == 1


def test_an_agent_without_a_number_is_told_what_to_do(world: World) -> None:
    world.call_comes_in()
    person = agent()
    without = type(person)(person.user_id, person.email, person.first_name, person.last_name, "", person.groups)
    browser = take(world.browser(without))
    assert "votre superviseur peut l’ajouter" in browser.text
    assert world.calls.get(CALL).call.status is CallStatus.WAITING  # type: ignore[union-attr]


@pytest.mark.parametrize("call_id", ["CA-nobody", "a%20b", "x" * 65])
def test_an_unknown_call_is_not_found(world: World, call_id: str) -> None:
    browser = world.browser()
    assert browser.get(f"/desk/appels/{call_id}").status == 404
    assert "Il n’y a rien à cette adresse" in browser.text


# --- what is open ----------------------------------------------------------------------------------------------------


def test_a_call_that_ended_without_a_closed_fiche_is_listed(world: World) -> None:
    browser = world.browser()
    world.taken(browser)
    browser.post(f"/desk/appels/{CALL}/fiche", {"last_name": "Vauthier", "first_name": "Corinne"})
    assert "Corinne Vauthier" not in browser.get("/desk").text
    world.tell(CallEventKind.ENDED)
    assert "Corinne Vauthier" in browser.get("/desk").text


def test_a_fiche_to_close_says_whom_to_call_back_about_what_and_where(world: World) -> None:
    browser = world.browser()
    world.answers(world.taken(browser))
    browser.post(f"/desk/appels/{CALL}/fiche", {"dwelling": "D104", "mobile": "06 39 98 12 47"})
    world.tell(CallEventKind.ENDED)
    row = browser.get("/desk").page.find(id="fiches").tbody.get_text(" ", strip=True).replace("\u00a0", " ")
    assert "06 39 98 12 47" in row
    assert "Fuite ou panne de plomberie dans le logement" in row
    assert "12 rue Baron Bouvier, bât. B, 1er étage, porte 104, 70000 Vesoul" in row


def test_a_fiche_to_close_names_the_malfunction_it_belongs_to(world: World) -> None:
    browser = world.browser()
    world.answers(world.taken(browser))
    browser.post(f"/desk/appels/{CALL}/fiche", {"dwelling": "D104"}).get(f"/desk/appels/{CALL}")
    browser.post(f"/desk/appels/{CALL}/intervention", {})
    world.tell(CallEventKind.ENDED)
    row = browser.get("/desk").page.find(id="fiches").tbody.get_text(" ", strip=True)
    assert world.store.malfunctions[malfunction_id_of(CALL)].number in row
    assert "12 rue Baron Bouvier, bât. B, Vesoul" in row


def test_a_refresh_brings_the_counters_of_the_tabs_with_the_lists_they_count(world: World) -> None:
    browser = world.browser()
    address = world.taken(browser).get("/desk").page.find(id="direct")["hx-get"]
    assert browser.page.find(id="onglet-fiches").find(class_="cnt").get_text() == "0"
    world.tell(CallEventKind.ENDED)
    refreshed = browser.get(address).page.find(id="onglets")
    assert refreshed["hx-swap-oob"] == "true"
    assert refreshed.find(id="onglet-fiches").find(class_="cnt").get_text() == "1"
    assert refreshed.find(id="onglet-appel") is None


# --- who is on call --------------------------------------------------------------------------------------------------

FRIDAY_16_29 = datetime(2026, 11, 20, 15, 29, tzinfo=UTC)


def test_in_opening_hours_nobody_is_said_to_be_on_call_and_who_comes_next_is(world: World) -> None:
    world.now = FRIDAY_16_29
    panel = world.browser().get("/desk").page.find(id="astreinte").get_text(" ", strip=True).replace("\u00a0", " ")
    assert "en ce moment" not in panel
    assert "personne n’est d’astreinte" in panel
    assert "Sylvie Mourot" in panel


def test_a_refresh_at_closing_time_changes_the_service_and_who_is_on_call(world: World) -> None:
    world.now = FRIDAY_16_29
    browser = world.browser().get("/desk")
    address = browser.page.find(id="direct")["hx-get"]
    assert browser.get(address).page.find(id="astreinte") is None
    world.now += timedelta(minutes=1)
    page = browser.get(address).page
    assert "D’astreinte en ce moment" in page.find(id="astreinte").get_text()
    assert page.find(id="service")["data-service"] == "astreinte"


def test_whom_the_alarm_calls_follows_the_planning_on_an_open_page(world: World) -> None:
    browser = world.browser().get("/desk")
    assert telephone(world.contract.numbers.duty_supervisor) in browser.page.find(id="astreinte").get_text()
    address, day = browser.page.find(id="direct")["hx-get"], timedelta(days=1)
    assert browser.get(address).page.find(id="astreinte") is None
    rachid = OnCallPerson("rachid", "Rachid Amrani", "+33639989971")
    planned = Duty(EVERY_SECTOR, OnCallRole.SUPERVISEUR, rachid, world.now - day, world.now + day)
    world.reference.rota = (*world.reference.rota, planned)
    panel = browser.get(address).page.find(id="astreinte").get_text(" ", strip=True).replace("\u00a0", " ")
    assert "Rachid Amrani, 06 39 98 99 71" in panel
    assert browser.get(browser.page.find(id="direct")["hx-get"]).page.find(id="astreinte") is None


def test_a_refresh_after_midnight_changes_the_day(world: World) -> None:
    address = world.browser().get("/desk").page.find(id="direct")["hx-get"]
    world.now += timedelta(minutes=48)
    refreshed = world.browser().get(address).page.find(id="service")
    assert "Dimanche 22 novembre" in refreshed.get_text().replace("\u00a0", " ")


# --- leaving ---------------------------------------------------------------------------------------------------------


def test_who_leaves_between_calls_leaves_at_once(world: World) -> None:
    browser = world.browser().get("/desk").post("/desk/quitter", {})
    assert (browser.status, browser.location) == (307, "/deconnexion")


def test_who_leaves_in_the_middle_of_a_call_is_told_so_first(world: World) -> None:
    browser = world.taken(world.browser()).post("/desk/quitter", {})
    assert browser.status == 409
    assert "Votre appel n’est pas terminé" in browser.text
    assert browser.page.find("form", action="/deconnexion").button.get_text() == "Quitter quand même"
    world.tell(CallEventKind.ENDED)
    assert browser.post("/desk/quitter", {}).status == 307


def test_a_dispatch_that_nobody_accepted_alarms_the_desk(world: World) -> None:
    browser = world.browser()
    world.taken(browser)
    world.answers(browser)
    browser.post(f"/desk/appels/{CALL}/fiche", {"dwelling": "D104"}).get(f"/desk/appels/{CALL}")
    browser.post(f"/desk/appels/{CALL}/intervention", {})
    assert "Personne n’a accepté" not in browser.get("/desk").text
    for step in range(5):
        act_on_dispatch(world.malfunctions, malfunction_id_of(CALL), CallNext(step), world.now, world.dispatching)
    alarm = browser.get("/desk").page.find(role="alert")
    assert "Personne n’a accepté" in alarm.get_text()
    assert "12 rue Baron Bouvier, bât. B, Vesoul" in alarm.get_text()


def test_what_a_caller_said_is_shown_as_text(world: World) -> None:
    browser = world.browser()
    world.taken(browser)
    browser.post(f"/desk/appels/{CALL}/fiche", {"last_name": "<script>x</script>", "first_name": "<b>y"})
    world.tell(CallEventKind.ENDED)
    page = browser.get("/desk").page
    assert "<script>x</script>" in page.get_text()
    assert all(script.get("src") for script in page.find_all("script"))


def test_nobodys_number_travels_in_an_address(world: World) -> None:
    world.call_comes_in()
    page = take(world.browser()).get(f"/desk/appels/{CALL}").page
    addresses = [str(value) for tag in page.find_all(True) for name, value in tag.attrs.items() if name != "value"]
    assert not [address for address in addresses if CALLER[1:] in address]


def test_leaving_in_the_moment_the_call_ends_is_answered(world: World) -> None:
    browser = world.taken(world.browser())
    read = world.open_items.open_work

    def the_caller_hangs_up_afterwards() -> OpenWork:
        work = read()
        world.tell(CallEventKind.ENDED)
        return work

    world.open_items.open_work = the_caller_hangs_up_afterwards  # type: ignore[method-assign]
    assert browser.post("/desk/quitter", {}).status == 409
    assert browser.page.find(id="contenu").find(role="alert") is None
