"""The files of the annuaire and of the planning: each mistake at its cell, and the same file out as in (R30, R31)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permanence.domain.instants import PARIS
from permanence.domain.reference.annuaire import Annuaire, Person, ReceptionFunction, ReceptionPerson, StaffRole, Vip
from permanence.domain.reference.annuaire_file import annuaire_form
from permanence.domain.reference.planning import PlannedDuty, Planning, planning_of
from permanence.domain.reference.planning_file import planning_form
from permanence.domain.reference.rota import EVERY_SECTOR, OnCallRole
from permanence.domain.reference.table_forms import FileForm, SheetForm
from permanence.domain.reference.table_reading import Reading, understood
from permanence.domain.reference.tables import Cell, Mistake, RawRow, RawSheet, Way
from tests.domain.reference.test_calendar import paris

AGENCIES = {"gray": "Gray", "vesoul": "Vesoul"}
ANNUAIRE = Annuaire(
    people=(
        Person("karim", "Karim Belhadj", "Technicien", "", "gray", "+33639980301", "", "", (StaffRole.TECHNICIEN,)),
        Person("helene", "Hélène Faivre", landline="+33353012011"),
        Person("sylvie", "Sylvie Mourot", roles=(StaffRole.AGENCY_MANAGER, StaffRole.CADRE), mobile="+33639980218"),
        Person("paul1", "Paul Tissot"),
        Person("paul2", "Paul Tissot"),
    ),
    vips=(
        Vip("Anne Viennot", "Maire", "Mairie de Gray", "+33353012001", "La passer au directeur.\nMerci."),
        Vip("M. X"),
    ),
    reception=(
        ReceptionPerson("rachid", "Rachid Amrani", ReceptionFunction.DUTY_SUPERVISOR, "+33639989970"),
        ReceptionPerson(
            "lea",
            "Léa Roy",
            ReceptionFunction.AGENT,
            grc_id="0012",
            trained_on=date(2026, 11, 2),
            trained_by="Claire H.",
        ),
    ),
)
PLANNING = planning_form(ANNUAIRE, {"Gray", "Lure et Héricourt"})
HEADERS = ("Astreinte", "Secteur", "Personne", "Début", "Fin")
WEEK = (paris(2027, 3, 26, 16, 30), paris(2027, 4, 2, 16, 30))


def excel(*parts: int) -> datetime:
    """A day and an hour as Excel keeps them, without a zone."""
    return paris(*parts).astimezone(PARIS).replace(tzinfo=None)


def planning_file(*rows: Sequence[Cell], headers: Sequence[Cell] = HEADERS) -> RawSheet:
    numbered = (RawRow(line, tuple(cells)) for line, cells in enumerate(rows, start=2))
    return RawSheet("Astreintes", (RawRow(1, tuple(headers)), *numbered))


def read(*rows: Sequence[Cell], in_force: Planning | None = None, **options: Any) -> Reading[Planning]:
    return understood(PLANNING, [planning_file(*rows)], in_force or Planning(), **options)


def only(reading: Reading[Planning]) -> Mistake:
    assert reading.body is None
    (mistake,) = reading.mistakes
    return mistake


def as_sent(form: FileForm[Any], body: Any) -> list[RawSheet]:
    def sheet(of: SheetForm, rows: list[list[Cell]]) -> RawSheet:
        header = RawRow(1, tuple(column.title for column in of.columns))
        return RawSheet(of.title, (header, *(RawRow(n, tuple(cells)) for n, cells in enumerate(rows, start=2))))

    written = form.rows_of(body)
    return [sheet(one, written[one.key]) for one in form.sheets]


def test_a_row_names_who_is_on_call_as_people_write_it() -> None:
    reading = read(
        ("technicien", "Lure et Héricourt", "BELHADJ Karim", "26/03/2027 16 h 30", excel(2027, 4, 2, 16, 30)),
        ("Cadre", "Toutes les agences", "sylvie", excel(2027, 3, 26, 16, 30), "2 avril 2027 à 16h30"),
        ("Superviseur de permanence", None, "rachid amrani", "2027-03-26 16:30", "02/04/2027 16:30"),
    )
    assert reading.mistakes == ()
    assert reading.body == planning_of(
        [
            PlannedDuty("Lure et Héricourt", OnCallRole.TECHNICIEN, "karim", *WEEK),
            PlannedDuty(EVERY_SECTOR, OnCallRole.CADRE, "sylvie", *WEEK),
            PlannedDuty(EVERY_SECTOR, OnCallRole.SUPERVISEUR, "rachid", *WEEK),
        ]
    )


@pytest.mark.parametrize(
    ("row", "column", "code", "ways"),
    [
        (("Technicien", "Gray", "Durand", "01/03/2027 8:00", "02/03/2027 8:00"), "C", "unknown_name", ()),
        (
            ("Technicien", "Gray", "Karim Belhaj", "01/03/2027 8:00", "02/03/2027 8:00"),
            "C",
            "unknown_name",
            (Way("Karim Belhadj", reason="nearest"),),
        ),
        (
            ("Technicien", "Gray", "Paul Tissot", "01/03/2027 8:00", "02/03/2027 8:00"),
            "C",
            "name_of_many",
            (Way("paul1"), Way("paul2")),
        ),
        (
            ("Technicien", "Grey", "karim", "01/03/2027 8:00", "02/03/2027 8:00"),
            "B",
            "unknown_name",
            (Way("Gray", reason="nearest"),),
        ),
        (("Technicien", None, "karim", "01/03/2027 8:00", "02/03/2027 8:00"), "B", "missing", ()),
        (("Technicien", "Gray", None, "01/03/2027 8:00", "02/03/2027 8:00"), "C", "missing", ()),
        (
            ("Technicien", "Gray", "karim", "31/02/2027 8:00", "02/03/2027 8:00"),
            "D",
            "no_such_day",
            (Way("28/02/2027 08:00", reason="end_of_month"),),
        ),
        (
            ("Technicien", "Gray", "karim", "25/10/2026 2:30", "26/10/2026 8:00"),
            "D",
            "hour_twice",
            (Way("25/10/2026 02:30 été", reason="summer"), Way("25/10/2026 02:30 hiver", reason="winter")),
        ),
        (
            ("Technicien", "Gray", "karim", "28/03/2027 2:30", "29/03/2027 8:00"),
            "D",
            "no_such_hour",
            (Way("28/03/2027 03:30"),),
        ),
        (("Technicien", "Gray", "karim", "02/03/2027 8:00", "01/03/2027 8:00"), "E", "ends_before_start", ()),
    ],
)
def test_each_mistake_is_named_at_its_cell(row: Sequence[Cell], column: str, code: str, ways: tuple[Way, ...]) -> None:
    mistake = only(read(row))
    assert (mistake.sheet, mistake.line, mistake.column, mistake.code, mistake.ways) == (
        "Astreintes",
        2,
        column,
        code,
        ways,
    )


def test_two_rows_that_overlap_are_named_and_taking_the_suggestion_settles_it() -> None:
    rows = (
        ("Technicien", "Gray", "karim", "29/03/2027 8:30", "01/04/2027 8:30"),
        ("Technicien", "Gray", "helene", "31/03/2027 17:30", "05/04/2027 8:30"),
    )
    mistake = only(read(*rows))
    assert (mistake.line, mistake.column, mistake.code, mistake.detail) == (3, "D", "overlap", {"line": "2"})
    settled = read(*rows, corrections=mistake.corrections(mistake.ways[0]))
    assert settled.body is not None
    assert [(one.person_id, one.start) for one in settled.body.duties] == [
        ("karim", paris(2027, 3, 29, 8, 30)),
        ("helene", paris(2027, 4, 1, 8, 30)),
    ]


def test_a_few_days_replace_only_what_they_name() -> None:
    week = PlannedDuty("Gray", OnCallRole.TECHNICIEN, "karim", *WEEK)
    in_force = planning_of([week, PlannedDuty(EVERY_SECTOR, OnCallRole.CADRE, "sylvie", *WEEK)])
    reading = read(("Technicien", "Gray", "helene", "31/03/2027 17:30", "01/04/2027 8:30"), in_force=in_force)
    assert reading.body is not None
    assert [
        (one.person_id, one.start, one.end) for one in reading.body.duties if one.role is OnCallRole.TECHNICIEN
    ] == [
        ("karim", WEEK[0], paris(2027, 3, 31, 17, 30)),
        ("helene", paris(2027, 3, 31, 17, 30), paris(2027, 4, 1, 8, 30)),
        ("karim", paris(2027, 4, 1, 8, 30), WEEK[1]),
    ]
    assert in_force.duties[0] in reading.body.duties or in_force.duties[1] in reading.body.duties


def test_the_annuaire_comes_out_as_it_went_in() -> None:
    form = annuaire_form(AGENCIES)
    reading = understood(form, as_sent(form, ANNUAIRE), Annuaire())
    assert (reading.mistakes, reading.body) == ((), ANNUAIRE)


def test_what_the_annuaire_does_not_know_is_named_at_its_cell() -> None:
    form = annuaire_form(AGENCIES)
    staff, vips, reception = as_sent(form, ANNUAIRE)
    broken = list(staff.rows[1].cells)
    broken[4], broken[5], broken[8] = "Dole", "639980301", "Cadre, Directeur"
    sheets = [RawSheet(staff.title, (staff.rows[0], RawRow(2, tuple(broken)))), vips, reception]
    found = understood(form, sheets, Annuaire())
    assert found.body is None
    assert [(one.line, one.column, one.code) for one in found.mistakes] == [
        (2, "E", "unknown_name"),
        (2, "F", "zero_lost"),
        (2, "I", "unknown_name"),
    ]


INSTANTS = st.datetimes(datetime(2026, 10, 24), datetime(2026, 10, 26)).map(  # noqa: DTZ001 - hours of UTC
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)


@settings(max_examples=50)
@given(st.lists(INSTANTS, min_size=2, max_size=6, unique=True), st.sampled_from(["karim", "paul1", "rachid"]))
def test_the_planning_comes_out_as_it_went_in_also_where_an_hour_comes_twice(
    instants: list[datetime], who: str
) -> None:
    bounds = sorted(instants)
    planning = planning_of(
        [
            PlannedDuty("Gray", OnCallRole.TECHNICIEN, who, start, end)
            for start, end in zip(bounds, [*bounds[1:], bounds[-1] + timedelta(hours=1)], strict=True)
        ]
    )
    reading = understood(PLANNING, as_sent(PLANNING, planning), Planning())
    assert (reading.mistakes, reading.body) == ((), planning)
