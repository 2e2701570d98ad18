"""Files of rows on their way out: what is written is read back as the same, and the sender's own file stays his."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from permanence.adapters.csv_tables import write_csv
from permanence.adapters.excel.forms import write_body, write_corrected, write_template
from permanence.adapters.table_files import read_file
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.patrimoine_file import patrimoine_form
from permanence.domain.reference.table_reading import understood
from permanence.domain.reference.tables import Mark, MarkKind, RawRow, RawSheet

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
FORM = patrimoine_form({"vesoul": "Vesoul", "gray": "Gray"})
SHEET = FORM.sheets[0]
EMPTY = Patrimoine()
EXAMPLE = [column.example for column in SHEET.columns]

_word = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=8).filter(
    lambda text: not text.startswith("#")
)
_text = st.lists(_word, min_size=1, max_size=3).map(" ".join)
_dwelling = st.builds(
    Dwelling,
    **dict.fromkeys(("dwelling_id", "building_id", "street", "commune", "sector"), _text),
    **dict.fromkeys(("file_number", "residence", "building", "street_number", "stair", "door"), st.just("") | _text),
    postcode=st.from_regex(r"\A[0-9]{5}\Z"),
    floor=st.sampled_from(("", "-1", "0", "3", "combles")),
    agency=st.sampled_from(("vesoul", "gray")),
)
_dwellings = st.lists(_dwelling, min_size=1, max_size=4, unique_by=lambda dwelling: dwelling.dwelling_id)


@settings(max_examples=40, deadline=None)
@given(_dwellings)
def test_what_is_exported_is_imported_as_the_same(dwellings: list[Dwelling]) -> None:
    body = Patrimoine(dwellings=tuple(dwellings))
    files = {
        "x.xlsx": write_body(FORM, body, NOW),
        "Logements.csv": write_csv([column.title for column in SHEET.columns], FORM.rows_of(body)["dwellings"]),
    }

    for name, data in files.items():
        reading = understood(FORM, read_file(data, name), EMPTY)
        assert reading.mistakes == ()
        assert reading.body == body


def test_the_template_says_what_each_column_takes_and_an_empty_one_proposes_nothing() -> None:
    book = load_workbook(BytesIO(write_template(FORM, NOW)))

    assert book.sheetnames == ["Logements", "Aide"]
    headers, example = book["Logements"].iter_rows(values_only=True)
    assert [headers, example] == [tuple(column.title for column in SHEET.columns), tuple(EXAMPLE)]
    helps = {row[1]: row for row in book["Aide"].iter_rows(min_row=2, values_only=True)}
    assert helps["Code postal"][:5] == ("Logements", "Code postal", "obligatoire", "Cinq chiffres.", "70100")
    assert helps["Étage"][2] == "facultatif"
    (validation,) = book["Logements"].data_validations.dataValidation
    assert (str(validation.sqref), validation.formula1) == ("M2:M60001", "Aide!$G$2:$G$3")
    assert [cell.value for cell in book["Aide"]["G"][:3]] == ["Logements : Agence", "Gray", "Vesoul"]
    reading = understood(FORM, read_file(write_template(FORM, NOW), "x.xlsx"), EMPTY)
    assert [mistake.code for mistake in reading.mistakes] == ["no_rows"]
    assert (reading.unread, reading.hidden) == ((), ())


def test_the_same_body_gives_the_same_file() -> None:
    assert write_template(FORM, NOW) == write_template(FORM, NOW)


def test_the_corrected_file_is_the_senders_with_what_was_mended_marked() -> None:
    title = RawRow(1, ("Patrimoine au 1er décembre",))
    headers = RawRow(3, (*(column.title for column in SHEET.columns), "Nb pièces"))
    row: list[Any] = ["1", *EXAMPLE[1:], 3]
    wrong = [*row[:12], "Vesuol", *row[13:]]
    rows = (RawRow(4, tuple(row)), RawRow(5, ("2", *wrong[1:])), RawRow(6, ("3", *wrong[1:])), RawRow(8, ("Total", 2)))
    sheet = RawSheet("Base", (title, headers, *rows))
    first = understood(FORM, [sheet], EMPTY)
    accepted = [c for mistake in first.mistakes for c in mistake.corrections(mistake.ways[0]) if mistake.line != 6]
    still = understood(FORM, [sheet], EMPTY, corrections=accepted)

    sent = [sheet, RawSheet("Caché", (), is_hidden=True)]
    data = write_corrected(FORM, sent, still.sheets, accepted, [(still.mistakes[0], "Inconnue")], NOW)

    page = load_workbook(BytesIO(data))["Base"]
    mended = page["M5"]
    assert page["A1"].value == "Patrimoine au 1er décembre"
    assert (mended.value, mended.comment.text, mended.fill.fgColor.rgb) == ("Vesoul", "Lu : « Vesuol »", "FFFFF3C4")
    assert (page["M6"].value, page["M6"].comment.text) == ("Vesuol", "Inconnue")
    assert (page["O5"].value, page["A8"].value) == (3, None)
    again = understood(FORM, read_file(data, "x.xlsx"), EMPTY)
    assert [(m.line, m.column, m.value, m.code) for m in again.mistakes] == [(6, "M", "Vesuol", "unknown_name")]


def test_marks_go_back_as_what_they_showed_and_never_as_a_formula() -> None:
    sheet = RawSheet("Base", (RawRow(1, (Mark(MarkKind.ERROR, "#REF!"), "=1+1", True, 2.5)),))

    page = load_workbook(BytesIO(write_corrected(FORM, [sheet], (), (), (), NOW)))["Base"]

    assert [cell.value for cell in page[1]] == ["#REF!", "=1+1", True, 2.5]
    assert [cell.data_type for cell in page[1]][:2] == ["s", "s"]
