"""Files of rows on their way out: what is written is read back as the same, and the sender's own file stays his."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from openpyxl import load_workbook

from permanence.adapters.excel.forms import write_body, write_corrected, write_template
from permanence.adapters.table_files import read_file
from permanence.application.reference.file_forms import FORMS
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.signed import signed_of
from permanence.domain.contract import Contract
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.table_forms import FileForm
from permanence.domain.reference.table_reading import understood
from permanence.domain.reference.tables import Mark, MarkKind, RawRow, RawSheet
from tests.domain.reference.file_worlds import ENTREPRISES, PATRIMOINE, as_csv, entreprises, patrimoines

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
FORM = PATRIMOINE
SHEET = FORM.sheets[0]
EMPTY = Patrimoine()
EXAMPLE = [column.example for column in SHEET.columns]


@settings(max_examples=25, deadline=None)
@given(patrimoines())
def test_a_patrimoine_that_is_exported_is_imported_as_the_same(body: Patrimoine) -> None:
    assert imported(PATRIMOINE, write_body(PATRIMOINE, body, NOW), Patrimoine()) == body


@settings(max_examples=25, deadline=None)
@given(entreprises())
def test_entreprises_that_are_exported_are_imported_as_the_same(body: Entreprises) -> None:
    assert imported(ENTREPRISES, write_body(ENTREPRISES, body, NOW), Entreprises()) == body


@settings(max_examples=15, deadline=None)
@given(patrimoines())
def test_one_sheet_comes_in_as_a_text_with_separators_too(body: Patrimoine) -> None:
    data = as_csv([column.title for column in SHEET.columns], FORM.rows_of(body)["dwellings"])

    reading = understood(FORM, read_file(data, "Logements.csv"), replace(body, dwellings=()))
    assert (reading.mistakes, reading.body) == ((), body)


def imported(form: FileForm[Any], data: bytes, in_force: Any) -> Any:
    reading = understood(form, read_file(data, "x.xlsx"), in_force)
    assert reading.mistakes == ()
    return reading.body


def test_the_template_says_what_each_column_takes_and_an_empty_one_proposes_nothing() -> None:
    book = load_workbook(BytesIO(write_template(FORM, NOW)))

    assert book.sheetnames == [*(sheet.title for sheet in FORM.sheets), "Aide"]
    headers, example = book["Logements"].iter_rows(values_only=True)
    assert [headers, example] == [tuple(column.title for column in SHEET.columns), tuple(EXAMPLE)]
    helps = {row[:2]: row for row in book["Aide"].iter_rows(min_row=2, values_only=True)}
    assert helps["Logements", "Code postal"][2:5] == ("obligatoire", "Cinq chiffres.", "70100")
    assert helps["Logements", "Étage"][2] == "facultatif"
    (validation,) = book["Logements"].data_validations.dataValidation
    assert (str(validation.sqref), validation.formula1) == ("M2:M60001", "Aide!$G$2:$G$5")
    assert [cell.value for cell in book["Aide"]["G"][:3]] == ["Logements : Agence", "Gray", "Lure"]
    reading = understood(FORM, read_file(write_template(FORM, NOW), "x.xlsx"), EMPTY)
    assert [mistake.code for mistake in reading.mistakes] == ["no_rows"]
    assert (reading.unread, reading.hidden) == ((), ())


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_a_template_that_nobody_filled_is_an_empty_file_for_every_kind(kind: str, contract: Contract) -> None:
    form = FORMS[kind](Circumstances(NOW, NOW, signed_of(contract)))

    reading = understood(form, read_file(write_template(form, NOW), "x.xlsx"), KINDS[kind].schema())

    assert [mistake.code for mistake in reading.mistakes] == ["no_rows"]
    assert [sheet.title for sheet in reading.sheets] == [sheet.title for sheet in form.sheets]


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
    wholly = [*accepted, *still.mistakes[0].corrections(still.mistakes[0].ways[0])]
    given_back = read_file(write_corrected(FORM, sent, still.sheets, wholly, (), NOW), "x.xlsx")
    mended_body = understood(FORM, [sheet], EMPTY, corrections=wholly).body
    assert mended_body is not None
    assert understood(FORM, given_back, EMPTY).body == mended_body


def test_marks_go_back_as_what_they_showed_and_never_as_a_formula() -> None:
    sheet = RawSheet("Base", (RawRow(1, (Mark(MarkKind.ERROR, "#REF!"), "=1+1", True, 2.5)),))

    page = load_workbook(BytesIO(write_corrected(FORM, [sheet], (), (), (), NOW)))["Base"]

    assert [cell.value for cell in page[1]] == ["#REF!", "=1+1", True, 2.5]
    assert [cell.data_type for cell in page[1]][:2] == ["s", "s"]
