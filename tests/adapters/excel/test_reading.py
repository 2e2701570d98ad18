"""Excel files as people send them: what is read, what is marked, and what is refused before it can do harm."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, time
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from permanence.adapters.excel import bounds, reading
from permanence.adapters.excel.reading import read_excel
from permanence.adapters.table_files import read_file
from permanence.domain.reference.tables import Mark, MarkKind, RawRow, RawSheet, UnreadableFile


def workbook(write: Callable[[Workbook, Any], None]) -> bytes:
    file = BytesIO()
    with Workbook(file) as book:
        write(book, book.add_worksheet("Logements"))
    return file.getvalue()


def rows_of(write: Callable[[Workbook, Any], None]) -> tuple[RawRow, ...]:
    return read_excel(workbook(write))[0].rows


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same file with one of its parts changed."""
    file = BytesIO()
    with ZipFile(BytesIO(data)) as before, ZipFile(file, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content) if name == part else content)
    return file.getvalue()


def refusal(data: bytes, name: str = "patrimoine.xlsx") -> tuple[str, dict[str, str]]:
    with pytest.raises(UnreadableFile) as refused:
        read_file(data, name)
    return refused.value.code.value, refused.value.detail


def test_cells_are_what_excel_shows_at_the_lines_that_it_numbers() -> None:
    def write(book: Workbook, page: Any) -> None:
        page.write_row(0, 0, ["Code", "Fin"])
        page.write_string(3, 0, "0412893")
        page.write_datetime(3, 2, datetime(2027, 12, 31), book.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
        page.write_datetime(4, 2, datetime(2027, 12, 31, 8, 30), book.add_format({"num_format": "hh:mm"}))  # noqa: DTZ001
        page.write_row(5, 0, [412893.0, 12.5, True])

    first, second, third, fourth = rows_of(write)

    assert (first, second.line, third.line, fourth.line) == (RawRow(1, ("Code", "Fin")), 4, 5, 6)
    assert second.cells == ("0412893", None, datetime(2027, 12, 31))  # noqa: DTZ001
    assert third.cells == (None, None, datetime(2027, 12, 31, 8, 30))  # noqa: DTZ001
    assert fourth.cells == (412893, 12.5, True)


def test_what_cannot_be_taken_at_its_word_is_marked() -> None:
    def write(_: Workbook, page: Any) -> None:
        page.write_formula(0, 0, "=B1", None, "Gray")
        page.write_formula(0, 1, "=NOWHERE", None, "#REF!")
        page.write_formula(0, 2, "=A1", None, "")
        page.merge_range(1, 0, 3, 0, "Les Tilleuls")
        page.write(2, 1, "x")

    first, second, third = rows_of(write)

    assert first.cells[:2] == ("Gray", Mark(MarkKind.ERROR, "#REF!"))
    assert first.cells[2] == Mark(MarkKind.FORMULA, None)
    assert (second.line, second.cells) == (2, ("Les Tilleuls",))
    assert (third.line, third.cells) == (3, (Mark(MarkKind.COVERED, "Les Tilleuls"), "x"))


def test_serials_that_are_no_dates_stay_out() -> None:
    def write(book: Workbook, page: Any) -> None:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for column, serial in enumerate((0.5, 1, 3e6, -4)):
            page.write_number(0, column, serial, day)

    (row,) = rows_of(write)

    assert row.cells[:2] == (time(12), datetime(1900, 1, 1))  # noqa: DTZ001
    assert row.cells[2:] == (Mark(MarkKind.ERROR, "#VALUE!"), datetime(1899, 12, 26))  # noqa: DTZ001


def test_a_hidden_sheet_is_named_and_not_read() -> None:
    def write(book: Workbook, page: Any) -> None:
        page.write(0, 0, "x")
        hidden = book.add_worksheet("Ancien")
        hidden.write(0, 0, "secret")
        hidden.hide()

    assert read_excel(workbook(write))[1] == RawSheet("Ancien", (), is_hidden=True)


def test_progress_is_told_over_all_sheets() -> None:
    told: list[int] = []

    def write(book: Workbook, page: Any) -> None:
        for sheet in (page, book.add_worksheet("Consignes")):
            for row in range(1_500):
                sheet.write(row, 0, row)

    read_excel(workbook(write), told.append)

    assert told == [0, 1_000, 1_500, 2_500]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"<html><table></table></html>", "not_a_table"),
        (b"PK\x03\x04 and no more", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_what_is_no_excel_file_is_refused_by_its_name(data: bytes, code: str) -> None:
    assert refusal(data) == (code, {})


def test_another_archive_is_not_taken_for_one() -> None:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("lettre.txt", "bonjour")

    assert refusal(file.getvalue()) == ("not_a_table", {})


ONE_CELL = workbook(lambda _, page: page.write(0, 0, "x"))
SHEET = "xl/worksheets/sheet1.xml"


def _many(book: Workbook, page: Any) -> None:
    page.write_row(0, 0, ["x", 12, 1.5, True])
    page.write_datetime(1, 0, datetime(2027, 12, 31), book.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
    page.write_formula(1, 1, "=A1", None, "#REF!")
    page.merge_range(2, 0, 3, 1, "y")


MANY_CELLS = workbook(_many)
PARTS = sorted(name for name in ZipFile(BytesIO(MANY_CELLS)).namelist() if not name.startswith("docProps"))


def test_a_file_that_swells_is_refused_before_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = changed(ONE_CELL, SHEET, lambda content: content + b" " * 2**22)
    assert refusal(bomb) == ("swollen", {})

    monkeypatch.setattr(bounds, "MOST_UNPACKED", 1_000)
    assert refusal(ONE_CELL) == ("swollen", {})


@pytest.mark.parametrize(
    ("part", "limit"),
    [
        ("xl/styles.xml", "MOST_WHOLE"),
        ("xl/sharedStrings.xml", "MOST_TEXTS"),
        ("xl/sharedStrings.xml", "MOST_TEXT_MARKS"),
    ],
)
def test_what_is_held_at_once_is_bounded_part_by_part(part: str, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, limit, 8_000)
    assert read_file(ONE_CELL, "x.xlsx")

    assert refusal(changed(ONE_CELL, part, lambda content: content + b"<!--<<<-->" * 3_000)) == ("swollen", {})


@pytest.mark.parametrize(
    ("place", "many"),
    [
        (b"<sheetData>", b"<row r='1'>" + b"<c/>" * 3_000 + b"</row>"),
        (b"</sheetData>", b"<extLst><ext>" + b"<a/>" * 3_000 + b"</ext></extLst>"),
    ],
)
def test_no_row_and_nothing_around_the_rows_is_held_without_bound(
    place: bytes, many: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = changed(ONE_CELL, SHEET, lambda content: content.replace(place, place + many))
    monkeypatch.setattr(reading, "MOST_HELD", 2_000)

    assert refusal(large) == ("swollen", {})


def test_a_part_in_another_encoding_is_refused() -> None:
    def utf_16(content: bytes) -> bytes:
        return content.decode().replace("UTF-8", "UTF-16").encode("utf-16")

    def cp037(content: bytes) -> bytes:
        return content.replace(b"UTF-8", b"cp037")

    assert [refusal(changed(ONE_CELL, SHEET, change)) for change in (utf_16, cp037)] == [("broken", {})] * 2


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PARTS), st.integers(0, 2_000), st.binary(min_size=1, max_size=6))
def test_whatever_is_damaged_is_read_or_refused_and_never_anything_else(part: str, at: int, damage: bytes) -> None:
    damaged = changed(MANY_CELLS, part, lambda content: content[:at] + damage + content[at + len(damage) :])

    with suppress(UnreadableFile):
        read_excel(damaged)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(MANY_CELLS) - 1), st.binary(min_size=1, max_size=6))
