"""Every point of a file has its sentence, and none of them blames who sent it."""

import re

import pytest

from permanence.application.reference.file_words import mistake_sentence, unreadable_sentence, way_words
from permanence.domain.reference.tables import Mistake, MistakeCode, UnreadableCode, Way

DETAIL = dict.fromkeys(
    ("wanted", "column", "other", "line", "there", "here", "limit", "least", "most", "width", "sheet", "count", "size"),
    "33554432",
)


def mistake(code: str, *ways: Way, **detail: str) -> Mistake:
    return Mistake("Logements", 7, "A", "N° de logement", "x", code, detail, ways)


@pytest.mark.parametrize("code", MistakeCode)
def test_every_point_has_a_sentence(code: MistakeCode) -> None:
    said = mistake_sentence(mistake(code, **DETAIL))

    assert said
    assert "{" not in said
    assert not re.search("erreur|faute|invalide", said, re.IGNORECASE)


@pytest.mark.parametrize("code", UnreadableCode)
def test_every_file_that_cannot_be_read_is_told_what_to_do(code: UnreadableCode) -> None:
    said = unreadable_sentence(code.value, DETAIL)

    assert ":" in said or "." in said
    assert not re.search(r"\{|erreur|faute|invalide", said, re.IGNORECASE)


def test_a_double_says_where_the_two_lines_differ_where_it_is_known() -> None:
    whole = mistake(MistakeCode.KEY_TWICE, line="2870", column="Étage", there="1", here="3")

    assert mistake_sentence(whole) == "Déjà à la ligne 2870 ; Étage : « 1 » d’un côté, « 3 » de l’autre"
    assert mistake_sentence(mistake(MistakeCode.KEY_TWICE, line="2870")) == "Déjà à la ligne 2870"


def test_a_way_out_says_what_it_does_and_whence_it_comes() -> None:
    near = Way("Vesoul", reason="nearest")
    assert way_words(mistake("unknown_name", near), near) == ("Vesoul", "le nom le plus proche")
    total = Way(leaves_out=(7,))
    assert way_words(mistake("total", total), total) == ("Laisser cette ligne", "")
    ways = Way(leaves_out=(7,)), Way(leaves_out=(2,))
    double = mistake("key_twice", *ways, line="2")
    assert [way_words(double, way)[0] for way in ways] == ["Garder la ligne 2", "Garder la ligne 7"]
