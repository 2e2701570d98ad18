"""An address that the files do not hold stops nobody, and becomes a point for Habitat 70 (R28, R86)."""

import pytest

from permanence.domain.calls.call import CallEventKind
from tests.functions.desk.desk_missions import PAGE, guided, send, the_malfunction
from tests.functions.desk.desk_world import BURST_PIPE, CALL, COMPLETE, World
from tests.web.browser import Browser

FORGES = {"free_address": "6 impasse des Forges, Vesoul"}
ANOTHER_LANDLORD = (BURST_PIPE[0], ("qui", "adresse_inconnue"), ("bailleur", "non"))


@pytest.fixture
def world() -> World:
    return World()


def told(world: World) -> list[tuple[str, set[str]]]:
    return [(one.address, set(one.calls)) for one in world.unknown_addresses.told]


def closed(world: World, browser: Browser, **typed: str) -> None:
    world.tell(CallEventKind.ENDED)
    browser.get(PAGE).post(f"{PAGE}/clore", COMPLETE | typed)
    assert world.store.forms[CALL].closed_at is not None


def test_it_is_told_when_somebody_is_sent_there(world: World) -> None:
    browser = guided(world).post(f"{PAGE}/fiche", FORGES)
    assert told(world) == []
    send(browser)
    assert the_malfunction(world).place.dwelling_id is None
    assert told(world) == [("6 impasse des Forges, Vesoul", {CALL})]


def test_it_is_told_when_the_fiche_closes_and_nobody_was_sent(world: World) -> None:
    closed(world, world.taken(world.browser()), **FORGES)
    assert told(world) == [("6 impasse des Forges, Vesoul", {CALL})]


def test_the_place_of_another_landlord_is_not_to_be_added(world: World) -> None:
    browser = world.answers(world.taken(world.browser()), ANOTHER_LANDLORD)
    closed(world, browser, **FORGES)
    assert told(world) == []


def test_a_dwelling_of_the_files_or_no_place_at_all_tells_nothing(world: World) -> None:
    browser = world.taken(world.browser()).post(f"{PAGE}/fiche", FORGES).get(PAGE)
    closed(world, browser, dwelling="D104", free_address="")
    assert told(world) == []
