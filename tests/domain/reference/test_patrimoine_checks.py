"""R30: what is wrong with a patrimoine that is proposed, each point with its subject and how many it stands for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from permanence.domain.reference.documents import Point
from permanence.domain.reference.instructions import Instruction, InstructionSort
from permanence.domain.reference.patrimoine import (
    AgencyPlace,
    InternalContact,
    MaintenanceContract,
    NamedContractor,
    Patrimoine,
)
from permanence.domain.reference.patrimoine_checks import PatrimoineCode, checks
from permanence.domain.reference.places import Where
from tests.domain.reference.small_town import DWELLINGS, MONDAY, MOTIFS, circumstances, dwelling, entreprises, town

PLUMBING, _ = MOTIFS


@dataclass(frozen=True)
class Named:
    sector: str = ""
    person_id: str = ""


@dataclass(frozen=True)
class PlanningOf:
    duties: tuple[Named, ...]


@dataclass(frozen=True)
class AnnuaireOf:
    people: tuple[Named, ...]


OTHERS = {
    "entreprises": entreprises(),
    "annuaire": AnnuaireOf((Named(person_id="faivre"),)),
    "planning": PlanningOf((Named("Gray"), Named("Vesoul"))),
}
LIFT = MaintenanceContract("BAT-1", "ascenseur", "daval", "A-1", MONDAY, MONDAY + timedelta(days=365))


def points(proposed: Patrimoine, in_force: Patrimoine | None = None) -> tuple[Point, ...]:
    return checks(in_force or town(), proposed, circumstances(**OTHERS))


def only(proposed: Patrimoine) -> tuple[PatrimoineCode, str, Mapping[str, str], bool]:
    (point,) = points(proposed)
    return PatrimoineCode(point.code), point.subject, point.detail, point.blocks


def test_a_patrimoine_that_is_whole_has_no_point() -> None:
    whole = replace(
        town(NamedContractor("BAT-1", PLUMBING, "daval", 1), NamedContractor("BAT-1", PLUMBING, "roussel", 2)),
        agencies=(AgencyPlace("gray", "Gray", "1 quai de la Saône", "+33384000000", ""),),
        instructions=(Instruction("BAT-1", "", InstructionSort.CODE, "12A34"),),
        contacts=(InternalContact(Where.RESIDENCE, "le parc", "espaces verts", "Gestion locative", "faivre"),),
        maintenance=(LIFT, replace(LIFT, starts_on=LIFT.ends_before, ends_before=None)),
    )
    assert points(whole) == ()


@pytest.mark.parametrize("empty", ["dwelling_id", "building_id", "commune"])
def test_a_dwelling_without_its_key_blocks(empty: str) -> None:
    nameless = dwelling(9, "BAT-9", **{empty: ""})
    code, _, detail, blocks = only(town(dwellings=(*DWELLINGS, nameless)))
    assert (code, detail["count"], blocks) == (PatrimoineCode.WITHOUT_KEY, "1", True)


def test_an_unknown_agency_is_told_once_for_all_its_dwellings() -> None:
    lost = [replace(one, agency="lur") for one in DWELLINGS[:2]]
    assert only(town(dwellings=(*lost, *DWELLINGS[2:]))) == (
        PatrimoineCode.UNKNOWN_AGENCY,
        "lur",
        {"count": "2", "first": "LOG-1"},
        True,
    )


def test_an_unknown_contractor_is_told_whether_named_or_under_contract() -> None:
    proposed = replace(
        town(NamedContractor("BAT-2", PLUMBING, "duval", 1)), maintenance=(replace(LIFT, contractor_id="duval"),)
    )
    assert only(proposed) == (PatrimoineCode.UNKNOWN_CONTRACTOR, "duval", {"count": "2", "first": "BAT-2"}, True)


def test_an_unknown_motif_blocks_and_one_of_the_staff_is_only_said() -> None:
    assert only(town(NamedContractor("BAT-1", "plomberie", "daval", 1)))[::3] == (PatrimoineCode.UNKNOWN_MOTIF, True)
    assert only(town(NamedContractor("BAT-1", "incendie", "daval", 1)))[::3] == (PatrimoineCode.STAFF_MOTIF, False)


@pytest.mark.parametrize(
    ("proposed", "sort", "first"),
    [
        (town(dwellings=(*DWELLINGS, DWELLINGS[2])), "dwelling", "LOG-3"),
        (town(*(NamedContractor("BAT-1", PLUMBING, who, 1) for who in ("daval", "roussel"))), "named", "BAT-1"),
        (
            replace(town(), instructions=(Instruction("BAT-1", "", InstructionSort.KEYS, "loge"),) * 2),
            "instruction",
            "BAT-1",
        ),
        (
            replace(
                town(),
                contacts=tuple(InternalContact(Where.COMMUNE, one, "bruit", "Accueil", "") for one in ("Gray", "GRAY")),
            ),
            "contact",
            "Gray bruit",
        ),
    ],
)
def test_twice_the_same_key_blocks(proposed: Patrimoine, sort: str, first: str) -> None:
    assert only(proposed) == (PatrimoineCode.TWICE, "", {"count": "1", "sort": sort, "first": first}, True)


@pytest.mark.parametrize(
    ("proposed", "sort"),
    [
        (town(NamedContractor("BAT-9", PLUMBING, "daval", 1)), "named"),
        (replace(town(), instructions=(Instruction("BAT-9", "", InstructionSort.OTHER, "chien"),)), "instruction"),
        (replace(town(), maintenance=(replace(LIFT, building_id="BAT-9"),)), "maintenance"),
    ],
)
def test_what_is_told_of_a_building_that_is_not_there_blocks(proposed: Patrimoine, sort: str) -> None:
    code, subject, detail, blocks = only(proposed)
    assert (code, subject, detail["sort"], blocks) == (PatrimoineCode.UNKNOWN_BUILDING, "BAT-9", sort, True)


def test_a_contact_needs_a_place_and_a_person_who_are_known() -> None:
    nowhere = InternalContact(Where.COMMUNE, "Vessoul", "bruit", "Accueil", "")
    nobody = InternalContact(Where.EVERYWHERE, "", "bruit", "", "tissot")
    assert only(replace(town(), contacts=(nowhere,)))[:2] == (PatrimoineCode.UNKNOWN_PLACE, "Vessoul")
    assert only(replace(town(), contacts=(nobody,)))[:2] == (PatrimoineCode.UNKNOWN_PERSON, "tissot")


@pytest.mark.parametrize(
    ("contracts", "code"),
    [
        ((replace(LIFT, ends_before=MONDAY),), PatrimoineCode.BACKWARDS),
        ((LIFT, replace(LIFT, reference="A-2", starts_on=MONDAY + timedelta(days=364))), PatrimoineCode.OVERLAP),
        (
            (replace(LIFT, ends_before=None), replace(LIFT, starts_on=LIFT.ends_before, ends_before=None)),
            PatrimoineCode.OVERLAP,
        ),
    ],
)
def test_maintenance_contracts_have_an_order(contracts: tuple[MaintenanceContract, ...], code: PatrimoineCode) -> None:
    assert only(replace(town(), maintenance=contracts)) == (code, "BAT-1", {"count": "1", "domain": "ascenseur"}, True)


def test_maintenance_contracts_of_two_domains_go_side_by_side() -> None:
    assert points(replace(town(), maintenance=(LIFT, replace(LIFT, domain="chauffage")))) == ()


def test_a_file_without_half_of_the_dwellings_is_the_wrong_one_and_fewer_are_only_told() -> None:
    housed = tuple(dwelling(number, "BAT-1") for number in range(100))
    of = {
        removed: [
            (point.code, point.detail, point.blocks) for point in points(town(dwellings=rest), town(dwellings=housed))
        ]
        for removed, rest in ((count, housed[count:]) for count in (5, 6, 50, 51))
    }
    assert of[5] == []
    assert of[6] == [("many_removed", {"count": "6", "of": "100"}, False)]
    assert of[50] == [("many_removed", {"count": "50", "of": "100"}, False)]
    assert of[51] == [("wrong_file", {"count": "51", "of": "100"}, True)]


def test_a_building_that_is_in_two_places_is_only_said() -> None:
    apart = dwelling(9, "BAT-1", commune="Vesoul")
    assert only(town(dwellings=(*DWELLINGS, apart))) == (
        PatrimoineCode.TWO_PLACES,
        "BAT-1",
        {"count": "1", "what": "commune"},
        False,
    )


def test_a_sector_without_planning_and_a_dwelling_without_sector_are_only_said() -> None:
    lure, none = dwelling(8, "BAT-8", sector="Lure"), dwelling(9, "BAT-9", sector="")
    assert [
        (point.code, point.subject, point.blocks) for point in points(town(dwellings=(*DWELLINGS, lure, none)))
    ] == [
        ("without_sector", "", False),
        ("sector_without_planning", "Lure", False),
    ]
