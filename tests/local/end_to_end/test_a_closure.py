"""A closure is typed on a page, approved, and obeyed by the calls that follow within the minute (R2)."""

import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from local.operator.client import OperatorClient
from local.scenarios.telling import until
from local.scenarios.world import LANDLORD, World
from permanence.domain.instants import PARIS
from permanence.domain.reference.calendar import Service
from tests.local.end_to_end.browsing import Browsing

CALLER = "+33639984480"
TWO_MINUTES_BEFORE = datetime(2026, 11, 23, 13, 58, tzinfo=PARIS)
TWO_MINUTES_AFTER = datetime(2026, 11, 23, 14, 2, tzinfo=PARIS)
AT_MOST_S = 60


@pytest.fixture
def monday(world: World, operator: OperatorClient) -> Iterator[None]:
    """Before two in the afternoon, in opening hours."""
    offset = operator.offset()
    world.set_now(TWO_MINUTES_BEFORE)
    yield
    operator.set_offset(offset)


@pytest.mark.usefixtures("monday")
def test_a_closure_approved_on_its_page_makes_the_call_of_14_02_astreinte(
    world: World, operator: OperatorClient, browsing: Browsing
) -> None:
    assert service_of_a_call(world, operator) is Service.DEBORDEMENT
    paul = browsing.signed_in(world.user("habitat70"), "/referentiel/calendrier")

    type_a_closure(paul)
    browsing.keep(paul, "calendrier-apercu")
    paul.get_by_role("button", name="Proposer").click()
    expect(paul.get_by_role("status")).to_contain_text("Elle attend un accord")
    paul.get_by_role("button", name="Approuver").click()
    approved_at = time.monotonic()
    expect(paul.get_by_role("status")).to_contain_text("Version approuvée")
    browsing.keep(paul, "calendrier")
    world.set_now(TWO_MINUTES_AFTER)

    until(lambda: service_of_a_call(world, operator) is Service.ASTREINTE, "call that obeys the closure", AT_MOST_S)
    assert time.monotonic() - approved_at <= AT_MOST_S


def type_a_closure(paul: Page) -> None:
    paul.get_by_label("Date").fill("2026-11-23")
    paul.locator("#opens").fill("14:00")
    paul.locator("#closes").fill("15:00")
    paul.get_by_label("Motif").fill("réunion de service")
    form = paul.get_by_role("region", name="Ajouter une fermeture")
    form.get_by_role("button", name="Voir ce que cela change").click()
    expect(paul.locator("main")).to_contain_text("Ces appels iront à l’astreinte")


def service_of_a_call(world: World, operator: OperatorClient) -> Service | None:
    """Of one that rings now, and hangs up once it is greeted."""
    call = operator.place_call(CALLER, world.outputs["numbers"][LANDLORD])
    operator.wait_for_words(call.sid, "Bienvenue")
    record = world.calls.get(call.sid)
    assert record is not None
    operator.hang_up_call(call.sid)
    operator.wait_for_end(call.sid)
    return record.call.service
