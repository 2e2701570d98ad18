"""What a page does while a request is out, and when the line is lost: said in words, counted once, and it recovers."""

import re
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.face import desk_pages, extranet_pages, house_pages, mission_pages
from tests.face.served import SHOWN, showing
from tests.face.windows import PHONE, Windows
from tests.functions.desk.desk_world import CALL, World
from tests.web.browser import Browser


class SlowHouse:
    """Counts what a page posts, and answers when it is told to."""

    def __init__(self, browser: Browser) -> None:
        self._handle = showing(browser)
        self.posts = 0
        self.may_answer = Event()

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        if event["requestContext"]["http"]["method"] == "POST":
            self.posts += 1
            self.may_answer.wait(1)
        return self._handle(event)


WATCH_BUTTONS = """new MutationObserver(() => console.info(
  "at work: " + document.querySelectorAll("button[aria-busy], button:disabled").length
)).observe(document, { attributes: true, subtree: true, attributeFilter: ["aria-busy", "disabled"] })"""


def middle_of(page: Page, button: str) -> tuple[float, float]:
    found = page.get_by_role("button", name=button).first
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def slowly(windows: Windows, browser: Browser) -> tuple[Page, SlowHouse]:
    """What a browser without a network has come to, and the house that takes its time."""
    slow = SlowHouse(browser)
    page = windows.at(slow)
    page.goto(SHOWN)
    return page, slow


@pytest.mark.parametrize(
    ("shown", "button"),
    [
        (desk_pages.two_wait, "Prendre Alt P"),
        (desk_pages.the_guide_opens, "Valider"),
        (desk_pages.ready_to_send, "Envoyer en intervention"),
        (desk_pages.the_first_is_called, "Accord de Plomberie Daval"),
        (desk_pages.the_call_is_over, "Enregistrer et clore"),
        (house_pages.charter_asked, "Je signe"),
        (house_pages.a_person, "Donner un mot de passe"),
        (extranet_pages.a_reason_asked, "Écouter"),
    ],
)
def test_a_double_click_posts_once(windows: Windows, shown: Callable[[], Browser], button: str) -> None:
    page, slow = slowly(windows, shown())
    for choice in page.locator("select[required]").all():
        choice.select_option(index=1)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.evaluate(WATCH_BUTTONS)
    page.mouse.dblclick(*middle_of(page, button))
    slow.may_answer.set()
    expect(page.locator("button[aria-busy], button:disabled")).to_have_count(0)
    assert slow.posts == 1
    assert any(words.startswith("at work: ") and words != "at work: 0" for words in told)


def test_a_page_that_is_not_left_can_be_sent_again(windows: Windows) -> None:
    page = windows.showing(house_pages.charter_asked(), clock=True)
    page.route("**/connexion/charte", lambda route: route.fulfill(status=204))
    button = page.get_by_role("button", name="Je signe")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    page.clock.run_for(8_000)
    expect(button).not_to_have_attribute("aria-busy", "true")


def test_a_search_that_takes_its_time_says_so(windows: Windows) -> None:
    page, slow = slowly(windows, desk_pages.the_guide_opens())
    expect(page.get_by_text("Recherche…")).not_to_be_visible()
    page.get_by_label("Adresse, résidence, commune ou dossier").press_sequentially("bouvier")
    expect(page.get_by_text("Recherche…")).to_be_visible()
    slow.may_answer.set()
    expect(page.locator("#lgt-D104")).to_be_visible()
    expect(page.get_by_text("Recherche…")).not_to_be_visible()


def lost(page: Page) -> Iterator[None]:
    """Nothing gets through until the next step."""
    page.route("**/*", lambda route: route.abort())
    yield
    page.unroute("**/*")
    yield


@pytest.mark.parametrize("shown", [desk_pages.two_wait, desk_pages.the_first_is_called])
def test_a_desk_that_lost_its_line_says_so_and_recovers(windows: Windows, shown: Callable[[], Browser]) -> None:
    page = windows.showing(shown(), clock=True)
    told = page.get_by_role("status").filter(has_text="connexion perdue")
    expect(told).not_to_be_visible()
    line = lost(page)
    next(line)
    page.clock.run_for(2_000)
    expect(told).to_be_visible()
    next(line)
    page.clock.run_for(2_000)
    expect(told).not_to_be_visible()
    windows.complaints.clear()  # the browser's own lines on what did not get through


def test_a_desk_whose_server_fails_says_so_and_recovers(windows: Windows) -> None:
    world = World()
    page = windows.showing(world.browser().get("/desk"), clock=True)
    told = page.get_by_role("status").filter(has_text="connexion perdue")
    work = world.open_items.open_work

    def fails() -> None:
        raise TimeoutError

    world.open_items.open_work = fails  # type: ignore[assignment, method-assign]
    page.clock.run_for(1_000)
    expect(told).to_be_visible()
    world.open_items.open_work = work  # type: ignore[method-assign]
    world.call_comes_in()
    page.clock.run_for(1_000)
    expect(told).not_to_be_visible()
    expect(page.locator(f"#prendre-{CALL}")).to_be_visible()
    windows.complaints.clear()


def test_what_was_typed_while_the_line_was_lost_is_kept_once_it_is_back(windows: Windows) -> None:
    world, browser = desk_pages.on_the_line()
    page = windows.showing(browser, clock=True)
    line = lost(page)
    next(line)
    page.get_by_label("Description", exact=True).fill("L’eau coule du plafond.")
    page.get_by_label("Nom", exact=True).focus()
    page.clock.run_for(2_000)
    expect(page.locator("#brouillon")).to_have_text("pas encore gardé")
    next(line)
    page.clock.run_for(2_000)
    page.clock.run_for(1_000)
    expect(page.locator("#brouillon")).to_contain_text("brouillon gardé")
    assert world.store.forms[CALL].fields["description"] == "L’eau coule du plafond."
    windows.complaints.clear()


def test_a_session_that_ended_leads_to_sign_in_from_a_page_that_refreshes(windows: Windows) -> None:
    world = World()
    page = windows.showing(world.browser().get("/desk"), clock=True)
    world.sessions.sessions.clear()
    with page.expect_request(re.compile("/connexion$")):
        page.clock.run_for(1_000)
    windows.complaints.clear()


def test_an_acceptance_tapped_twice_is_one(windows: Windows) -> None:
    world, browser = mission_pages.contractor()
    page = windows.showing(browser.get(mission_pages.HERE), PHONE)
    before = world.version
    page.mouse.dblclick(*middle_of(page, "J’accepte"))
    expect(page.get_by_role("heading", name="Quand arrivez-vous")).to_be_visible()
    assert (world.dispatch.winner, world.version) == (0, before + 1)


def test_the_alarm_can_be_muted_and_stays_shown(windows: Windows) -> None:
    page = windows.showing(desk_pages.nobody_accepted())
    expect(page.locator("#muet")).to_be_visible()
    page.locator("#muet").click()
    expect(page.locator("#muet")).to_be_hidden()
    expect(page.locator("#mission [role=alert]")).to_be_visible()
