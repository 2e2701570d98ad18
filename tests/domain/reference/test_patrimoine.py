"""R32, R33, R40: who repairs what, what nobody repairs, and words as people type them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.scenarios.patrimoine import made_up_patrimoine
from permanence.domain.contract import Contract
from permanence.domain.reference.patrimoine import (
    ContractorAssignment,
    contractors_for,
    holes,
    normalise,
    plain_words,
    sector_of_commune,
)

PATRIMOINE = made_up_patrimoine(80)
SATURDAY = date(2026, 11, 21)


def names(motif: str, building_id: str | None, commune: str, *more: ContractorAssignment) -> list[str]:
    reference = replace(PATRIMOINE, assignments=(*PATRIMOINE.assignments, *more))
    choices = contractors_for(reference, motif, building_id=building_id, commune=commune, day=SATURDAY)
    return [choice.contractor.contractor_id for choice in choices]


def test_ranks_come_in_order() -> None:
    assert names("plomberie_logement", "BAT-00001", "Vesoul") == ["plomberie-vesoul", "plomberie-reserve"]


@pytest.mark.parametrize("commune", ["vesoul", "VESOUL", " Vesoul "])
def test_a_commune_is_found_however_it_is_written(commune: str) -> None:
    assert names("plomberie_logement", None, commune)[0] == "plomberie-vesoul"


def test_a_building_contract_replaces_its_own_rank_only() -> None:
    own = ContractorAssignment("plomberie_logement", "plomberie-gray", 1, date(2020, 1, 1), building_id="BAT-00001")
    assert names("plomberie_logement", "BAT-00001", "Vesoul", own) == ["plomberie-gray", "plomberie-reserve"]
    assert names("plomberie_logement", None, "Vesoul", own) == ["plomberie-vesoul", "plomberie-reserve"]


def test_of_two_contracts_in_force_the_newest_counts() -> None:
    newer = ContractorAssignment("plomberie_logement", "plomberie-gray", 1, SATURDAY, commune="Vesoul")
    assert names("plomberie_logement", "BAT-00001", "Vesoul", newer)[0] == "plomberie-gray"


def test_a_contract_of_an_unknown_contractor_counts_for_nothing() -> None:
    unknown = ContractorAssignment("plomberie_logement", "nobody", 1, SATURDAY, building_id="BAT-00001")
    assert names("plomberie_logement", "BAT-00001", "Vesoul", unknown)[0] == "plomberie-vesoul"


def test_a_contractor_of_both_ranks_is_called_once() -> None:
    twice = ContractorAssignment("plomberie_logement", "plomberie-vesoul", 2, SATURDAY, building_id="BAT-00001")
    assert names("plomberie_logement", "BAT-00001", "Vesoul", twice) == ["plomberie-vesoul"]


def test_the_made_up_patrimoine_has_a_contractor_for_every_motif_of_the_contract(contract: Contract) -> None:
    motifs = [motif.motif_id for motif in contract.motifs.values() if motif.contractor_first]
    assert len(motifs) == 7
    assert holes(PATRIMOINE, motifs, SATURDAY) == ()


def test_a_hole_names_the_building_and_who_is_called_instead() -> None:
    without = replace(
        PATRIMOINE,
        assignments=tuple(a for a in PATRIMOINE.assignments if (a.motif, a.commune) != ("skydome_ouvert", "Vesoul")),
    )
    found = holes(without, ["skydome_ouvert", "plomberie_logement"], SATURDAY)
    assert {(hole.motif, hole.commune, hole.fallback) for hole in found} == {
        ("skydome_ouvert", "Vesoul", "technicien d’astreinte, secteur Vesoul")
    }
    assert "BAT-00001" in {hole.building_id for hole in found}


def test_holes_are_exactly_what_the_lookup_does_not_resolve() -> None:
    ending = replace(
        PATRIMOINE,
        assignments=tuple(
            replace(a, ends_before=SATURDAY) if a.commune in ("Gray", "Lure") else a for a in PATRIMOINE.assignments
        ),
    )
    motifs = ("plomberie_logement", "colonne_bouchee")
    unresolved = {
        (motif, dwelling.building_id)
        for motif in motifs
        for dwelling in ending.dwellings
        if not contractors_for(ending, motif, building_id=dwelling.building_id, commune=dwelling.commune, day=SATURDAY)
    }
    assert {(hole.motif, hole.building_id) for hole in holes(ending, motifs, SATURDAY)} == unresolved
    assert unresolved


def test_a_commune_leads_to_the_sector_of_its_dwellings() -> None:
    assert sector_of_commune(PATRIMOINE, "gray") == "Gray"
    assert sector_of_commune(PATRIMOINE, "Besançon") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bât. B", "bat b"),
        ("av. du Maréchal Foch", "AVENUE DU MAL FOCH"),
        ("Saint-Loup-sur-Semouse", "st loup sur semouse"),
        ("bd Charles-de-Gaulle", "Boulevard Charles de Gaulle"),
        ("place de l’Église", "pl de l'eglise"),
        ("Échenoz-la-Méline", "ECHENOZ LA MELINE"),
        ("rue du Sacré-Cœur", "r du sacre coeur"),
    ],
)
def test_all_ways_of_writing_one_place_are_equal(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@given(st.text(max_size=40))
def test_plain_words_are_lower_case_ascii_and_stable(text: str) -> None:
    words = plain_words(text)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)
    assert plain_words(" ".join(words)) == words


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("floor", "stair", "building", "details"),
    [
        ("0", "", "", "rez-de-chaussée, porte 104"),
        ("1", "2", "B", "bât. B, escalier 2, 1er étage, porte 104"),
        ("2", "", "A", "bât. A, 2e étage, porte 104"),
        ("-1", "", "", "sous-sol, porte 104"),
        ("duplex", "", "", "duplex, porte 104"),
        ("", "", "", "porte 104"),
    ],
)
def test_a_dwelling_tells_where_it_is(floor: str, stair: str, building: str, details: str) -> None:
    dwelling = replace(PATRIMOINE.dwellings[0], floor=floor, stair=stair, building=building, door="104")
    assert dwelling.details == details
    assert dwelling.address == "12 rue Baron Bouvier"
