"""The small words before a name, by one rule for all pages, mails, messages and calls."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.french_names import at_place, elided, of_name, of_place


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Élec Gray", "d’Élec Gray"),
        ("Hélène Daval", "d’Hélène Daval"),
        ("Henri", "d’Henri"),
        ("HUGUETTE", "d’HUGUETTE"),
        ("Habitat 70", "d’Habitat 70"),
        ("Œuvre", "d’Œuvre"),
        ("Yvonne", "d’Yvonne"),
        ("Yann", "de Yann"),
        ("Hassan", "de Hassan"),
        ("Habib", "de Habib"),
        ("Haute-Saône Habitat", "de Haute-Saône Habitat"),
        ("Ouahid", "de Ouahid"),
        ("Plomberie Daval", "de Plomberie Daval"),
        ("avril 2026", "d’avril 2026"),
        ("août 2026", "d’août 2026"),
        ("novembre 2026", "de novembre 2026"),
        ("électricité", "d’électricité"),
        ("horlogerie", "d’horlogerie"),
        ("", "de "),
    ],
)
def test_de_is_elided_where_french_elides_it(name: str, said: str) -> None:
    assert of_name(name) == said


@pytest.mark.parametrize(
    ("place", "of", "at"),
    [
        ("Gray", "de Gray", "à Gray"),
        ("Héricourt", "d’Héricourt", "à Héricourt"),
        ("Hautevelle", "de Hautevelle", "à Hautevelle"),
        ("Hurecourt", "d’Hurecourt", "à Hurecourt"),
        ("Échenoz-la-Méline", "d’Échenoz-la-Méline", "à Échenoz-la-Méline"),
        ("Le Magny", "du Magny", "au Magny"),
        ("Les Fessey", "des Fessey", "aux Fessey"),
        ("La Voivre", "de La Voivre", "à La Voivre"),
        ("L’Isle", "de L’Isle", "à L’Isle"),
        ("Lure", "de Lure", "à Lure"),
    ],
)
def test_a_commune_takes_its_article_with_it(place: str, of: str, at: str) -> None:
    assert (of_place(place), at_place(place)) == (of, at)


def test_other_small_words_are_elided_by_the_same_rule() -> None:
    assert elided("que", "Élec Gray") == "qu’Élec Gray"
    assert elided("que", "Plomberie Daval") == "que Plomberie Daval"


@given(st.text(alphabet="aeéhlsuvxyAEHLÉ ’", max_size=12))
def test_the_name_itself_is_never_changed(name: str) -> None:
    said = of_name(name)
    assert re.sub(r"^(de |d’)", "", said) == name.strip()
