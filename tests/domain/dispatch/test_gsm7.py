"""What fits the alphabet of a short message, and what it costs (3GPP TS 23.038)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.dispatch.gsm7 import septets, to_gsm7


@pytest.mark.parametrize("character", "éèàùìòÇÉÄÖÑÜå@'\"")
def test_letters_of_the_alphabet_cost_one(character: str) -> None:
    assert septets(character) == 1


@pytest.mark.parametrize("character", "€[]{}~|^\\")
def test_the_extension_table_costs_two(character: str) -> None:
    assert septets(character) == 2


@pytest.mark.parametrize("character", "êçœ’ÀâîôûëïÊ«»…\u00a0\u202f`")
def test_one_character_outside_the_alphabet_spoils_the_message(character: str) -> None:
    assert septets(f"abc{character}") is None


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("fuite d’eau", "fuite d'eau"),
        ("hall de l’entrée bloquée", "hall de l'entrée bloquée"),
        ("façade, fenêtre, chaîne", "facade, fenetre, chaine"),
        ("Cœur de ville", "Coeur de ville"),
        ("À 23\u00a0h\u00a012", "A 23 h 12"),
        ("Échenoz-la-Méline", "Échenoz-la-Méline"),
        ("« Les Iris »", '" Les Iris "'),
        ("colonne 🚿 bouchée", "colonne  bouchée"),
        ("c\u0327a", "ca"),
    ],
)
def test_what_is_outside_becomes_its_nearest_neighbour(written: str, sent: str) -> None:
    assert to_gsm7(written) == sent


@given(st.text())
def test_everything_can_be_sent_once_transliterated(text: str) -> None:
    assert septets(to_gsm7(text)) is not None


@given(st.text(alphabet="abc éèà €{}", max_size=40))
def test_the_alphabet_itself_is_left_alone(text: str) -> None:
    assert to_gsm7(text) == text
