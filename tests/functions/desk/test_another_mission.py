"""« Préparer une autre intervention »: the mission was cancelled, and the same call still needs somebody."""

from datetime import timedelta

import pytest

from permanence.application.desk.fiche import malfunction_id_of
from permanence.domain.calls.call import CallEventKind
from permanence.domain.dispatch.dispatch import DispatchStatus
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.main_courante.log import EntryKind
from tests.functions.desk.desk_missions import MISSION, PAGE, guided, press, sent
from tests.functions.desk.desk_world import CALL, COMPLETE, World
from tests.web.browser import Browser

FIRST, SECOND = MISSION, malfunction_id_of(CALL, 1)
TOKEN = "csrf of id-Nadège"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def cancelled(world: World) -> Browser:
    """The contractor was sent to the wrong dwelling, and the mission cancelled."""
    browser = guided(world)
    sent(world, browser)
    return press(browser.get(PAGE), "b-annuler", cancel_reason="Mauvais logement").get(PAGE)


def prepare(browser: Browser) -> Browser:
    return browser.post(f"{PAGE}/autre-mission", {"turn": f"{FIRST}.0.cancelled"}, csrf=TOKEN).get(PAGE)


def statuses(world: World) -> dict[str, DispatchStatus | None]:
    return {
        known.malfunction_id: known.dispatch.status if known.dispatch else None
        for known in world.store.malfunctions.values()
    }


def test_after_a_cancellation_the_same_call_sends_somebody_to_another_place(world: World, cancelled: Browser) -> None:
    assert cancelled.page.find(id="b-autre") is not None
    prepare(cancelled).post(f"{PAGE}/fiche", {"dwelling": "D112"}).get(PAGE).post(f"{PAGE}/intervention", {})
    assert statuses(world) == {FIRST: DispatchStatus.CANCELLED, SECOND: DispatchStatus.CALLING}
    assert world.store.malfunctions[SECOND].place.dwelling_id == "D112"
    assert world.store.forms[CALL].malfunction_id == SECOND
    assert world.store.forms[CALL].cancelled_before == (FIRST,)


def test_preparing_sends_nobody_until_it_is_asked(world: World, cancelled: Browser) -> None:
    prepare(cancelled)
    assert statuses(world) == {FIRST: DispatchStatus.CANCELLED}
    assert cancelled.page.find(id="b-envoyer") is not None


def test_a_double_click_prepares_and_sends_once(world: World, cancelled: Browser) -> None:
    for _ in range(2):
        prepare(cancelled)
    for _ in range(2):
        cancelled.post(f"{PAGE}/intervention", {}, csrf=TOKEN)
    prepare(cancelled)
    assert statuses(world) == {FIRST: DispatchStatus.CANCELLED, SECOND: DispatchStatus.CALLING}
    assert world.store.forms[CALL].malfunction_id == SECOND


def test_preparing_at_the_moment_a_colleague_sends_forgets_no_mission(world: World, cancelled: Browser) -> None:
    colleague = world.browser().get(PAGE)
    get = world.malfunctions.get

    def overtaken(malfunction_id: str) -> Malfunction | None:
        known = get(malfunction_id)
        world.malfunctions.get = get  # type: ignore[method-assign]
        press(colleague, "b-autre")
        colleague.get(PAGE).post(f"{PAGE}/intervention", {})
        return known

    world.malfunctions.get = overtaken  # type: ignore[method-assign]
    press(cancelled, "b-autre")
    assert statuses(world) == {FIRST: DispatchStatus.CANCELLED, SECOND: DispatchStatus.CALLING}
    assert world.store.forms[CALL].malfunction_id == SECOND


def test_a_mission_that_goes_on_is_not_left_for_another(world: World) -> None:
    browser = guided(world)
    sent(world, browser)
    assert browser.get(PAGE).page.find(id="b-autre") is None
    prepare(browser)
    assert world.store.forms[CALL].malfunction_id == FIRST


def test_the_closed_fiche_tells_both_main_courantes_who_called(world: World, cancelled: Browser) -> None:
    prepare(cancelled).post(f"{PAGE}/intervention", {}, csrf=TOKEN)
    world.tell(CallEventKind.ENDED, at=world.now + timedelta(minutes=2))
    cancelled.get(PAGE).post(f"{PAGE}/clore", COMPLETE)
    for mission in (FIRST, SECOND):
        kinds = [entry.kind for entry in world.store.entries[mission]]
        assert kinds.count(EntryKind.FICHE_CLOSED) == 1


def test_a_closed_fiche_prepares_nothing_more(world: World, cancelled: Browser) -> None:
    world.tell(CallEventKind.ENDED, at=world.now + timedelta(minutes=2))
    cancelled.get(PAGE).post(f"{PAGE}/clore", COMPLETE).get(PAGE)
    assert cancelled.page.find(id="b-autre") is None
    prepare(cancelled)
    assert world.store.forms[CALL].malfunction_id == FIRST
