"""What browsers send is read once, in both shapes of the event, and never trusted."""

import base64
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.web.requests import MalformedRequest, read_cookie, read_form, read_query
from permanence.web.session import local_destination
from tests.web.browser import http_event


def test_a_form_keeps_repeated_and_empty_fields() -> None:
    form = read_form(http_event("POST", "/", {"motif": ["a", "b"], "vide": "", "é": "« ok »"}))
    assert form.all("motif") == ("a", "b")
    assert form.one("motif") == "b"
    assert "vide" in form
    assert form.one("vide") == form.one("absent") == ""
    assert form.one("é") == "« ok »"


def test_a_form_that_is_not_base64_is_read_too() -> None:
    assert read_form({"body": "a=1", "isBase64Encoded": False}).one("a") == "1"
    assert read_form({}).names() == ()


@pytest.mark.parametrize(
    "body",
    [
        "%%%",
        base64.b64encode(b"\xff\xfe=1").decode(),
        base64.b64encode(b"a=%ff").decode(),
        base64.b64encode(b"a=%00").decode(),
        base64.b64encode(b"a=1&" * 300).decode(),
        base64.b64encode(b"a=" + b"x" * 70_000).decode(),
    ],
)
def test_a_body_that_no_page_sent_is_refused(body: str) -> None:
    with pytest.raises(MalformedRequest):
        read_form({"body": body, "isBase64Encoded": True})


@given(st.binary(max_size=200))
def test_whatever_arrives_is_read_or_refused(body: bytes) -> None:
    with suppress(MalformedRequest):
        assert read_form({"body": base64.b64encode(body).decode(), "isBase64Encoded": True}).one("absent") == ""


@pytest.mark.parametrize(
    "event",
    [
        {"cookies": ["autre=1", "__Host-session=jeton"], "headers": {}},
        {"headers": {"cookie": 'autre={"a":1}; __Host-session=jeton; x=y'}},
        {"headers": {"cookie": "__Host-session=jeton"}},
    ],
)
def test_a_cookie_is_found_where_aws_and_where_the_local_engine_put_it(event: dict[str, Any]) -> None:
    assert read_cookie(event, "__Host-session") == "jeton"


@pytest.mark.parametrize(
    "event", [{}, {"headers": {"cookie": "x__Host-session=jeton"}}, {"cookies": ["__Host-session="]}]
)
def test_another_cookie_is_not_ours(event: dict[str, Any]) -> None:
    assert read_cookie(event, "__Host-session") is None


def test_a_query_parameter_is_trimmed_and_cut() -> None:
    event = {"queryStringParameters": {"q": f"  {'x' * 300}"}}
    assert read_query(event, "q", longest=10) == "x" * 10
    assert read_query({}, "q") == ""


@given(st.text(max_size=40))
def test_a_destination_never_leaves_our_host(given_text: str) -> None:
    destination = local_destination(given_text)
    assert destination in ("", given_text)
    assert not destination or destination.startswith(("/desk", "/extranet"))


@pytest.mark.parametrize(
    "foreign", ["//x.example", "/desk//x", "/desk:80", "/desk@x", "/desk%0d", "/deskx", "/desk/a.b"]
)
def test_a_destination_is_written_as_we_write_ours(foreign: str) -> None:
    assert local_destination(foreign) == ""
