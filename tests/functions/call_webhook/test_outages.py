"""The table, the queue of late events, or the provider’s own queue is out: a caller is answered all the same."""

from datetime import timedelta

import pytest

from permanence.application.reception.answering import Ringing, take_and_ring
from permanence.application.reception.ports import ProviderUnavailable, QueueRefused
from permanence.domain.calls.call import CallStatus
from permanence.domain.reference.calendar import Service
from permanence.domain.service_level.facts import call_fact
from tests.functions.telephony import CALL_ID, CALLER, CAMILLE, SATURDAY_NIGHT, World, a_caller_waits

QUEUE_DOWN = QueueRefused("down")


@pytest.fixture
def world() -> World:
    return a_caller_waits()


def test_a_caller_is_welcomed_and_queued_while_the_table_is_down_and_the_event_waits(world: World) -> None:
    world.store.is_down = True

    answer = world.ring()

    assert answer.verbs[-1] == "Enqueue"
    (kept,) = world.late_events.messages
    assert (kept.body["call_id"], kept.body["kind"]) == (CALL_ID, "presented")


def test_a_caller_whom_nothing_can_note_is_sent_to_the_fallback_numbers(world: World) -> None:
    world.store.is_down = True
    world.late_events.faults.append(QUEUE_DOWN)

    answer = world.ring()

    assert answer.verbs == ["Say", "Dial"]
    assert [number.text for number in answer.twiml.iter("Number")] == list(world.contract.numbers.fallback)


def test_the_waiting_caller_and_the_agent_are_served_while_nothing_can_be_noted(world: World) -> None:
    ringing = world.take()
    world.store.is_down = True
    world.late_events.faults += [QUEUE_DOWN] * 3

    assert world.post(world.urls.waiting(world.now)).verbs == ["Say", "Pause"]
    assert world.picks_up(ringing).verbs == ["Dial"]
    assert world.post(world.phones.redirects[0][1]).verbs == ["Dial", "Say", "Hangup"]


def test_an_agent_is_not_sent_to_an_empty_conference_when_neither_the_caller_nor_a_word_of_it_can_be_moved(
    world: World,
) -> None:
    ringing = world.take()
    world.store.is_down = True
    world.late_events.faults.append(QUEUE_DOWN)
    world.phones.faults.append(ProviderUnavailable("time-out"))

    assert world.picks_up(ringing).verbs == ["Say", "Hangup"]


@pytest.mark.parametrize(("lasted_s", "verbs"), [("59", [["Enqueue"]]), ("60", [])])
@pytest.mark.parametrize("is_queue_down", [False, True])
def test_a_caller_is_fetched_from_an_empty_conference_though_nothing_can_be_read_or_noted(
    world: World, lasted_s: str, verbs: list[list[str]], is_queue_down: bool
) -> None:
    ringing = world.take()
    world.store.is_down = True
    world.picks_up(ringing)
    moved = len(world.phones.redirects)
    world.late_events.faults += [QUEUE_DOWN] if is_queue_down else []

    told = {"CallSid": ringing.provider_id, "CallStatus": "completed", "CallDuration": lasted_s}
    assert world.post(ringing.status_url, told).status == 204

    assert [world.post(url).verbs for _, url in world.phones.redirects[moved:]] == verbs


def test_a_caller_who_is_fetched_before_his_agents_leaving_is_known_waits_again(world: World) -> None:
    ringing = world.take()
    world.picks_up(ringing)
    world.store.is_down = True
    world.hangs_up(ringing)
    world.store.is_down = False

    assert world.post(world.phones.redirects[-1][1]).verbs == ["Enqueue"]


def test_a_table_that_is_out_is_asked_once_in_a_request_and_again_in_the_next(world: World) -> None:
    ringing = world.take()
    world.store.is_down = True
    asked = world.store.requests
    world.picks_up(ringing)
    assert world.store.requests - asked == 1

    world.store.is_down = False
    world.hangs_up(ringing)
    assert world.call().agent_left or world.call().take is None


def test_a_queue_that_could_not_keep_the_caller_sends_him_to_the_fallback_numbers(world: World) -> None:
    for result, verbs in (("system-error", ["Say", "Dial"]), ("queue-full", ["Say", "Dial"])):
        assert world.post(world.urls.left_queue(world.now), {"QueueResult": result}).verbs == verbs
    for result in ("hangup", "redirected", "bridged"):
        assert world.post(world.urls.left_queue(world.now), {"QueueResult": result}).status == 204


