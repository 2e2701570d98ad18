"""The caller's leg, from the first ring to the end."""

from datetime import UTC, datetime, timedelta

import pytest

from permanence.domain.calls import CallStatus
from tests.functions.telephony import CALL_ID, CALLER, SATURDAY_NIGHT, World


@pytest.fixture
def world() -> World:
    return World()


def test_a_call_is_kept_greeted_in_the_words_of_its_service_and_queued(world: World) -> None:
    answer = world.ring()

    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.verbs[-1] == "Enqueue"
    assert answer.words.startswith(" ".join(world.contract.messages["astreinte"].welcome.split()))
    call = world.call()
    assert (call.status, call.presented_at, call.caller) == (CallStatus.PRESENTED, SATURDAY_NIGHT, CALLER)


def test_a_webhook_told_three_times_is_one_call_with_one_presentation(world: World) -> None:
    world.ring()
    for _ in range(2):
        world.later(1)
        world.ring()

    assert list(world.store.events) == [CALL_ID]
    assert world.call().presented_at == SATURDAY_NIGHT


@pytest.mark.parametrize("number", ["anonymous", "+266696687", "Restricted", ""])
def test_a_withheld_number_is_a_normal_case(world: World, number: str) -> None:
    answer = world.ring(From=number)

    assert answer.verbs[-1] == "Enqueue"
    assert world.call().caller is None


def test_who_began_to_wait_before_noon_hears_the_words_of_the_opening_hours() -> None:
    """R5: 12:00:20 in Paris, less the 90 s of the landlord's side, is still débordement."""
    noon = datetime(2026, 11, 23, 11, 0, 20, tzinfo=UTC)

    assert "astreinte" not in World(now=noon).ring().words
    assert "astreinte" in World(now=noon + timedelta(seconds=70)).ring().words


def test_the_queue_tells_when_the_welcome_message_was_over(world: World) -> None:
    queue = world.ring().twiml.find("Enqueue")
    assert queue is not None
    welcomed_at = world.later(9)

    answer = world.post(queue.attrib["waitUrl"], {"QueueTime": "0", "QueuePosition": "1"})
    world.later(30)
    world.post(queue.attrib["waitUrl"], {"QueueTime": "30", "QueuePosition": "1"})

    assert answer.verbs == ["Say", "Pause"]
    assert (world.call().status, world.call().queued_at) == (CallStatus.WAITING, welcomed_at)


def test_a_wait_whose_first_request_was_lost_is_counted_from_its_start(world: World) -> None:
    queue = world.ring().twiml.find("Enqueue")
    assert queue is not None
    world.later(39)

    world.post(queue.attrib["waitUrl"], {"QueueTime": "30"})

    assert world.call().queued_at == SATURDAY_NIGHT + timedelta(seconds=9)


def test_the_end_of_the_call_closes_it(world: World) -> None:
    world.ring()
    ended_at = world.later(42)

    answer = world.end(duration_s=42)

    assert (answer.status, answer.body) == (204, "")
    assert (world.call().status, world.call().ended_at) == (CallStatus.ENDED, ended_at)


def test_an_end_told_before_its_call_is_known_is_kept(world: World) -> None:
    world.now = SATURDAY_NIGHT + timedelta(seconds=42)
    world.end(duration_s=42)
    world.now = SATURDAY_NIGHT
    world.ring()

    assert (world.call().status, world.call().presented_at) == (CallStatus.ENDED, SATURDAY_NIGHT)
