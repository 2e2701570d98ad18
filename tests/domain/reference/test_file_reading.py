"""A file of rows: what its headers mean, every mistake at its cell, and what accepting a suggestion changes (R30)."""

from collections.abc import Sequence
from typing import Any

import pytest

from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.table_matching import EMPTY, KEEP
from permanence.domain.reference.table_reading import Reading, understood
from permanence.domain.reference.tables import (
    Cell,
    Correction,
    Mark,
    MarkKind,
    Mistake,
    RawRow,
    RawSheet,
    Way,
    grouped,
    index_of,
    letter_of,
)
from tests.domain.reference.file_worlds import PATRIMOINE

FORM = PATRIMOINE
HEADERS = [column.title for column in FORM.sheets[0].columns]
AT = {column.field: index for index, column in enumerate(FORM.sheets[0].columns)}
GOOD: dict[str, Cell] = {
    "dwelling_id": "0412893",
    "building_id": "0412",
    "file_number": "D1",
    "residence": "Les Tilleuls",
    "building": "B",
    "street_number": "14",
    "street": "rue des Tanneurs",
    "postcode": "70100",
    "commune": "Gray",
    "stair": "2",
    "floor": "1",
    "door": "104",
    "agency": "Gray",
    "sector": "Gray",
}
NOTHING = Patrimoine()


def row(line: int, **cells: Cell) -> RawRow:
    return RawRow(line, tuple((GOOD | {"dwelling_id": f"04{line:05}"} | cells).values()))


def sheet(*rows: RawRow, title: str = "Logements", headers: Sequence[Cell] = HEADERS) -> RawSheet:
    return RawSheet(title, (RawRow(1, tuple(headers)), *rows))


def read(*sheets: RawSheet, in_force: Patrimoine = NOTHING, **options: Any) -> Reading[Patrimoine]:
    return understood(FORM, sheets, in_force, **options)


def only(reading: Reading[Patrimoine]) -> Mistake:
    assert reading.body is None
    (mistake,) = reading.mistakes
    return mistake


def test_a_file_without_a_mistake_is_a_body() -> None:
    reading = read(sheet(row(2), row(3, agency="luxeuil les bains", floor="RDC", file_number=None, door=104)))

    assert reading.mistakes == ()
    assert reading.body is not None
    first, second = reading.body.dwellings
    assert first == Dwelling(**{**GOOD, "dwelling_id": "0400002", "agency": "gray"})  # type: ignore[arg-type]
    assert (second.agency, second.floor, second.file_number, second.door) == ("luxeuil", "0", "", "104")


@pytest.mark.parametrize(
    ("field", "cell", "code", "ways"),
    [
        ("agency", "Lur", "unknown_name", ("Lure",)),
        ("agency", "Besançon", "unknown_name", ()),
        ("floor", "O2", "letter_for_digit", ("02",)),
        ("postcode", 1000, "zeros_lost", ("01000",)),
        ("postcode", "7O100", "letter_for_digit", ("70100",)),
        ("street", None, "missing", ()),
        ("street", "#REF!", "broken_formula", ()),
        ("street", Mark(MarkKind.ERROR, "#REF!"), "broken_formula", ()),
        ("street", Mark(MarkKind.FORMULA, None), "not_computed", ()),
        ("agency", Mark(MarkKind.COVERED, "Gray"), "merged", ("Gray",)),
        ("dwelling_id", 412893.5, "not_an_identifier", ()),
        ("commune", "x" * 251, "too_long", ()),
    ],
)
def test_a_mistake_is_named_at_its_cell(field: str, cell: Cell, code: str, ways: tuple[str, ...]) -> None:
    mistake = only(read(sheet(row(2), row(7, **{field: cell}))))

    assert (mistake.sheet, mistake.line, mistake.column) == ("Logements", 7, letter_of(AT[field]))
    assert (mistake.title, mistake.code) == (HEADERS[AT[field]], code)
    assert tuple(way.value for way in mistake.ways) == ways
    assert mistake.ticked is bool(ways)


