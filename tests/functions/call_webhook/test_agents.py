"""An agent takes a call, picks up, or does not; what the two then hear."""

from collections.abc import Callable
from datetime import datetime

import pytest

from permanence.application.reception.answering import Agent, Ringing, take_and_ring
from permanence.application.reception.ports import ProviderRefused, ProviderUnavailable, ProviderWord
from permanence.domain.calls.call import Call, CallEvent, CallEventKind, CallStatus
from permanence.domain.dispatch.dispatch import ChannelStatus
from tests.fakes.providers import PlacedCall
from tests.fakes.store import FakeCalls, StoreDown
from tests.functions.telephony import CALL_ID, CAMILLE, SATURDAY_NIGHT, World, a_caller_waits

SONIA = Agent("agent-sonia", "Sonia", "+33639980002")


@pytest.fixture
def world() -> World:
    return a_caller_waits()


def test_who_picks_up_is_joined_by_the_caller_in_one_conference(world: World) -> None:
    ringing = world.take()
    answered_at = world.later(6)

    agent = world.picks_up(ringing)
    ((redirected, caller_url),) = world.phones.redirects
    caller = world.post(caller_url)

    assert ringing.to == CAMILLE.phone
    rooms = [answer.twiml.find("Dial/Conference") for answer in (agent, caller)]
    assert [room is not None and room.text for room in rooms] == [CALL_ID, CALL_ID]
    assert [room is not None and room.get("startConferenceOnEnter") for room in rooms] == ["true", "false"]
    assert [room is not None and room.get("endConferenceOnExit") for room in rooms] == ["true", "true"]
    assert redirected == CALL_ID
    call = world.call()
    assert (call.status, call.answered_at, call.answered_by) == (CallStatus.IN_PROGRESS, answered_at, CAMILLE.agent_id)


def test_both_give_the_conference_the_same_callbacks_since_the_first_to_join_decides(world: World) -> None:
    ringing = world.take()
    agent = world.picks_up(ringing)
    caller = world.post(world.phones.redirects[0][1])

    told = []
    for answer in (agent, caller):
        room = answer.twiml.find("Dial/Conference")
        assert room is not None
        told.append({name: value for name, value in room.attrib.items() if name != "startConferenceOnEnter"})
    assert told[0] == told[1]


def test_the_caller_hears_the_closing_words_when_the_agent_has_hung_up(world: World) -> None:
    ringing = world.take()
    world.picks_up(ringing)

    caller = world.post(world.phones.redirects[0][1])

    assert caller.verbs == ["Dial", "Say", "Hangup"]
    assert caller.words == world.contract.messages["astreinte"].closing


@pytest.mark.parametrize("status", ["no-answer", "busy", "failed", "canceled"])
def test_a_phone_that_does_not_answer_gives_the_call_back_to_all(world: World, status: str) -> None:
    ringing = world.take()

    world.post(ringing.status_url, {"CallSid": ringing.provider_id, "CallStatus": status})

    assert world.call().take is None
    assert world.take(SONIA).to == SONIA.phone
    assert world.call().take is not None


def test_a_phone_that_still_rings_gives_nothing_back(world: World) -> None:
    ringing = world.take()

    for status in ("initiated", "ringing", "in-progress"):
        assert world.post(ringing.status_url, {"CallSid": ringing.provider_id, "CallStatus": status}).status == 204

    assert world.call().status is CallStatus.TAKEN


def conversation_begins(world: World, attempt: int = 1) -> None:
    address = world.urls.conference_events(CALL_ID, world.now, attempt)
    world.post(address, {"ConferenceSid": f"CF{attempt}", "StatusCallbackEvent": "conference-start"})


def leaves_conference(world: World, ringing: PlacedCall) -> None:
    address = world.urls.conference_events(CALL_ID, world.now, 1)
    told = {"ConferenceSid": "CF1", "CallSid": ringing.provider_id, "StatusCallbackEvent": "participant-leave"}
    world.post(address, told)


def test_the_end_of_a_conversation_releases_nothing(world: World) -> None:
    ringing = world.take()
    world.picks_up(ringing)
    conversation_begins(world)

    world.hangs_up(ringing)

    assert world.call().status is CallStatus.IN_PROGRESS
    assert len(world.phones.redirects) == 1


