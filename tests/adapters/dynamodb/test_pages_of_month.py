"""Fifty lines a page, and no page after the last: DynamoDB tells of more behind an item where nothing is."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.application.dispatch.ports import Decision
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus
from permanence.domain.main_courante.fiche import CallForm
from tests.application.dispatch.night import PLACE, PLUMBING
from tests.fakes.indexed_table import IndexedTable
from tests.fakes.table import TERMS

NIGHT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
A_PAGE = 50
OPEN = MalfunctionStatus.OPEN

Page = Callable[[str | None], tuple[Sequence[Any], str | None]]


@pytest.fixture
def table() -> Table:
    """As DynamoDB is: the last item of a page has a key behind it whenever the page is full."""
    return Table(IndexedTable(), "permanence", "habitat70", TERMS)


def keep_calls(table: Table, count: int, has_form: Callable[[int], bool]) -> None:
    calls = DynamoCalls(table)
    for number in range(count):
        at = NIGHT + timedelta(minutes=number)
        calls.record(CallEvent(f"CA{number:03}", "presented", CallEventKind.PRESENTED, at), at)
        if has_form(number):
            calls.save_form(CallForm(f"CA{number:03}", "u1", "Camille", at), at)


def keep_malfunctions(table: Table, count: int, description: str = "") -> None:
    """Every other one is open."""
    for number in range(count):
        status = OPEN if number % 2 == 0 else MalfunctionStatus.CLOSED
        at, name = NIGHT + timedelta(minutes=number), f"{number:03}"
        one = Malfunction(name, name, 1, status, at, PLUMBING, "", description, PLACE, (), None)
        DynamoMalfunctions(table).add(Decision(one, ()))


def is_open(malfunction: Malfunction) -> bool:
    return malfunction.status is OPEN


def read(page: Page) -> list[list[Any]]:
    """All pages, one after the other."""
    cursor, pages = None, []
    while True:
        rows, cursor = page(cursor)
        pages.append(list(rows))
        if cursor is None:
            return pages


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, [0]), (1, [1]), (49, [49]), (50, [50]), (51, [50, 1]), (100, [50, 50]), (101, [50, 50, 1])]
)
@pytest.mark.parametrize("every", [1, 2, 3, 1000])
def test_pages_of_calls_are_full_until_the_last(table: Table, count: int, sizes: list[int], every: int) -> None:
    """Whoever has a form: each one, every other one, some, one."""
    keep_calls(table, count, lambda number: number % every == 0)
    pages = read(lambda cursor: DynamoCalls(table).page_of_month("2026-11", A_PAGE, cursor))
    assert [len(page) for page in pages] == sizes
    shown = [record.call.call_id for page in pages for record in page]
    assert shown == [f"CA{number:03}" for number in reversed(range(count))]
    assert all((record.form is not None) == (int(record.call.call_id[2:]) % every == 0) for p in pages for record in p)


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, [0]), (1, [1]), (49, [49]), (50, [50]), (51, [50, 1]), (100, [50, 50]), (101, [50, 50, 1])]
)
def test_pages_of_mains_courantes_are_full_until_the_last(table: Table, count: int, sizes: list[int]) -> None:
    keep_malfunctions(table, count)
    pages = read(lambda cursor: DynamoMalfunctions(table).page_of_month("2026-11", A_PAGE, cursor))
    assert [len(page) for page in pages] == sizes
    assert [one.malfunction_id for page in pages for one in page] == [f"{n:03}" for n in reversed(range(count))]


@pytest.mark.parametrize(("count", "sizes"), [(0, [0]), (2, [1]), (99, [50]), (100, [50]), (101, [50, 1])])
def test_pages_of_a_choice_are_full_until_the_last(table: Table, count: int, sizes: list[int]) -> None:
    keep_malfunctions(table, count)
    pages = read(lambda cursor: DynamoMalfunctions(table).page_of_month("2026-11", A_PAGE, cursor, is_open))
    assert [len(page) for page in pages] == sizes
    assert [one.malfunction_id for page in pages for one in page] == [f"{n:03}" for n in reversed(range(0, count, 2))]


def test_a_choice_looks_through_one_megabyte_a_page_and_loses_nothing(table: Table) -> None:
    keep_malfunctions(table, 30, description="é" * 50_000)
    malfunctions = DynamoMalfunctions(table)
    with table.client.counted() as requests:
        pages = read(lambda cursor: malfunctions.page_of_month("2026-11", A_PAGE, cursor, lambda m: m.number == "000"))
    assert [len(page) for page in pages] == [0, 0, 1]
    assert len(requests) == len(pages)
    assert [len(p) for p in read(lambda cursor: malfunctions.page_of_month("2026-11", A_PAGE, cursor))] == [11, 11, 8]


def test_what_is_opened_meanwhile_moves_no_page(table: Table) -> None:
    keep_malfunctions(table, 51)
    malfunctions = DynamoMalfunctions(table)
    first, cursor = malfunctions.page_of_month("2026-11", A_PAGE, None)
    later = replace(first[0], malfunction_id="999", opened_at=NIGHT + timedelta(hours=5))
    malfunctions.add(Decision(later, ()))
    (last,), end = malfunctions.page_of_month("2026-11", A_PAGE, cursor)
    assert (last.malfunction_id, end) == ("000", None)


@pytest.mark.parametrize("cursor", ["", "x", "2026-11-21#1", "2026-11-21T22:12:00.000000Z#1|2", "../../etc/passwd"])
def test_a_made_up_cursor_is_refused(table: Table, cursor: str) -> None:
    with pytest.raises(ValueError, match=r"cursor"):
        DynamoMalfunctions(table).page_of_month("2026-11", A_PAGE, cursor)


def test_a_month_is_told_from_both_ends(table: Table) -> None:
    keep_malfunctions(table, 3)
    for descending, ids in ((False, ["000", "001", "002"]), (True, ["002", "001", "000"])):
        assert [one.malfunction_id for one in DynamoMalfunctions(table).of_month("2026-11", descending)] == ids
