"""R30, R32: the pages of patrimoine and entreprises, and of what no contractor covers."""

from dataclasses import replace

import pytest

from decisions.place_words import effect_words, entreprises_sentence, patrimoine_sentence
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus
from permanence.domain.main_courante.fiche import Place
from permanence.domain.reference.documents import Effect, Point
from permanence.domain.reference.effects import PlaceEffect
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.entreprises_checks import EntreprisesCode
from permanence.domain.reference.entreprises_kind import ENTREPRISES
from permanence.domain.reference.patrimoine import NamedContractor
from permanence.domain.reference.patrimoine_checks import PatrimoineCode
from permanence.domain.reference.patrimoine_kind import PATRIMOINE
from tests.domain.dispatch.chains import dispatch_of
from tests.domain.reference.small_town import DAVAL, DWELLINGS, ROUSSEL, contract, town
from tests.fakes.reference import put_in_force
from tests.functions.decisions.decisions_world import MONDAY, NADEGE, World
from tests.functions.decisions.places_world import HOLES, PLUMBING, another_plumber_proposed, deciding_of, with_a_town


def test_holes_are_told_by_commune_with_the_reason_and_who_is_called_instead() -> None:
    page = with_a_town().browser().get(HOLES)

    assert "2 immeubles sans prestataire, 2 trous" in page.text
    (row,) = page.page.select("tbody tr")
    assert [" ".join(cell.text.split()) for cell in row.select("th, td")] == [
        "Vesoul",
        "2 immeubles4 rue des Tanneurs ; 5 rue des Tanneurs",
        "Fuite ou panne de plomberie dans le logement",
        "Contrat de Roussel fini le 31 octobre 2026",
        "Technicien d’astreinte du secteur Vesoul",
    ]
    assert "31 décembre 2026 : Daval, 2 immeubles, Fuite ou panne de plomberie dans le logement" in page.text


def test_before_anything_is_in_force_the_page_of_holes_says_what_is_missing() -> None:
    assert "Aucun patrimoine en vigueur." in World().browser().get(HOLES).text


def test_the_patrimoine_is_told_by_agency_and_the_list_counts_it() -> None:
    page = with_a_town().browser().get("/referentiel/patrimoine")

    gray = next(row for row in page.page.select("tbody tr") if row.text.startswith("Gray"))
    cells = [cell.text for cell in gray.select("th, td")]
    assert (cells[1], cells[3:]) == ("1 quai de la Saône", ["Gray", "1", "2", "3"])
    listed = page.get("/referentiel").text
    assert "5 logements, 4 immeubles, 2 communes, 2 agences" in listed
    assert (
        "2 immeubles seront sans prestataire à Vesoul pour « Fuite ou panne de plomberie dans le logement »" in listed
    )


def test_the_entreprises_are_told_with_what_they_hold_and_until_when() -> None:
    page = with_a_town().browser().get("/referentiel/entreprises")

    daval = next(row for row in page.page.select("tbody tr") if row.text.startswith("Daval"))
    assert "commune Gray, jusqu’au jeudi 31 décembre 2026" in daval.text
    listed = page.get("/referentiel").text
    assert "Fin de contrat de Daval" in listed
    assert (
        "1 contrat finit le 31 décembre sans suite : Daval, 2 immeubles." not in listed
    )  # no patrimoine was there yet


def test_who_approves_reads_what_changes_for_the_night_and_approves_it() -> None:
    world = another_plumber_proposed()

    page = world.browser(NADEGE).get("/referentiel/patrimoine/2")

    assert "2 prestataires nommés ajoutés" in page.text
    assert "Ce que cela change la nuit" in page.text
    plumber, uncovered, missions = (" ".join(item.text.split()) for item in page.page.select(".effect li"))
    assert plumber == "2 immeubles changent de plombier à Gray : Bouveret sera appelé à la place de Daval."
    assert uncovered.startswith("2 immeubles restent sans prestataire à Vesoul pour « Fuite ou panne de plomberie")
    assert missions == "0 mission en cours touchée : une chaîne lancée ne change pas."
    page.post("/referentiel/patrimoine/2/approuver", {})
    assert world.documents.timetable(PATRIMOINE).at(MONDAY) == 2


