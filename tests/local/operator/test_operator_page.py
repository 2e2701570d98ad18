"""Anybody can be the people at the phones, in a browser."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from local.operator.client import OperatorClient
from local.operator.faults import Mishap
from local.operator.phones import Answering, SmsReception
from tests.local.operator.application import Application
from tests.local.operator.conftest import OUR_NUMBER, Rest
from tests.web.chromium import launched

PATIENCE_MS = 30_000
CONTRACTOR = "+33639980301"


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    expect.set_options(timeout=PATIENCE_MS)
    with launched() as browser:
        yield browser.new_page()


@pytest.fixture
def page(browser_page: Page, operator: OperatorClient, operator_url: str) -> Page:
    browser_page.goto(operator_url)
    return browser_page


def test_a_phone_rings_is_answered_and_its_key_reaches_the_application(
    page: Page, application: Application, rest: Rest, operator: OperatorClient
) -> None:
    application.says("/menu", '<Gather numDigits="1" timeout="20" action="/done"><Say>Tapez 1.</Say></Gather>')
    application.says("/done", "<Say>Accord noté.</Say><Pause length='2000'/>")
    operator.name_phone(CONTRACTOR, "Plomberie Martin")
    call = {"To": CONTRACTOR, "From": OUR_NUMBER, "Url": f"{application.url}/menu"}
    rest("POST", "Calls.json", dict(call)).raise_for_status()

    phone = page.get_by_role("article").filter(has_text="Plomberie Martin")
    expect(phone.get_by_text("Sonne", exact=True)).to_be_visible()
    expect(page).to_have_title("(1) Opérateur local")
    phone.get_by_role("button", name="Décrocher").click()
    phone.get_by_role("button", name="1", exact=True).click()
    expect(phone.get_by_text("Accord noté.")).to_be_visible()
    phone.get_by_role("button", name="Raccrocher").click()
    expect(phone.get_by_text("Libre", exact=True)).to_be_visible()
    assert application.told("/done")[0]["Digits"] == "1"


def test_a_call_placed_on_the_page_is_an_inbound_call(
    page: Page, application: Application, operator: OperatorClient
) -> None:
    application.says("/incoming", "<Say>Bonjour.</Say><Pause length='2000'/>")
    expect(page.get_by_label("Vers notre numéro")).to_have_value(OUR_NUMBER)
    page.get_by_label("Depuis le téléphone").fill("06 39 98 01 01")
    page.get_by_role("button", name="Appeler").click()
    expect(page.get_by_text("Bonjour.")).to_be_visible()
    assert application.told("/incoming")[0]["From"] == "+33639980101"


def test_every_view_opens_and_nothing_is_loaded_from_elsewhere(page: Page, operator_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    for view in ("Téléphones", "SMS", "Courriels", "Pannes", "Journal", "Commandes"):
        page.get_by_role("navigation").get_by_role("link", name=view).click()
        expect(page.locator(".view.shown")).to_be_visible()
    expect(page.get_by_text("POST /phones/{phone}/answer")).to_be_visible()
    assert [url for url in asked if not url.startswith((operator_url, "data:"))] == []


def test_an_incomplete_number_is_said_and_calls_nobody(page: Page, application: Application) -> None:
    expect(page.get_by_label("Vers notre numéro")).to_have_value(OUR_NUMBER)
    page.get_by_role("button", name="Appeler").click()
    expect(page.get_by_text("Il manque le numéro du téléphone")).to_be_visible()
    assert application.asked == []


def test_the_link_of_an_sms_can_be_followed_and_its_text_is_never_markup(page: Page, rest: Rest) -> None:
    body = "<b>Mission</b> : http://permanence.localhost:4570/m/Zk3v9Q2m."
    rest("POST", "Messages.json", {"To": CONTRACTOR, "From": "HABITAT70", "Body": body}).raise_for_status()
    page.get_by_role("link", name="SMS").click()
    link = page.locator("#messages").get_by_role("link")
    expect(link).to_have_attribute("href", "http://permanence.localhost:4570/m/Zk3v9Q2m")
    expect(page.locator("#messages").get_by_text("<b>Mission</b>")).to_be_visible()


def test_a_call_that_fails_says_so_on_the_page(page: Page, application: Application, operator: OperatorClient) -> None:
    application.says("/incoming", "<Sing/>")
    application.says("/fallback", "<Sing/>")
    operator.place_call("+33639980101", OUR_NUMBER)
    expect(page.get_by_role("alert").filter(has_text="<Sing> is not a verb")).to_be_visible()


def test_a_fault_is_set_on_the_page_counts_down_and_is_taken_back(
    page: Page, rest: Rest, operator: OperatorClient
) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Pannes").click()
    page.get_by_label("Ce qui va mal").select_option(label="Trop de requêtes (429)")
    page.get_by_label("Pour quoi").select_option(label="les SMS")
    page.get_by_label("Pour un seul téléphone").fill("06 39 98 03 01")
    page.get_by_label("Combien de fois").fill("2")
    page.get_by_role("button", name="Provoquer").click()
    row = page.locator("#faults tr")
    expect(row).to_contain_text("2 fois")
    sms = {"To": CONTRACTOR, "From": "HABITAT70", "Body": "Mission"}
    assert rest("POST", "Messages.json", dict(sms)).status_code == 429
    expect(row).to_contain_text("1 fois")
    row.get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("Tout fonctionne.")).to_be_visible()
    assert rest("POST", "Messages.json", dict(sms)).status_code == 201


def test_a_fault_of_the_callbacks_and_the_pace_are_set_on_the_page(page: Page, operator: OperatorClient) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Pannes").click()
    page.get_by_label("Ce qui va mal").select_option(label="Rappel dans le désordre")
    page.get_by_label("Pour quoi").select_option(label="les accusés des SMS")
    page.get_by_role("button", name="Provoquer").click()
    expect(page.locator("#faults tr")).to_contain_text("Rappel dans le désordre")
    (fault,) = operator.faults().webhooks.values()
    assert (fault.mishap, fault.match) == (Mishap.REORDERED, "/telephony/notices/sms")
    page.get_by_role("button", name="Tout rétablir").click()
    expect(page.get_by_text("Tout fonctionne.")).to_be_visible()
    page.get_by_label("Un appel sortant par seconde").check()
    operator.wait_for(lambda: operator.pace() == 1, 10, "pace")


def test_what_becomes_of_an_sms_is_chosen_under_its_phone(page: Page, rest: Rest, operator: OperatorClient) -> None:
    operator.name_phone(CONTRACTOR, "Plomberie Martin")
    phone = page.get_by_role("article").filter(has_text="Plomberie Martin")
    phone.get_by_text("Comportement").click()
    phone.get_by_label("Quand un SMS arrive").select_option(label="Refusé : ligne fixe (21614)")
    phone.get_by_role("button", name="Appliquer").click()
    operator.wait_for(lambda: _reception(operator) is SmsReception.NOT_A_MOBILE, 10, "behaviour")
    refused = rest("POST", "Messages.json", {"To": CONTRACTOR, "From": OUR_NUMBER, "Body": "Mission"})
    assert refused.json()["code"] == 21614


def test_the_form_of_a_phone_shows_what_it_does_now_whoever_told_it(page: Page, operator: OperatorClient) -> None:
    operator.set_behaviour(CONTRACTOR, Answering.NO_ANSWER, after_s=2)
    phone = page.get_by_role("article")
    phone.get_by_text("Comportement").click()
    expect(phone.get_by_label("Quand il sonne")).to_have_value("no_answer")
    operator.set_behaviour(CONTRACTOR, Answering.MANUAL)
    expect(phone.get_by_label("Quand il sonne")).to_have_value("manual")


def test_numbers_have_names_before_they_ring_and_are_no_phones_until_then(
    page: Page, application: Application, rest: Rest, operator: OperatorClient
) -> None:
    sid = rest("GET", "IncomingPhoneNumbers.json").json()["incoming_phone_numbers"][0]["sid"]
    rest("POST", f"IncomingPhoneNumbers/{sid}.json", {"FriendlyName": "Habitat 70, locataires"}).raise_for_status()
    operator.name_numbers({CONTRACTOR: "Plomberie Martin", "+33639980302": "Serrurerie Roy"})
    expect(page.get_by_label("Vers notre numéro")).to_contain_text("Habitat 70, locataires")
    expect(page.locator("#to-number")).to_have_text("03 53 01 00 70")
    expect(page.locator("#known option", has_text="Serrurerie Roy")).to_have_count(1)
    expect(page.get_by_role("article")).to_have_count(0)
    application.says("/menu", "<Say>Bonjour.</Say><Pause length='2000'/>")
    call = {"To": CONTRACTOR, "From": OUR_NUMBER, "Url": f"{application.url}/menu"}
    rest("POST", "Calls.json", dict(call)).raise_for_status()
    phone = page.get_by_role("article").filter(has_text="Plomberie Martin")
    expect(phone).to_contain_text("Appelé par Habitat 70, locataires")


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2026-11-21T23:12", "2026-11-21T22:12:00+00:00"),
        ("2026-07-14T08:30", "2026-07-14T06:30:00+00:00"),
        ("2026-10-25T03:30", "2026-10-25T02:30:00+00:00"),
    ],
)
def test_the_clock_is_set_on_the_page_in_the_time_of_paris(
    page: Page, operator: OperatorClient, typed: str, instant: str
) -> None:
    page.locator("#time summary").click()
    page.get_by_label("Régler l’heure").fill(typed)
    page.get_by_role("button", name="Régler").click()
    wanted = datetime.fromisoformat(instant)
    operator.wait_for(lambda: abs(_told_time(operator) - wanted) < timedelta(minutes=1), 10, "clock")
    page.locator("#time summary").click()
    page.get_by_role("button", name="+ 1 h").click()
    operator.wait_for(lambda: _told_time(operator) - wanted > timedelta(minutes=59), 10, "an hour more")
    page.locator("#time summary").click()
    page.get_by_role("button", name="Heure réelle").click()
    operator.wait_for(lambda: operator.offset() == 0, 10, "real time")


def test_a_clock_without_a_moment_is_refused(page: Page, operator: OperatorClient) -> None:
    page.locator("#time summary").click()
    page.get_by_label("Régler l’heure").fill("")
    page.get_by_role("button", name="Régler").click()
    expect(page.get_by_text("Il manque la date ou l’heure")).to_be_visible()
    assert operator.offset() == 0


def test_the_story_is_offered_again_once_it_is_over(page: Page, operator: OperatorClient) -> None:
    again = page.get_by_role("button", name="Rejouer depuis le début")
    expect(again).to_be_hidden()
    operator.tell_story("Samedi, 23 h 12", playing=True)
    expect(page.get_by_text("La nuit se joue en ce moment.")).to_be_visible()
    expect(again).to_be_hidden()
    assert not operator.story_is_wanted_again()
    operator.tell_story("Samedi, 23 h 12", playing=False)
    again.click()
    expect(page.get_by_text("La nuit va reprendre depuis le début.")).to_be_visible()
    assert operator.story_is_wanted_again()


def _told_time(operator: OperatorClient) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=operator.offset())


def _reception(operator: OperatorClient) -> SmsReception | None:
    phone = operator.phone(CONTRACTOR)
    return phone.behaviour.sms if phone else None
