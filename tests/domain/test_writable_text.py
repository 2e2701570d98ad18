"""Whatever people and providers send, a file of ours can hold it (XML 1.0), and nothing else of it is lost."""

import json
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.adapters.twilio.api import _decoded
from permanence.adapters.twilio.form import parse_form
from permanence.domain.writable_text import writable
from permanence.web.requests import read_form, read_query

ANY_TEXT = st.text(st.characters(codec=None))
SENT_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


def is_written(text: str) -> bool:
    """Whether XML holds it and UTF-8 carries it."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    read = ElementTree.fromstring(f"<a>{escaped}</a>".encode()).text  # noqa: S314 - our own text
    return (read or "") == text


@given(ANY_TEXT)
def test_what_is_left_of_any_text_can_be_written_and_cleaning_it_twice_changes_nothing(text: str) -> None:
    assert is_written(writable(text))
    assert writable(writable(text)) == writable(text)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"])))
def test_a_text_that_can_be_written_stays_as_it_is(text: str) -> None:
    assert writable(text) == text


@pytest.mark.parametrize("character", ["\ufffe", "\uffff", "\x00", "\x0b", "\x1f", "\ud800"])
def test_each_character_that_makes_a_file_unreadable_goes(character: str) -> None:
    assert writable(f"av{character}ant") == "avant"


@given(SENT_TEXT)
def test_what_a_browser_sends_is_written_whichever_way_it_is_read(text: str) -> None:
    form = read_form({"body": urlencode({"note": text})})
    assert is_written(form.one("note"))
    assert all(is_written(value) for value in form.all("note"))
    assert is_written(read_query({"queryStringParameters": {"q": text}}, "q"))


@given(SENT_TEXT)
def test_what_a_provider_posts_is_written_and_its_signature_still_covers_what_came(text: str) -> None:
    form = parse_form(urlencode({"Body": text}), base64_encoded=False)
    assert is_written(form.get("Body") or "")
    assert form.fields == (("Body", text),)


@given(ANY_TEXT, ANY_TEXT)
def test_what_a_provider_answers_is_written_throughout(name: str, text: str) -> None:
    told = _decoded(json.dumps({"sid": text, "deep": [{name: text}]}).encode())
    ((deep_name, deep_text),) = told["deep"][0].items()
    assert all(is_written(part) for part in (told["sid"], deep_name, deep_text))
