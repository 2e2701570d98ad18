"""R40: who is called for a motif somewhere on a day, and who is left out and why."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from permanence.domain.reference.entreprises import ContractorAssignment, Entreprises
from permanence.domain.reference.patrimoine import Dwelling, NamedContractor, Patrimoine
from permanence.domain.reference.places import Where, normalise
from permanence.domain.reference.resolver import Absence, Resolver, contractors_for
from tests.domain.reference.small_town import (
    BOUVERET,
    DAVAL,
    DWELLINGS,
    MONDAY,
    MOTIFS,
    ROUSSEL,
    any_entreprises,
    any_patrimoine,
    contract,
    entreprises,
    town,
)

PLUMBING, _ = MOTIFS
TANNEURS, _, PARC_OF_GRAY, PARC_OF_VESOUL, NO_RESIDENCE = DWELLINGS


@dataclass(frozen=True)
class FreeAddress:
    commune: str
    building_id: None = None
    residence: str = ""
    agency: str = ""


def called(patrimoine: Patrimoine, held: Entreprises, where: Dwelling | FreeAddress = TANNEURS) -> list[str]:
    return [choice.contractor.name for choice in contractors_for(patrimoine, held, PLUMBING, where, MONDAY)]


def named(who: str, building: str = "BAT-1", rank: int = 1) -> NamedContractor:
    return NamedContractor(building, PLUMBING, who, rank)


ZONES = (
    (Where.BUILDING, "BAT-1"),
    (Where.RESIDENCE, "Les Tanneurs"),
    (Where.COMMUNE, "Gray"),
    (Where.AGENCY, "gray"),
    (Where.EVERYWHERE, ""),
)


@pytest.mark.parametrize("wider", range(1, len(ZONES)))
def test_of_two_zones_the_narrower_one_holds_the_rank(wider: int) -> None:
    narrow, wide = ZONES[wider - 1], ZONES[wider]
    assert called(town(), entreprises(contract(DAVAL, *wide), contract(ROUSSEL, *narrow))) == ["Roussel"]


def test_who_is_named_on_the_building_comes_before_any_zone() -> None:
    held = entreprises(contract(ROUSSEL, Where.BUILDING, "BAT-1"), contract(BOUVERET, rank=2))
    assert called(town(named("daval")), held) == ["Daval", "Bouveret"]
    assert called(town(named("daval")), held, PARC_OF_GRAY) == ["Bouveret"]


def test_ranks_come_in_order_within_a_zone_and_a_wider_one_fills_those_that_are_free() -> None:
    held = entreprises(contract(BOUVERET, rank=2), contract(DAVAL, rank=1), contract(ROUSSEL, Where.COMMUNE, "gray"))
    assert called(town(), held) == ["Roussel", "Bouveret"]


def test_of_two_contracts_of_one_rank_the_newest_counts() -> None:
    assert called(town(), entreprises(contract(DAVAL), contract(ROUSSEL, starts_on=MONDAY))) == ["Roussel"]


def test_nobody_comes_twice() -> None:
    held = entreprises(contract(DAVAL, Where.COMMUNE, "Gray"), contract(DAVAL, rank=2), contract(ROUSSEL, rank=3))
    assert called(town(), held) == ["Daval", "Roussel"]


def test_residences_of_one_name_are_told_apart_by_their_commune() -> None:
    both, one = (
        contract(DAVAL, Where.RESIDENCE, "Le Parc"),
        contract(ROUSSEL, Where.RESIDENCE, "le parc, Vesoul", rank=2),
    )
    assert called(town(), entreprises(both, one), PARC_OF_GRAY) == ["Daval"]
    assert called(town(), entreprises(both, one), PARC_OF_VESOUL) == ["Daval", "Roussel"]


@pytest.mark.parametrize("commune", ["vesoul", "VESOUL", " Vesoul "])
def test_a_free_address_is_covered_by_its_commune_however_it_is_written(commune: str) -> None:
    held = entreprises(contract(DAVAL, Where.COMMUNE, "Vesoul"), contract(ROUSSEL, Where.AGENCY, "vesoul"))
    assert called(town(), held, FreeAddress(commune)) == ["Daval"]


def test_a_contract_holds_from_its_first_day_to_its_last() -> None:
    held = entreprises(contract(DAVAL, starts_on=MONDAY, ends_before=MONDAY + timedelta(days=1)))
    days = (MONDAY - timedelta(days=1), MONDAY, MONDAY + timedelta(days=1))
    assert [len(contractors_for(town(), held, PLUMBING, TANNEURS, day)) for day in days] == [0, 1, 0]


def test_who_is_left_out_is_told_with_the_reason() -> None:
    tomorrow = MONDAY + timedelta(days=1)
    held = entreprises(
        contract(DAVAL, ends_before=MONDAY),
        contract(ROUSSEL, rank=2, starts_on=tomorrow),
        contract(BOUVERET, Where.COMMUNE, "Gray", rank=3),
    )
    resolved = Resolver(town(named("nobody")), held).resolve(PLUMBING, TANNEURS, MONDAY)

    assert [choice.contractor for choice in resolved.chosen] == [BOUVERET]
    assert [(one.ground.contractor_id, one.contractor, one.absence) for one in resolved.left_out] == [
        ("nobody", None, Absence.UNKNOWN),
        ("daval", DAVAL, Absence.ENDED),
        ("roussel", ROUSSEL, Absence.NOT_BEGUN),
    ]


def test_who_a_narrower_zone_replaces_is_told_too() -> None:
    held = entreprises(contract(DAVAL), contract(ROUSSEL, Where.COMMUNE, "Gray"))
    (left_out,) = Resolver(town(), held).resolve(PLUMBING, TANNEURS, MONDAY).left_out
    assert (left_out.contractor, left_out.absence) == (DAVAL, Absence.REPLACED)


def test_who_is_named_is_called_as_long_as_his_contracts_for_the_motif_last() -> None:
    ended = contract(DAVAL, Where.COMMUNE, "Vesoul", ends_before=MONDAY)
    assert called(town(named("daval")), entreprises()) == ["Daval"]
    assert called(town(named("daval")), entreprises(ended, contract(ROUSSEL))) == ["Roussel"]
    assert called(town(named("daval")), entreprises(ended, contract(DAVAL, Where.AGENCY, "vesoul"))) == ["Daval"]


def test_a_choice_says_by_what_it_was_made() -> None:
    (choice,) = contractors_for(town(named("daval")), entreprises(contract(DAVAL)), PLUMBING, TANNEURS, MONDAY)
    assert (choice.ground.where, choice.ground.place, choice.ground.starts_on) == (
        None,
        "BAT-1",
        MONDAY - timedelta(days=365),
    )


# --- against a naive reading ------------------------------------------------------------------------------------------


def naive(patrimoine: Patrimoine, held: Entreprises, motif: str, where: Dwelling, day: date) -> list[str]:
    """The rule as it is said, without an index: named on the building, then the zones from narrow to wide."""
    known = {one.contractor_id for one in held.contractors}
    ranks: set[int] = set()
    chosen: list[str] = []
    for tier in _tiers(patrimoine, held, motif, where, day):
        for rank, who in tier:
            if who in known and rank not in ranks and who not in chosen:
                ranks.add(rank)
                chosen.append(who)
    return chosen


def _tiers(
    patrimoine: Patrimoine, held: Entreprises, motif: str, where: Dwelling, day: date
) -> Iterator[list[tuple[int, str]]]:
    ours = [one for one in held.assignments if one.motif == motif]
    in_force = [one for one in ours if one.starts_on <= day and (one.ends_before is None or day < one.ends_before)]
    dated, lasting = {one.contractor_id for one in ours}, {one.contractor_id for one in in_force}
    yield sorted(
        (one.rank, one.contractor_id)
        for one in patrimoine.named
        if (one.building_id, one.motif) == (where.building_id, motif)
        and (one.contractor_id in lasting or one.contractor_id not in dated)
    )
    for zone in (Where.BUILDING, Where.RESIDENCE, Where.COMMUNE, Where.AGENCY, Where.EVERYWHERE):
        tier = [one for one in in_force if one.where is zone and _holds(one, where)]
        tier.sort(key=lambda one: (one.rank, -one.starts_on.toordinal(), one.contractor_id))
        yield [(one.rank, one.contractor_id) for one in tier]


def _holds(one: ContractorAssignment, where: Dwelling) -> bool:
    place = normalise(one.place)
    return {
        Where.BUILDING: place == normalise(where.building_id),
        Where.RESIDENCE: bool(where.residence)
        and place in (normalise(where.residence), normalise(f"{where.residence} {where.commune}")),
        Where.COMMUNE: place == normalise(where.commune),
        Where.AGENCY: one.place == where.agency,
        Where.EVERYWHERE: True,
    }[one.where]


@settings(max_examples=60)
@given(any_patrimoine(), any_entreprises())
def test_the_index_resolves_as_the_rule_says(patrimoine: Patrimoine, held: Entreprises) -> None:
    resolver = Resolver(patrimoine, held)
    for motif in MOTIFS:
        for where in DWELLINGS:
            resolved = resolver.resolve(motif, where, MONDAY)
            chosen = [choice.contractor.contractor_id for choice in resolved.chosen]
            assert chosen == naive(patrimoine, held, motif, where, MONDAY)
            assert resolved.chosen == contractors_for(patrimoine, held, motif, where, MONDAY)
            assert not {one.ground.contractor_id for one in resolved.left_out} & set(chosen)


@settings(max_examples=20)
@given(any_patrimoine(), any_entreprises())
def test_the_order_of_the_rows_of_a_file_decides_nothing(patrimoine: Patrimoine, held: Entreprises) -> None:
    backwards = replace(held, assignments=held.assignments[::-1])
    turned = replace(patrimoine, named=patrimoine.named[::-1])
    for where in DWELLINGS:
        one, other = (
            [choice.contractor for choice in contractors_for(*documents, PLUMBING, where, MONDAY)]
            for documents in ((patrimoine, held), (turned, backwards))
        )
        assert one == other
