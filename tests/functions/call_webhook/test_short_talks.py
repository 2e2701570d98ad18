"""A conversation, however short, is the same record in whatever order its webhooks come, and nobody who has talked is
sent back to the queue (R10, R13)."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import permutations

import pytest

from permanence.application.reception.answering import Agent
from permanence.application.reception.ports import ProviderUnavailable
from permanence.domain.calls.call import Call, CallStatus
from tests.fakes.providers import PlacedCall
from tests.functions.telephony import CALL_ID, SATURDAY_NIGHT, a_caller_waits

SONIA = Agent("agent-sonia", "Sonia", "+33639980002")
TOLD = ("leg over", "conference-start", "participant-leave", "conference-end")
SLOW_S = 9
"""How late conference events may come."""


class Talk:
    """Camille has pressed a key; the caller comes over half a second later, and she hangs up after `talked_s`."""

    def __init__(self, talked_s: float, can_say: bool) -> None:
        self.world = a_caller_waits()
        self.ringing: PlacedCall = self.world.take()
        self.world.later(4)
        self.world.picks_up(self.ringing)
        if can_say:
            self.world.phones.meetings[CALL_ID] = True
        self.world.later(0.5)
        assert self.world.post(self.world.phones.redirects[0][1]).verbs == ["Dial", "Say", "Hangup"]
        self.began_at = self.world.later(0.5)
        self.over_at = self.world.later(talked_s)

    def tell(self, what: str) -> None:
        leg = {"CallSid": self.ringing.provider_id}
        if what == "leg over":
            over = {
                "CallStatus": "completed",
                "CallDuration": str(int((self.over_at - SATURDAY_NIGHT).total_seconds())),
            }
            self._post(self.ringing.status_url, self.over_at, leg | over)
            return
        at = self.began_at if what == "conference-start" else self.over_at
        conference = {"ConferenceSid": "CF1", "StatusCallbackEvent": what}
        address = self.world.urls.conference_events(CALL_ID, SATURDAY_NIGHT, 1)
        self._post(address, at, conference | (leg if what == "participant-leave" else {}))

    def _post(self, address: str, at: datetime, fields: dict[str, str]) -> None:
        assert self.world.post(address, fields | {"Timestamp": format_datetime(at)}).status == 204

    def caller_hears_the_goodbye(self) -> Call:
        self.world.now = self.over_at + timedelta(seconds=4)
        self.world.end(duration_s=30)
        return self.world.call()


@pytest.mark.parametrize("can_say", [True, False])
@pytest.mark.parametrize("talked_s", [4, 12, 28, 90])
def test_a_short_conversation_is_the_same_record_in_every_order_of_its_webhooks(talked_s: float, can_say: bool) -> None:
    records = []
    for order in permutations(TOLD):
        talk = Talk(talked_s, can_say)
        for what in order:
            talk.tell(what)
        assert len(talk.world.phones.redirects) == 1, order
        assert talk.world.call().status is CallStatus.IN_PROGRESS, order
        records.append(talk.caller_hears_the_goodbye())
    assert {record.answered_by for record in records} == {"agent-camille"}
    assert all(record == records[0] for record in records)


@pytest.mark.parametrize("can_say", [True, False])
def test_conference_events_that_are_slow_send_nobody_back_to_the_queue(can_say: bool) -> None:
    talk = Talk(4, can_say)
    talk.tell("leg over")
    talk.world.later(SLOW_S)
    for what in TOLD[1:]:
        talk.tell(what)
    assert (len(talk.world.phones.redirects), talk.world.call().status) == (1, CallStatus.IN_PROGRESS)


@pytest.mark.parametrize("agent_waited_s", [4, 29, 31])
def test_who_waits_alone_in_the_conference_is_brought_back_whatever_he_was_told(agent_waited_s: float) -> None:
    """Also who was so slow to come over that his agent has hung up after half a minute."""
    talk = Talk(agent_waited_s, can_say=False)
    talk.world.phones.meetings[CALL_ID] = False

    talk.tell("leg over")

    assert talk.world.post(talk.world.phones.redirects[-1][1]).verbs == ["Enqueue"]
    assert (talk.world.call().answered_at, talk.world.call().take) == (None, None)


def test_who_was_brought_back_although_he_had_talked_was_answered_and_is_answered_again() -> None:
    """The provider denies what it tells a moment later."""
    talk = Talk(12, can_say=False)
    talk.world.phones.meetings[CALL_ID] = False
    talk.tell("leg over")
    world = talk.world
    assert world.post(world.phones.redirects[-1][1]).verbs == ["Enqueue"]
    talk.tell("conference-start")

    call = world.call()
    assert (call.status, call.answered_by, call.take) == (CallStatus.PRESENTED, "agent-camille", None)
    again = world.take(SONIA)
    world.picks_up(again)
    assert world.post(world.phones.redirects[-1][1]).verbs == ["Dial", "Say", "Hangup"]
    call = world.call()
    assert (call.status, call.answered_by) == (CallStatus.IN_PROGRESS, SONIA.agent_id)
    assert call.answered_at == SATURDAY_NIGHT + timedelta(seconds=14)


def test_who_is_brought_back_and_turns_out_to_have_talked_hears_the_closing_words() -> None:
    talk = Talk(12, can_say=False)
    talk.world.phones.meetings[CALL_ID] = False
    talk.tell("leg over")
    talk.tell("conference-start")
    assert talk.world.post(talk.world.phones.redirects[-1][1]).verbs == ["Say", "Hangup"]


@pytest.mark.parametrize(("have_met", "verbs"), [(True, ["Say", "Hangup"]), (False, ["Enqueue"]), (None, ["Enqueue"])])
def test_while_the_table_is_out_the_provider_is_asked_before_a_caller_is_put_back_in_the_queue(
    have_met: bool | None, verbs: list[str]
) -> None:
    talk = Talk(12, can_say=False)
    world = talk.world
    world.store.is_down = True
    if have_met is not None:
        world.phones.meetings[CALL_ID] = have_met
    world.hangs_up(talk.ringing)
    assert world.post(world.phones.redirects[-1][1]).verbs == verbs


def test_a_provider_that_does_not_answer_the_question_is_one_that_cannot_say() -> None:
    for talked_s, moved in ((4, 1), (1, 2)):
        talk = Talk(talked_s, can_say=True)
        talk.world.phones.faults.append(ProviderUnavailable("time-out"))
        talk.tell("leg over")
        assert len(talk.world.phones.redirects) == moved


def test_a_caller_who_comes_over_costs_one_request() -> None:
    world = a_caller_waits()
    world.picks_up(world.take())
    asked = world.store.requests
    world.post(world.phones.redirects[0][1])
    assert world.store.requests == asked + 1


def test_a_late_key_of_the_next_agent_brings_the_caller_over_though_the_first_had_talked() -> None:
    talk = Talk(12, can_say=False)
    world = talk.world
    world.phones.meetings[CALL_ID] = False
    talk.tell("leg over")
    again = world.take(SONIA)
    talk.tell("conference-start")

    world.picks_up(again)

    assert "attempt=2" in world.phones.redirects[-1][1]
