"""A file that was sent goes one way, and what is told of it late or twice changes nothing (R30)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.reference.imports import (
    LONGEST_NAME,
    READ_BY_THEN,
    Import,
    ImportState,
    NotOpen,
    Origin,
    asked_again,
    begun,
    given_up,
    proposed,
    received,
    safe_name,
    to_correct,
    unchanged,
    unreadable,
)

FRIDAY = datetime(2026, 11, 27, 15, 12, tzinfo=UTC)
LATER = FRIDAY + timedelta(seconds=4)


def one(name: str = "patrimoine.xlsx", content: bytes = b"PK") -> Import:
    return received("patrimoine", Origin.PAGE, "u70", name, FRIDAY, content)


ENDS: tuple[Callable[[Import], Import], ...] = (
    lambda known: to_correct(known, "patrimoine", 12, 3, LATER),
    lambda known: proposed(known, "patrimoine", 12, 32, LATER),
    lambda known: unchanged(known, "patrimoine", 12, LATER),
    lambda known: unreadable(known, "not_a_workbook", LATER),
    lambda known: given_up(known, "u70", "", LATER),
)


def test_the_same_file_at_the_same_second_is_the_same_import_and_another_is_not() -> None:
    assert one() == one()
    assert len({one().import_id, one(content=b"PK2").import_id, one(name="x.xlsx").import_id}) == 3


def test_imports_are_in_the_order_of_their_receipt_by_their_ids() -> None:
    later = received("calendrier", Origin.MAIL, "a@b.example", "a.csv", LATER, b"x")
    assert one().import_id < later.import_id


@pytest.mark.parametrize("end", ENDS)
def test_what_a_reading_has_come_to_is_told_once(end: Callable[[Import], Import]) -> None:
    ended = end(begun(one(), 1))
    with pytest.raises(NotOpen):
        end(ended)
    with pytest.raises(NotOpen):
        begun(ended, 1)


def test_a_reading_that_another_was_asked_for_since_is_not_begun() -> None:
    again = asked_again(to_correct(begun(one(), 1), "patrimoine", 12, 3, LATER), "u2", LATER, corrections=3)
    assert (again.reading, again.corrections, again.asked_by, again.points) == (2, 3, "u2", 0)
    with pytest.raises(NotOpen):
        begun(again, 1)
    assert begun(again, 2).state is ImportState.READING


def test_what_is_being_read_is_not_asked_again_before_it_is_lost_and_what_was_given_up_never() -> None:
    reading = begun(one(), 1)
    with pytest.raises(NotOpen):
        asked_again(reading, "u70", FRIDAY + READ_BY_THEN - timedelta(seconds=1))
    assert asked_again(reading, "u70", FRIDAY + READ_BY_THEN).reading == 2
    with pytest.raises(NotOpen):
        asked_again(given_up(reading, "u70", "", LATER), "u70", FRIDAY + 2 * READ_BY_THEN)


def test_an_import_whose_kind_was_not_known_has_the_one_that_is_said_or_that_was_recognised() -> None:
    unknown = replace(one(), kind="")
    assert asked_again(unreadable(unknown, "unknown_kind", LATER), "u70", LATER, kind="annuaire").kind == "annuaire"
    assert to_correct(begun(unknown, 1), "planning", 1, 1, LATER).kind == "planning"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../x", "x"),
        (r"C:\Users\nadia\patrimoine 2026.xlsx", "patrimoine 2026.xlsx"),
        ("..", "fichier"),
        ("", "fichier"),
        ("a\r\nSet-Cookie: b.xlsx", "aSet-Cookie b.xlsx"),
        ("patrimoine décembre.xlsx", "patrimoine décembre.xlsx"),
        ('"<x>".csv', "x.csv"),
    ],
)
def test_a_name_of_a_file_leads_nowhere(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@given(st.text(max_size=300))
def test_whatever_a_file_is_called_its_name_is_one_short_line(given: str) -> None:
    name = safe_name(given)
    assert 1 <= len(name) <= LONGEST_NAME
    assert name.isprintable()
    assert not set(name) & set('/\\"<>')
