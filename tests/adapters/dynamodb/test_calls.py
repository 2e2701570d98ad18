"""Calls on the table: one idempotent request per event, indexes that follow the fold."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from permanence.adapters.dynamodb.calls import LONGEST_CALL, DynamoCalls
from permanence.adapters.dynamodb.due_items import DynamoDueItems
from permanence.adapters.dynamodb.items import Table, to_attributes
from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.application.reception.calls import TakeResult, take_call
from permanence.application.reception.ports import Calls, VersionConflict
from permanence.domain.calls.call import CallEvent, CallEventKind, CallStatus, fold
from permanence.domain.main_courante.fiche import CallForm
from tests.fakes.store import FakeCalls
from tests.fakes.table import counted_requests

SATURDAY_NIGHT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
CALLER = {"caller": "+33639980102", "called": "+33353017000"}


def told(kind: CallEventKind, seconds: int, key: str = "", call_id: str = "CA1", **data: str) -> CallEvent:
    return CallEvent(call_id, key or kind.value, kind, SATURDAY_NIGHT + timedelta(seconds=seconds), data)


def presented(call_id: str = "CA1", seconds: int = 0) -> CallEvent:
    return told(CallEventKind.PRESENTED, seconds, call_id=call_id, **CALLER)


PRESENTED = presented()
QUEUED = told(CallEventKind.QUEUED, 8)
TAKEN = told(CallEventKind.TAKEN, 20, "taken#1", agent="u1", agent_name="Camille", attempt="1")
ANSWERED = told(CallEventKind.ANSWERED, 26, attempt="1")
ENDED = told(CallEventKind.ENDED, 300)
FORM = CallForm(
    "CA1",
    "u1",
    "Camille",
    SATURDAY_NIGHT + timedelta(seconds=26),
    fields={"last_name": "Martin", "mail": "refusé"},
    tree_version="2026-11",
    path=(("accueil", "non"), ("lieu", "logement")),
    outcome="P1",
    motif="P1",
)


@pytest.fixture
def store(table: Table) -> DynamoCalls:
    return DynamoCalls(table)


@pytest.fixture(params=["table", "fake"])
def calls(request: pytest.FixtureRequest) -> Iterator[Calls]:
    if request.param == "fake":
        yield FakeCalls()
    else:
        yield DynamoCalls(request.getfixturevalue("table"))


def test_an_event_costs_one_request_and_returns_the_whole_call(store: DynamoCalls, table: Table) -> None:
    store.record(PRESENTED, SATURDAY_NIGHT)
    with counted_requests(table.client) as requests:
        call = store.record(QUEUED, SATURDAY_NIGHT)
    assert requests == ["UpdateItem"]
    assert call == fold("CA1", [PRESENTED, QUEUED])


@pytest.mark.parametrize("order", list(permutations([PRESENTED, QUEUED, TAKEN, ENDED])))
def test_events_told_three_times_in_any_order_make_one_call(calls: Calls, order: tuple[CallEvent, ...]) -> None:
    for event in order * 3:
        call = calls.record(event, SATURDAY_NIGHT)
    assert call == fold("CA1", [PRESENTED, QUEUED, TAKEN, ENDED])
    record = calls.get("CA1")
    assert record is not None
    assert (record.call, record.form) == (call, None)
    assert [kept.call for kept in calls.of_month("2026-11")] == [call]


@pytest.mark.parametrize("order", list(permutations([PRESENTED, QUEUED, ENDED])))
def test_an_ended_call_is_never_open_whatever_is_told_again(
    store: DynamoCalls, table: Table, order: tuple[CallEvent, ...]
) -> None:
    for event in (*order, PRESENTED):
        store.record(event, SATURDAY_NIGHT)
    assert DynamoOpenItems(table).open_work().calls == ()


def test_a_presentation_told_again_keeps_its_first_instant(calls: Calls) -> None:
    calls.record(PRESENTED, SATURDAY_NIGHT)
    again = calls.record(presented(seconds=5), SATURDAY_NIGHT + timedelta(seconds=5))
    assert again.presented_at == SATURDAY_NIGHT


def test_a_call_whose_presentation_came_late_is_listed_in_the_month_of_its_presentation(calls: Calls) -> None:
    midnight_in_paris = datetime(2026, 11, 30, 23, tzinfo=UTC)
    guessed = midnight_in_paris - timedelta(seconds=1)
    calls.record(replace(ENDED, at=midnight_in_paris + timedelta(minutes=5)), guessed)
    assert [record.call.call_id for record in calls.of_month("2026-11")] == ["CA1"]
    calls.record(replace(PRESENTED, at=midnight_in_paris), midnight_in_paris)
    assert list(calls.of_month("2026-11")) == []
    assert [record.call.call_id for record in calls.of_month("2026-12")] == ["CA1"]


def test_a_call_is_open_from_its_presentation_to_its_end(store: DynamoCalls, table: Table) -> None:
    open_items = DynamoOpenItems(table)
    store.record(QUEUED, SATURDAY_NIGHT)
    assert open_items.open_work().calls == ()
    call = store.record(PRESENTED, SATURDAY_NIGHT)
    with counted_requests(table.client) as requests:
        assert open_items.open_work().calls == (call,)
    assert requests == ["Query"]
    store.record(ENDED, SATURDAY_NIGHT)
    assert open_items.open_work().calls == ()


def test_a_call_whose_end_is_not_told_comes_back_after_four_hours_and_again_until_it_is(
    store: DynamoCalls, table: Table
) -> None:
    due = DynamoDueItems(table)
    store.record(PRESENTED, SATURDAY_NIGHT)
    four_hours_later = SATURDAY_NIGHT + LONGEST_CALL
    assert due.overdue(four_hours_later - timedelta(seconds=1)).calls == ()
    assert due.overdue(four_hours_later).calls == ("CA1",)
    store.ask_again("CA1", four_hours_later + timedelta(minutes=30))
    assert due.overdue(four_hours_later).calls == ()
    assert due.overdue(four_hours_later + timedelta(minutes=30)).calls == ("CA1",)
    store.record(ENDED, SATURDAY_NIGHT)
    store.ask_again("CA1", four_hours_later)
    assert due.overdue(four_hours_later + timedelta(days=1)).calls == ()


def test_a_call_and_its_form_are_read_together(calls: Calls) -> None:
    call = calls.record(PRESENTED, SATURDAY_NIGHT)
    form = calls.save_form(FORM, SATURDAY_NIGHT)
    assert form == replace(FORM, version=1)
    record = calls.get("CA1")
    assert record is not None
    assert (record.call, record.form) == (call, form)
    for descending in (False, True):
        assert [(one.call, one.form) for one in calls.of_month("2026-11", descending)] == [(call, form)]


def test_the_calls_since_an_instant_begin_with_the_one_of_that_very_instant(calls: Calls) -> None:
    for number, seconds in enumerate((-1, 0, 1)):
        at = SATURDAY_NIGHT + timedelta(seconds=seconds)
        calls.record(CallEvent(f"CA{number}", "presented", CallEventKind.PRESENTED, at), at)
    since = [record.call.call_id for record in calls.of_month("2026-11", since=SATURDAY_NIGHT)]
    assert since == ["CA1", "CA2"]


def test_an_unknown_call_is_none(calls: Calls) -> None:
    assert calls.get("CA404") is None


def test_a_form_is_open_until_it_is_closed(store: DynamoCalls, table: Table) -> None:
    form = store.save_form(FORM, SATURDAY_NIGHT)
    assert DynamoOpenItems(table).open_work().forms == (form,)
    store.save_form(replace(form, closed_at=SATURDAY_NIGHT + timedelta(minutes=10)), SATURDAY_NIGHT)
    assert DynamoOpenItems(table).open_work().forms == ()


@pytest.mark.parametrize("is_new", [True, False])
def test_of_two_who_change_a_form_at_once_the_second_is_told(calls: Calls, is_new: bool) -> None:
    calls.record(PRESENTED, SATURDAY_NIGHT)
    read = FORM if is_new else calls.save_form(FORM, SATURDAY_NIGHT)
    sent = calls.save_form(replace(read, malfunction_id="0123456789abcdef"), SATURDAY_NIGHT)
    with pytest.raises(VersionConflict):
        calls.save_form(replace(read, fields={"last_name": "Autre"}), SATURDAY_NIGHT)
    assert calls.get("CA1").form == sent  # type: ignore[union-attr]


def test_what_is_typed_meanwhile_is_not_lost_by_who_saves_the_form(calls: Calls) -> None:
    calls.record(PRESENTED, SATURDAY_NIGHT)
    read = calls.save_form(FORM, SATURDAY_NIGHT)
    calls.save_fields("CA1", {"last_name": "Martin-Petit"})
    with pytest.raises(VersionConflict):
        calls.save_form(read, SATURDAY_NIGHT)


def test_a_form_that_was_purged_meanwhile_is_not_made_anew(calls: Calls) -> None:
    with pytest.raises(VersionConflict):
        calls.save_form(replace(FORM, version=3), SATURDAY_NIGHT)


def test_a_form_kept_before_forms_had_versions_is_saved(store: DynamoCalls, table: Table) -> None:
    item = store.form_item(FORM, SATURDAY_NIGHT)
    del item["version"]
    table.client.put_item(TableName=table.name, Item=to_attributes(item))
    assert store.save_form(FORM, SATURDAY_NIGHT).version == 1


def test_what_is_typed_is_saved_alone(calls: Calls) -> None:
    calls.record(PRESENTED, SATURDAY_NIGHT)
    calls.save_form(FORM, SATURDAY_NIGHT)
    calls.save_fields("CA1", {"last_name": "Martin-Petit"})
    record = calls.get("CA1")
    assert record is not None
    assert record.form == replace(FORM, fields={"last_name": "Martin-Petit"}, version=2)


def test_what_is_typed_reopens_no_closed_form_and_makes_none(calls: Calls) -> None:
    calls.record(PRESENTED, SATURDAY_NIGHT)
    calls.save_fields("CA1", {"last_name": "Personne"})
    assert calls.get("CA1").form is None  # type: ignore[union-attr]
    closed = calls.save_form(replace(FORM, closed_at=SATURDAY_NIGHT), SATURDAY_NIGHT)
    calls.save_fields("CA1", {"last_name": "Autre"})
    assert calls.get("CA1").form == closed  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 10])
def test_pages_of_a_month_show_every_call_once_with_its_form_newest_first(calls: Calls, size: int) -> None:
    for number in range(6):
        calls.record(presented(f"CA{number}", number), SATURDAY_NIGHT + timedelta(seconds=number))
        if number % 2:
            calls.save_form(replace(FORM, call_id=f"CA{number}"), SATURDAY_NIGHT + timedelta(seconds=number))
    shown: list[str] = []
    cursor = None
    while True:
        page, cursor = calls.page_of_month("2026-11", size, cursor)
        assert 0 < len(page) <= size
        assert all((record.form is not None) == (int(record.call.call_id[2:]) % 2 == 1) for record in page)
        shown += [record.call.call_id for record in page]
        if cursor is None:
            break
    assert shown == ["CA5", "CA4", "CA3", "CA2", "CA1", "CA0"]


def test_an_empty_month_has_one_empty_page(calls: Calls) -> None:
    assert calls.page_of_month("2026-10", 10, None) == ((), None)


@pytest.mark.parametrize("cursor", ["", "x", "2026-11-21#CA1#CALL", "../../etc/passwd"])
def test_a_made_up_cursor_is_refused(calls: Calls, cursor: str) -> None:
    with pytest.raises(ValueError, match=r"cursor"):
        calls.page_of_month("2026-11", 10, cursor)


def test_every_item_of_a_call_is_stamped_for_its_erasure(store: DynamoCalls, table: Table) -> None:
    store.record(PRESENTED, SATURDAY_NIGHT)
    store.save_form(FORM, SATURDAY_NIGHT)
    items = table.client.scan(TableName=table.name)["Items"]
    assert {item["purge_sk"]["S"] for item in items} == {"habitat70#CALL#CA1|CALL", "habitat70#CALL#CA1|FORM"}
    assert {item["purge_pk"]["S"] for item in items} == {"habitat70#P#2027-05-11"}
    ttl = datetime.fromtimestamp(int(items[0]["ttl"]["N"]), UTC)
    assert datetime(2027, 5, 11, tzinfo=UTC) < ttl < datetime(2027, 5, 21, tzinfo=UTC)


def test_a_waiting_call_is_taken_once_whoever_asks(calls: Calls) -> None:
    calls.record(PRESENTED, SATURDAY_NIGHT)
    at = SATURDAY_NIGHT + timedelta(seconds=20)
    first = take_call(calls, "CA1", "u1", "Camille", at)
    assert (first.result, first.attempt) == (TakeResult.WON, 1)
    assert take_call(calls, "CA1", "u2", "Dominique", at).result is TakeResult.TAKEN_BY_ANOTHER
    assert take_call(calls, "CA1", "u1", "Camille", at + timedelta(seconds=1)).result is TakeResult.ALREADY_YOURS
    assert first.call is not None
    assert first.call.status is CallStatus.TAKEN


def test_a_take_costs_two_requests(store: DynamoCalls, table: Table) -> None:
    store.record(PRESENTED, SATURDAY_NIGHT)
    with counted_requests(table.client) as requests:
        take_call(store, "CA1", "u1", "Camille", SATURDAY_NIGHT)
    assert requests == ["Query", "UpdateItem"]


EVENTS = st.sampled_from(
    [
        PRESENTED,
        presented(seconds=1),
        QUEUED,
        TAKEN,
        told(CallEventKind.RELEASED, 25, "released#1", attempt="1", reason="no_answer"),
        told(CallEventKind.TAKEN, 30, "taken#2", agent="u2", agent_name="Dominique", attempt="2"),
        ANSWERED,
        told(CallEventKind.HELD, 60, "held#1"),
        told(CallEventKind.RESUMED, 90, "resumed#1"),
        told(CallEventKind.RECORDING_READY, 200, "recording_ready#RE1", recording="RE1", duration_s="90"),
        ENDED,
    ]
)


@given(st.lists(EVENTS, min_size=1, max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_in_whatever_order_the_table_tells_the_fold(table: Table, events: list[CallEvent]) -> None:
    table.client.delete_item(TableName=table.name, Key=to_attributes({"pk": table.call_pk("CA1"), "sk": "CALL"}))
    store, first_tellings = DynamoCalls(table), dict[str, CallEvent]()
    for event in events:
        first_tellings.setdefault(event.key, event)
        call = store.record(event, SATURDAY_NIGHT)
        assert call == fold("CA1", first_tellings.values())
    listed = [record.call for record in store.of_month("2026-11")]
    assert listed == [call]
    is_open = call.presented_at is not None and call.ended_at is None
    assert DynamoOpenItems(table).open_work().calls == ((call,) if is_open else ())


def test_who_counts_calls_only_gets_them_without_their_fiches(calls: Calls) -> None:
    calls.record(PRESENTED, SATURDAY_NIGHT)
    calls.save_form(FORM, SATURDAY_NIGHT)
    (record,) = calls.of_month("2026-11", fiches=False)
    (whole,) = calls.of_month("2026-11")
    assert (record.call, record.form) == (whole.call, None)
    assert whole.form is not None