def test_who_approves_reads_which_malfunctions_are_open_at_an_address_that_goes() -> None:
    world = with_a_town()
    dwelling = DWELLINGS[-1]
    place = Place(dwelling.dwelling_id, dwelling.building_id, "5 rue des Tanneurs", "", "", "Vesoul", "", "vesoul", "")
    opened = Malfunction(
        "m1", "2026-1218", 1, MalfunctionStatus.OPEN, MONDAY, PLUMBING, "Fuite", "", place, (), dispatch_of()
    )
    world.open_items.store.malfunctions["m1"] = opened
    deciding = replace(deciding_of(world), under_way=world.open_items.under_way)
    deciding.propose(PATRIMOINE, town(dwellings=DWELLINGS[:-1]), MONDAY)

    page = world.browser(NADEGE).get("/referentiel/patrimoine/2")

    *_, removed, missions = (" ".join(item.text.split()) for item in page.page.select(".effect li"))
    assert removed == "1 dysfonctionnement ouvert à une adresse retirée à Vesoul : 2026-1218, il reste suivi."
    assert missions == "0 mission en cours touchée : la seule chaîne lancée ne change pas."


def test_a_contractor_still_named_is_refused_with_where() -> None:
    world = with_a_town()
    named = town(*(NamedContractor(building, PLUMBING, "bouveret", 1) for building in ("BAT-1", "BAT-3")))
    put_in_force(world.documents, MONDAY, patrimoine=named)
    deciding_of(world).propose(ENTREPRISES, Entreprises((DAVAL, ROUSSEL), (contract(DAVAL),)), MONDAY)

    page = world.browser(NADEGE).get("/referentiel/entreprises/2")

    assert "Bouveret ne peut pas être retiré : le patrimoine le nomme dans 2 immeubles, d’abord BAT-1." in page.text
    assert not page.page.select("form[action$=approuver]")


DETAIL = {
    "count": "2",
    "first": "BAT-1",
    "sort": "named",
    "where": "commune",
    "domain": "ascenseur",
    "of": "12041",
    "what": "agency",
    "motif": "Portail",
    "name": "Daval",
    "other": "Roussel",
    "number": "+33639980001",
    "numbers": "2026-1218",
    "rank": "2",
    "day": "2026-12-31",
    "place": "Gray",
    "buildings": "2",
    "maintained": "0",
    "before": "Daval",
    "after": "Roussel",
    "trade": "plomberie",
    "contractor": "Daval",
    "agency": "Lure",
    "sector": "Lure",
    "communes": "1",
}


@pytest.mark.parametrize("code", PatrimoineCode)
def test_every_point_of_the_patrimoine_has_its_sentence(code: PatrimoineCode) -> None:
    assert patrimoine_sentence(Point(code, "Lur", DETAIL, blocks=True)).endswith(".")


@pytest.mark.parametrize("code", EntreprisesCode)
def test_every_point_of_entreprises_has_its_sentence(code: EntreprisesCode) -> None:
    assert entreprises_sentence(Point(code, "daval", DETAIL, blocks=True)).endswith(".")


@pytest.mark.parametrize("code", PlaceEffect)
@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize("ways", [{}, {"ways": "3"}])
def test_every_effect_has_its_words(code: PlaceEffect, count: int, ways: dict[str, str]) -> None:
    if code in (PlaceEffect.MISSIONS, PlaceEffect.REMOVED) and ways:
        return
    words = effect_words(Effect(code, count, DETAIL | ways, ("Gray",)))
    assert words.fact
    assert words.sequel.endswith(".")
