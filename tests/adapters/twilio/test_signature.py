"""A webhook is the provider's when one of the account's tokens signed exactly this address and this form."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from permanence.adapters.twilio.signature import is_genuine, sign

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]
PUBLISHED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
"""The provider's own published example, with the token 12345."""

fields = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=6)
tokens = st.text(st.characters(codec="ascii"), min_size=1, max_size=32)


def test_the_providers_published_example_is_met() -> None:
    assert sign("12345", URL, FORM) == PUBLISHED
    assert sign("12345", URL, reversed(FORM)) == PUBLISHED


@given(token=tokens, posted=fields)
def test_what_was_signed_is_genuine_after_its_way_through_a_form(token: str, posted: list[tuple[str, str]]) -> None:
    received = parse_qsl(urlencode(posted), keep_blank_values=True)

    assert is_genuine(sign(token, URL, posted), [token], URL, received)


@given(token=tokens, other=tokens, posted=fields)
def test_another_token_signs_nothing_of_ours(token: str, other: str, posted: list[tuple[str, str]]) -> None:
    assume(token != other)

    assert not is_genuine(sign(other, URL, posted), [token], URL, posted)


@given(posted=fields, added=st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=8)))
def test_a_field_that_was_added_is_noticed(posted: list[tuple[str, str]], added: tuple[str, str]) -> None:
    assume(added not in posted)

    assert not is_genuine(sign("12345", URL, posted), ["12345"], URL, [*posted, added])


def test_the_previous_token_is_good_while_it_is_listed() -> None:
    signature = sign("old", URL, FORM)

    assert is_genuine(signature, ["new", "old"], URL, FORM)
    assert not is_genuine(signature, ["new"], URL, FORM)
    assert not is_genuine(signature, [], URL, FORM)


@pytest.mark.parametrize("signature", ["", "é", PUBLISHED.lower(), PUBLISHED[:-1], PUBLISHED + "="])
def test_anything_but_the_signature_itself_is_refused(signature: str) -> None:
    assert not is_genuine(signature, ["12345"], URL, FORM)


def test_the_query_is_part_of_what_is_signed() -> None:
    assert not is_genuine(PUBLISHED, ["12345"], URL.replace("foo=1", "foo=2"), FORM)
