"""R42, R44: an act that speaks of a turn which has moved on does nothing, and a receipt moves nobody's turn on."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.dispatch.actions import Outcome
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, DispatchStatus, ReportResult, StepStatus
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
    TakeInHand,
)
from permanence.domain.dispatch.standing import mission_standing, standing_of
from permanence.domain.main_courante.log import EntryKind
from tests.domain.dispatch.chains import FIRST, SECOND, THIRD, Night, started

HELPER = TakeInHand("Garage Petit", "+33639984455", "A un bac étanche", "Camille")
ACTS: tuple[DispatchEvent, ...] = (
    Accept(0, "agent", confirmed=True),
    CallNext(0, "Camille"),
    Cancel("doublon", "Camille"),
    AnnounceArrival(0, 30),
    Arrive(0),
    Report(0, ReportResult.REALISEE, ""),
    HELPER,
)


def shown(night: Night, step: int | None = 0) -> Standing:
    return standing_of(night.dispatch, step)


@pytest.mark.parametrize("act", ACTS)
def test_what_was_shown_of_somebody_who_has_refused_since_does_nothing(act: DispatchEvent) -> None:
    night = started(FIRST, SECOND)
    calling = shown(night)
    night.tell(Decline(0, "keys"))
    before = night.dispatch
    result = night.tell(IfStill(calling, act))
    assert (result.outcome, result.actions, night.dispatch) == (Outcome.MOVED_ON, (), before)


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("status", [ChannelStatus.SENT, ChannelStatus.DELIVERED])
def test_a_receipt_that_arrives_meanwhile_refuses_nobody(channel: Channel, status: ChannelStatus) -> None:
    night = started(FIRST, SECOND)
    calling = shown(night)
    night.tell(Receipt(0, channel, status))
    assert night.tell(IfStill(calling, Accept(0, "agent"))).outcome is Outcome.DONE
    assert night.dispatch.winner == 0


def test_the_turn_of_one_does_not_move_on_with_that_of_the_next() -> None:
    night = started(FIRST, SECOND, THIRD)
    night.tell(DeadlineReached(0), after_s=600)
    silent = shown(night)
    night.tell(DeadlineReached(1), after_s=600)
    assert night.tell(IfStill(silent, Accept(0, "agent"))).outcome is Outcome.DONE


def test_who_repeats_the_yes_that_was_noted_hears_that_it_is_his() -> None:
    night = started(FIRST, SECOND)
    calling = shown(night)
    assert night.tell(IfStill(calling, Accept(0, "agent"))).outcome is Outcome.DONE
    assert night.tell(IfStill(calling, Accept(0, "agent"))).outcome is Outcome.ALREADY_YOURS


def test_a_mission_hangs_on_who_is_called_then_on_who_has_it_then_on_nobody() -> None:
    night = started(FIRST, SECOND)
    assert mission_standing(night.dispatch) == Standing(0, StepStatus.CALLING)
    night.tell(Decline(0, "keys"))
    assert mission_standing(night.dispatch) == Standing(1, StepStatus.CALLING)
    lost = started(FIRST)
    lost.tell(Decline(0, "keys"))
    assert mission_standing(lost.dispatch) == Standing(None, DispatchStatus.EXHAUSTED)
    night.tell(Accept(1, "keys"))
    assert mission_standing(night.dispatch) == Standing(1, DispatchStatus.ACCEPTED)
    night.tell(Arrive(1))
    assert mission_standing(night.dispatch) == Standing(1, DispatchStatus.ON_SITE)
    night.tell(Cancel("doublon"))
    assert mission_standing(night.dispatch) == Standing(1, DispatchStatus.CANCELLED)


def test_a_mission_that_somebody_has_by_now_is_not_taken_in_hand_by_another() -> None:
    night = started(FIRST)
    night.tell(DeadlineReached(0), after_s=600)
    nobodys = shown(night, None)
    night.tell(Accept(0, "page"))
    assert night.tell(IfStill(nobodys, HELPER)).outcome is Outcome.MOVED_ON
    assert night.dispatch.winner == 0


@given(step=st.integers(-3, 9), state=st.sampled_from([*StepStatus, *DispatchStatus, ""]), act=st.sampled_from(ACTS))
def test_only_the_standing_of_now_lets_an_act_through(step: int, state: str, act: DispatchEvent) -> None:
    night = started(FIRST, SECOND)
    before = night.dispatch
    result = night.tell(IfStill(Standing(step, state), act))
    if standing_of(before, step) != Standing(step, state):
        assert (result.outcome, night.dispatch) == (Outcome.MOVED_ON, before)


# --- who refused, or was not waited for ------------------------------------------------------------------------------


@pytest.mark.parametrize("no", [Decline(0, "keys"), CallNext(0, "Camille")])
def test_the_yes_of_who_refused_or_was_passed_over_is_asked_twice_of_the_agent(no: DispatchEvent) -> None:
    night = started(FIRST, SECOND)
    night.tell(no)
    before = night.dispatch
    asked = night.tell(Accept(0, "agent"))
    assert (asked.outcome, asked.actions, night.dispatch) == (Outcome.ASK_AGAIN, (), before)
    assert night.tell(Accept(0, "agent", confirmed=True)).outcome is Outcome.DONE
    assert night.dispatch.winner == 0


@pytest.mark.parametrize("by", ["keys", "page"])
def test_who_changes_his_mind_by_himself_is_asked_nothing_more(by: str) -> None:
    night = started(FIRST, SECOND)
    night.tell(Decline(0, "keys"))
    assert night.tell(Accept(0, by)).outcome is Outcome.DONE


def test_a_refusal_stays_whatever_comes_after() -> None:
    night = started(FIRST, SECOND)
    night.tell(Decline(0, "page", "trop loin"))
    refused_at = night.now
    night.tell(Accept(0, "page"), after_s=90)
    step = night.dispatch.steps[0]
    assert (step.status, step.declined_at, step.note) == (StepStatus.ACCEPTED, refused_at, "trop loin")


def test_the_agent_who_did_not_wait_stands_in_the_state_and_in_the_log() -> None:
    night = started(FIRST, SECOND)
    night.tell(CallNext(0, "Camille"))
    step = night.dispatch.steps[0]
    assert (step.status, step.passed_over_by, step.ended_at) == (StepStatus.PASSED_OVER, "Camille", night.now)
    assert night.logged(EntryKind.PASSED_OVER) == [{"step": "0", "name": FIRST.name, "by": "Camille"}]
    assert night.logged(EntryKind.NO_ANSWER) == []
    night.tell(Decline(0, "keys"))
    refused = night.dispatch.steps[0]
    assert replace(refused, status=step.status, declined_at=None) == step
