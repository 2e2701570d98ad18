"""R32, R33, R40: who repairs what, what nobody repairs, and words as people type them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.scenarios.patrimoine import made_up_annuaire, made_up_entreprises, made_up_patrimoine
from permanence.application.reference.signed import signed_of
from permanence.domain.contract import Contract
from permanence.domain.reference import entreprises_checks, patrimoine_checks
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.holes import holes
from permanence.domain.reference.patrimoine import Patrimoine, sector_of_commune
from permanence.domain.reference.places import normalise, plain_words

PATRIMOINE = made_up_patrimoine(80)
SATURDAY = date(2026, 11, 21)


def test_the_made_up_patrimoine_has_a_contractor_for_every_motif_of_the_contract(contract: Contract) -> None:
    motifs = [motif.motif_id for motif in contract.motifs.values() if motif.contractor_first]
    assert len(motifs) == 7
    assert holes(PATRIMOINE, made_up_entreprises(PATRIMOINE), motifs, SATURDAY) == ()


def test_the_made_up_documents_pass_the_checks(contract: Contract) -> None:
    held = made_up_entreprises(PATRIMOINE)
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    beside = {"patrimoine": PATRIMOINE, "entreprises": held, "annuaire": made_up_annuaire()}
    circumstances = Circumstances(now, now, signed_of(contract), beside)
    assert patrimoine_checks.checks(Patrimoine(), PATRIMOINE, circumstances) == ()
    elsewhere = entreprises_checks.checks(Entreprises(), held, circumstances)
    assert {(point.code, point.blocks) for point in elsewhere} == {("unknown_zone", False)}


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
