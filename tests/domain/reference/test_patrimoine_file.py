"""The files of the patrimoine and of Entreprises: what rows say together, and what one sheet names of another."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permanence.domain.reference.entreprises import ContractorAssignment, Entreprises
from permanence.domain.reference.instructions import Instruction, InstructionSort
from permanence.domain.reference.patrimoine import AgencyPlace, InternalContact, Patrimoine
from permanence.domain.reference.places import Where
from permanence.domain.reference.table_forms import FileForm
from permanence.domain.reference.table_reading import Reading, understood
from permanence.domain.reference.tables import Cell, Correction, RawRow, RawSheet, letter_of, spelled
from tests.domain.reference.file_worlds import ENTREPRISES, PATRIMOINE

DWELLING: dict[str, Cell] = {
    "dwelling_id": "1",
    "building_id": "0412",
    "residence": "Les Tilleuls",
    "street": "rue des Tanneurs",
    "postcode": "70100",
    "commune": "Gray",
    "agency": "Gray",
    "sector": "Gray",
}


def sheet(form: FileForm[Any], key: str, *rows: dict[str, Cell]) -> RawSheet:
    of_form = next(one for one in form.sheets if one.key == key)
    headers = RawRow(1, tuple(column.title for column in of_form.columns))
    cells = [
        RawRow(line, tuple(row.get(column.field) for column in of_form.columns))
        for line, row in enumerate(rows, start=2)
    ]
    return RawSheet(of_form.title, (headers, *cells))


def column_of(form: FileForm[Any], key: str, field: str) -> str:
    of_form = next(one for one in form.sheets if one.key == key)
    return letter_of([column.field for column in of_form.columns].index(field))


def patrimoine(
    *sheets: RawSheet, dwellings: tuple[dict[str, Cell], ...] = (DWELLING,), **options: Any
) -> Reading[Patrimoine]:
    every = (sheet(PATRIMOINE, "dwellings", *dwellings), *sheets) if dwellings else sheets
    return understood(PATRIMOINE, every, options.pop("in_force", Patrimoine()), **options)


def told(reading: Reading[Any]) -> list[tuple[str, int, str, str]]:
    return [(mistake.sheet, mistake.line, mistake.column, mistake.code) for mistake in reading.mistakes]


def of_patrimoine(key: str, *rows: dict[str, Cell]) -> RawSheet:
    return sheet(PATRIMOINE, key, *rows)


def test_each_sheet_becomes_its_part_of_the_body() -> None:
    reading = patrimoine(
        of_patrimoine("agencies", {"agency_id": "gray", "phone": "03 84 00 00 12"}),
        of_patrimoine("instructions", {"building_id": 412, "sort": "digicode", "text": "12A45"}),
        of_patrimoine(
            "contacts",
            {"where": "Agence", "place": "GRAY", "domain": "Plomberie", "person_id": "Karim Belhadj"},
            {"where": "partout", "place": "ignoré", "domain": "Loyers", "service": "Contentieux"},
        ),
        dwellings=({**DWELLING, "building_id": 412},),
    )

    assert reading.mistakes == ()
    assert reading.body is not None
    assert reading.body.agencies == (AgencyPlace("gray", "Gray", "", "+33384000012", ""),)
    assert reading.body.instructions == (Instruction("412", "", InstructionSort.CODE, "12A45"),)
    assert reading.body.contacts == (
        InternalContact(Where.AGENCY, "gray", "Plomberie", "", "kbelhadj"),
        InternalContact(Where.EVERYWHERE, "", "Loyers", "Contentieux", ""),
    )
    assert reading.absent == ("Prestataires du bâtiment", "Contrats d’entretien")


@pytest.mark.parametrize(
    ("typed", "number", "street"),
    [
        ("14 bis, rue des Tanneurs", "14 bis", "rue des Tanneurs"),
        ("14B All. des Tilleuls", "14B", "All. des Tilleuls"),
        ("rue du 8 Mai 1945", "", "rue du 8 Mai 1945"),
        ("8 Mai 1945", "", "8 Mai 1945"),
    ],
)
def test_an_address_in_one_column_gives_the_number_of_the_house(typed: str, number: str, street: str) -> None:
    body = patrimoine(dwellings=({**DWELLING, "street": typed},)).body

    assert body is not None
    assert (body.dwellings[0].street_number, body.dwellings[0].street) == (number, street)


def test_a_sheet_that_was_not_sent_stays_as_it_is_in_force() -> None:
    in_force = Patrimoine(instructions=(Instruction("0412", "", InstructionSort.KEYS, "gardien"),))

    reading = patrimoine(in_force=in_force)

    assert reading.body is not None
    assert reading.body.instructions == in_force.instructions


def test_a_row_may_only_name_a_building_that_has_a_dwelling() -> None:
    named = {"building_id": "0499", "motif": "Fuite dans le logement", "contractor_id": "Plomberie Daval"}

    reading = patrimoine(of_patrimoine("named", named, {**named, "building_id": "0412"}))

    assert told(reading) == [("Prestataires du bâtiment", 2, "A", "unknown_reference")]
    assert reading.mistakes[0].detail == {"sheet": "Logements"}
    mended = patrimoine(
        of_patrimoine("named", named, {**named, "building_id": "0412"}),
        corrections=reading.mistakes[0].corrections(reading.mistakes[0].ways[0]),
    )
    assert mended.body is not None
    assert [one.building_id for one in mended.body.named] == ["0412"]


def test_no_building_is_called_unknown_while_one_of_the_dwellings_does_not_say_its_own() -> None:
    named = {"building_id": "0499", "motif": "Fuite dans le logement", "contractor_id": "Plomberie Daval"}

    reading = patrimoine(of_patrimoine("named", named), dwellings=({**DWELLING, "building_id": None},))

    assert told(reading) == [("Logements", 2, "B", "missing")]


@pytest.mark.parametrize(("place", "near"), [("Grai", "Gray"), ("Vesoul", None)])
def test_a_contact_is_for_a_place_where_somebody_lives(place: str, near: str | None) -> None:
    contact = {"where": "Commune", "place": place, "domain": "Plomberie", "service": "Technique"}

    (mistake,) = patrimoine(of_patrimoine("contacts", contact)).mistakes

    assert (mistake.column, mistake.code, mistake.ways[0].value, mistake.ticked) == (
        "B",
        "unknown_reference",
        near,
        near is not None,
    )


def test_a_contact_names_a_service_or_somebody_and_its_place() -> None:
    reading = patrimoine(
        of_patrimoine(
            "contacts",
            {"where": "Commune", "domain": "Plomberie", "service": "Technique"},
            {"where": "Partout", "domain": "Plomberie"},
            {"where": "Agence", "place": "Lur", "domain": "Plomberie", "service": "Technique"},
        )
    )

    assert told(reading) == [
        ("Contacts", 2, "B", "missing"),
        ("Contacts", 3, "D", "missing"),
        ("Contacts", 4, "B", "unknown_name"),
    ]
    assert reading.mistakes[2].ways[0].value == "Lure"


def test_a_commune_one_letter_away_from_a_known_one_is_doubted_and_may_be_confirmed() -> None:
    in_force = patrimoine().body
    assert in_force is not None
    dwellings = ({**DWELLING, "commune": "Grray"}, {**DWELLING, "dwelling_id": "2", "commune": "Arc-lès-Gray"})

    (mistake,) = patrimoine(dwellings=dwellings, in_force=in_force).mistakes

    assert (mistake.line, mistake.column, mistake.value, mistake.code) == (2, "I", "Grray", "near_another")
    assert ([way.value for way in mistake.ways], mistake.ticked) == (["Gray"], True)
    confirmed = [Correction("Logements", 2, "I", "Grray")]
    assert patrimoine(dwellings=dwellings, in_force=in_force, corrections=confirmed).body is not None


def test_a_commune_far_rarer_than_its_neighbour_in_the_file_is_doubted_from_the_first_file_on() -> None:
    many = tuple({**DWELLING, "dwelling_id": str(number)} for number in range(10, 30))

    reading = patrimoine(dwellings=(*many, {**DWELLING, "commune": "Gary"}))

    assert told(reading) == [("Logements", 22, "I", "near_another")]


def test_zeros_that_excel_took_off_a_code_are_put_back_where_the_others_have_them() -> None:
    dwellings = (
        {**DWELLING, "dwelling_id": "0412893"},
        {**DWELLING, "dwelling_id": 412894.0, "building_id": 412},
        {**DWELLING, "dwelling_id": "1412895"},
    )
    named = {"building_id": 412, "motif": "Fuite dans le logement", "contractor_id": "Plomberie Daval"}

    reading = patrimoine(of_patrimoine("named", named), dwellings=dwellings)

    assert [
        (*place, mistake.ways[0].value) for place, mistake in zip(told(reading), reading.mistakes, strict=True)
    ] == [
        ("Logements", 3, "A", "zeros_lost", "0412894"),
        ("Logements", 3, "B", "zeros_lost", "0412"),
    ]


def test_zeros_are_missed_from_what_is_in_force_too_and_may_be_confirmed_to_be_none() -> None:
    in_force = patrimoine(dwellings=({**DWELLING, "dwelling_id": "0412893"},)).body
    dwellings = ({**DWELLING, "dwelling_id": 412893},)

    (mistake,) = patrimoine(dwellings=dwellings, in_force=in_force).mistakes

    assert (mistake.column, mistake.value, mistake.ways[0].value) == ("A", "412893", "0412893")
    confirmed = [Correction("Logements", 2, "A", "412893")]
    assert patrimoine(dwellings=dwellings, in_force=in_force, corrections=confirmed).body is not None


def test_a_building_is_known_by_its_code_without_the_zeros() -> None:
    named = {"building_id": 412, "motif": "Fuite dans le logement", "contractor_id": "Plomberie Daval"}

    (mistake,) = patrimoine(of_patrimoine("named", named)).mistakes

    assert (mistake.code, mistake.ways[0].value, mistake.ticked) == ("zeros_lost", "0412", True)


def test_contracts_of_one_lift_do_not_overlap_and_end_after_they_start() -> None:
    lift = {"building_id": "0412", "domain": "Ascenseur", "contractor_id": "Plomberie Daval"}
    contracts = (
        {**lift, "starts_on": "01/01/2026", "ends_before": "31/12/2026"},
        {**lift, "starts_on": "01/01/2027", "ends_before": "30/06/2027"},
        {**lift, "domain": "ascenseur", "starts_on": "30/06/2027"},
        {**lift, "domain": "Chauffage", "starts_on": "02/01/2027", "ends_before": "01/01/2027"},
    )

    reading = patrimoine(of_patrimoine("maintenance", *contracts))

    assert told(reading) == [
        ("Contrats d’entretien", 4, "E", "overlap"),
        ("Contrats d’entretien", 5, "F", "ends_before_start"),
    ]
    assert reading.mistakes[0].detail == {"line": "3"}


# --- Entreprises -----------------------------------------------------------------------------------------------------

DAVAL: dict[str, Cell] = {"name": "Plomberie Daval", "trade": "plomberie", "phone": "0639981240"}
HELD: dict[str, Cell] = {
    "motif": "Fuite dans le logement",
    "where": "Commune",
    "place": "Gray",
    "starts_on": "01/03/2026",
}


def companies(*rows: dict[str, Cell], held: tuple[dict[str, Cell], ...] = ()) -> Reading[Entreprises]:
    sheets = [sheet(ENTREPRISES, "contractors", *rows), sheet(ENTREPRISES, "assignments", *held)]
    return understood(ENTREPRISES, sheets, Entreprises())


def test_a_company_without_a_code_has_one_of_its_name_and_is_named_by_either() -> None:
    held = ({**HELD, "contractor_id": "plomberie DAVAL"}, {**HELD, "contractor_id": "plomberie-daval", "rank": 2})

    reading = companies(DAVAL, held=held)

    assert reading.body is not None
    assert [one.contractor_id for one in reading.body.contractors] == ["plomberie-daval"]
    assert reading.body.assignments[0] == ContractorAssignment(
        "plomberie_logement", "plomberie-daval", 1, date(2026, 3, 1), None, Where.COMMUNE, "Gray"
    )
    assert reading.body.assignments[1].contractor_id == "plomberie-daval"


def test_a_company_that_the_file_does_not_hold_suggests_the_nearest() -> None:
    (mistake,) = companies(DAVAL, held=({**HELD, "contractor_id": "Plomberie Duval"},)).mistakes

    assert (mistake.sheet, mistake.line, mistake.column) == ("Secteurs d’intervention", 2, "B")
    assert (mistake.value, mistake.code) == ("Plomberie Duval", "unknown_name")
    assert ([way.value for way in mistake.ways], mistake.ticked) == (["Plomberie Daval"], True)


def test_a_company_whose_own_row_is_to_be_mended_is_not_unknown() -> None:
    reading = companies({**DAVAL, "phone": 639981240}, held=({**HELD, "contractor_id": "Plomberie Daval"},))

    assert told(reading) == [("Entreprises", 2, "D", "zero_lost")]


def test_the_companies_in_force_are_those_of_a_file_that_sends_the_zones_alone() -> None:
    in_force = companies(DAVAL).body
    assert in_force is not None
    held = sheet(ENTREPRISES, "assignments", {**HELD, "contractor_id": "Plomberie Daval"})

    reading = understood(ENTREPRISES, [held], in_force)

    assert reading.body is not None
    assert (reading.body.contractors, len(reading.body.assignments)) == (in_force.contractors, 1)


def test_two_contracts_of_one_rank_and_zone_do_not_hold_at_once() -> None:
    other = {**DAVAL, "name": "Sanitaires Roussel", "phone": "03 84 00 00 41"}
    held = (
        {**HELD, "contractor_id": "Plomberie Daval"},
        {**HELD, "place": "GRAY", "contractor_id": "Sanitaires Roussel"},
    )

    assert told(companies(DAVAL, other, held=held)) == [("Secteurs d’intervention", 3, "F", "overlap")]


# --- any mix of mistakes ---------------------------------------------------------------------------------------------

SEEDS: dict[str, list[tuple[Cell, str]]] = {
    "dwelling_id": [(None, "missing"), ("#REF!", "broken_formula"), (4.5, "not_an_identifier")],
    "building_id": [(None, "missing"), (0.5, "not_an_identifier")],
    "street": [(None, "missing"), ("x" * 251, "too_long")],
    "postcode": [(1000, "zeros_lost"), ("7O100", "letter_for_digit"), ("Gray", "not_a_postcode")],
    "commune": [(None, "missing")],
    "floor": [("O2", "letter_for_digit")],
    "agency": [("Lur", "unknown_name"), (None, "missing"), ("#N/A", "broken_formula")],
    "sector": [(None, "missing")],
}
_seeds = st.dictionaries(st.tuples(st.integers(0, 9), st.sampled_from(sorted(SEEDS))), st.integers(0, 2), max_size=12)


@settings(max_examples=60, deadline=None)
@given(_seeds, st.permutations(range(len(PATRIMOINE.sheets[0].columns))))
def test_any_mix_of_seeded_mistakes_is_named_each_at_its_cell_and_nothing_else(
    seeds: dict[tuple[int, str], int], order: list[int]
) -> None:
    """Whatever the order of the columns, and however many in one row."""
    rows: list[dict[str, Cell]] = [{**DWELLING, "dwelling_id": f"D{number}"} for number in range(10)]
    columns = [PATRIMOINE.sheets[0].columns[index] for index in order]
    letters = {column.field: letter_of(index) for index, column in enumerate(columns)}
    expected = set()
    for (number, field), which in seeds.items():
        value, code = SEEDS[field][which % len(SEEDS[field])]
        rows[number][field] = value
        expected.add((number + 2, letters[field], spelled(value), code))
    headers = RawRow(1, tuple(column.title for column in columns))
    body = (RawRow(line, tuple(row.get(c.field) for c in columns)) for line, row in enumerate(rows, start=2))

    reading = understood(PATRIMOINE, [RawSheet("Logements", (headers, *body))], Patrimoine())

    assert {(m.line, m.column, m.value, m.code) for m in reading.mistakes} == expected
    assert len(reading.mistakes) == len(expected)
    assert (reading.body is None) is bool(expected)
    assert reading.lines == 10
