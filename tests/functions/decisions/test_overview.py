"""The list of all documents says what waits, whose file is to be mended, and what came last (R30)."""

from permanence.domain.reference.imports import Origin, received, to_correct
from tests.functions.decisions.decisions_world import CLAIRE, MONDAY, World


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
