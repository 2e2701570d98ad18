"""Whatever a check finds in a planning or an annuaire has its French sentence, and so has what a version does."""

import pytest

from decisions.annuaire_words import annuaire_sentence
from decisions.planning_words import night_words, planning_effect, planning_sentence
from permanence.domain.reference.annuaire_checks import AnnuaireCode
from permanence.domain.reference.documents import Effect, Point
from permanence.domain.reference.planning_checks import PlanningCode
from permanence.domain.reference.planning_effects import PlanningEffect
from tests.domain.reference.test_calendar import paris

SPAN = {"start": paris(2027, 3, 27, 20).isoformat(), "end": paris(2027, 3, 28, 8, 30).isoformat()}
OF_PLANNING = {
    **SPAN,
    "role": "technicien",
    "sector": "Lure",
    "minutes": "690",
    "count": "2",
    "person": "Karim Belhadj",
    "last": paris(2027, 7, 2, 16, 30).isoformat(),
}
OF_ANNUAIRE = {
    "name": "Karim Belhadj",
    "agency": "Dole",
    "phone": "+33639980301",
    "mail": "karim",
    "role": "cadre",
    "until": SPAN["end"],
    "count": "3",
    "places": "Gray, Lure",
    "day": "2026-12-01",
    "others": "Hélène Faivre",
    "missing": "trained_on trained_by",
    "grc_id": "PERM01",
}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("code", PlanningCode)
def test_each_point_of_a_planning_has_its_sentence(code: PlanningCode) -> None:
    told = planning_sentence(Point(code, "", {**OF_PLANNING, "people": "Karim et Hélène"}, blocks=True))
    assert told.endswith(".")
    assert "{" not in told


@pytest.mark.parametrize("code", AnnuaireCode)
def test_each_point_of_an_annuaire_has_its_sentence(code: AnnuaireCode) -> None:
    told = annuaire_sentence(Point(code, "karim", OF_ANNUAIRE, blocks=True))
    assert told.endswith(".")
    assert "{" not in told


def test_a_hole_is_told_by_its_place_its_length_and_its_night() -> None:
    told = planning_sentence(Point(PlanningCode.GAP, "", OF_PLANNING, blocks=True))
    assert plain(told) == "Lure : personne pendant 11 h 30, dans la nuit du 27 au 28 mars."


@pytest.mark.parametrize(
    ("effect", "fact", "sequel"),
    [
        (
            Effect(
                PlanningEffect.UNCOVERED,
                3,
                {"role": "cadre", "sector": "*", "minutes": "2700", "first": "2027-03-22", "last": "2027-03-24"},
            ),
            "nuits sans cadre",
            " : personne, 45 h, de la nuit du 22 au 23 mars à la nuit du 24 au 25 mars",
        ),
        (
            Effect(
                PlanningEffect.UNCOVERED,
                1,
                {"role": "technicien", "sector": "Lure", "minutes": "690", "first": "2027-03-27", "last": "2027-03-27"},
            ),
            "nuit sans technicien à Lure",
            " : personne, 11 h 30, nuit du 27 au 28 mars",
        ),
        (
            Effect(
                PlanningEffect.OTHERS,
                2,
                {
                    "role": "technicien",
                    "sector": "Gray",
                    "was": "Karim",
                    "becomes": "Hélène",
                    "first": "2027-03-31",
                    "last": "2027-03-31",
                },
            ),
            "nuits changent de main : Gray",
            ", Karim → Hélène, nuit du 31 mars au 1er avril",
        ),
        (
            Effect(PlanningEffect.MISSIONS, 0, {}),
            "mission en cours touchée",
            " : la chaîne de chacune est figée à son départ",
        ),
        (
            Effect(PlanningEffect.NUMBERS, 7, {}, subjects=("Karim", "Hélène")),
            "personnes d’astreinte changent de numéro",
            " : Karim, Hélène, et 5 autres",
        ),
    ],
)
def test_what_a_version_does_to_the_nights_is_told_in_words(effect: Effect, fact: str, sequel: str) -> None:
    words = planning_effect(effect)
    assert (plain(words.fact), plain(words.sequel)) == (fact, sequel)


def test_the_last_night_of_a_year_ends_in_the_next() -> None:
    assert night_words(paris(2026, 12, 31, 22).date()) == "nuit du 31 décembre au 1er janvier"
