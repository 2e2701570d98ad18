"""R32: what no contractor covers, and which contracts end with nobody after them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.holes import Ending, endings, holes
from permanence.domain.reference.patrimoine import NamedContractor, Patrimoine
from permanence.domain.reference.places import Where
from permanence.domain.reference.resolver import Absence, contractors_for
from tests.domain.reference.small_town import (
    DAVAL,
    MONDAY,
    MOTIFS,
    ROUSSEL,
    any_entreprises,
    any_patrimoine,
    contract,
    entreprises,
    town,
)

PLUMBING, GATE = MOTIFS
NEW_YEAR = MONDAY.replace(year=2027, month=1, day=1)


def test_a_hole_names_the_motif_the_building_and_who_would_hold_it() -> None:
    held = entreprises(
        contract(DAVAL, Where.COMMUNE, "Gray"), contract(ROUSSEL, Where.COMMUNE, "Vesoul", ends_before=MONDAY)
    )
    found = holes(town(), held, [PLUMBING], MONDAY)

    assert [(hole.motif, hole.building.building_id, hole.building.sector) for hole in found] == [
        (PLUMBING, "BAT-3", "Vesoul"),
        (PLUMBING, "BAT-4", "Vesoul"),
    ]
    assert [(one.contractor, one.absence) for one in found[0].left_out] == [(ROUSSEL, Absence.ENDED)]


@settings(max_examples=40)
@given(any_patrimoine(), any_entreprises())
def test_holes_are_exactly_what_the_lookup_does_not_resolve(patrimoine: Patrimoine, held: Entreprises) -> None:
    unresolved = {
        (motif, dwelling.building_id)
        for motif in MOTIFS
        for dwelling in patrimoine.dwellings
        if not contractors_for(patrimoine, held, motif, dwelling, MONDAY)
    }
    found = [hole.key for hole in holes(patrimoine, held, MOTIFS, MONDAY)]
    assert set(found) == unresolved
    assert len(found) == len(unresolved)


def test_a_contract_that_ends_with_nobody_after_is_told_with_its_buildings() -> None:
    ending = contract(DAVAL, Where.COMMUNE, "Gray", ends_before=NEW_YEAR)
    held = entreprises(ending, replace(ending, motif=GATE), contract(ROUSSEL, Where.COMMUNE, "Vesoul"))

    (found,) = endings(town(), held, MOTIFS, MONDAY, NEW_YEAR)

    assert found == Ending(DAVAL, NEW_YEAR, MOTIFS, ("BAT-1", "BAT-2"))
    assert found.last_day.isoformat() == "2026-12-31"


@pytest.mark.parametrize(
    "after",
    [
        contract(ROUSSEL, Where.COMMUNE, "Gray", starts_on=NEW_YEAR),
        contract(ROUSSEL, rank=2),
        contract(ROUSSEL, Where.AGENCY, "gray"),
    ],
)
def test_a_contract_that_another_takes_over_ends_nothing(after: object) -> None:
    ending = contract(DAVAL, Where.COMMUNE, "Gray", ends_before=NEW_YEAR)
    assert endings(town(), entreprises(ending, after), MOTIFS, MONDAY, NEW_YEAR) == ()  # type: ignore[arg-type]


def test_a_contractor_who_is_named_ends_with_his_contracts() -> None:
    named = town(NamedContractor("BAT-4", PLUMBING, "daval", 1))
    held = entreprises(contract(DAVAL, Where.COMMUNE, "Gray", ends_before=NEW_YEAR))
    assert [one.buildings for one in endings(named, held, MOTIFS, MONDAY, NEW_YEAR)] == [("BAT-1", "BAT-2", "BAT-4")]


def test_what_has_ended_or_ends_later_is_not_told() -> None:
    tomorrow = MONDAY + timedelta(days=1)
    held = entreprises(
        contract(DAVAL, Where.COMMUNE, "Gray", ends_before=MONDAY),
        contract(ROUSSEL, Where.COMMUNE, "Vesoul", ends_before=NEW_YEAR),
    )
    assert endings(town(), held, MOTIFS, MONDAY, tomorrow) == ()
