"""What callers said and the files do not hold is open for Habitat 70 until an import holds it (R28, R86)."""

from datetime import timedelta

from permanence.domain.reference.patrimoine_kind import PATRIMOINE as KIND
from tests.fakes.reference import put_in_force
from tests.functions.decisions.decisions_world import World
from tests.functions.desk.desk_world import PATRIMOINE

ADDRESSES = "/referentiel/adresses"


def test_an_address_leaves_the_list_once_a_patrimoine_in_force_holds_it() -> None:
    world = World()
    world.unknown_addresses.tell("12 rue Baron Bouvier, Vesoul", "CA1", world.now - timedelta(hours=9))
    world.unknown_addresses.tell("6 impasse des Forges, Héricourt", "CA2", world.now - timedelta(hours=1))
    read = world.browser().get(ADDRESSES).text
    assert ("12 rue Baron Bouvier" in read, "6 impasse des Forges" in read) == (True, True)
    assert "2 adresses" in read

    put_in_force(world.documents, world.now, **{KIND.name: PATRIMOINE})
    read = world.browser().get(ADDRESSES).text
    assert ("12 rue Baron Bouvier" in read, "6 impasse des Forges" in read) == (False, True)
    assert "1 adresse" in read


def test_without_any_the_page_says_so_and_the_list_of_documents_leads_to_it() -> None:
    browser = World().browser()
    assert "Aucune adresse ne manque." in browser.get(ADDRESSES).text
    assert ADDRESSES in browser.get("/referentiel").html
