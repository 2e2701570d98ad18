"""The contractor's page in every state, and what it says when something is wrong."""

from collections.abc import Callable

from botocore.exceptions import EndpointConnectionError

from permanence.domain.dispatch.events import Accept, CallNext, Cancel
from tests.functions.desk.desk_world import habitat70
from tests.functions.mission.mission_world import DAVAL, MissionWorld
from tests.web.browser import Browser

HERE = f"/m/{DAVAL}"


def contractor() -> tuple[MissionWorld, Browser]:
    world = MissionWorld(habitat70())
    world.pass_time(minutes=1)
    return world, Browser(world.handle)


def offered() -> Browser:
    return contractor()[1].get(HERE)


def offered_and_late() -> Browser:
    world, browser = contractor()
    world.happen(CallNext(0))
    world.pass_time(minutes=6)
    return browser.get(HERE)


def asked_why_not() -> Browser:
    return contractor()[1].get(f"{HERE}/refuser")


def declined() -> Browser:
    return contractor()[1].post(f"{HERE}/refuser", {"raison": "Trop loin"}).get(HERE)


def accepted() -> Browser:
    return contractor()[1].post(f"{HERE}/accepter", {}).get(HERE)


def arrival_missing() -> Browser:
    return accepted().post(f"{HERE}/arrivee", {})


def under_way() -> Browser:
    return accepted().post(f"{HERE}/arrivee", {"minutes": "45"}).get(HERE)


def late() -> Browser:
    return under_way().get(f"{HERE}/retard")


def not_going_after_all() -> Browser:
    return under_way().get(f"{HERE}/compte-rendu")


def on_site() -> Browser:
    return under_way().post(f"{HERE}/sur-place", {}).get(HERE)


def result_missing() -> Browser:
    return on_site().post(f"{HERE}/compte-rendu", {"texte": "Raccord changé sous l’évier."})


def finished() -> Browser:
    return on_site().post(f"{HERE}/compte-rendu", {"resultat": "mise en sécurité", "texte": "Raccord."}).get(HERE)


def taken_by_another() -> Browser:
    world, browser = contractor()
    world.happen(CallNext(0))
    world.happen(Accept(1, by="keys"))
    return browser.get(HERE)


def cancelled() -> Browser:
    world, browser = contractor()
    browser.post(f"{HERE}/accepter", {})
    world.happen(Cancel("la lumière est revenue"))
    return browser.get(HERE)


def expired() -> Browser:
    world, browser = contractor()
    world.pass_time(hours=72)
    return browser.get(HERE)


def an_unknown_link() -> Browser:
    return contractor()[1].get("/m/K7R4XD9MPA4")


def a_form_that_cannot_be_read() -> Browser:
    return contractor()[1].post(f"{HERE}/compte-rendu", {"texte": "\x00"})


def an_answer_not_recorded() -> Browser:
    world, browser = contractor()
    world.malfunctions.outage = EndpointConnectionError(endpoint_url="https://dynamodb.example")
    return browser.post(f"{HERE}/accepter", {})


def a_page_that_fails() -> Browser:
    world, browser = contractor()
    world.malfunctions.store.is_down = True
    return browser.get(HERE)


PAGES: tuple[Callable[[], Browser], ...] = (
    offered,
    offered_and_late,
    asked_why_not,
    declined,
    accepted,
    arrival_missing,
    under_way,
    late,
    not_going_after_all,
    on_site,
    result_missing,
    finished,
    taken_by_another,
    cancelled,
    expired,
    an_unknown_link,
    a_form_that_cannot_be_read,
    an_answer_not_recorded,
    a_page_that_fails,
)
