"""Every form of every function is answered in every state, whatever it holds: nobody rings `ApiFails` by a form."""

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from call_webhook import handler as call_webhook
from decisions import handler as decisions
from desk import handler as desk
from extranet import handler as extranet
from infra import http_api
from permanence.adapters.contract_file import load_contract
from sign_in import handler as sign_in
from team import handler as team
from tests.functions import posts, webhook_posts
from tests.functions.mission.mission_world import MissionWorld
from tests.functions.posts import Form, State
from tests.web.routes import routes_of

FUNCTIONS: Mapping[str, tuple[Mapping[str, Form], tuple[str, ...], Callable[[str], State]]] = {
    "decisions": (posts.DECISIONS_FORMS, posts.DECISIONS_STATES, posts.decisions_in),
    "desk": (posts.DESK_FORMS, posts.DESK_STATES, posts.desk_in),
    "extranet": (posts.EXTRANET_FORMS, posts.EXTRANET_STATES, posts.extranet_in),
    "mission": (posts.MISSION_FORMS, posts.MISSION_STATES, posts.mission_in),
    "sign_in": (posts.SIGN_IN_FORMS, posts.SIGN_IN_STATES, posts.sign_in_in),
    "team": (posts.TEAM_FORMS, posts.TEAM_STATES, posts.team_in),
}
EVERYTHING = [
    (function, route, state)
    for function, (forms, states, _) in FUNCTIONS.items()
    for route in forms
    for state in states
]
HOSTILE = ("", "-1", "9" * 5000, "٣", "é\ufffe\u202e\x07<script>\r\nSet-Cookie: a=b")
"""What a field may hold that its page never sends."""
RAW = (
    "=&&=;%",
    "%ED%A0%80=%ED%A0%80",  # a lone surrogate
    "a=%00",
    "\ud800=\udfff",
    '{"minutes": 45}',
    "&".join(f"f{n}=x" for n in range(5000)),
    "texte=" + "x" * 1_000_000,
)
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


@pytest.mark.parametrize(("function", "route", "state"), EVERYTHING)
def test_a_form_is_answered_in_every_state_whatever_its_fields_hold(function: str, route: str, state: str) -> None:
    forms, _, state_of = FUNCTIONS[function]
    for form in _forms(forms[route]):
        answer = state_of(state).post(route, form)
        assert answer["statusCode"] < 500, form
    for form in (forms[route], {}):
        answer = state_of(state).post(route, form, for_a_part=True)
        assert answer["statusCode"] < 500, form


def _forms(right: Form) -> Iterator[Mapping[str, str | list[str]]]:
    """The right one, with a field missing, a field twice, and every field hostile."""
    yield right
    yield {}
    for name in right:
        yield {field: value for field, value in right.items() if field != name}
        yield {**right, name: [right[name], "again"]}
    yield from (dict.fromkeys(right, value) for value in HOSTILE if right)


@pytest.mark.parametrize(
    ("function", "route"), [(name, route) for name, (forms, *_) in FUNCTIONS.items() for route in forms]
)
def test_a_body_that_no_form_makes_is_answered(function: str, route: str) -> None:
    _, states, state_of = FUNCTIONS[function]
    for body in _bodies():
        for state in states[:4]:
            answer = state_of(state).post_body(route, **body)
            assert answer["statusCode"] < 500, body


def _bodies() -> Iterator[dict[str, Any]]:
    yield {"content_type": FORM, "body": None}
    for body in RAW:
        yield {"content_type": FORM, "body": body}
        encoded = base64.b64encode(body.encode(errors="surrogatepass")).decode()
        yield {"content_type": FORM, "body": encoded, "isBase64Encoded": True}
    binary = base64.b64encode(bytes(range(256))).decode()
    yield {"content_type": "application/octet-stream", "body": binary, "isBase64Encoded": True}
    yield {"content_type": FORM, "body": "no base64 é", "isBase64Encoded": True}
    yield {"content_type": "application/json", "body": '{"texte": 1}'}
    yield {"content_type": MULTIPART, "body": '--x\r\nContent-Disposition: form-data; name="texte"\r\n\r\nb\r\n--x--'}


@pytest.mark.parametrize("state", webhook_posts.STATES)
@pytest.mark.parametrize("path", webhook_posts.POSTS)
def test_what_the_provider_posts_is_answered_in_every_state_whatever_it_holds(path: str, state: str) -> None:
    query, fields = webhook_posts.POSTS[path]
    provider = webhook_posts.provider_in(state)
    for form in _forms(fields):
        assert provider.post(path, query, form).status < 500, form
    for asked in _forms(query):
        given = {name: value for name, value in asked.items() if isinstance(value, str)}
        assert provider.post(path, given, fields).status < 500, given


def test_every_address_that_takes_a_form_has_its_row_here() -> None:
    """A new route comes with what is posted to it."""
    apps = {"decisions": decisions.app, "desk": desk.app, "extranet": extranet.app}
    apps |= {"sign_in": sign_in.app, "team": team.app}
    apps["mission"] = MissionWorld(load_contract())._app
    known = {(function, route) for function, (forms, *_) in FUNCTIONS.items() for route in forms}
    assert known == {(name, path) for name, app in apps.items() for method, path in routes_of(app) if method == "POST"}
    assert webhook_posts.POSTS.keys() == call_webhook.ROUTES.keys()
    assert {*FUNCTIONS, "call_webhook"} == {route.function for route in http_api.ROUTES}
