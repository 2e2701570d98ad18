"""A caller is always in the queue, with a human, or has hung up, in whatever order webhooks and people move (R10, R13).

The provider is played by its rules: an instruction replaces the one before, a conference ends when anybody leaves.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from permanence.application.reception.answering import Agent, Ringing, take_and_ring
from permanence.domain.calls.call import CallStatus
from tests.fakes.providers import FakePhone, PlacedCall
from tests.functions.telephony import CALL_ID, CAMILLE, Answered, World

AGENTS = (CAMILLE, Agent("agent-sonia", "Sonia", "+33639980002"), Agent("agent-karim", "Karim", "+33639980003"))


class Where(StrEnum):
    QUEUE = "queue"
    COMING_OVER = "coming over"  # our instructions have been asked for
    CONFERENCE = "conference"
    GONE = "gone"


class Leg(StrEnum):
    RINGING = "ringing"
    PICKED_UP = "picked up"  # our instructions have been asked for
    CONFERENCE = "conference"
    OVER = "over"


@dataclass
class AgentsLeg:
    placed: PlacedCall
    attempt: int
    state: Leg = Leg.RINGING


@dataclass
class Told:
    """A webhook on its way."""

    address: str
    fields: dict[str, str] = field(default_factory=dict)


class ObeyedPhone(FakePhone):
    """`obey` is called with each redirect, while the one who asked for it still waits for the answer; `have_met` says
    what is known of the conference."""

    def __init__(
        self, clock: Callable[[], datetime], obey: Callable[[], None], have_met: Callable[[datetime], bool | None]
    ) -> None:
        super().__init__(clock)
        self._obey = obey
        self._have_met = have_met

    def have_met(self, conference: str, call_id: str, since: datetime) -> bool | None:
        assert (conference, call_id) == (CALL_ID, CALL_ID)
        return self._have_met(since)

    def redirect_call(self, call_id: str, url: str) -> None:
        super().redirect_call(call_id, url)
        self._obey()


class AnyEvening(RuleBasedStateMachine):
    @initialize(at_once=st.booleans(), status_overtakes=st.booleans(), is_recorded=st.booleans())
    def a_call_comes_in(self, at_once: bool, status_overtakes: bool, is_recorded: bool) -> None:
        """`at_once`: the caller has his new instructions before the one who redirected him goes on. Without a recording
        the provider cannot say who was in a conference that is over."""
        self.world = World()
        obey = self._obey_redirects if at_once else lambda: None
        self.world.phones = ObeyedPhone(lambda: self.world.now, obey, self._have_met)
        self.at_once, self.status_overtakes, self.is_recorded = at_once, status_overtakes, is_recorded
        self.entered_at: list[datetime] = []
        self.met_at: list[datetime] = []
        self.world.ring()
        self.world.later(5)
        self.where, self.comes_over_to = Where.QUEUE, ""
        self.legs: list[AgentsLeg] = []
        self.pending: list[Told] = []
        self.obeyed = 0
        self.conferences = 0

    # --- people ------------------------------------------------------------------------------------------------------

    @rule(agent=st.sampled_from(AGENTS))
    def an_agent_takes_the_call(self, agent: Agent) -> None:
        world = self.world
        world.later(1)
        before = len(world.phones.calls)
        pickup = take_and_ring(world.kept_calls, world.phones, world.urls, call_id=CALL_ID, agent=agent, now=world.now)
        if pickup.result is Ringing.RINGING and len(world.phones.calls) > before:
            attempt = world.call().next_attempt - 1
            self.legs.append(AgentsLeg(world.phones.calls[-1], attempt))

    @precondition(lambda self: self._legs(Leg.RINGING))
    @rule(data=st.data())
    def a_phone_is_picked_up(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self._legs(Leg.RINGING))).state = Leg.PICKED_UP

    @precondition(lambda self: self._legs(Leg.PICKED_UP))
    @rule(data=st.data())
    def the_provider_asks_what_an_agent_hears(self, data: st.DataObject) -> None:
        self._agent_obeys(data.draw(st.sampled_from(self._legs(Leg.PICKED_UP))))

    @precondition(lambda self: self._legs(Leg.PICKED_UP))
    @rule(data=st.data())
    def nobody_presses_a_key(self, data: st.DataObject) -> None:
        leg = data.draw(st.sampled_from(self._legs(Leg.PICKED_UP)))
        assert self.world.picks_up(leg.placed, key="").verbs == ["Say", "Hangup"]
        self._hang_up(leg)

    @precondition(lambda self: self._legs(Leg.RINGING, Leg.PICKED_UP, Leg.CONFERENCE))
    @rule(data=st.data())
    def an_agent_hangs_up(self, data: st.DataObject) -> None:
        self._hang_up(data.draw(st.sampled_from(self._legs(Leg.RINGING, Leg.PICKED_UP, Leg.CONFERENCE))))

    @precondition(lambda self: self._legs(Leg.PICKED_UP))
    @rule(data=st.data())
    def an_agent_hangs_up_while_his_instructions_are_on_their_way(self, data: st.DataObject) -> None:
        leg = data.draw(st.sampled_from(self._legs(Leg.PICKED_UP)))
        self._hang_up(leg)
        if self.status_overtakes:
            self._deliver(self.pending.pop())
        self._ask_agent(leg)

    @precondition(lambda self: self.where is not Where.GONE)
    @rule(sure=st.integers(min_value=0, max_value=5))
    def the_caller_hangs_up(self, sure: int) -> None:
        if sure == 0:
            self._caller_is_gone()

    # --- the provider ------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.where is Where.COMING_OVER)
    @rule()
    def the_provider_asks_what_the_caller_hears(self) -> None:
        self._caller_obeys()

    @precondition(lambda self: self.pending)
    @rule(data=st.data())
    def a_webhook_arrives(self, data: st.DataObject) -> None:
        told = data.draw(st.sampled_from(self.pending))
        self.pending.remove(told)
        self._deliver(told)

    @rule(seconds=st.integers(min_value=0, max_value=40))
    def time_passes(self, seconds: int) -> None:
        self.world.later(seconds)

    def _legs(self, *states: Leg) -> list[AgentsLeg]:
        return [leg for leg in self.legs if leg.state in states]

    def _agent_obeys(self, leg: AgentsLeg) -> None:
        answer = self._ask_agent(leg)
        if "Dial" not in answer.verbs:
            self._hang_up(leg)
            return
        leg.state = Leg.CONFERENCE
        self.entered_at.append(self.world.now)
        self._conference_may_start()

    def _ask_agent(self, leg: AgentsLeg) -> Answered:
        answer = self.world.picks_up(leg.placed)
        self._obey_redirects()
        return answer

    def _hang_up(self, leg: AgentsLeg) -> None:
        was = leg.state
        leg.state = Leg.OVER
        status = "no-answer" if was is Leg.RINGING else "completed"
        self._tell(leg.placed.status_url, {"CallSid": leg.placed.provider_id, "CallStatus": status})
        if was is Leg.CONFERENCE:
            self._tell_conference("participant-leave", leg.attempt, leg.placed.provider_id)
            if self.where is Where.CONFERENCE:
                # The conference is over: he hears the closing words, and the line is cut.
                self._caller_is_gone()

    def _caller_is_gone(self) -> None:
        was, self.where = self.where, Where.GONE
        fields = {"To": self.world.contract.numbers.inbound, "CallStatus": "completed", "CallDuration": "1"}
        self._tell("/telephony/calls/status", fields)
        if was is Where.CONFERENCE:
            self._hang_up_all_in_conference()

    def _caller_obeys(self) -> None:
        verbs = self.world.post(self.comes_over_to).verbs
        if verbs == ["Enqueue"]:
            self.where = Where.QUEUE
        elif verbs[0] == "Dial":
            self.where = Where.CONFERENCE
            self.entered_at.append(self.world.now)
            self._conference_may_start()
        else:
            self._caller_is_gone()

    def _conference_may_start(self) -> None:
        agents = self._legs(Leg.CONFERENCE)
        if self.where is Where.CONFERENCE and agents:
            self.conferences += 1
            self.met_at.append(self.world.now)
            self._tell_conference("conference-start", agents[-1].attempt)

    def _tell_conference(self, event: str, attempt: int, leg: str = CALL_ID) -> None:
        address = self.world.urls.conference_events(CALL_ID, self.world.now, attempt)
        self._tell(address, {"ConferenceSid": f"CF{self.conferences}", "StatusCallbackEvent": event, "CallSid": leg})

    def _tell(self, address: str, fields: dict[str, str]) -> None:
        self.pending.append(Told(address, {**fields, "Timestamp": format_datetime(self.world.now)}))

    def _deliver(self, told: Told) -> None:
        self.world.post(told.address, told.fields)
        self._obey_redirects()

    def _obey_redirects(self) -> None:
        for _, url in self.world.phones.redirects[self.obeyed :]:
            if self.where is Where.CONFERENCE:
                self._hang_up_all_in_conference()
            if self.where is not Where.GONE:
                self.where, self.comes_over_to = Where.COMING_OVER, url
        self.obeyed = len(self.world.phones.redirects)
        if self.at_once and self.where is Where.COMING_OVER:
            self._caller_obeys()

    def _have_met(self, since: datetime) -> bool | None:
        inside = self._legs(Leg.CONFERENCE)
        if self.where is Where.CONFERENCE or inside:
            return self.where is Where.CONFERENCE and bool(inside)
        if not any(at >= since for at in self.entered_at):
            return False
        return True if self.is_recorded and any(at >= since for at in self.met_at) else None

    def _hang_up_all_in_conference(self) -> None:
        """Whom the caller leaves, the conference lets go."""
        for leg in self._legs(Leg.CONFERENCE):
            self._hang_up(leg)

    def teardown(self) -> None:
        """Everything on its way arrives: nobody is left alone, and who waits can be taken."""
        if not hasattr(self, "world"):
            return
        for _ in range(60):
            if self.pending:
                self._deliver(self.pending.pop(0))
            elif self.where is Where.COMING_OVER:
                self._caller_obeys()
            elif self._legs(Leg.PICKED_UP):
                self._agent_obeys(self._legs(Leg.PICKED_UP)[0])
            elif self._legs(Leg.RINGING):
                self._hang_up(self._legs(Leg.RINGING)[0])
        assert not self.pending
        assert self.where is not Where.COMING_OVER
        assert self.world.call().answered_at is not None or not self.met_at, "talked and not answered"
        status = self.world.call().status
        if self.where is Where.CONFERENCE:
            assert self._legs(Leg.CONFERENCE), "alone in the conference"
        elif self.where is Where.QUEUE:
            assert self.world.call().take is None
            assert status in (CallStatus.PRESENTED, CallStatus.WAITING)
        else:
            assert status is CallStatus.ENDED


AnyEvening.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestAnyEvening = AnyEvening.TestCase