def test_so_is_a_damaged_archive(at: int, damage: bytes) -> None:
    with suppress(UnreadableFile):
        read_file(MANY_CELLS[:at] + damage + MANY_CELLS[at + len(damage) :], "x.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_whatever_encoding(encoding: str) -> None:
    text = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    )

    assert refusal(changed(ONE_CELL, SHEET, lambda _: text.encode(encoding))) == ("broken", {})


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "[Content_Types].xml"])
def test_a_damaged_part_is_refused_and_nothing_else(part: str) -> None:
    assert refusal(changed(ONE_CELL, part, lambda content: content[: len(content) // 2])) == ("broken", {})


def test_rows_columns_and_sheets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    monkeypatch.setattr(reading, "MOST_COLUMNS", 3)
    monkeypatch.setattr(reading, "MOST_SHEETS", 1)

    assert refusal(workbook(lambda _, page: page.write_column(0, 0, [1, 2, 3]))) == (
        "too_many_rows",
        {"sheet": "Logements", "limit": "2"},
    )
    assert refusal(workbook(lambda _, page: page.write(4, 3, "x"))) == (
        "too_many_columns",
        {"sheet": "Logements", "line": "5", "limit": "3"},
    )
    assert refusal(workbook(lambda book, _: book.add_worksheet("b"))) == (
        "too_many_sheets",
        {"count": "2", "limit": "1"},
    )
