"""R41a: a link that is read off a telephone, typed again or dictated opens the same mission."""

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.application.dispatch.mission_links import ALPHABET, LENGTH, key_of_token, new_token

TOKENS = st.text(alphabet=ALPHABET, min_size=LENGTH, max_size=LENGTH)
MISTAKEN = ("0OQD", "1IL", "2Z", "5S", "6G", "8B", "UV")


def test_no_two_letters_of_a_link_are_mistaken_for_one_another() -> None:
    for twins in MISTAKEN:
        assert len(set(twins) & set(ALPHABET)) <= 1, twins
    assert not set("0O1IL5S2Z") & set(ALPHABET)


def test_a_link_is_a_secret_of_nearly_fifty_bits() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(len(token) == LENGTH and set(token) <= set(ALPHABET) for token in tokens)
    assert LENGTH * math.log2(len(set(ALPHABET))) == pytest.approx(49.76, abs=0.01)


@given(token=TOKENS, upper=st.lists(st.booleans(), min_size=LENGTH, max_size=LENGTH))
def test_any_case_opens_the_same_mission(token: str, upper: list[bool]) -> None:
    typed = "".join(
        letter.upper() if is_upper else letter.lower() for letter, is_upper in zip(token, upper, strict=True)
    )
    assert key_of_token(typed) == key_of_token(token)


@given(token=TOKENS, misread=st.data())
def test_a_look_alike_in_the_place_of_a_letter_opens_the_same_mission(token: str, misread: st.DataObject) -> None:
    likenesses = {letter: twins for twins in MISTAKEN for letter in twins if letter in ALPHABET}
    typed = "".join(misread.draw(st.sampled_from(likenesses.get(letter, letter))) for letter in token)
    assert key_of_token(typed) == key_of_token(token)


@given(tokens=st.sets(TOKENS, min_size=2, max_size=20))
def test_two_links_never_open_the_same_mission(tokens: set[str]) -> None:
    assert all(key_of_token(one) != key_of_token(other) for one, other in combinations(tokens, 2))


@pytest.mark.parametrize("typed", ["", "K7R4XD9", "K7R4XD9MPA3 ", "K7R4-XD9MPA3", "É" * 11, "A" * 65, "K7R4XD9MPA3\n"])
def test_what_cannot_be_a_link_is_none(typed: str) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        key_of_token(typed)
