"""A mission as the page of a call sends it, about a burst pipe at a known place."""

from permanence.application.desk_call import malfunction_id_of
from permanence.domain.main_courante import Malfunction
from tests.functions.desk_world import CALL, World
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
