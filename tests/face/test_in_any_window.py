"""The essential without scrolling at 1366 by 768, targets for a thumb, paper, night, and less motion."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from permanence.domain.dispatch.dispatch import DispatchStatus
from tests.face import desk_pages, extranet_pages, house_pages, mission_pages
from tests.face.windows import DESK, SMALL_PHONE, Windows
from tests.web.browser import Browser

Shown = Callable[[], Browser]
WHOLLY_IN_SIGHT = """(element) => {
  let { top, bottom, left, right } = element.getBoundingClientRect();
  for (let around = element.parentElement; around; around = around.parentElement) {
    const style = getComputedStyle(around);
    if (style.overflowY === "visible" && style.overflowX === "visible") continue;
    const box = around === document.documentElement ? { top: 0, bottom: innerHeight, left: 0, right: innerWidth }
                                                    : around.getBoundingClientRect();
    if (top < box.top - 1 || bottom > box.bottom + 1 || left < box.left - 1 || right > box.right + 1) return false;
  }
  return top >= 0 && bottom <= innerHeight + 1 && right <= innerWidth + 1;
}"""
TARGETS = """() => [...document.querySelectorAll("a, button, label:has(input), textarea")].map((one) => {
  const { width, height } = one.getBoundingClientRect();
  return { name: one.innerText || one.name, least: Math.min(width, height) };
}).filter(({ least }) => least < 44).map(({ name, least }) => `${name} ${least}`)"""
MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  const seconds = [...style.transitionDuration.split(","), ...style.animationDuration.split(",")].map(parseFloat);
  return seconds.some((length) => length > 0);
}).length"""


@pytest.mark.parametrize(
    ("shown", "essential"),
    [
        (desk_pages.nobody_waits, ["#file", "#file .say", ".modeband", "#fiches", "#dysf"]),
        (desk_pages.two_wait, ["#prendre-CA1", "#prendre-CA2", "#attente-CA1", "#file .say"]),
        (desk_pages.a_busy_post, ["#prendre-CA3", "#dysf [role=alert]", "#fiches .btn", ".people li"]),
        (desk_pages.ones_phone_rings, ["#ligne-dire .say", "#chrono", "#guide legend"]),
        (desk_pages.the_guide_opens, ["#guide legend", ".ans label", "#b-valider", ".urg li", "#b-raccrocher", "#q"]),
        (desk_pages.the_guide_is_half_way, ["#guide legend", ".ans label", "#b-valider", ".urg li"]),
        (desk_pages.the_guide_offers_many_answers, ["#guide legend", ".ans label", "#b-valider"]),
        (desk_pages.life_in_danger, ["#guide [role=alert]", "#guide .say", ".urg li"]),
        (desk_pages.dwellings_found, [".hits label", "#free_address", "[accesskey=s]"]),
        (desk_pages.ready_to_send, ["#b-envoyer", "#guide .say", ".hits label", "[accesskey=s]"]),
        (desk_pages.the_first_is_called, [".due", "#b-accord", "#b-suivant", ".chain [data-t=now]", "#mission .say"]),
        (desk_pages.the_second_is_called, [".due", "#accord", "#b-accord", "#b-suivant", ".chain [data-t=now]"]),
        (desk_pages.somebody_was_faster, ["#file .say", "main > .note", "#fiches", "#dysf", ".people li"]),
        (desk_pages.nobody_accepted, ["#mission [role=alert]", "#numeros .tel", "#b-accord", "#prise-en-charge"]),
        (desk_pages.the_helper_has_no_name_yet, ["#numeros .tel", "#b-accord", "#p-helper_name", "#p-helper_phone"]),
        (desk_pages.somebody_accepted, ["#told_minutes", "#b-arrivee", "#b-sur-place", "#told_report", ".told button"]),
        (desk_pages.a_neighbour_calls, ["#doublon .note", "[accesskey=j]", "#b-envoyer", "[accesskey=s]"]),
        (desk_pages.fields_are_missing, [".f[data-s=todo] input", "[accesskey=c]", ".end [role=alert]"]),
    ],
)  # fmt: skip
def test_the_essential_of_the_desk_needs_no_scrolling(windows: Windows, shown: Shown, essential: list[str]) -> None:
    page = windows.showing(shown(), DESK)
    assert page.evaluate("document.documentElement.scrollHeight") <= DESK[1]
    for selector in essential:
        parts = page.locator(selector)
        assert parts.count() > 0, selector
        hidden = [part.inner_text() for part in parts.all() if not part.evaluate(WHOLLY_IN_SIGHT)]
        assert hidden == [], selector


