"""A mission that moves on under the hand of an agent: no key gives it to, or takes it from, anybody but whom he saw."""

import pytest
from playwright.sync_api import Page, expect

from permanence.application.dispatch.acting import act_on_dispatch
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, Dispatch, DispatchStatus, StepStatus
from permanence.domain.dispatch.events import Accept, DispatchEvent, Receipt
from tests.face import desk_pages
from tests.face.keys import access_key
from tests.face.windows import Windows
from tests.functions.desk.desk_world import CALL, World, agent

TO_THE_NEXT_LOOK_MS = 2_000


def happens(world: World, event: DispatchEvent) -> None:
    act_on_dispatch(world.malfunctions, desk_pages.MISSION, event, world.now, world.dispatching)


def dispatch_of(world: World) -> Dispatch:
    dispatch = world.store.malfunctions[desk_pages.MISSION].dispatch
    assert dispatch is not None
    return dispatch


WITH_WHAT_CAME = """() => {
  window.shown = new Promise((resolve) => document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.requestConfig.elt.id === "direct") resolve();
  }));
}"""


def refreshed(page: Page) -> None:
    """The next look of the page at the server, and what it saw stands on the page."""
    page.evaluate(WITH_WHAT_CAME)
    with page.expect_response("**/direct?**"):
        page.clock.run_for(TO_THE_NEXT_LOOK_MS)
    page.evaluate("() => window.shown")


def press(page: Page, letter: str) -> None:
    with page.expect_navigation():
        access_key(page, letter)


def accord(page: Page) -> str:
    return " ".join(page.locator("#accord-de").inner_text().split())


@pytest.fixture
def world() -> World:
    return desk_pages.sent()[0]


@pytest.fixture
def page(windows: Windows, world: World) -> Page:
    """The first contractor is being called; the page looks at the server only when a test says so."""
    page = windows.showing(world.browser().get(desk_pages.PAGE), clock=True)
    expect(page.locator("#b-accord")).to_contain_text("Accord de Plomberie Daval")
    return page


def test_after_a_refusal_and_a_refresh_no_key_gives_the_mission_to_anybody_by_itself(page: Page, world: World) -> None:
    desk_pages.refuses(world)
    refreshed(page)
    expect(page.locator(".chain [data-t=now]")).to_contain_text("2e numéro")
    assert accord(page) == "de qui ?"
    press(page, "k")
    expect(page.get_by_role("alert").first).to_contain_text("choisissez qui a donné son accord")
    assert dispatch_of(world).winner is None
    # The page that came instead is a new one: it offers who is being called, and his yes is one press away.
    assert accord(page) == "de Plomberie Daval, 2e numéro"
    press(page, "k")
    assert dispatch_of(world).winner == 1


def test_a_key_pressed_before_the_refresh_is_told_what_has_changed(page: Page, world: World) -> None:
    desk_pages.refuses(world)
    press(page, "k")
    expect(page.locator("#change")).to_contain_text("Plomberie Daval a refusé à 23 h 13")
    assert dispatch_of(world).winner is None

    desk_pages.refuses(world, 1)
    press(page, "u")
    expect(page.locator("#change")).to_contain_text("Plomberie Daval, 2e numéro a refusé à 23 h 13")
    assert [step.status for step in dispatch_of(world).steps[2:4]] == [StepStatus.CALLING, StepStatus.PLANNED]

    page.locator("#annulation summary").click()
    page.get_by_label("Raison, inscrite").fill("L’eau était celle du voisin")
    happens(world, Accept(2, by="page"))
    page.locator("#b-annuler").click()
    expect(page.locator("#change")).to_contain_text("Sanitaires Roussel a accepté à 23 h 13")
    expect(page.get_by_label("Raison, inscrite")).to_have_value("L’eau était celle du voisin")
    assert dispatch_of(world).status is DispatchStatus.ACCEPTED


