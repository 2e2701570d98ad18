"""Texts with separators: read whatever program wrote them."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permanence.adapters import csv_tables
from permanence.adapters.csv_tables import read_csv
from permanence.adapters.table_files import read_file
from permanence.domain.reference.tables import RawRow, RawSheet, UnreadableFile
from tests.domain.reference.file_worlds import as_csv


def refusal(data: bytes) -> tuple[str, dict[str, str]]:
    with pytest.raises(UnreadableFile) as refused:
        read_file(data, "logements.csv")
    return refused.value.code.value, refused.value.detail


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_separator_and_encoding_are_found(separator: str, encoding: str, end: str) -> None:
    lines = [separator.join(("Code", "Étage", "Rue")), separator.join(("0412", "1", f'"rue{separator} du « 8 Mai »"'))]

    read = read_csv(end.join(lines).encode(encoding), "Logements")

    assert read == (
        RawSheet(
            "Logements", (RawRow(1, ("Code", "Étage", "Rue")), RawRow(2, ("0412", "1", f"rue{separator} du « 8 Mai »")))
        ),
    )


def test_lines_are_those_that_a_program_for_tables_numbers() -> None:
    rows = read_csv(b'a;b\n\n"one\ntwo";2\n;\nlast', "x")[0].rows

    assert rows == (RawRow(1, ("a", "b")), RawRow(3, ("one\ntwo", "2")), RawRow(5, ("last",)))


def test_the_sheet_is_named_after_the_file_without_its_folders() -> None:
    assert [read_file(b"a;b", name)[0].title for name in ("../../x.csv", r"C:\a\Logements.v2.csv", "sans")] == [
        "x",
        "Logements.v2",
        "sans",
    ]


@pytest.mark.parametrize(
    ("data", "code", "detail"),
    [
        (b"a;b\nc;\0d", "binary", {"line": "2"}),
        (b'a;b\n1;2\n3;"never closed', "quotes", {"line": "3"}),
        (b";;\n ; ;", "empty", {}),
        (b"a\n" + b";" * 150 + b"x", "too_many_columns", {"sheet": "logements", "line": "2", "limit": "100"}),
    ],
)
def test_what_cannot_be_read_says_where(data: bytes, code: str, detail: dict[str, str]) -> None:
    assert refusal(data) == (code, detail)


def test_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_tables, "MOST_ROWS", 2)

    assert refusal(b"a\nb\nc") == ("too_many_rows", {"sheet": "logements", "limit": "2"})


_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=("Cs",)), min_size=1, max_size=20
)


@settings(max_examples=50)
@given(st.lists(st.lists(_TEXTS.filter(str.strip), min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    read = read_csv(as_csv(["Code", "Étage", "Rue", "Porte"], rows), "x")[0].rows

    assert [list(row.cells) for row in read[1:]] == rows


@settings(max_examples=150)
@given(st.binary(min_size=1, max_size=60))
def test_any_bytes_are_read_or_refused_and_never_anything_else(data: bytes) -> None:
    with suppress(UnreadableFile):
        read_file(data, "x.csv")
