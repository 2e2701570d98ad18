"""R5: the service of a call is decided once, when it is presented; no later contract decides it anew."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from infra.settings import ROOT
from permanence.application.desk.banner import banner
from permanence.application.desk.post import Reader, waiting_calls
from permanence.application.extranet.today import view_today
from permanence.application.reception.calls import decide_service
from permanence.application.reception.ports import CallRecord
from permanence.application.timeline.call_facts import facts_of
from permanence.application.timeline.calls import call_row
from permanence.domain.calls.call import CallEvent, CallEventKind, fold
from permanence.domain.contract import Contract
from permanence.domain.reference.calendar import OpeningHours, OverflowDelay, Service, service_of_call
from tests.fakes.registers import FakeJobs, FakeLookup
from tests.fakes.store import FakeCalls, FakeOpenItems
from tests.functions.telephony import World

NOON = datetime(2026, 11, 23, 11, 0, 20, tzinfo=UTC)
"""Monday 12:00:20 in Paris; who reaches us then has waited since 11:58:50."""
CAMILLE = Reader("camille", "Camille")
LAYER = ROOT / "layers/permanence/python/permanence"
FUNCTIONS = ROOT / "functions"


def another_contract(contract: Contract) -> Contract:
    """Opening hours and delay that would decide otherwise."""
    nights = OpeningHours({day: ((time(1), time(2)),) for day in range(1, 8)}, frozenset())
    delays = (OverflowDelay(date(2020, 1, 1), 0),)
    changed = replace(contract, version="2027-01-01", hours=nights, overflow_delays=delays)
    assert service_of_call(NOON, changed.hours, changed.overflow_delays) is Service.ASTREINTE
    return changed


def presented(contract: Contract) -> CallEvent:
    return decide_service(CallEvent("CA1", "presented", CallEventKind.PRESENTED, NOON), contract)


def test_who_began_to_wait_before_noon_is_of_the_opening_hours_and_the_version_that_said_so_is_kept(
    contract: Contract,
) -> None:
    call = fold("CA1", [presented(contract)])
    assert (call.service, call.hours_version) == (Service.DEBORDEMENT, contract.version)


def test_a_presentation_told_again_under_other_hours_changes_nothing(contract: Contract) -> None:
    calls = FakeCalls()
    calls.record(presented(contract), NOON)
    call = calls.record(presented(another_contract(contract)), NOON)
    assert (call.service, call.hours_version) == (Service.DEBORDEMENT, contract.version)


def test_every_view_of_a_call_shows_the_service_it_was_decided_to_be_of(contract: Contract) -> None:
    later = another_contract(contract)
    calls = FakeCalls()
    call = calls.record(presented(contract), NOON)
    now = NOON + timedelta(minutes=1)
    (fact,) = facts_of([CallRecord(call, None)])
    (waiting,) = waiting_calls([call], CAMILLE, now, contract.alarm_after_wait_s)
    figures = view_today(calls, FakeOpenItems(calls.store), FakeLookup(calls.store, FakeJobs()), later, now).figures

    assert banner(call, later, CAMILLE, now).service is Service.DEBORDEMENT
    assert call_row(CallRecord(call, None), later).service == Service.DEBORDEMENT.value
    assert (waiting.service, fact.service) == (Service.DEBORDEMENT, Service.DEBORDEMENT)
    assert figures.by_service == {Service.DEBORDEMENT: 1, Service.ASTREINTE: 0, Service.TAKEOVER: 0}


@pytest.mark.parametrize("is_down", [False, True])
def test_a_caller_hears_one_service_from_the_welcome_to_the_closing_words(contract: Contract, is_down: bool) -> None:
    """While the table is out his birth decides, which is the same moment."""
    world = World(now=NOON, contract=contract)
    words = contract.messages[Service.DEBORDEMENT]
    assert words.welcome in world.ring().words
    if is_down:
        world.store.is_down = True
    else:
        world.contract = another_contract(contract)
    assert world.post(world.urls.waiting(NOON)).words == words.waiting
    assert world.post(world.urls.caller_joins("CA" + "1" * 32, NOON, 1)).status == 200


def test_a_call_whose_presentation_nobody_told_is_of_no_service_and_greeted_in_the_words_of_the_moment(
    contract: Contract,
) -> None:
    call = fold("CA1", [CallEvent("CA1", "queued", CallEventKind.QUEUED, NOON)])
    assert call.service is None
    assert call_row(CallRecord(call, None), contract).service == ""
    assert list(facts_of([CallRecord(call, None)])) == []
    assert banner(call, contract, CAMILLE, NOON - timedelta(hours=1)).service is Service.DEBORDEMENT
    assert banner(call, contract, CAMILLE, NOON + timedelta(minutes=5)).service is Service.ASTREINTE


def test_a_presentation_that_names_no_service_is_astreinte(contract: Contract) -> None:
    call = fold("CA1", [CallEvent("CA1", "presented", CallEventKind.PRESENTED, NOON - timedelta(hours=2))])
    assert (call.service, call.hours_version) == (Service.ASTREINTE, None)


def test_the_service_of_a_call_is_decided_in_one_place_and_by_the_webhook_while_it_can_read_nothing() -> None:
    files = [*LAYER.rglob("*.py"), *FUNCTIONS.rglob("*.py")]
    deciding = {file.name for file in files if re.search(r"(?<!def )\bservice_of_call\(", file.read_text())}
    assert deciding == {"calls.py", "calls_routes.py"}