@pytest.mark.parametrize(("talked_s", "is_taken_back"), [(29.9, True), (30, False)])
def test_a_conversation_whose_beginning_was_never_told_is_known_by_its_length(
    world: World, talked_s: float, is_taken_back: bool
) -> None:
    ringing = world.take()
    world.picks_up(ringing)
    world.later(talked_s)

    world.hangs_up(ringing)

    assert (world.call().answered_at is None) is is_taken_back
    assert len(world.phones.redirects) == (2 if is_taken_back else 1)


@pytest.mark.parametrize("tell", [World.hangs_up, leaves_conference])
def test_a_caller_whose_agent_hung_up_before_he_had_come_over_waits_again_and_can_be_taken(
    world: World, tell: Callable[[World, PlacedCall], None]
) -> None:
    ringing = world.take()
    world.picks_up(ringing)
    tell(world, ringing)

    for _, url in world.phones.redirects:
        assert world.post(url).verbs == ["Enqueue"]
    assert (world.call().answered_at, world.call().take) == (None, None)

    again = world.take(SONIA)
    world.later(5)
    world.picks_up(again)
    assert world.post(world.phones.redirects[-1][1]).verbs == ["Dial", "Say", "Hangup"]
    call = world.call()
    assert (call.answered_by, call.answered_at) == (SONIA.agent_id, world.now)


def test_instructions_fetched_for_an_agent_who_is_gone_do_not_join_the_next_ones_conference(world: World) -> None:
    ringing = world.take()
    world.picks_up(ringing)
    world.hangs_up(ringing)
    world.take(SONIA)

    assert world.post(world.phones.redirects[0][1]).verbs == ["Enqueue"]


def test_a_caller_who_comes_over_after_a_conversation_was_over_hears_the_closing_words(world: World) -> None:
    ringing = world.take()
    world.picks_up(ringing)
    conversation_begins(world)
    world.hangs_up(ringing)

    assert world.post(world.phones.redirects[0][1]).verbs == ["Say", "Hangup"]


def test_a_provider_that_is_slow_once_is_asked_twice_to_bring_the_caller_back(world: World) -> None:
    ringing = world.take()
    world.picks_up(ringing)
    world.phones.faults.append(ProviderUnavailable("time-out"))

    world.hangs_up(ringing)

    assert len(world.phones.redirects) == 2


def test_a_late_word_of_an_earlier_agent_takes_nothing_from_the_one_who_talks(world: World) -> None:
    first = world.take()
    world.post(first.status_url, {"CallSid": first.provider_id, "CallStatus": "no-answer"})
    world.later(1)
    second = world.take(SONIA)
    world.picks_up(second)

    world.hangs_up(first)

    assert world.call().answered_by == SONIA.agent_id
    assert len(world.phones.redirects) == 1


def test_a_leg_that_ended_before_the_two_were_connected_brings_the_caller_back_to_the_queue(world: World) -> None:
    ringing = world.take()

    world.hangs_up(ringing)
    ((_, url),) = world.phones.redirects
    caller = world.post(url)

    assert world.call().take is None
    assert caller.verbs == ["Enqueue"]


def test_a_late_pick_up_of_a_call_that_was_given_back_connects_nobody(world: World) -> None:
    ringing = world.take()
    world.post(ringing.status_url, {"CallSid": ringing.provider_id, "CallStatus": "no-answer"})
    world.later(1)
    again = world.take(SONIA)

    late = world.picks_up(ringing)
    assert late.verbs == ["Say", "Hangup"]
    assert "n'est plus à vous" in late.words
    assert not world.phones.redirects

    assert world.picks_up(again).verbs == ["Dial"]


def test_an_agent_whose_caller_has_hung_up_is_told_so_and_the_call_counts_as_unanswered(world: World) -> None:
    ringing = world.take()
    world.end(duration_s=20)

    answer = world.picks_up(ringing)

    assert answer.verbs == ["Say", "Hangup"]
    assert "raccroché" in answer.words
    assert world.call().answered_at is None


@pytest.mark.parametrize("trouble", [ProviderRefused("21220", "not in progress"), ProviderUnavailable("time-out")])
def test_when_the_caller_cannot_be_brought_over_he_stays_in_the_queue_and_can_be_taken_again(
    world: World, trouble: Exception
) -> None:
    ringing = world.take()
    world.phones.faults.append(trouble)

    answer = world.picks_up(ringing)

    assert answer.verbs == ["Say", "Hangup"]
    assert "toujours en attente" in answer.words
    assert (world.call().answered_at, world.call().take) == (None, None)


