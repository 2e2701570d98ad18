"""The days before a story: as many calls as the tender tells, each stored as it would have been when it was told."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count

import pytest

from local.scenarios.bulk import items_of_call, items_of_decisions, put_all
from local.scenarios.past_calls import PastCall, calls_of_day, days_before, past_calls
from local.scenarios.past_missions import Landlord, PastMission, past_missions, roads_to_motifs
from local.scenarios.patrimoine import made_up_entreprises, made_up_patrimoine, rota_of_year
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Item, Table, from_attributes, to_attributes
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.application.dispatch.dispatching import Dispatching
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import DispatchStatus
from permanence.domain.dispatch.malfunction import MalfunctionStatus
from permanence.domain.instants import PARIS
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.reference.calendar import Service, service_of_call
from permanence.domain.triage.guide import walk
from tests.fakes.indexed_table import IndexedTable
from tests.fakes.table import OneAtATime

SATURDAY_NIGHT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
PATRIMOINE = made_up_patrimoine()
MONDAY, TUESDAY, SUNDAY, ARMISTICE = date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 8), date(2026, 11, 11)


@pytest.fixture(scope="module")
def calls(contract: Contract) -> tuple[PastCall, ...]:
    return tuple(past_calls(contract, PATRIMOINE.dwellings, SATURDAY_NIGHT, days=30))


@pytest.fixture(scope="module")
def missions(contract: Contract, calls: tuple[PastCall, ...]) -> tuple[PastMission, ...]:
    landlord = Landlord(
        Dispatching(contract, "https://permanence.example/m/"),
        PATRIMOINE,
        made_up_entreprises(PATRIMOINE),
        rota_of_year(2026),
    )
    numbers = (f"2026-{n:04}" for n in count(1))
    in_order = sorted(calls, key=lambda call: call.born)
    return tuple(past_missions(in_order, landlord, numbers, SATURDAY_NIGHT))


@pytest.fixture
def table(contract: Contract) -> Table:
    return empty_table(contract)


def empty_table(contract: Contract) -> Table:
    return Table(OneAtATime(IndexedTable()), "permanence", "habitat70", contract.retention)


def stored(table: Table, items: Iterator[Item]) -> list[Item]:
    """What the table has under the keys of these items."""
    keys = [{"pk": item["pk"], "sk": item["sk"]} for item in items]
    return [from_attributes(table.client.get_item(Key=to_attributes(key))["Item"]) for key in keys]


# --- calls -----------------------------------------------------------------------------------------------------------


def test_a_month_has_as_many_calls_as_the_tender_tells(contract: Contract, calls: tuple[PastCall, ...]) -> None:
    services = Counter(service_of_call(call.born, contract.hours, contract.overflow_delays) for call in calls)
    assert 5100 < len(calls) < 5700
    assert 160 < services[Service.ASTREINTE] < 240


@pytest.mark.parametrize(
    ("day", "is_open"), [(MONDAY, True), (TUESDAY, True), (SUNDAY, False), (ARMISTICE, False)], ids=str
)
def test_calls_overflow_on_working_days_only(contract: Contract, day: date, is_open: bool) -> None:
    wanted = calls_of_day(contract, day)
    assert (wanted[Service.DEBORDEMENT] > 0) is is_open
    assert wanted[Service.ASTREINTE] > 0


def test_more_people_call_on_a_monday(contract: Contract) -> None:
    overflow = {day: calls_of_day(contract, day)[Service.DEBORDEMENT] for day in (MONDAY, TUESDAY)}
    assert overflow[MONDAY] > 1.2 * overflow[TUESDAY]


def test_no_call_is_still_going_on_and_each_has_its_own_id(calls: tuple[PastCall, ...]) -> None:
    assert all(call.events[-1].at < SATURDAY_NIGHT for call in calls)
    assert len({call.call_id for call in calls}) == len(calls)


def test_days_begin_at_midnight_in_paris() -> None:
    after_midnight = datetime(2026, 11, 22, 0, 30, tzinfo=PARIS)
    assert days_before(after_midnight, 2) == (date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22))


def test_a_call_is_loaded_as_it_would_have_been_told(contract: Contract, calls: tuple[PastCall, ...]) -> None:
    loaded, told = empty_table(contract), empty_table(contract)
    some = calls[::150]
    assert {call.form is None for call in some} == {True, False}
    put_all(loaded, (item for call in some for item in items_of_call(loaded, call)))
    for call in some:
        for event in call.events:
            DynamoCalls(told).record(event, call.born)
        if call.form:
            DynamoCalls(told).save_form(call.form, call.born)
    for call in some:
        assert stored(loaded, items_of_call(loaded, call)) == stored(told, items_of_call(told, call))


def test_a_call_that_goes_on_stays_open(contract: Contract, table: Table, calls: tuple[PastCall, ...]) -> None:
    answered = next(call for call in calls if call.form)
    going_on = PastCall(answered.born, answered.events[:-1], None)
    (item,) = items_of_call(table, going_on)
    assert item["open_pk"] == table.open_pk


def test_everything_is_written_and_counted(table: Table) -> None:
    heard: list[int] = []
    items = ({"pk": f"P{n}", "sk": "S"} for n in range(60))
    assert put_all(table, items, heard.append) == 60
    assert max(heard) == 60
    assert len(stored(table, iter([{"pk": f"P{n}", "sk": "S"} for n in range(60)]))) == 60


# --- missions --------------------------------------------------------------------------------------------------------


def test_every_mission_of_the_past_is_over_and_its_form_is_closed(missions: tuple[PastMission, ...]) -> None:
    assert 40 < len(missions) < 110
    for mission in missions:
        malfunction = mission.decisions[-1].malfunction
        dispatch = malfunction.dispatch
        assert malfunction.status is MalfunctionStatus.CLOSED
        assert dispatch is not None
        assert dispatch.status is DispatchStatus.REPORTED
        assert dispatch.reported_at is not None
        assert dispatch.reported_at < SATURDAY_NIGHT
        lines = [entry.kind for decision in mission.decisions for entry in decision.entries]
        assert lines.count(EntryKind.ACCEPTED) == lines.count(EntryKind.FICHE_CLOSED) == 1


def test_nothing_of_the_past_waits_to_be_sent_or_obeyed(missions: tuple[PastMission, ...]) -> None:
    assert not any(decision.notices or decision.timers for mission in missions for decision in mission.decisions)


def test_numbers_follow_the_order_of_time(missions: tuple[PastMission, ...]) -> None:
    numbers = [mission.decisions[0].malfunction.number for mission in missions]
    opened = [mission.decisions[0].malfunction.opened_at for mission in missions]
    assert numbers == sorted(set(numbers))
    assert opened == sorted(opened)


def test_the_form_of_a_mission_answers_the_guide_to_its_motif(
    contract: Contract, missions: tuple[PastMission, ...]
) -> None:
    for mission in missions:
        form, malfunction = mission.call.form, mission.decisions[0].malfunction
        assert form is not None
        outcome = walk(contract.guide, form.path).outcome
        assert outcome is not None
        assert (outcome.outcome_id, outcome.motif) == (form.outcome, malfunction.motif)
        assert form.malfunction_id == malfunction.malfunction_id


def test_the_guide_leads_to_every_motif_of_the_contract(contract: Contract) -> None:
    assert set(contract.motifs) <= set(roads_to_motifs(contract.guide))


def test_a_mission_is_loaded_as_it_would_have_been_decided(
    contract: Contract, missions: tuple[PastMission, ...]
) -> None:
    loaded, decided = empty_table(contract), empty_table(contract)
    mission = max(missions, key=lambda mission: len(mission.decisions))
    put_all(loaded, items_of_decisions(loaded, mission.decisions))
    malfunctions = DynamoMalfunctions(decided)
    first, *others = mission.decisions
    malfunctions.add(first)
    for decision in others:
        malfunctions.save(decision)
    assert stored(loaded, items_of_decisions(loaded, mission.decisions)) == stored(
        decided, items_of_decisions(decided, mission.decisions)
    )
    log = DynamoMalfunctions(loaded).log(first.malfunction.malfunction_id)
    assert log is not None
    assert len(log.entries) == sum(len(decision.entries) for decision in mission.decisions)
