"""R30, R40: what is wrong with the Entreprises that are proposed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from permanence.domain.reference.documents import Point
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.entreprises_checks import EntreprisesCode, checks
from permanence.domain.reference.patrimoine import MaintenanceContract, NamedContractor, Patrimoine
from permanence.domain.reference.places import Where
from tests.domain.reference.small_town import (
    BOUVERET,
    DAVAL,
    MONDAY,
    MOTIFS,
    ROUSSEL,
    circumstances,
    contract,
    entreprises,
    town,
)

PLUMBING, GATE = MOTIFS
NEW_YEAR = date(2027, 1, 1)


def points(proposed: Entreprises, patrimoine: Patrimoine | None = None) -> tuple[Point, ...]:
    return checks(entreprises(), proposed, circumstances(patrimoine=patrimoine or town()))


def codes(proposed: Entreprises) -> list[tuple[EntreprisesCode, str, bool]]:
    return [(EntreprisesCode(point.code), point.subject, point.blocks) for point in points(proposed)]


def with_contractor(**told: object) -> Entreprises:
    return Entreprises((replace(DAVAL, **told), ROUSSEL), ())  # type: ignore[arg-type]


def test_entreprises_that_are_whole_have_no_point() -> None:
    held = (
        contract(DAVAL, Where.COMMUNE, "GRAY", ends_before=NEW_YEAR),
        contract(ROUSSEL, Where.COMMUNE, "Gray", starts_on=NEW_YEAR),
        contract(BOUVERET, Where.RESIDENCE, "Le Parc, Vesoul"),
        contract(BOUVERET, Where.AGENCY, "vesoul", rank=2),
    )
    assert points(entreprises(*held)) == ()


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": " "}, EntreprisesCode.WITHOUT_NAME),
        ({"phone": ""}, EntreprisesCode.WITHOUT_NUMBER),
        ({"phone": "0639980001"}, EntreprisesCode.NOT_A_NUMBER),
        ({"second_phone": "+33"}, EntreprisesCode.NOT_A_NUMBER),
    ],
)
def test_a_contractor_needs_a_name_and_a_number_that_can_be_dialled(
    told: dict[str, str], code: EntreprisesCode
) -> None:
    assert codes(with_contractor(**told)) == [(code, "daval", True)]


def test_a_contractor_who_stands_there_twice_blocks() -> None:
    twice = Entreprises((DAVAL, replace(DAVAL, trade="chauffage"), ROUSSEL), ())
    assert codes(twice) == [(EntreprisesCode.TWICE, "daval", True)]


def test_two_contractors_of_one_number_are_only_said() -> None:
    (point,) = points(with_contractor(second_phone=ROUSSEL.phone))
    assert (point.code, point.detail, point.blocks) == ("same_number", {"name": "Roussel", "other": "Daval"}, False)


@pytest.mark.parametrize(
    ("held", "code", "subject", "blocks"),
    [
        (contract(Contractor("duval", "Duval", "", "")), EntreprisesCode.UNKNOWN_CONTRACTOR, "duval", True),
        (contract(DAVAL, motif="plomberie"), EntreprisesCode.UNKNOWN_MOTIF, "plomberie", True),
        (contract(DAVAL, motif="incendie"), EntreprisesCode.STAFF_MOTIF, "incendie", False),
        (contract(DAVAL, Where.AGENCY, "Gray"), EntreprisesCode.UNKNOWN_AGENCY, "Gray", True),
        (contract(DAVAL, rank=0), EntreprisesCode.BAD_RANK, "daval", True),
        (contract(DAVAL, rank=10), EntreprisesCode.BAD_RANK, "daval", True),
        (contract(DAVAL, ends_before=MONDAY - timedelta(days=365)), EntreprisesCode.BACKWARDS, "daval", True),
        (contract(DAVAL, starts_on=date(1900, 1, 1)), EntreprisesCode.IMPLAUSIBLE_DATE, "daval", True),
        (contract(DAVAL, Where.COMMUNE, "Vessoul"), EntreprisesCode.UNKNOWN_ZONE, "Vessoul", False),
        (contract(DAVAL, Where.COMMUNE, ""), EntreprisesCode.UNKNOWN_ZONE, "", False),
        (contract(DAVAL, Where.RESIDENCE, "Le Parc"), EntreprisesCode.SEVERAL_RESIDENCES, "Le Parc", False),
    ],
)
def test_a_contract_that_cannot_be_meant_is_named(
    held: ContractorAssignment, code: EntreprisesCode, subject: str, blocks: bool
) -> None:
    assert codes(entreprises(held)) == [(code, subject, blocks)]


@pytest.mark.parametrize("other", [{}, {"place": "GRAY"}, {"starts_on": MONDAY}])
def test_one_rank_of_one_zone_is_held_by_one_contractor_at_a_time(other: dict[str, object]) -> None:
    first = contract(DAVAL, Where.COMMUNE, "Gray", ends_before=NEW_YEAR)
    second = replace(contract(ROUSSEL, Where.COMMUNE, "Gray"), **other)  # type: ignore[arg-type]
    (point,) = points(entreprises(first, second))
    assert (point.code, {point.detail["name"], point.detail["other"]}) == ("rank_twice", {"Daval", "Roussel"})
    assert point.blocks


def test_two_contractors_of_one_rank_in_many_zones_are_one_point() -> None:
    held = (contract(who, Where.COMMUNE, place) for place in ("Gray", "Vesoul") for who in (DAVAL, ROUSSEL))
    (point,) = points(entreprises(*held))
    assert (point.detail["place"], point.detail["count"]) == ("Gray", "2")


def test_no_zone_is_unknown_before_there_is_a_patrimoine() -> None:
    assert points(entreprises(contract(DAVAL, Where.COMMUNE, "Vessoul")), Patrimoine()) == ()


def test_a_contractor_whom_the_patrimoine_names_cannot_go_and_the_list_says_where() -> None:
    lift = MaintenanceContract("BAT-3", "ascenseur", "daval", "", MONDAY)
    named = town(*(NamedContractor(building, PLUMBING, "daval", 1) for building in ("BAT-1", "BAT-2")))
    without = Entreprises((ROUSSEL, BOUVERET), ())

    (point,) = points(without, replace(named, maintenance=(lift,)))

    assert point == Point(
        EntreprisesCode.STILL_NAMED,
        "daval",
        {"name": "Daval", "buildings": "2", "maintained": "1", "first": "BAT-1"},
        blocks=True,
    )


def test_a_contract_that_ends_within_three_months_with_nobody_after_is_said() -> None:
    (point,) = points(entreprises(contract(DAVAL, Where.COMMUNE, "Gray", ends_before=NEW_YEAR)))
    assert point == Point(
        EntreprisesCode.ENDS_WITHOUT_NEXT,
        "daval",
        {"name": "Daval", "day": "2026-12-31", "buildings": "2"},
        blocks=False,
    )
    far = contract(DAVAL, Where.COMMUNE, "Gray", ends_before=MONDAY + timedelta(days=93))
    assert points(entreprises(far)) == ()
