"""A call from the provider's first word to the agent's wrap-up (R10, R27, R70)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from permanence.application.reception.calls import (
    FormIncomplete,
    TakeResult,
    missing_fields,
    object_to_recording,
    read_late_event,
    record_event,
    release_call,
    save_for_later,
    take_call,
    wrap_up,
)
from permanence.application.reception.ports import PastRetention
from permanence.domain.calls.call import CallEvent, CallEventKind, CallStatus
from permanence.domain.contract import FormField
from permanence.domain.main_courante.fiche import CallForm
from tests.fakes.providers import FakeQueue
from tests.fakes.store import FakeCalls, StoreDown
from tests.fakes.table import TERMS

BORN = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
PRESENTED = CallEvent("CA1", "presented", CallEventKind.PRESENTED, BORN, {"caller": "+33639980102"})
ENDED = CallEvent("CA1", "ended", CallEventKind.ENDED, BORN + timedelta(minutes=5))
NAME = FormField("last_name", "Nom", "text", refusable=True)
ANSWER = FormField("answer", "Réponses apportées", "long", refusable=False)


@pytest.fixture
def calls() -> FakeCalls:
    calls = FakeCalls()
    calls.record(PRESENTED, BORN)
    return calls


# --- events ----------------------------------------------------------------------------------------------------------


def test_an_event_is_kept_until_the_day_of_the_stamp_and_not_on_it(calls: FakeCalls) -> None:
    stamp = datetime(2027, 5, 10, 22, tzinfo=UTC)  # midnight of 11 May in Paris
    record_event(calls, ENDED, BORN, stamp - timedelta(microseconds=1), TERMS)
    assert "ended" in calls.store.events["CA1"]
    with pytest.raises(PastRetention):
        record_event(calls, replace(PRESENTED, call_id="CA2"), BORN, stamp, TERMS)
    assert "CA2" not in calls.store.events


def test_an_event_put_aside_comes_back_as_it_was() -> None:
    queue = FakeQueue()
    save_for_later(queue, PRESENTED, BORN)
    (message,) = queue.messages
    assert read_late_event(message.body) == (PRESENTED, BORN)


@pytest.mark.parametrize("spoilt", [{}, {"call_id": "CA1"}, {"kind": "invented"}, {"at": "yesterday"}])
def test_a_message_that_is_no_event_is_refused(spoilt: dict[str, str]) -> None:
    queue = FakeQueue()
    save_for_later(queue, PRESENTED, BORN)
    whole = dict(queue.messages[0].body) | {"at": "2026-11-21"}
    with pytest.raises((KeyError, ValueError)):
        read_late_event(whole | spoilt if spoilt else {})


# --- taking ----------------------------------------------------------------------------------------------------------


def test_a_call_that_ended_or_was_never_presented_cannot_be_taken(calls: FakeCalls) -> None:
    calls.record(CallEvent("CA2", "queued", CallEventKind.QUEUED, BORN), BORN)
    assert take_call(calls, "CA2", "u1", "Camille", BORN).result is TakeResult.OVER
    assert take_call(calls, "CA404", "u1", "Camille", BORN).result is TakeResult.OVER
    calls.record(ENDED, BORN)
    assert take_call(calls, "CA1", "u1", "Camille", BORN).result is TakeResult.OVER


def test_a_released_call_can_be_taken_again_by_the_next_attempt(calls: FakeCalls) -> None:
    first = take_call(calls, "CA1", "u1", "Camille", BORN)
    release_call(calls, "CA1", BORN, first.attempt, "no_answer", BORN)
    again = take_call(calls, "CA1", "u2", "Dominique", BORN + timedelta(seconds=30))
    assert (again.result, again.attempt) == (TakeResult.WON, 2)


def test_a_click_while_the_table_is_down_takes_nothing(calls: FakeCalls) -> None:
    calls.store.is_down = True
    with pytest.raises(StoreDown):
        take_call(calls, "CA1", "u1", "Camille", BORN)
    calls.store.is_down = False
    record = calls.get("CA1")
    assert record is not None
    assert record.call.status is CallStatus.PRESENTED


def test_an_objection_is_a_fact_of_the_call(calls: FakeCalls) -> None:
    record = calls.get("CA1")
    assert record is not None
    assert object_to_recording(calls, record.call, BORN).objected


# --- wrap-up ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "answer", "missing"),
    [
        ("Jeannin", "Robinet fermé", ()),
        ("refusé", "Robinet fermé", ()),
        ("Sans objet", "Robinet fermé", ()),
        ("", "Robinet fermé", ("last_name",)),
        ("   ", "Robinet fermé", ("last_name",)),
        ("Jeannin", "", ("answer",)),
        ("Jeannin", "refusé", ("answer",)),
        ("Jeannin", " Inconnu ", ("answer",)),
        ("", "", ("last_name", "answer")),
    ],
)
def test_a_wrap_up_says_which_fields_are_missing(
    calls: FakeCalls, name: str, answer: str, missing: tuple[str, ...]
) -> None:
    form = CallForm("CA1", "u1", "Camille", BORN, fields={"last_name": name, "answer": answer})
    record = calls.get("CA1")
    assert record is not None
    assert tuple(field.field_id for field in missing_fields(form, (NAME, ANSWER))) == missing
    if not missing:
        closed = wrap_up(calls, form, record.call, (NAME, ANSWER), BORN + timedelta(minutes=6))
        assert calls.store.forms["CA1"] == closed == replace(form, closed_at=BORN + timedelta(minutes=6), version=1)
        return
    with pytest.raises(FormIncomplete) as refusal:
        wrap_up(calls, form, record.call, (NAME, ANSWER), BORN)
    assert tuple(field.field_id for field in refusal.value.missing) == missing
    assert calls.store.forms == {}