def test_the_hand_that_dials_the_numbers_notes_who_came_with_the_mouse(windows: Windows) -> None:
    world, browser = desk_pages.exhausted()
    page = windows.showing(browser, DESK)
    page.locator("#prise-en-charge summary").click()
    page.get_by_label("Nom", exact=True).last.fill("Garage Petit")
    page.get_by_label("Téléphone").fill("06 39 98 44 55")
    page.get_by_label("Raison, à inscrire").first.fill("A un bac étanche")
    page.mouse.move(1160, 600)
    page.mouse.wheel(0, 600)
    button = page.locator("#b-prise-en-charge")
    page.wait_for_function(f"({WHOLLY_IN_SIGHT})(document.getElementById('b-prise-en-charge'))")
    box = button.bounding_box()
    assert box is not None
    with page.expect_navigation():
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    dispatch = world.store.malfunctions[desk_pages.MISSION].dispatch
    assert dispatch is not None
    assert dispatch.status is DispatchStatus.ACCEPTED


@pytest.mark.parametrize(
    "shown", [mission_pages.offered, mission_pages.accepted, mission_pages.asked_why_not, mission_pages.under_way,
              mission_pages.result_missing, mission_pages.an_answer_not_recorded],
)  # fmt: skip
def test_a_thumb_hits_everything_on_the_contractors_page(windows: Windows, shown: Shown) -> None:
    page = windows.showing(shown(), SMALL_PHONE)
    assert page.evaluate(TARGETS) == []


def test_the_answer_to_a_mission_is_on_the_first_screen_of_a_telephone(windows: Windows) -> None:
    page = windows.showing(mission_pages.offered(), (390, 664))
    assert page.get_by_role("button", name="J’accepte").evaluate(WHOLLY_IN_SIGHT)


def _luminance(colour: str) -> float:
    red, green, blue = (float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_main_courante_is_printed_whole_in_black_on_white(windows: Windows, scheme: str) -> None:
    page = windows.showing(extranet_pages.a_main_courante())
    told = page.locator(".tl > li:not(.day)").count()
    page.emulate_media(media="print", color_scheme="dark" if scheme == "dark" else "light")
    for left_out in ("nav", "button", ".btn", "form", "audio", ".skip"):
        assert not [one for one in page.locator(left_out).all() if one.is_visible()], left_out
    lines = page.locator(".tl > li:not(.day)")
    assert [line.is_visible() for line in lines.all()] == [True] * told
    said = page.locator("main").inner_text()
    for part in ("Raccord changé sous l’évier", "Plomberie Daval", "Corinne Jeannin", "Conservation", "répondeur"):
        assert part.lower() in said.lower(), part
    expect(page.locator(".printonly")).to_contain_text("ne pas diffuser")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = page.evaluate("getComputedStyle(document.querySelector('.tl h3')).color")
    assert _luminance(ground) == 1
    assert _luminance(ink) < 0.15


@pytest.mark.parametrize(
    "shown", [extranet_pages.today, extranet_pages.calls, extranet_pages.figures, extranet_pages.register]
)
def test_every_list_can_be_printed_without_what_only_a_screen_needs(windows: Windows, shown: Shown) -> None:
    page = windows.showing(shown())
    page.emulate_media(media="print")
    assert not [one.inner_text() for one in page.locator("nav, button, .btn, form").all() if one.is_visible()]
    assert page.locator("main").inner_text().strip()


@pytest.mark.parametrize(
    "shown", [desk_pages.the_first_is_called, mission_pages.offered, extranet_pages.today, house_pages.password_asked]
)
def test_nothing_moves_for_who_asked_for_less_motion(windows: Windows, shown: Shown) -> None:
    page = windows.showing(shown())
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == 0


def test_the_colours_of_the_night_are_those_of_the_system(windows: Windows) -> None:
    page = windows.showing(desk_pages.nobody_waits())
    grounds = [_ground(page, scheme) for scheme in ("light", "dark")]
    assert grounds[0] > 0.9
    assert grounds[1] < 0.15


def _ground(page: Page, scheme: str) -> float:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    return _luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
