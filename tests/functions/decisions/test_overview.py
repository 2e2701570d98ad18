"""The list of all documents says what waits, whose file is to be mended, and what came last (R30)."""

from dataclasses import replace
from datetime import timedelta

from permanence.application.reference.ports import Document
from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.annuaire_checks import ANNUAIRE
from permanence.domain.reference.documents import Slot, Timetable, Version, VersionState
from permanence.domain.reference.imports import Origin, received, to_correct
from permanence.domain.reference.in_force import SEED
from tests.functions.decisions.decisions_world import CLAIRE, MONDAY, NADEGE, World
from tests.functions.decisions.files_world import PATRIMOINE, FilesWorld, read


def sent(world: World, name: str, minutes: int, points: int) -> None:
    """A file of the annuaire from a page, read at once, with so many points to mend."""
    at = MONDAY.replace(minute=minutes)
    one = received("annuaire", Origin.PAGE, CLAIRE.user_id, name, at, name.encode())
    world.files_received.add(to_correct(one, "annuaire", 3, points, at))


def test_the_newest_file_of_a_kind_says_what_is_to_be_mended_and_where() -> None:
    world = World()
    sent(world, "ancien.xlsx", 1, 4)
    sent(world, "annuaire.xlsx", 3, 9)

    page = world.browser().get("/referentiel")

    assert "annuaire.xlsx : 9 points à corriger. Rien n’est importé." in page.text
    assert "ancien.xlsx : 4 points" not in page.text
    (newest, *_) = world.files_received.latest(1)
    links = [str(link["href"]) for link in page.page.select(".note a, .got a")]
    assert links.count(f"/referentiel/fichiers/{newest.import_id}") == 2
    assert "Claire Humbert" in page.page.select(".got")[0].text


def test_without_a_file_and_without_anything_to_come_the_list_says_so() -> None:
    page = World().browser().get("/referentiel").text
    assert "Aucun fichier reçu." in page


def test_a_kind_that_comes_by_file_has_its_file_brought_by_its_button() -> None:
    page = World().browser().get("/referentiel").page
    assert page.select("#annuaire .btn")[0]["href"] == "/referentiel/fichiers?document=annuaire"
    assert page.select("#calendrier .btn")[0]["href"] == "/referentiel/calendrier#fermeture"


def test_what_is_decided_of_a_file_is_said_beside_it() -> None:
    world = FilesWorld()
    read(world, world.workbook(PATRIMOINE), "patrimoine.xlsx")
    assert "Attend un accord" in world.browser().get("/referentiel").page.select(".got")[0].text
    world.browser(NADEGE).get("/referentiel").post("/referentiel/patrimoine/1/approuver", {})
    assert "En vigueur" in world.browser().get("/referentiel").page.select(".got")[0].text


def test_points_are_told_one_by_one_only_while_what_they_were_checked_against_is_in_force() -> None:
    world = FilesWorld()
    read(world, world.workbook(PATRIMOINE), "patrimoine.xlsx")
    world.browser(NADEGE).get("/referentiel").post("/referentiel/patrimoine/1/approuver", {})
    row = world.browser().get("/referentiel").page.select("#patrimoine .checks")[0].text
    assert "n’a personne au planning" in row

    world.now += timedelta(days=1)
    later = Version("annuaire", 1, "d", VersionState.APPROVED, SEED, world.now, "u70", {}, in_force_from=world.now)
    world.documents.add(ANNUAIRE, Document(replace(later, approval=1), Annuaire()))
    world.documents.timetables["annuaire"] = Timetable("annuaire", 1, (Slot(1, world.now),))
    row = world.browser().get("/referentiel").page.select("#patrimoine .checks")[0].text
    assert "n’a personne au planning" not in row
    assert "quand elle a été comparée" in row
