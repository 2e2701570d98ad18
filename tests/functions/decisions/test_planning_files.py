"""A planning and an annuaire come as files: what is wrong is said at its line and column, and a hole is mended on the
page of the planning (Art. 5-2, R30, R31)."""

import pytest

from permanence.domain.reference.imports import ImportState
from permanence.domain.reference.planning import Planning
from permanence.domain.reference.planning_checks import PLANNING
from tests.domain.reference.test_calendar import paris
from tests.functions.decisions.decisions_world import NADEGE
from tests.functions.decisions.files_world import FilesWorld, read
from tests.functions.decisions.planning_world import GRAY, PLANNING_PAGE, PlanningWorld
from tests.web.browser import Browser

HEADERS = "Astreinte;Secteur;Personne;Début;Fin"


class Planner(PlanningWorld, FilesWorld):
    """Sends files."""


@pytest.fixture
def world() -> Planner:
    return Planner()


def sent(world: Planner, *rows: str) -> Browser:
    return read(world, "\n".join((HEADERS, *rows, "")), "planning.csv", "planning")


def in_force(world: Planner) -> Planning:
    body: Planning = world.documents.get(PLANNING, world.documents.timetable(PLANNING).at(world.now)).body
    return body


@pytest.mark.parametrize(
    ("row", "cell", "said"),
    [
        ("Technicien;Gray;Karim Belhadj;31/02/2027 8:30;01/03/2027 8:30", "2 D Début", "Cette date n’existe pas"),
        ("Technicien;Gray;Karim Belhadj;31/10/2027 2:30;01/11/2027 8:30", "2 D Début", "deux fois"),
        ("Technicien;Gray;Karim Belhadj;28/03/2027 2:30;01/04/2027 8:30", "2 D Début", "n’existe pas"),
        ("Technicien;Gray;Karim Belhaj;24/03/2027 8:30;25/03/2027 8:30", "2 C Personne", "Karim Belhadj"),
        ("Technicien;Grey;Karim Belhadj;24/03/2027 8:30;25/03/2027 8:30", "2 B Secteur", "Gray"),
        ("Technicien;;Karim Belhadj;24/03/2027 8:30;25/03/2027 8:30", "2 B Secteur", "Cette cellule est vide"),
        ("Technicien;Gray;Karim Belhadj;25/03/2027 8:30;24/03/2027 8:30", "2 E Fin", "La fin vient avant le début"),
        ("Directeur;Gray;Karim Belhadj;24/03/2027 8:30;25/03/2027 8:30", "2 A Astreinte", "Ce nom n’est pas connu"),
    ],
)
def test_what_cannot_be_is_said_at_its_line_and_column_and_nothing_changes(
    world: Planner, row: str, cell: str, said: str
) -> None:
    before = world.documents.timetable(PLANNING)
    text = sent(world, row).text
    assert cell in text
    assert said in text
    assert (world.only().state, world.documents.timetable(PLANNING)) == (ImportState.TO_CORRECT, before)
    assert world.only().version is None


def test_two_rows_that_overlap_are_named_at_the_second(world: Planner) -> None:
    first = "Technicien;Gray;Karim Belhadj;24/03/2027 8:30;25/03/2027 8:30"
    text = sent(world, first, "Technicien;Gray;Hélène Faivre;25/03/2027 0:00;26/03/2027 8:30").text
    assert "3 D Début" in text
    assert "ligne 2" in text


def test_a_few_days_that_are_approved_replace_only_their_hours(world: Planner) -> None:
    browser = sent(world, "Technicien;Gray;BELHADJ Karim;24/03/2027 17:30;25/03/2027 8:30")
    assert "Plus rien à corriger" in browser.text
    browser.post(f"{browser.asked[1]}/vigueur", {"day": "", "hour": ""})
    night, day = paris(2027, 3, 25, 2), paris(2027, 3, 25, 12)
    held = {
        at: [one.person_id for one in in_force(world).duties if one.is_of(GRAY) and one.start <= at < one.end]
        for at in (night, day)
    }
    assert held == {night: ["karim"], day: ["helene"]}


def test_a_hole_that_a_file_leaves_is_mended_on_the_page_of_the_planning(world: Planner) -> None:
    """The planning ends with June: two of its three sectors have their first week of July."""
    rows = [
        f"{role};{sector};{who};02/07/2027 16:30;09/07/2027 16:30"
        for role, sector, who in (
            ("Cadre", "", "Sylvie Mourot"),
            ("Technicien", "Vesoul", "Malika Benali"),
            ("Technicien", "Gray", "Karim Belhadj"),
        )
    ]
    browser = sent(world, *rows)
    assert "Lure et Héricourt : personne pendant" in browser.text
    (link,) = [one["href"] for one in browser.page.find_all("a") if "#corriger" in one.get("href", "")]
    assert link == f"{PLANNING_PAGE}?version=2#corriger"
    browser = world.browser(NADEGE).get(link.partition("#")[0])
    form = browser.page.find("form", action=f"{PLANNING_PAGE}/2/corriger")
    fields = {one["name"]: one["value"] for one in form.find_all("input")}
    browser.post(f"{PLANNING_PAGE}/2/corriger", {**fields, "person": "jean"})
    assert browser.location == f"{PLANNING_PAGE}?version=3&avis=corrigee"
    browser.get(PLANNING_PAGE).post(f"{PLANNING_PAGE}/3/approuver", {})
    assert world.documents.timetable(PLANNING).at(world.now) == 3


def test_an_annuaire_that_drops_who_is_on_call_says_so_and_is_not_approved(world: Planner) -> None:
    header = "Identifiant;Nom;Mobile;Rôles"
    browser = read(
        world, f"{header}\nsylvie;Sylvie Mourot;06 39 98 02 18;Cadre d’astreinte\n", "personnel.csv", "annuaire"
    )
    assert "« karim » n’y est plus, et le planning lui garde" in browser.text
    assert world.only().state is ImportState.TO_CORRECT