def test_accepting_a_suggestion_mends_its_cell() -> None:
    sent = sheet(row(2), row(7, agency="Lur", floor="O2"))
    mistakes = read(sent).mistakes

    accepted = [correction for mistake in mistakes for correction in mistake.corrections(mistake.ways[0])]

    mended = read(sent, corrections=accepted)
    assert mended.body is not None
    assert (mended.body.dwellings[1].agency, mended.body.dwellings[1].floor) == ("lure", "2")


def test_a_number_that_excel_made_of_an_identifier_is_the_identifier() -> None:
    reading = read(sheet(row(2, dwelling_id=412893.0, building_id=412)))

    assert reading.body is not None
    assert (reading.body.dwellings[0].dwelling_id, reading.body.dwellings[0].building_id) == ("412893", "412")


def test_what_is_no_entry_is_one_point_and_not_ten() -> None:
    blank = RawRow(3, (None, " ", None))
    total, remark = RawRow(4, ("Total", 12_057)), RawRow(5, (None, None, "Mis à jour par N. Perrin"))
    again = RawRow(6, tuple(HEADERS))

    reading = read(sheet(row(2), blank, total, remark, again))

    assert [(m.line, m.column, m.code, m.ticked) for m in reading.mistakes] == [
        (4, "A", "total", True),
        (5, "C", "not_an_entry", False),
        (6, "A", "header_again", True),
    ]
    assert all(mistake.ways == (Way(leaves_out=(mistake.line,)),) for mistake in reading.mistakes)


def test_the_example_of_the_template_is_not_taken_for_an_entry() -> None:
    example = RawRow(2, tuple(column.example for column in FORM.sheets[0].columns))

    mistake = only(read(sheet(example, row(3))))

    assert (mistake.line, mistake.code, mistake.ticked) == (2, "example_left", True)


def test_twice_the_same_key_names_both_lines_and_where_they_differ() -> None:
    twice = read(sheet(row(2, dwelling_id="1", floor="1"), row(3, dwelling_id="1", floor="3")))

    mistake = only(twice)

    assert (mistake.line, mistake.column, mistake.value, mistake.code) == (3, "A", "1", "key_twice")
    assert mistake.detail == {"line": "2", "column": "Étage", "there": "1", "here": "3"}
    assert mistake.ways == (Way(leaves_out=(3,)), Way(leaves_out=(2,)))
    kept = read(
        sheet(row(2, dwelling_id="1"), row(3, dwelling_id="1", floor="3")),
        corrections=mistake.corrections(mistake.ways[1]),
    )
    assert kept.body is not None
    assert [dwelling.floor for dwelling in kept.body.dwellings] == ["3"]


def test_twice_the_same_row_is_left_out_once() -> None:
    mistake = only(read(sheet(row(2, dwelling_id="1"), row(9, dwelling_id="1"))))

    assert (mistake.code, mistake.ways, mistake.ticked) == ("twice_the_same", (Way(leaves_out=(9,)),), True)


def test_what_a_broken_cell_held_in_force_is_offered_and_not_ticked() -> None:
    in_force = read(sheet(row(2, street="rue des Annonciades"))).body
    assert in_force is not None

    mistake = only(read(sheet(row(2, street="#REF!")), in_force=in_force))

    assert (mistake.ways, mistake.ticked) == ((Way("rue des Annonciades", reason="in_force"),), False)


def test_headers_are_known_by_their_words_wherever_they_stand() -> None:
    headers = ["Numéro du logement", "CODE IMMEUBLE", "Dossier", "Nom résidence", "Bât.", "N° voie", "Adresse", "CP",
               "Ville", "Esc.", "Niveau", "N° de porte", "Antenne", "Secteur", "Nb pièces"]  # fmt: skip
    title = RawRow(1, ("Patrimoine au 1er décembre 2026",))
    under = RawRow(4, tuple(headers))

    reading = read(RawSheet("Feuil1", (title, under, RawRow(5, (*GOOD.values(), 3)))))

    assert reading.body is not None
    (told,) = reading.sheets
    assert (told.header_line, told.lines, told.missing) == (4, 1, ())
    assert [(column.letter, column.header) for column in told.columns if not column.field] == [("O", "Nb pièces")]


