"""The planning on its page: the year, a week, what is to correct, and somebody replaced within minutes (R30, R31)."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from permanence.domain.reference.planning import Planning, planning_of
from permanence.domain.reference.planning_checks import PLANNING
from tests.domain.reference.test_calendar import paris
from tests.functions.decisions.decisions_world import CLAIRE, NADEGE
from tests.functions.decisions.planning_world import (
    ANNUAIRE,
    GRAY,
    LURE,
    PLANNING_PAGE,
    REPLACEMENT,
    PlanningWorld,
    spring,
)
from tests.functions.decisions.planning_world import holed as holed_planning
from tests.functions.decisions.test_files_out import workbook


@pytest.fixture
def world() -> PlanningWorld:
    return PlanningWorld()


def in_force(world: PlanningWorld) -> Planning:
    number = world.documents.timetable(PLANNING).at(world.now)
    body: Planning = world.documents.get(PLANNING, number).body
    return body


def who(planning: Planning, *when: int) -> list[str]:
    at = paris(*when)
    return [one.person_id for one in planning.duties if one.cell == GRAY and one.start <= at < one.end]


def year_of(planning: Planning) -> Planning:
    """The same twice, one half of a year after the other."""
    half = timedelta(days=182, hours=-1)  # from winter into summer
    again = (replace(one, start=one.start + half, end=one.end + half) for one in planning.duties)
    return planning_of((*planning.duties, *again))


def test_the_year_and_the_week_show_who_is_on_call_with_the_same_names_in_tables(world: PlanningWorld) -> None:
    text = world.browser().get(f"{PLANNING_PAGE}?semaine=2027-03-26").text
    assert "L’année 2027" in text
    assert "Semaine du vendredi 26 mars 2027" in text
    assert "Karim Belhadj" in text
    assert "jour de 23 h" in text
    assert "Aucun trou" in text
    assert "06 39 98 04 01" in text


def test_a_week_that_nobody_named_is_this_one(world: PlanningWorld) -> None:
    for asked in ("", "?semaine=hier&annee=20x6&version=abc", "?semaine=9999-12-31", "?annee=1999&version=99"):
        browser = world.browser().get(f"{PLANNING_PAGE}{asked}")
        assert browser.status == 200
        assert "Semaine du vendredi 19 mars 2027" in browser.text


def test_somebody_is_replaced_after_seeing_what_it_changes_and_the_next_night_obeys(world: PlanningWorld) -> None:
    browser = world.browser().get(PLANNING_PAGE).post(f"{PLANNING_PAGE}/remplacer", REPLACEMENT)
    assert (browser.status, who(in_force(world), 2027, 3, 25, 2)) == (200, ["helene"])
    assert "nuit change de main : Gray" in browser.text
    assert "Hélène Faivre → Karim Belhadj, nuit du 24 au 25 mars" in browser.text
    assert "0 mission en cours touchée" in browser.text

    world.browser().get(PLANNING_PAGE).post(f"{PLANNING_PAGE}/remplacer", {**REPLACEMENT, "deed": "proposer"})
    world.browser(NADEGE).get(PLANNING_PAGE).post(f"{PLANNING_PAGE}/2/approuver", {})

    assert who(in_force(world), 2027, 3, 25, 2) == ["karim"]
    assert who(in_force(world), 2027, 3, 25, 12) == ["helene"]
    assert who(in_force(world), 2027, 3, 20, 12) == ["helene"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"from_day": "2027-02-31"}, "Il manque la date, ou ce jour n’existe pas."),
        ({"from_clock": ""}, "Il manque l’heure."),
        ({"to_day": "2027-03-23"}, "La fin n’est pas après le début."),
        ({"from_day": "2027-03-28", "from_clock": "02:30", "to_day": "2027-03-29"}, "cette heure n’existe pas"),
        ({"from_day": "2027-10-31", "from_clock": "02:30", "to_day": "2027-11-01"}, "cette heure vient deux fois"),
        ({"cell": "directeur Gray"}, "Choisissez une astreinte."),
        ({"person": ""}, "Choisissez une personne."),
        ({"person": "inconnu"}, "« inconnu » n’est pas dans l’annuaire"),
        ({"to_day": "2099-03-25"}, "Vérifiez l’année."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(world: PlanningWorld, typed: dict[str, str], said: str) -> None:
    before = dict(world.documents.kept)
    form = {**REPLACEMENT, **typed, "deed": "proposer"}
    browser = world.browser().get(PLANNING_PAGE).post(f"{PLANNING_PAGE}/remplacer", form)
    assert browser.status == 422
    assert said in browser.text
    assert world.documents.kept == before


def test_the_hour_that_comes_twice_is_the_one_that_was_said(world: PlanningWorld) -> None:
    end = spring().duties[-1].end
    assert end < paris(2027, 10, 31)
    typed = {**REPLACEMENT, "from_day": "2027-10-31", "from_clock": "02:30", "to_day": "2027-11-01"}
    page = world.browser().get(PLANNING_PAGE)
    for season, told in (("été", "2 h 30"), ("hiver", "2 h 30")):
        browser = page.post(f"{PLANNING_PAGE}/remplacer", {**typed, "from_season": season})
        assert "cette heure vient deux fois" not in browser.text
        assert told in browser.text


def test_a_hole_is_mended_by_the_name_beside_it(world: PlanningWorld) -> None:
    world.propose(holed_planning())
    browser = world.browser().get(f"{PLANNING_PAGE}?version=2")
    assert "Lure et Héricourt, personne 11 h 30" in browser.text
    assert "Prolonger Didier Courtois" in browser.text
    assert "Gray, deux personnes 15 h" in browser.text
    assert "Garder Hélène Faivre" in browser.text
    assert "2 points restent" in browser.text

    hole = {"cell": "technicien Lure et Héricourt", "person": "didier"}
    span = {"start": paris(2027, 3, 27, 20).isoformat(), "end": paris(2027, 3, 28, 8, 30).isoformat()}
    browser = browser.post(f"{PLANNING_PAGE}/2/corriger", hole | span)
    assert (browser.status, browser.location) == (303, f"{PLANNING_PAGE}?version=3&avis=corrigee")
    browser = world.browser().get(browser.location)
    assert "Lure et Héricourt, personne" not in browser.text
    twice = {"start": paris(2027, 3, 31, 17, 30).isoformat(), "end": paris(2027, 4, 1, 8, 30).isoformat()}
    browser.post(f"{PLANNING_PAGE}/3/corriger", {"cell": "technicien Gray", "person": "helene", **twice})
    world.browser(CLAIRE).get(PLANNING_PAGE).post(f"{PLANNING_PAGE}/4/approuver", {})

    assert (world.documents.timetable(PLANNING).at(world.now), who(in_force(world), 2027, 3, 31, 20)) == (4, ["helene"])
    night = in_force(world).pieces(LURE, paris(2027, 3, 27, 20), paris(2027, 3, 28, 8))
    assert [one.person_ids for one in night] == [("didier",)]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"cell": "technicien Gray", "person": "karim", "start": "hier", "end": "demain"},
        {"cell": "directeur Gray", "person": "karim", "start": "2027-03-27T20:00:00Z", "end": "2027-03-28T06:00:00Z"},
        {"cell": "technicien Gray", "person": "", "start": "2027-03-27T20:00:00Z", "end": "2027-03-28T06:00:00Z"},
        {"cell": "technicien Gray", "person": "karim", "start": "2027-03-28T20:00:00", "end": "2027-03-28T06:00:00Z"},
    ],
)
def test_a_correction_that_no_page_can_have_sent_changes_nothing(world: PlanningWorld, sent: dict[str, str]) -> None:
    world.propose(holed_planning())
    before = dict(world.documents.kept)
    browser = world.browser().get(PLANNING_PAGE).post(f"{PLANNING_PAGE}/2/corriger", sent)
    assert (browser.status, world.documents.kept) == (409, before)


def test_a_planning_cannot_be_approved_while_somebody_is_missing(world: PlanningWorld) -> None:
    world.propose(holed_planning())
    browser = world.browser().get(PLANNING_PAGE).post(f"{PLANNING_PAGE}/2/approuver", {})
    assert (browser.status, world.documents.timetable(PLANNING).at(world.now)) == (409, 1)


def test_who_is_still_on_call_cannot_leave_the_annuaire(world: PlanningWorld) -> None:
    fewer = replace(ANNUAIRE, people=tuple(one for one in ANNUAIRE.people if one.person_id != "karim"))
    number = world.propose(fewer, "annuaire")
    text = world.browser().get(f"/referentiel/annuaire/{number}").text
    assert "« karim » n’y est plus, et le planning lui garde" in text


def test_the_annuaire_shows_the_register_and_gives_it_as_a_file(world: PlanningWorld) -> None:
    browser = world.browser().get("/referentiel/annuaire")
    assert "par Claire Humbert" in browser.text
    assert "Manque : identifiant, date de formation, formateur" in browser.text
    assert "La passer au directeur." in browser.text
    file = workbook(world, "/referentiel/annuaire/registre.xlsx")
    *_, last = file.worksheets[0].iter_rows(values_only=True)
    assert last[:5] == ("Léa Roy", "Téléconseiller", "PERM02", "02/11/2026", "Claire Humbert")
    assert [line["what"] for line in world.audit.lines.values()][-1] == "document:annuaire:registre"


ASKED = {"logement": "9 rue Carnot Lure", "motif": "eclairage_communs", "le": "2027-03-28", "a": "02:30"}


def asked(world: PlanningWorld, **typed: str) -> str:
    return world.browser().get(f"{PLANNING_PAGE}?{urlencode({**ASKED, **typed})}").text


def test_who_would_be_called_at_an_hour_that_does_not_exist_is_answered_for_the_one_that_does(
    world: PlanningWorld,
) -> None:
    number = world.propose(holed_planning())
    text = asked(world, version=str(number))
    assert "Le 28 mars, 2 h 30 n’existe pas : à 2 h il est 3 h. Réponse pour 3 h 30, heure d’été." in text
    parts = [
        "Élec Haute-Saône, prestataire 3 h 30",
        "Élec Haute-Saône, 2e numéro 3 h 34",
        "appel seul : un fixe ne reçoit pas de SMS",
        "Électricité Comtoise Écarté",
        "contrat fini le 28 février 2027",
        "Technicien d’astreinte Personne",
        "Trou du planning, version 2, dans la nuit du 27 au 28 mars : on passe au cadre.",
        "Sylvie Mourot, cadre d’astreinte 3 h 38",
        "Alarme au poste, Rachid Amrani, superviseur de permanence 3 h 42",
        "Sans accord de personne, l’alarme sonne à 3 h 42, 12 min après l’envoi.",
    ]
    assert [part for part in parts if part not in text] == []
    assert sorted(parts[:2] + parts[-3:], key=text.index) == parts[:2] + parts[-3:]


def test_an_hour_that_comes_twice_is_asked_for_and_answered_by_its_season(world: PlanningWorld) -> None:
    text = asked(world, le="2027-10-31")
    assert "Cette nuit-là, cette heure vient deux fois" in text
    assert "Alarme au poste" not in text
    assert "2 h 30, heure d’hiver." in asked(world, le="2027-10-31", saison="hiver")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"logement": "zzzz"}, "Aucun logement ne répond à « zzzz »."),
        ({"logement": "rue Carnot"}, "Plusieurs logements répondent : choisissez."),
        ({"logement": "LOG-1"}, "9 rue Carnot, 1er étage, porte 12, 70200 Lure"),
        ({"motif": "chauffage"}, "Choisissez une panne."),
        ({"le": "2027-02-31"}, "Cette date ou cette heure n’existe pas."),
        ({"a": "25:00"}, "Cette date ou cette heure n’existe pas."),
        ({"a": "10:00", "le": "2027-03-24"}, "Le CRC est ouvert : l’astreinte n’est pas appelée."),
    ],
)
def test_what_was_asked_badly_says_what_to_do(world: PlanningWorld, typed: dict[str, str], said: str) -> None:
    assert said in asked(world, **typed)


def test_a_return_to_a_planning_that_is_over_is_refused_for_it_would_leave_the_night_to_nobody(
    world: PlanningWorld,
) -> None:
    world.put_in_force(world.now, planning=year_of(spring()))
    world.now = paris(2027, 7, 5, 9)

    browser = world.browser(NADEGE).get(PLANNING_PAGE).post(f"{PLANNING_PAGE}/1/revenir", {})

    assert browser.status == 409
    assert "Plus personne à partir du lundi 5 juillet 2027, 9 h" in browser.text
    assert in_force(world) == year_of(spring())