def test_a_pick_up_told_twice_is_one_answer(world: World) -> None:
    ringing = world.take()
    first = world.picks_up(ringing)
    answered_at = world.call().answered_at
    world.later(2)

    second = world.picks_up(ringing)

    assert first.body == second.body
    assert world.call().answered_at == answered_at
    assert len(world.phones.redirects) == 1


# --- a mailbox -------------------------------------------------------------------------------------------------------


def test_an_agents_mailbox_is_no_answer_and_the_caller_stays_in_the_queue(world: World) -> None:
    ringing = world.take()

    heard = world.picks_up(ringing, key="")
    world.hangs_up(ringing)

    assert heard.verbs == ["Say", "Hangup"]
    assert not world.phones.redirects
    assert (world.call().answered_at, world.call().take) == (None, None)
    assert world.take(SONIA).to == SONIA.phone


def test_who_picks_up_is_asked_for_a_key_and_until_then_is_no_answer(world: World) -> None:
    ringing = world.take()

    prompt = world.post(ringing.url, {"CallSid": ringing.provider_id, "AnsweredBy": "machine_start"})

    assert prompt.verbs == ["Gather"]
    assert prompt.words == "Appel pour la Permanence. Appuyez sur 1 pour prendre l'appel."
    assert not world.phones.redirects
    assert world.call().status is CallStatus.TAKEN


def test_a_pick_up_costs_two_requests_and_the_prompt_none(world: World) -> None:
    ringing = world.take()
    asked = world.store.requests

    world.post(ringing.url, {"CallSid": ringing.provider_id})
    assert world.store.requests == asked
    world.picks_up(ringing)
    assert world.store.requests == asked + 2


@pytest.mark.parametrize("key", ["1", "5", "#", "*"])
def test_any_key_is_a_human(world: World, key: str) -> None:
    assert world.picks_up(world.take(), key).verbs == ["Dial"]


def test_who_hangs_up_during_the_prompt_gives_the_call_back(world: World) -> None:
    ringing = world.take()
    world.post(ringing.url, {"CallSid": ringing.provider_id})

    world.hangs_up(ringing)

    assert world.call().take is None
    assert [world.post(url).verbs for _, url in world.phones.redirects] == [["Enqueue"]]


# --- an answer told late, an end never told --------------------------------------------------------------------------


def test_a_conversation_whose_answer_is_told_late_cannot_be_taken_over(world: World) -> None:
    class AnswerIsLate(FakeCalls):
        def record(self, event: CallEvent, born: datetime) -> Call:
            if event.kind is CallEventKind.ANSWERED:
                raise StoreDown
            return super().record(event, born)

    ringing = world.take()
    reliable = world.call_log._calls
    world.call_log._calls = AnswerIsLate(world.store)
    world.picks_up(ringing)
    world.call_log._calls = reliable
    conversation_begins(world)
    began_at = world.now
    world.later(61)

    pickup = take_and_ring(world.kept_calls, world.phones, world.urls, call_id=CALL_ID, agent=SONIA, now=world.now)

    assert pickup.result is Ringing.TAKEN_BY_ANOTHER
    assert [placed.to for placed in world.phones.calls] == [CAMILLE.phone]
    call = world.call()
    assert (call.status, call.answered_by, call.answered_at) == (CallStatus.IN_PROGRESS, CAMILLE.agent_id, began_at)


@pytest.mark.parametrize(
    ("word", "words", "status"),
    [
        (ProviderWord(ChannelStatus.DELIVERED, ended_at=SATURDAY_NIGHT), "L'appelant a raccroché.", CallStatus.ENDED),
        (ProviderWord(ChannelStatus.DELIVERED), "toujours en attente", CallStatus.PRESENTED),
        (ProviderUnavailable("time-out"), "toujours en attente", CallStatus.PRESENTED),
    ],
)
def test_a_caller_whose_end_nobody_told_is_not_offered_again(
    world: World, word: ProviderWord | Exception, words: str, status: CallStatus
) -> None:
    ringing = world.take()
    world.phones.faults.append(ProviderRefused("21220", "not in progress"))
    world.phones.words[CALL_ID] = word

    heard = world.picks_up(ringing)

    assert words in heard.words
    assert (world.call().status, world.call().answered_at) == (status, None)