def test_what_the_sender_said_of_a_header_wins() -> None:
    headers = ["Réf." if title == "N° de logement" else title for title in HEADERS]

    assert {m.code for m in read(sheet(row(2), headers=headers)).mistakes} == {"column_missing"}
    said = {"dwellings": {"Réf.": "dwelling_id", "Porte": ""}}
    reading = read(sheet(row(2), headers=headers), mapping=said)
    assert reading.body is not None
    assert (reading.body.dwellings[0].dwelling_id, reading.body.dwellings[0].door) == ("0400002", "")


def test_a_column_twice_and_a_column_missing_are_said_of_the_headers_alone() -> None:
    headers = [*("Voie" if title == "Commune" else title for title in HEADERS)]

    mistakes = read(sheet(row(2), row(3, agency="x"), headers=headers)).mistakes

    assert [(m.line, m.column, m.code, dict(m.detail)) for m in mistakes] == [
        (1, "", "column_missing", {"column": "Commune"}),
        (1, "I", "column_twice", {"column": "Rue", "other": "G"}),
    ]


def test_a_sheet_without_headers_says_which_are_wanted() -> None:
    mistake = only(read(RawSheet("Feuil1", (RawRow(1, ("bonjour", 12)),))))

    assert (mistake.code, mistake.line) == ("no_header", 0)
    assert "N° de logement" in mistake.detail["wanted"]


def test_hidden_sheets_and_such_as_nobody_reads_are_told() -> None:
    other = RawSheet("Loyers", (RawRow(1, ("Mois", "Loyer")),))

    reading = read(sheet(row(2)), other, RawSheet("Ancien", (), is_hidden=True))

    assert reading.body is not None
    assert (reading.unread, reading.hidden) == (("Loyers",), ("Ancien",))


def test_two_sheets_for_one_are_not_added_up() -> None:
    mistake = only(read(sheet(row(2)), sheet(row(3), title="Logements Sud")))

    assert (mistake.sheet, mistake.code, mistake.detail) == ("Logements Sud", "sheet_twice", {"other": "Logements"})


def test_no_row_at_all_proposes_nothing() -> None:
    assert only(read(sheet())).code == "no_rows"
    assert only(read()).code == "no_rows"


def test_an_empty_sheet_empties_nothing_unless_somebody_says_so() -> None:
    in_force = read(sheet(row(2))).body
    assert in_force is not None

    mistake = only(read(sheet(), in_force=in_force))

    assert (mistake.code, [way.value for way in mistake.ways]) == ("no_rows", [KEEP, EMPTY])
    kept, emptied = (read(sheet(), in_force=in_force, corrections=mistake.corrections(way)) for way in mistake.ways)
    assert kept.body == in_force
    assert emptied.body == NOTHING


def test_alike_mistakes_are_one_row_and_choices_between_lines_stay_apart() -> None:
    rows = [row(line, agency="Lur") for line in range(214, 220)]
    doubles = [row(line, dwelling_id="A1", floor=str(line)) for line in (300, 301, 302)]

    groups = grouped(read(sheet(*rows, *doubles)).mistakes)

    told = [(group[0].code, len(group)) for group in groups]
    assert told == [("unknown_name", 6), ("key_twice", 1), ("key_twice", 1)]


def test_mistakes_beyond_what_anybody_reads_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("permanence.domain.reference.table_reading.MOST_MISTAKES", 3)

    reading = read(sheet(*(row(line, agency="Lur") for line in range(2, 8))))

    assert (len(reading.mistakes), reading.more, reading.body) == (3, 3, None)


def test_progress_is_told_as_rows_are_read() -> None:
    told: list[int] = []

    read(sheet(*(row(line) for line in range(2, 2_503))), tell=told.append)

    assert told == [0, 1_000, 2_000]


def test_a_correction_may_fill_a_cell_beyond_the_row() -> None:
    short = RawRow(2, row(2).cells[:-1])

    reading = read(sheet(short), corrections=[Correction("Logements", 2, "N", "Gray")])

    assert reading.body is not None
    assert reading.body.dwellings[0].sector == "Gray"


def test_a_word_about_a_whole_line_neither_changes_it_nor_leaves_it_out() -> None:
    reading = read(sheet(row(2)), corrections=[Correction("Logements", 2, "", "x")])

    assert reading.body == read(sheet(row(2))).body


def test_letters_of_columns_are_those_of_excel() -> None:
    assert [letter_of(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert all(index_of(letter_of(index)) == index for index in range(1_000))
