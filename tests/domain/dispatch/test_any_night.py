"""Any sequence of events, reordered, doubled, late or early: one winner, no silence, always an end (R41-R45, R48)."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from permanence.domain.dispatch.actions import (
    Advance,
    AlarmDesk,
    CallResponder,
    Outcome,
    ResponderNews,
    StartTimer,
    TellResponder,
    TellTenant,
    TenantNews,
)
from permanence.domain.dispatch.dispatch import (
    Channel,
    ChannelStatus,
    Dispatch,
    DispatchStatus,
    ReportResult,
    StepStatus,
)
from permanence.domain.dispatch.events import (
    Accept,
    AnnounceArrival,
    Arrive,
    CallNext,
    Cancel,
    DeadlineReached,
    Decline,
    DispatchEvent,
    IfStill,
    Receipt,
    Report,
    Standing,
    Start,
)
from permanence.domain.dispatch.rules import advance
from permanence.domain.dispatch.standing import standing_of
from tests.domain.dispatch.chains import SATURDAY_NIGHT, TERMS, dispatch_of, responder

STEPS = st.integers(min_value=-1, max_value=5)
WAYS = st.sampled_from(["keys", "page", "agent"])
OVER = (DispatchStatus.REPORTED, DispatchStatus.CANCELLED)
RECEIPT_RANK = {status: rank for rank, status in enumerate(ChannelStatus)}


class AnyNight(RuleBasedStateMachine):
    """A dispatch, the timers that its store keeps, and everything that was sent.

    As the store does, a timer is one step and one second; what a decision arms is kept before what fired is forgotten.
    """

    @initialize(
        people=st.lists(st.integers(min_value=1, max_value=4), max_size=5),
        mobiles=st.lists(st.booleans(), min_size=5, max_size=5),
        answer_within_s=st.sampled_from([30, 240, 900]),
    )
    def begin(self, people: list[int], mobiles: list[bool], answer_within_s: int) -> None:
        self.now = SATURDAY_NIGHT
        self.shown = Standing(0, StepStatus.CALLING.value)
        self.timers: set[tuple[int, datetime]] = set()
        self.sent: list[object] = []
        self.dispatch = dispatch_of(
            *(
                responder(n, f"person-{person}", mobile=mobiles[n], answer_within_s=answer_within_s)
                for n, person in enumerate(people)
            )
        )
        self.tell(Start())

    def tell(self, event: DispatchEvent) -> Advance:
        before = self.dispatch
        result = advance(before, event, self.now, TERMS)
        self.dispatch = result.dispatch
        self.sent += result.actions
        self.timers |= {(action.step, action.due) for action in result.actions if isinstance(action, StartTimer)}
        check_transition(before, event, result)
        return result

    @rule(seconds=st.floats(min_value=0, max_value=700))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(data=st.data())
    def a_timer_fires_perhaps_early(self, data: st.DataObject) -> None:
        if self.timers:
            self.fire(data.draw(st.sampled_from(sorted(self.timers))))

    @rule(step=STEPS)
    def a_timer_nobody_knows_fires(self, step: int) -> None:
        self.tell(DeadlineReached(step))

    @rule(step=STEPS, by=WAYS, confirmed=st.booleans())
    def somebody_accepts(self, step: int, by: str, confirmed: bool) -> None:
        before = self.dispatch
        result = self.tell(Accept(step, by, confirmed))
        became_winner = before.winner is None and result.dispatch.winner == step
        assert (result.outcome is Outcome.DONE) == became_winner

    @rule(step=STEPS)
    def an_agent_looks_at_the_page(self, step: int) -> None:
        self.shown = standing_of(self.dispatch, step)

    @rule(event=st.one_of(st.builds(Accept, STEPS, st.just("agent"), st.booleans()), st.builds(CallNext, STEPS)))
    def an_agent_acts_on_what_he_saw(self, event: Accept | CallNext) -> None:
        before = self.dispatch
        result = self.tell(IfStill(self.shown, replace(event, step=self.shown.step or 0)))
        if standing_of(before, self.shown.step) != self.shown:
            assert result.dispatch == before
            assert result.outcome is not Outcome.DONE

    @rule(step=STEPS, by=WAYS)
    def somebody_refuses(self, step: int, by: str) -> None:
        self.tell(Decline(step, by))

    @rule(step=STEPS, channel=st.sampled_from(Channel), status=st.sampled_from(ChannelStatus))
    def a_receipt_comes(self, step: int, channel: Channel, status: ChannelStatus) -> None:
        self.tell(Receipt(step, channel, status))

    @rule(
        event=st.one_of(
            st.builds(AnnounceArrival, STEPS, st.integers(min_value=-5, max_value=2000)),
            st.builds(Arrive, STEPS),
            st.builds(CallNext, STEPS),
            st.just(Start()),
        )
    )
    def something_happens(self, event: DispatchEvent) -> None:
        self.tell(event)

    @rule(event=st.one_of(st.builds(Report, STEPS, st.sampled_from(ReportResult), st.text(max_size=5))))
    def somebody_reports(self, event: Report) -> None:
        self.tell(event)

    @rule(sure=st.integers(min_value=0, max_value=9))
    def an_agent_cancels(self, sure: int) -> None:
        if sure == 0:
            self.tell(Cancel("doublon"))

    def fire(self, timer: tuple[int, datetime]) -> None:
        step, due = timer
        self.tell(DeadlineReached(step, due))
        self.timers.discard(timer)

    @invariant()
    def there_is_never_silence(self) -> None:
        if self.dispatch.status is DispatchStatus.CALLING:
            current = self.dispatch.current
            assert self.dispatch.steps[current].status is StepStatus.CALLING
            assert any(step == current for step, _ in self.timers)

    @invariant()
    def only_the_current_step_is_being_called(self) -> None:
        calling = [n for n, step in enumerate(self.dispatch.steps) if step.status is StepStatus.CALLING]
        assert calling == ([self.dispatch.current] if self.dispatch.status is DispatchStatus.CALLING else [])

    @invariant()
    def nobody_is_called_twice_nor_out_of_turn(self) -> None:
        called = [action.step for action in self.sent if isinstance(action, CallResponder)]
        assert called == list(range(len(called)))

    @invariant()
    def the_tenant_is_told_once_that_somebody_accepted(self) -> None:
        told = self.sent.count(TellTenant(TenantNews.ACCEPTED))
        assert told == (0 if self.dispatch.winner is None else 1)

    @invariant()
    def the_desk_alarm_rings_once_when_nobody_is_left(self) -> None:
        assert self.sent.count(AlarmDesk()) <= 1
        if self.dispatch.status is DispatchStatus.EXHAUSTED:
            assert AlarmDesk() in self.sent

    @invariant()
    def there_is_one_winner_and_it_is_shown_as_such(self) -> None:
        winners = [n for n, step in enumerate(self.dispatch.steps) if step.status is StepStatus.ACCEPTED]
        assert winners == ([] if self.dispatch.winner is None else [self.dispatch.winner])

    @invariant()
    def nobody_of_the_winning_company_hears_that_another_has_it(self) -> None:
        if self.dispatch.winner is not None:
            winner = self.dispatch.steps[self.dispatch.winner].responder.person_id
            for action in self.sent:
                if isinstance(action, TellResponder) and action.news is ResponderNews.TAKEN_BY_ANOTHER:
                    assert self.dispatch.steps[action.step].responder.person_id != winner

    def teardown(self) -> None:
        """Whatever happened, the timers alone bring the dispatch to an end."""
        if not hasattr(self, "timers"):
            return
        for _ in range(200):
            if self.dispatch.status is not DispatchStatus.CALLING:
                break
            timer = min(self.timers, key=lambda one: one[1])
            self.now = max(self.now, timer[1])
            self.fire(timer)
            self.there_is_never_silence()
        assert self.dispatch.status is not DispatchStatus.CALLING


def check_transition(before: Dispatch, event: DispatchEvent, result: Advance) -> None:
    """What must hold of every single step from one state to the next."""
    after = result.dispatch
    if result.outcome is Outcome.UNCHANGED:
        assert after == before
        assert result.actions == ()
    if before.status in OVER:
        assert after.status is before.status
        assert (after.winner, after.result) == (before.winner, before.result)
    if before.winner is not None:
        assert after.winner == before.winner
        assert after.status not in (DispatchStatus.CALLING, DispatchStatus.EXHAUSTED)
    act = event.act if isinstance(event, IfStill) else event
    if not isinstance(act, Accept):
        assert after.winner == before.winner
    assert after.current >= before.current
    assert [step.responder for step in after.steps] == [step.responder for step in before.steps]
    for earlier, later in zip(before.steps, after.steps, strict=True):
        assert earlier.declined_at is None or later.declined_at == earlier.declined_at
        assert not earlier.passed_over_by or later.passed_over_by == earlier.passed_over_by
        for known, told in ((earlier.sms, later.sms), (earlier.voice, later.voice)):
            assert known is None or (told is not None and RECEIPT_RANK[told] >= RECEIPT_RANK[known])


AnyNight.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestAnyNight = AnyNight.TestCase
