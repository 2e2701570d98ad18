"""R32, R33, R40: who repairs what, what nobody repairs, and words as people type them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.scenarios.patrimoine import made_up_entreprises, made_up_patrimoine
from permanence.domain.contract import Contract
from permanence.domain.main_courante.fiche import Place
from permanence.domain.reference.entreprises import ContractorAssignment, contractors_for, holes
from permanence.domain.reference.patrimoine import sector_of_commune
from permanence.domain.reference.places import Where, normalise, plain_words

PATRIMOINE = made_up_patrimoine(80)
ENTREPRISES = made_up_entreprises(PATRIMOINE)
SATURDAY = date(2026, 11, 21)


def names(motif: str, building_id: str | None, commune: str, *more: ContractorAssignment) -> list[str]:
    entreprises = replace(ENTREPRISES, assignments=(*ENTREPRISES.assignments, *more))
    place = Place(None, building_id, "", "", "", commune, "", "", "")
    choices = contractors_for(PATRIMOINE, entreprises, motif, place, SATURDAY)
    return [choice.contractor.contractor_id for choice in choices]


def at_the_building(contractor: str, rank: int, since: date = SATURDAY) -> ContractorAssignment:
    return ContractorAssignment("plomberie_logement", contractor, rank, since, None, Where.BUILDING, "BAT-00001")


def test_ranks_come_in_order() -> None:
    assert names("plomberie_logement", "BAT-00001", "Vesoul") == ["plomberie-vesoul", "plomberie-reserve"]


@pytest.mark.parametrize("commune", ["vesoul", "VESOUL", " Vesoul "])
def test_a_commune_is_found_however_it_is_written(commune: str) -> None:
    assert names("plomberie_logement", None, commune)[0] == "plomberie-vesoul"


def test_a_building_contract_replaces_its_own_rank_only() -> None:
    own = at_the_building("plomberie-gray", 1, date(2020, 1, 1))
    assert names("plomberie_logement", "BAT-00001", "Vesoul", own) == ["plomberie-gray", "plomberie-reserve"]
    assert names("plomberie_logement", None, "Vesoul", own) == ["plomberie-vesoul", "plomberie-reserve"]


def test_of_two_contracts_in_force_the_newest_counts() -> None:
    newer = ContractorAssignment("plomberie_logement", "plomberie-gray", 1, SATURDAY, None, Where.COMMUNE, "Vesoul")
    assert names("plomberie_logement", "BAT-00001", "Vesoul", newer)[0] == "plomberie-gray"


def test_a_contract_of_an_unknown_contractor_counts_for_nothing() -> None:
    unknown = at_the_building("nobody", 1)
    assert names("plomberie_logement", "BAT-00001", "Vesoul", unknown)[0] == "plomberie-vesoul"


def test_a_contractor_of_both_ranks_is_called_once() -> None:
    twice = at_the_building("plomberie-vesoul", 2)
    assert names("plomberie_logement", "BAT-00001", "Vesoul", twice) == ["plomberie-vesoul"]


def test_the_made_up_patrimoine_has_a_contractor_for_every_motif_of_the_contract(contract: Contract) -> None:
    motifs = [motif.motif_id for motif in contract.motifs.values() if motif.contractor_first]
    assert len(motifs) == 7
    assert holes(PATRIMOINE, ENTREPRISES, motifs, SATURDAY) == ()


def test_a_hole_names_the_building_and_who_is_called_instead() -> None:
    without = replace(
        ENTREPRISES,
        assignments=tuple(a for a in ENTREPRISES.assignments if (a.motif, a.place) != ("skydome_ouvert", "Vesoul")),
    )
    found = holes(PATRIMOINE, without, ["skydome_ouvert", "plomberie_logement"], SATURDAY)
    assert {(hole.motif, hole.commune, hole.fallback) for hole in found} == {
        ("skydome_ouvert", "Vesoul", "technicien d’astreinte, secteur Vesoul")
    }
    assert "BAT-00001" in {hole.building_id for hole in found}


def test_holes_are_exactly_what_the_lookup_does_not_resolve() -> None:
    ending = replace(
        ENTREPRISES,
        assignments=tuple(
            replace(a, ends_before=SATURDAY) if a.place in ("Gray", "Lure") else a for a in ENTREPRISES.assignments
        ),
    )
    motifs = ("plomberie_logement", "colonne_bouchee")
    unresolved = {
        (motif, dwelling.building_id)
        for motif in motifs
        for dwelling in PATRIMOINE.dwellings
        if not contractors_for(PATRIMOINE, ending, motif, dwelling, SATURDAY)
    }
    assert {(hole.motif, hole.building_id) for hole in holes(PATRIMOINE, ending, motifs, SATURDAY)} == unresolved
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
