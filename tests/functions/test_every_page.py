"""What holds on every page of every function, whoever asks and whatever the answer (R74, R75)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup

from decisions import handler as decisions
from desk import handler as desk
from extranet import handler as extranet
from permanence.adapters.contract_file import load_contract
from permanence.web.frame import security_headers
from sign_in import handler as sign_in
from team import handler as team
from tests.functions.decisions import decisions_world
from tests.functions.desk.desk_world import CALL, World, agent
from tests.functions.extranet.extranet_world import ExtranetWorld
from tests.functions.mission.mission_world import DAVAL, MissionWorld
from tests.functions.sign_in.sign_in_world import SignInWorld, give_code, give_password
from tests.web.browser import Browser, http_event
from tests.web.french import not_elided, not_set, small_streets
from tests.web.routes import routes_of

Handle = Callable[[dict[str, Any]], dict[str, Any]]
EXAMPLES = {"call_id": CALL, "user_id": "id-teleconseiller", "malfunction_id": "01JD", "token": DAVAL}
EXAMPLES |= {"document": "calendrier", "number": "1", "import_id": "20261130T080500Z-0123456789abcdef"}
# Doors that one comes to without a session, and what opens there by something else than the session's token.
OPEN_DOORS = re.compile(r"/(connexion(/.*)?|static/.*)?|/m/.*|/deconnexion")


def examples_of(app: Any) -> Iterator[tuple[str, str]]:
    """Method and an example of the path of every route."""
    for method, path in routes_of(app):
        yield method, re.sub(r"<(\w+)>", lambda found: EXAMPLES.get(found[1], "x"), path)


def _sites() -> dict[str, tuple[list[tuple[str, str]], Handle, Handle]]:
    """By function: its routes, a stranger's way to them, and somebody's who is signed in."""
    post, house, reader = World(), SignInWorld(), ExtranetWorld(load_contract())
    post.call_comes_in()
    mission, deciding = MissionWorld(load_contract()), decisions_world.World()
    decider = deciding.browser()

    def as_decider(event: dict[str, Any]) -> dict[str, Any]:
        event["cookies"] = [f"{name}={value}" for name, value in decider.cookies.items()]
        return deciding.handle(event)

    def as_reader(event: dict[str, Any]) -> dict[str, Any]:
        event["cookies"] = [reader.cookie]
        return extranet.handle(event, None, reader.services, reader.now)

    def read(event: dict[str, Any]) -> dict[str, Any]:
        return extranet.handle(event, None, reader.services, reader.now)

    def on_mission(event: dict[str, Any]) -> dict[str, Any]:
        answered: dict[str, Any] = mission._app.resolve(event, None)
        return answered

    supervisor = house.signed_in("superviseur").cookies

    def as_supervisor(event: dict[str, Any]) -> dict[str, Any]:
        event["cookies"] = [f"{name}={value}" for name, value in supervisor.items()]
        return house.handle(event)

    agent_cookies = post.browser(agent()).cookies

    def as_agent(event: dict[str, Any]) -> dict[str, Any]:
        event["cookies"] = [f"{name}={value}" for name, value in agent_cookies.items()]
        return post._handle(event)

    return {
        "decisions": (list(examples_of(decisions.app)), deciding.handle, as_decider),
        "desk": (list(examples_of(desk.app)), post._handle, as_agent),
        "extranet": (list(examples_of(extranet.app)), read, as_reader),
        "mission": (list(examples_of(mission._app)), on_mission, on_mission),
        "sign_in": (list(examples_of(sign_in.app)), house.handle, as_supervisor),
        "team": (list(examples_of(team.app)), house.handle, as_supervisor),
    }


SITES = _sites()
EVERY_ROUTE = [
    (name, method, path)
    for name, (routes, _, _) in SITES.items()
    for method, path in routes
    if not path.startswith("/static/")  # files have a stricter policy, and are kept
]
READINGS = [(name, path) for name, method, path in EVERY_ROUTE if method == "GET" and not OPEN_DOORS.fullmatch(path)]
CHANGES = [(name, path) for name, method, path in EVERY_ROUTE if method == "POST" and not OPEN_DOORS.fullmatch(path)]


def test_every_function_with_pages_is_held_to_this_page() -> None:
    assert all(routes for routes, _, _ in SITES.values())
    assert len(CHANGES) > 15
    assert len(READINGS) > 15


@pytest.mark.parametrize(("name", "method", "path"), EVERY_ROUTE)
def test_a_page_forbids_what_we_do_not_do_whatever_it_answers(name: str, method: str, path: str) -> None:
    _, stranger, somebody = SITES[name]
    for handle in (stranger, somebody):
        answer = handle(http_event(method, path, {} if method == "POST" else None))
        headers = {key.lower(): value for key, value in answer["headers"].items()}
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        for header in ("Strict-Transport-Security", "X-Content-Type-Options", "Cross-Origin-Opener-Policy"):
            assert headers[header.lower()] == security_headers()[header]
        assert headers["referrer-policy"] in ("same-origin", "no-referrer")
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("name", "path"), READINGS)
def test_a_stranger_is_sent_to_sign_in(name: str, path: str) -> None:
    answer = SITES[name][1](http_event("GET", path))
    assert answer["statusCode"] == 303
    assert answer["headers"]["Location"].startswith("/connexion")
    part = SITES[name][1](http_event("GET", path, headers={"hx-request": "true"}))
    assert (part["statusCode"], part["headers"]["HX-Redirect"], part["body"]) == (401, "/connexion", "")


@pytest.mark.parametrize(("name", "path"), CHANGES)
def test_nothing_changes_for_a_stranger_nor_without_the_token_of_the_session(name: str, path: str) -> None:
    _, stranger, somebody = SITES[name]
    assert stranger(http_event("POST", path, {}))["statusCode"] == 303
    for fields in ({}, {"csrf": ""}, {"csrf": "forged"}):
        answer = somebody(http_event("POST", path, fields))
        assert answer["statusCode"] == 403
        assert "rien n’a été changé" in answer["body"]


@pytest.mark.parametrize(("name", "method", "path"), EVERY_ROUTE)
def test_every_form_that_changes_something_carries_a_token(name: str, method: str, path: str) -> None:
    if name == "mission":
        return  # its key is in the address, and its origin is checked
    page = BeautifulSoup(
        SITES[name][2](http_event(method, path, {} if method == "POST" else None))["body"], "html.parser"
    )
    for form in page.find_all("form", method="post"):
        assert form.find("input", attrs={"name": "csrf"}) is not None, form


@pytest.mark.parametrize(("name", "method", "path"), EVERY_ROUTE)
def test_every_word_of_a_page_is_set_in_french_type(name: str, method: str, path: str) -> None:
    """What is read comes out of the one filter as it went in: apostrophes, spaces, times, telephone numbers."""
    for handle in SITES[name][1:]:
        answer = handle(http_event(method, path, {} if method == "POST" else None))
        if answer["isBase64Encoded"]:
            continue  # a file
        assert not_set(answer["body"]) == []
        assert not_elided(answer["body"]) == []
        assert small_streets(answer["body"]) == []


def test_every_cookie_belongs_to_this_host_alone_and_no_script_reads_it() -> None:
    house = SignInWorld()
    seen: dict[str, list[str]] = {}

    def note(event: dict[str, Any]) -> dict[str, Any]:
        answer = house.handle(event)
        for cookie in answer.get("cookies", []):
            name, *attributes = re.split(r"=|; ", cookie, maxsplit=1)[0], *cookie.split("; ")[1:]
            seen[name] = attributes
        return answer

    give_code(give_password(Browser(note)))
    assert set(seen) == {"__Host-connexion", "__Host-session"}
    for attributes in seen.values():
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
        assert not [attribute for attribute in attributes if attribute.startswith("Domain")]