def test_the_provider_that_got_no_answer_from_us_is_sent_to_the_fallback_numbers_and_the_call_is_counted() -> None:
    world = World()

    answer = world.post(
        "/telephony/calls/fallback", {"To": world.contract.numbers.inbound, "ErrorCode": "11200", "ErrorUrl": "x"}
    )

    assert answer.verbs == ["Say", "Dial"]
    assert (world.call().status, world.call().presented_at) == (CallStatus.SENT_TO_FALLBACK, SATURDAY_NIGHT)


OVER = {"CallStatus": "completed", "CallDuration": "95", "Timestamp": "Sat, 21 Nov 2026 22:14:35 +0000"}


def test_a_call_that_was_answered_in_our_place_is_counted_when_its_end_is_told_and_is_no_abandon() -> None:
    world = World()
    world.later(160)

    told = {"From": CALLER, "To": world.contract.numbers.inbound, **OVER}
    assert world.post("/telephony/calls/status", told).status == 204

    call = world.call()
    assert (call.status, call.presented_at, call.caller) == (
        CallStatus.ENDED,
        SATURDAY_NIGHT + timedelta(seconds=60),
        CALLER,
    )
    fact = call_fact(call, None, "")
    assert fact is not None
    assert (fact.is_rerouted, fact.gave_up_after, fact.service) == (True, None, Service.ASTREINTE)


def test_the_end_of_a_call_we_know_tells_of_nothing_else(world: World) -> None:
    world.end(20)

    assert "told_afterwards" not in world.store.events[CALL_ID]


def test_a_call_of_which_nothing_could_be_kept_is_told_of_once_more_at_its_end(world: World) -> None:
    world.store.is_down = True
    told = {"From": CALLER, "To": world.contract.numbers.inbound, **OVER}
    world.post("/telephony/calls/status", told)

    kept = [message.body["kind"] for message in world.late_events.messages]
    assert kept == ["ended", "told_afterwards"]


def test_the_landlords_number_that_is_called_tells_that_nobody_of_ours_can_take_the_caller(world: World) -> None:
    numbers = world.contract.numbers
    told = {"CallSid": "CA" + "3" * 32, "ParentCallSid": CALL_ID, "From": numbers.inbound, "To": numbers.fallback[1]}

    assert world.post("/telephony/calls/fell-back", told | {"CallStatus": "initiated"}).status == 204

    assert (world.call().status, world.call().was_rerouted) == (CallStatus.SENT_TO_FALLBACK, True)
    pickup = take_and_ring(world.kept_calls, world.phones, world.urls, call_id=CALL_ID, agent=CAMILLE, now=world.now)
    assert pickup.result is Ringing.OVER


def test_a_number_that_is_no_fallback_number_tells_nothing(world: World) -> None:
    told = {"CallSid": "CA" + "3" * 32, "ParentCallSid": CALL_ID, "To": CALLER, "CallStatus": "initiated"}

    assert world.post("/telephony/calls/fell-back", told).status == 404
    assert world.call().sent_to_fallback_at is None


FAILED_QUEUE = ("system-error", "error", "queue-full")


@pytest.mark.parametrize("result", FAILED_QUEUE)
def test_nobody_pulls_a_caller_out_of_the_conversation_he_was_sent_to(world: World, result: str) -> None:
    world.post(world.urls.left_queue(SATURDAY_NIGHT), {"QueueResult": result})

    pickup = take_and_ring(
        world.kept_calls, world.phones, world.urls, call_id=CALL_ID, agent=CAMILLE, now=world.later(5)
    )

    assert (pickup.result, world.phones.calls, world.phones.redirects) == (Ringing.OVER, [], [])
    assert world.call().was_rerouted
    assert "taken#1" not in world.store.events[CALL_ID]


def test_an_agent_whose_phone_rang_when_the_caller_was_sent_away_is_told_so(world: World) -> None:
    ringing = world.take()
    world.post(world.urls.left_queue(SATURDAY_NIGHT), {"QueueResult": "system-error"})

    answer = world.picks_up(ringing)
    world.post(ringing.status_url, {"CallStatus": "completed", "CallDuration": "9"})

    assert answer.verbs == ["Say", "Hangup"]
    assert "renvoyé vers les numéros d'Habitat 70" in answer.words
    assert world.phones.redirects == []
    assert (world.call().status, world.call().answered_at) == (CallStatus.SENT_TO_FALLBACK, None)
    assert "agent_left#1" not in world.store.events[CALL_ID]