def test_after_the_refresh_the_next_one_is_passed_over_and_no_other(page: Page, world: World) -> None:
    desk_pages.refuses(world)
    refreshed(page)
    press(page, "u")
    statuses = [step.status for step in dispatch_of(world).steps[:3]]
    assert statuses == [StepStatus.DECLINED, StepStatus.PASSED_OVER, StepStatus.CALLING]


def test_what_an_agent_typed_or_chose_outlives_the_refresh_and_nothing_else_does(page: Page, world: World) -> None:
    page.locator("#annulation summary").click()
    page.get_by_label("Raison, inscrite").fill("Fausse alerte")
    before = page.locator("#b-annuler").get_attribute("value")
    desk_pages.refuses(world)
    refreshed(page)
    expect(page.get_by_label("Raison, inscrite")).to_have_value("Fausse alerte")
    assert page.locator("#b-annuler").get_attribute("value") != before
    page.locator("#accord").select_option(label="Plomberie Daval, 2e numéro")
    page.locator("#accord").dispatch_event("change")
    assert accord(page) == "de Plomberie Daval, 2e numéro"
    desk_pages.refuses(world, 1)
    refreshed(page)
    assert accord(page) == "de qui ?"


def test_who_has_refused_is_chosen_by_hand_and_confirmed(page: Page, world: World) -> None:
    desk_pages.refuses(world)
    refreshed(page)
    page.locator("#accord").select_option(label="Plomberie Daval (refus à 23 h 13)")
    press(page, "k")
    assert dispatch_of(world).winner is None
    with page.expect_navigation():
        page.get_by_role("button", name="Confirmer l’accord").click()
    assert dispatch_of(world).winner == 0


def test_what_a_field_misses_stays_said_while_the_page_refreshes(windows: Windows) -> None:
    world, browser = desk_pages.exhausted()
    page = windows.showing(browser, clock=True)
    page.locator("#prise-en-charge summary").click()
    page.get_by_label("Téléphone").fill("06 39")
    page.get_by_role("button", name="Noter la prise en charge").click()
    expect(page.locator("#p-helper_phone")).to_have_text("numéro à corriger")
    page.get_by_label("Raison, à inscrire").fill("A un bac étanche")
    desk_pages.refuses(world)
    refreshed(page)
    expect(page.locator("#numeros")).to_contain_text("Refusé 23 h 13")
    expect(page.locator("#p-helper_phone")).to_have_text("numéro à corriger")
    expect(page.locator("#helper_phone")).to_have_value("06 39")
    expect(page.locator("#helper_reason")).to_have_value("A un bac étanche")


def test_a_call_taken_by_a_colleague_is_taken_from_nobody(windows: Windows) -> None:
    world = World()
    world.call_comes_in()
    page = windows.showing(world.browser().get("/desk"), clock=True)
    hugo = agent("Hugo", "Lambert")
    world.taken(world.browser(hugo), "CA2")
    world.browser(hugo).get("/desk").post(f"/desk/appels/{CALL}/prendre", {})
    press(page, "p")
    expect(page.get_by_role("alert").first).to_contain_text("Hugo Lambert a pris cet appel avant vous")
    page.go_back()
    refreshed(page)
    expect(page.locator(f"#prendre-{CALL}")).to_have_count(0)
    taken = world.calls.get(CALL)
    assert taken is not None
    assert taken.call.take is not None
    assert taken.call.take.agent == hugo.user_id


def test_what_was_chosen_before_something_was_missing_outlives_the_refresh_too(windows: Windows) -> None:
    world, browser = desk_pages.agreed()
    page = windows.showing(browser, clock=True)
    page.get_by_label("Arrivée annoncée").select_option("45")
    page.locator("#b-compte-rendu").click()
    expect(page.locator("#p-told_result")).to_have_text("résultat à choisir")
    happens(world, Receipt(0, Channel.VOICE, ChannelStatus.DELIVERED))
    refreshed(page)
    expect(page.locator("#mission")).to_contain_text("décroché")
    expect(page.get_by_label("Arrivée annoncée")).to_have_value("45")
