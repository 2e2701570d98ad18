"""Every page in every state, in a real browser: nothing that axe calls serious, by day and by night, and no page wider
than its window (RGAA 4.1)."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from decisions import handler as decisions
from desk import handler as desk
from extranet import handler as extranet
from infra.assets import NPM
from sign_in import handler as sign_in
from team import handler as team
from tests.face import decisions_pages, desk_pages, extranet_pages, house_pages, mission_pages
from tests.face.conftest import PATIENCE_MS
from tests.face.served import SHOWN, Houses, showing
from tests.face.windows import DESK, PHONE, SMALL_PHONE, Windows
from tests.functions.desk.desk_world import habitat70
from tests.functions.mission.mission_world import MissionWorld
from tests.web.browser import Browser
from tests.web.french import not_set

AXE = (NPM / "axe-core" / "axe.min.js").read_text()
WEIGHTS_THAT_COUNT = ("moderate", "serious", "critical")
FUNCTIONS = {
    "decisions": decisions_pages,
    "desk": desk_pages,
    "mission": mission_pages,
    "house": house_pages,
    "extranet": extranet_pages,
}
PAGES = {f"{name}-{page.__name__}": page for name, module in FUNCTIONS.items() for page in module.PAGES}
NARROWEST = {"decisions": PHONE, "desk": PHONE, "mission": SMALL_PHONE, "house": SMALL_PHONE, "extranet": PHONE}
SHELF, SILENCE = "shelf", Browser(lambda _: {"statusCode": 204})
APPS = (decisions.app, desk.app, extranet.app, sign_in.app, team.app, MissionWorld(habitat70())._app)
NO_PAGE = re.compile(r"/|/static/.*|.*\.xlsx|/extranet/rapports/.+|/referentiel/fichiers/.+/recu|/desk/(.+/)?direct")
"""Files, the way to the sign-in page, and parts of pages."""


@cache
def come_to(name: str) -> Browser:
    return PAGES[name]()


@pytest.fixture(scope="module")
def window(chromium: Chromium, served: Houses) -> Iterator[Windows]:
    """One for all pages: what they share is fetched once."""
    windows = Windows(chromium, served, PATIENCE_MS)
    windows.at(showing(SILENCE), DESK, SHELF)
    yield windows
    windows.close()


@pytest.fixture(scope="module", params=PAGES)
def shown(request: pytest.FixtureRequest, window: Windows) -> tuple[str, Page, list[str]]:
    """A page by its name, opened once for all that is asked of it, and what the browser complained of."""
    (page,) = window.pages
    page.goto("about:blank")  # a live page without its cookies would lead to the sign-in page
    page.context.clear_cookies()
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    window.complaints.clear()
    with window.houses.one_at_a_time:  # the page that is left may still ask, of the same functions
        come = come_to(request.param)
    window.houses.open(showing(come), SHELF)
    page.goto(SHOWN)
    return request.param, page, list(window.complaints)


def offences(page: Page, options: dict[str, Any]) -> list[str]:
    page.evaluate(f"if (!window.axe) {{ {AXE} }}")
    found = page.evaluate(
        "async (options) => (await axe.run(document, options)).violations.flatMap(({id, impact, nodes}) =>"
        " nodes.map(({html, any}) => [impact, `${id}: ${html.slice(0, 120)} ${(any[0] || {}).message}`]))",
        {"resultTypes": ["violations"], "preload": False, **options},
    )
    return [words for impact, words in found if impact in WEIGHTS_THAT_COUNT]


def test_nothing_stands_in_anybodys_way(shown: tuple[str, Page, list[str]]) -> None:
    _, page, complaints = shown
    assert complaints == []
    assert offences(page, {}) == []


def test_the_page_is_read_as_well_at_night(shown: tuple[str, Page, list[str]]) -> None:
    _, page, _ = shown
    page.emulate_media(color_scheme="dark")
    assert offences(page, {"runOnly": ["color-contrast"]}) == []
    page.emulate_media(color_scheme="light")


def test_the_page_is_never_wider_than_its_window(shown: tuple[str, Page, list[str]]) -> None:
    name, page, _ = shown
    for width, height in (DESK, NARROWEST[name.partition("-")[0]]):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", PAGES)
def test_every_word_is_set_in_french_type(name: str, served: Houses) -> None:
    with served.one_at_a_time:
        come = come_to(name)
    assert not_set(come.html) == []


def test_every_route_that_answers_with_a_page_is_among_them() -> None:
    asked = {come_to(name).asked for name in PAGES}
    missing = {
        route.path
        for app in APPS
        for route in (*app._static_routes, *app._dynamic_routes)
        if "GET" in route.method and not NO_PAGE.fullmatch(route.path)
        if not any(method == "GET" and route.rule.match(path) for method, path in asked)
    }
    assert missing == set()
