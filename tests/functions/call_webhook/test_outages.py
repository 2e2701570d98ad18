"""The table, the queue of late events, or the provider’s own queue is out: a caller is answered all the same."""

import pytest

from permanence.application.reception.answering import Ringing, take_and_ring
from permanence.application.reception.ports import ProviderUnavailable, QueueRefused
from permanence.domain.calls.call import CallStatus
from tests.functions.telephony import CALL_ID, CAMILLE, SATURDAY_NIGHT, World, a_caller_waits

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
