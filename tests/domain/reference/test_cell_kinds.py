"""What a cell may hold: read however Excel or a person wrote it, refused with what would mend it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permanence.domain.reference.cell_dates import DATE, INSTANT, LAST_DAY
from permanence.domain.reference.cell_kinds import (
    FLOOR,
    LONG_TEXT,
    MAIL,
    PHONE,
    TEXT,
    YES_OR_NO,
    CellKind,
    identifier,
    one_of,
    several,
    whole,
)
from permanence.domain.reference.tables import Cell, Misread, Way

CONTRACTORS = {"e1": "Plomberie Daval", "e2": "Sanitaires Roussel", "e3": "Élec Gray", "e4": "Élec Gray"}
COMPANY = one_of(CONTRACTORS, also={"daval": "e1"})


def naive(*parts: int) -> datetime:
    """As Excel keeps one: without a zone."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (TEXT, "  rue\u00a0des\tTanneurs ", "rue des Tanneurs"),
        (TEXT, 12, "12"),
        (TEXT, "a\x00b", "ab"),
        (LONG_TEXT, " Code 12A4 \r\n\r\n  cave B ", "Code 12A4\n\ncave B"),
        (identifier(7), 1412893.0, "1412893"),
        (whole(1, 9), 2.0, 2),
        (whole(-5, 9), " -1 ", -1),
        (FLOOR, "RDC", "0"),
        (FLOOR, "1er", "1"),
        (FLOOR, "2e étage", "2"),
        (FLOOR, 3, "3"),
        (FLOOR, "combles", "combles"),
        (YES_OR_NO, "Oui", True),
        (YES_OR_NO, False, False),
        (PHONE, "06 39 98 12 40", "+33639981240"),
        (PHONE, "06.39.98.12.40", "+33639981240"),
        (PHONE, "+33 (0)6 39-98-12-40", "+33639981240"),
        (PHONE, "0033639981240", "+33639981240"),
        (PHONE, "+41 32 512 34 56", "+41325123456"),
        (MAIL, "mailto:nadia.perrin@habitat70.fr ", "nadia.perrin@habitat70.fr"),
        (COMPANY, "plomberie DAVAL", "e1"),
        (COMPANY, "Daval", "e1"),
        (COMPANY, "e4", "e4"),
        (several(MAIL), "a@b.fr; c@d.fr\na@b.fr", ("a@b.fr", "c@d.fr")),
        (DATE, naive(2027, 12, 31), date(2027, 12, 31)),
        (DATE, "31/12/2027", date(2027, 12, 31)),
        (DATE, "31.12.2027", date(2027, 12, 31)),
        (DATE, "2027-12-31", date(2027, 12, 31)),
        (DATE, "1er août 2027", date(2027, 8, 1)),
        (LAST_DAY, "31/12/2027", date(2028, 1, 1)),
        (INSTANT, naive(2026, 12, 1, 8, 30), datetime(2026, 12, 1, 7, 30, tzinfo=UTC)),
        (INSTANT, naive(2026, 12, 1, 8, 29, 59), datetime(2026, 12, 1, 7, 30, tzinfo=UTC)),
        (INSTANT, "01/12/2026 8h", datetime(2026, 12, 1, 7, tzinfo=UTC)),
        (INSTANT, "01/12/2026 à 8 h 30", datetime(2026, 12, 1, 7, 30, tzinfo=UTC)),
        (INSTANT, "2026-07-01T08:30", datetime(2026, 7, 1, 6, 30, tzinfo=UTC)),
        (INSTANT, "25/10/2026 2 h 30 été", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (INSTANT, "25/10/2026 02:30 (heure d’hiver)", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_value_is_read_however_it_was_written(kind: CellKind, cell: Cell, value: Any) -> None:
    assert kind.read(cell) == value


@pytest.mark.parametrize(
    ("kind", "cell", "code", "ways", "ticked"),
    [
        (TEXT, naive(2026, 2, 1), "became_a_date", [], False),
        (LONG_TEXT, "x" * 2_001, "too_long", [], False),
        (identifier(7), 412893, "zeros_lost", ["0412893"], True),
        (whole(1, 9), 1.5, "not_whole", [], False),
        (whole(1, 9), "1O", "letter_for_digit", ["10"], True),
        (whole(1, 9), 10, "out_of_bounds", [], False),
        (whole(1, 9), "deux", "not_a_number", [], False),
        (YES_OR_NO, "peut-être", "not_yes_or_no", [], False),
        (PHONE, 639981240, "zero_lost", ["06 39 98 12 40"], True),
        (PHONE, 639981240.0, "zero_lost", ["06 39 98 12 40"], True),
        (PHONE, "O6 39 98 12 40", "letter_for_digit", ["06 39 98 12 40"], True),
        (PHONE, "0639981240 / 03 84 00 00 00", "two_numbers", ["06 39 98 12 40", "03 84 00 00 00"], False),
        (PHONE, "06 39 98 12", "not_a_phone", [], False),
        (PHONE, "00 00 00 00 00", "not_a_phone", [], False),
        (MAIL, "nadia.perrin@habitat70,fr", "not_a_mail", ["nadia.perrin@habitat70.fr"], True),
        (MAIL, "nadia.perrin", "not_a_mail", [], False),
        (COMPANY, "Plomberie Duval", "unknown_name", ["Plomberie Daval"], True),
        (COMPANY, "Élec Gray", "name_of_many", ["e3", "e4"], False),
        (COMPANY, "Toitures Martin", "unknown_name", [], False),
        (DATE, "31/02/2027", "no_such_day", ["28/02/2027"], True),
        (DATE, "02/28/2027", "no_such_day", ["28/02/2027"], False),
        (DATE, "31/12/27", "short_year", ["31/12/2027"], True),
        (DATE, naive(1900, 1, 1), "century", [], False),
        (DATE, time(12), "century", [], False),
        (DATE, "31/12/2927", "century", [], False),
        (DATE, 46752, "a_serial", ["31/12/2027"], True),
        (DATE, 7, "a_serial", [], False),
        (DATE, 1e300, "a_serial", [], False),
        (DATE, "bientôt", "not_a_date", [], False),
        (INSTANT, "01/12/2026 25:00", "not_a_time", [], False),
        (INSTANT, "01/12/2026", "no_clock", ["01/12/2026 00:00"], False),
        (INSTANT, naive(2026, 10, 25, 2, 30), "hour_twice", ["25/10/2026 02:30 été", "25/10/2026 02:30 hiver"], False),
        (INSTANT, "28/03/2027 2 h 30", "no_such_hour", ["28/03/2027 03:30"], True),
    ],
)
def test_what_cannot_be_taken_says_why_and_what_would_mend_it(
    kind: CellKind, cell: Cell, code: str, ways: list[str], ticked: bool
) -> None:
    with pytest.raises(Misread) as refused:
        kind.read(cell)

    assert (refused.value.code, [way.value for way in refused.value.ways]) == (code, ways)
    assert refused.value.ticked is ticked


def test_each_way_out_of_the_hour_that_comes_twice_is_another_instant() -> None:
    with pytest.raises(Misread) as refused:
        INSTANT.read("25/10/2026 2 h 30")

    instants = [INSTANT.read(way.value) for way in refused.value.ways]
    assert instants[1] - instants[0] == timedelta(hours=1)
    assert [way.reason for way in refused.value.ways] == ["summer", "winter"]


_MINUTES = st.datetimes(naive(2000, 1, 1), naive(2099, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)


@settings(max_examples=60)
@given(_MINUTES | st.sampled_from([datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in range(3)]))
def test_an_instant_that_is_written_is_read_back(instant: datetime) -> None:
    assert INSTANT.read(INSTANT.write(instant)) == instant


def test_names_that_many_bear_are_written_as_their_identifier() -> None:
    assert [COMPANY.write(known_id) for known_id in CONTRACTORS] == [
        "Plomberie Daval",
        "Sanitaires Roussel",
        "e3",
        "e4",
    ]
    assert all(COMPANY.read(COMPANY.write(known_id)) == known_id for known_id in CONTRACTORS)


def test_a_file_of_unknown_names_alone_is_not_compared_one_by_one() -> None:
    ways: list[tuple[Way, ...]] = []
    names = one_of({"a": "Vesoul"})
    for number in range(150):
        with pytest.raises(Misread) as refused:
            names.read(f"Vessoul {number}")
        ways.append(refused.value.ways)

    assert not ways[-1]
