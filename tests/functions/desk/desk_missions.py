"""A mission as the page of a call sends it, about a burst pipe at a known place."""

from permanence.application.desk.fiche import malfunction_id_of
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.french_names import of_name
from tests.functions.desk.desk_world import CALL, World
from tests.web.browser import Browser

PAGE = f"/desk/appels/{CALL}"
MISSION = malfunction_id_of(CALL)


def guided(world: World) -> Browser:
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


def press(browser: Browser, button_id: str, **typed: str) -> Browser:
    """Press a button of the mission panel that the browser shows, with what is typed or chosen beside it."""
    page = browser.page
    button = page.find(id=button_id)
    beside = {
        control["name"]: control.get("value", "")
        for control in page.select("#mission input[name]")
        if control["name"] not in typed and control.get("type") != "radio"
    }
    for choice in page.select("#mission select[name]"):
        chosen = choice.select_one("option[selected]") or choice.select_one("option")
        beside.setdefault(str(choice["name"]), str(chosen["value"]))
    said = {str(button["name"]): str(button["value"])} if button.has_attr("name") else {}
    return browser.post(str(button["formaction"]), {**beside, **typed, **said})


def yes_of(browser: Browser, name: str) -> str:
    """What the choice of « Qui a accepté ? » carries for this person, as the page words him."""
    (choice,) = [
        one for one in browser.page.select("#mission [data-name]") if str(one["data-name"]).startswith(of_name(name))
    ]
    return str(choice["value"])


def agrees(browser: Browser, name: str = "") -> Browser:
    """« Accord de… »: of the person named, or of whom the page offers."""
    return press(browser, "b-accord", **({"accord": yes_of(browser, name)} if name else {}))


def call_next(browser: Browser, times: int = 1) -> Browser:
    """« Suivant », each time on the page as it is then."""
    for _ in range(times):
        press(browser.get(PAGE), "b-suivant")
    return browser
