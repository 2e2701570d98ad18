"""Nobody has accepted: the duty supervisor is called until he knows, and never for ever (R42)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.contract import Contract
from permanence.domain.dispatch.actions import AlarmDesk, CallSupervisor, Outcome, StartTimer
from permanence.domain.dispatch.dispatch import DispatchStatus, ReportResult
from permanence.domain.dispatch.events import (
    Accept,
    Cancel,
    DeadlineReached,
    Decline,
    DispatchEvent,
    Report,
    SupervisorAcknowledges,
    TakeInHand,
)
from permanence.domain.dispatch.supervisor import (
    CALLED_AGAIN_AFTER,
    CALLED_ON_EVERY,
    CALLS_AT_FIRST,
    MOST_CALLS,
    supervisor_at,
)
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.reference.rota import EVERY_SECTOR, Duty, OnCallPerson, OnCallRole
from tests.domain.dispatch.chains import Night, responder, started

SUPERVISORS_STEP = 1
PLANNED, OF_THE_CONTRACT = "+33639989971", "+33639989999"


def exhausted() -> Night:
    night = started(responder(1))
    night.tell(Decline(0, "keys"))
    return night


def his_timer(night: Night) -> StartTimer:
    return [timer for timer in night.caused(StartTimer) if timer.step == SUPERVISORS_STEP][-1]


def stays_silent(night: Night) -> Outcome:
    timer = his_timer(night)
    night.now = max(night.now, timer.due)
    return night.tell(DeadlineReached(timer.step, timer.due)).outcome


def test_he_is_called_beside_the_alarm_the_moment_nobody_is_left() -> None:
    night = exhausted()
    assert night.caused(AlarmDesk) == [AlarmDesk()]
    assert night.caused(CallSupervisor) == [CallSupervisor(1)]
    assert night.logged(EntryKind.SUPERVISOR_CALLED) == [{"attempt": "1"}]


def test_he_is_called_when_there_was_nobody_to_call_at_all() -> None:
    assert started().caused(CallSupervisor) == [CallSupervisor(1)]


def test_he_is_not_called_while_somebody_may_still_accept() -> None:
    assert started(responder(1)).caused(CallSupervisor) == []


def test_silence_has_him_called_three_more_times_then_the_log_says_so_and_he_is_called_on() -> None:
    night = exhausted()
    for _ in range(CALLS_AT_FIRST - 1):
        assert stays_silent(night) is Outcome.DONE
    assert [call.attempt for call in night.caused(CallSupervisor)] == [1, 2, 3, 4]
    assert night.logged(EntryKind.SUPERVISOR_UNREACHED) == []
    for _ in range(3):
        before = night.now
        assert stays_silent(night) is Outcome.DONE
        assert his_timer(night).due - night.now >= CALLED_ON_EVERY
    assert night.now - before >= CALLED_ON_EVERY
    assert night.logged(EntryKind.SUPERVISOR_UNREACHED) == [{}]
    assert [call.attempt for call in night.caused(CallSupervisor)][4:] == [5, 6, 7]


def test_he_is_called_on_for_a_day_and_no_longer() -> None:
    night = exhausted()
    began = night.now
    while stays_silent(night) is Outcome.DONE:
        pass
    assert len(night.caused(CallSupervisor)) == MOST_CALLS
    assert timedelta(days=1) <= night.now - began < timedelta(days=1, hours=1)
    assert night.dispatch.status is DispatchStatus.EXHAUSTED


def test_he_is_called_no_more_once_somebody_outside_the_chain_has_taken_it_in_hand() -> None:
    night = exhausted()
    night.tell(TakeInHand("Garage Petit", "+33639984455", "A un bac étanche", "Nadège Roussel"))
    assert night.dispatch.winner == SUPERVISORS_STEP
    assert stays_silent(night) is Outcome.UNCHANGED
    assert night.tell(Accept(0, "page")).outcome is Outcome.TAKEN_BY_ANOTHER


@pytest.mark.parametrize("end", [Cancel("doublon"), Report(0, ReportResult.REALISEE, "")])
def test_nobody_takes_in_hand_a_mission_that_is_over(end: DispatchEvent) -> None:
    night = exhausted()
    if isinstance(end, Report):
        night.tell(Accept(0, "agent", confirmed=True))
    night.tell(end)
    over = night.dispatch
    late = night.tell(TakeInHand("Garage Petit", "+33639984455", "A un bac étanche", "Nadège Roussel"))
    assert (late.outcome, late.dispatch, late.actions) == (Outcome.CLOSED, over, ())


@pytest.mark.parametrize(("early", "calls"), [(timedelta(seconds=1), 1), (timedelta(0), 2)])
def test_he_has_two_minutes_before_he_is_called_again(early: timedelta, calls: int) -> None:
    night = exhausted()
    timer = his_timer(night)
    assert timer.due - night.now >= CALLED_AGAIN_AFTER
    night.now = timer.due - early
    night.tell(DeadlineReached(timer.step, timer.due))
    assert len(night.caused(CallSupervisor)) == calls


def test_a_timer_told_twice_calls_him_once() -> None:
    night = exhausted()
    timer = his_timer(night)
    night.now = timer.due
    for _ in range(2):
        night.tell(DeadlineReached(timer.step, timer.due))
    assert len(night.caused(CallSupervisor)) == 2


def test_who_knows_is_called_no_more_and_is_noted_once() -> None:
    night = exhausted()
    assert night.tell(SupervisorAcknowledges()).outcome is Outcome.DONE
    assert night.tell(SupervisorAcknowledges()).outcome is Outcome.ALREADY_YOURS
    assert night.logged(EntryKind.SUPERVISOR_TOLD) == [{}]
    assert night.dispatch.supervisor_told_at == night.now
    assert stays_silent(night) is Outcome.UNCHANGED
    assert len(night.caused(CallSupervisor)) == 1


def test_who_was_given_up_may_still_say_that_he_knows() -> None:
    night = exhausted()
    for _ in range(MOST_CALLS):
        stays_silent(night)
    assert night.tell(SupervisorAcknowledges()).outcome is Outcome.DONE


@pytest.mark.parametrize("end", [Accept(0, "page"), Cancel("doublon")])
def test_he_is_called_no_more_once_the_mission_is_somebodys_or_over(end: DispatchEvent) -> None:
    night = exhausted()
    night.tell(end)
    assert stays_silent(night) is Outcome.UNCHANGED
    assert night.tell(SupervisorAcknowledges()).outcome is Outcome.CLOSED
    assert len(night.caused(CallSupervisor)) == 1


def test_his_word_is_not_an_acceptance() -> None:
    night = exhausted()
    night.tell(SupervisorAcknowledges())
    assert (night.dispatch.status, night.dispatch.winner) == (DispatchStatus.EXHAUSTED, None)
    assert night.tell(Accept(0, "page")).dispatch.winner == 0


@given(st.lists(st.sampled_from(["silence", "again", "knows", "time"]), max_size=20))
def test_he_is_never_called_more_often_than_that_nor_after_he_knows(happened: list[str]) -> None:
    night = exhausted()
    for what in happened:
        if what == "knows":
            night.tell(SupervisorAcknowledges())
            called = len(night.caused(CallSupervisor))
        elif what == "time":
            night.now += timedelta(seconds=50)
        elif what == "again":
            night.tell(DeadlineReached(SUPERVISORS_STEP, night.now))
        else:
            stays_silent(night)
    assert len(night.caused(CallSupervisor)) <= MOST_CALLS
    if "knows" in happened:
        assert len(night.caused(CallSupervisor)) == called
        assert len(night.logged(EntryKind.SUPERVISOR_TOLD)) == 1


@pytest.mark.parametrize(
    ("planned", "rung"),
    [
        (PLANNED, [PLANNED, OF_THE_CONTRACT] * 2),
        (OF_THE_CONTRACT, [OF_THE_CONTRACT] * CALLS_AT_FIRST),
        ("", [OF_THE_CONTRACT] * CALLS_AT_FIRST),
        (None, [OF_THE_CONTRACT] * CALLS_AT_FIRST),
    ],
)
def test_the_contract_s_number_is_tried_in_turn_with_the_planning_s(
    contract: Contract, planned: str | None, rung: list[str]
) -> None:
    now = datetime(2026, 11, 28, 22, 0, tzinfo=UTC)
    numbers = replace(contract.numbers, duty_supervisor=OF_THE_CONTRACT)
    person = OnCallPerson("rachid", "Rachid Amrani", planned or "")
    duty = Duty(EVERY_SECTOR, OnCallRole.SUPERVISEUR, person, now, now + CALLED_AGAIN_AFTER)
    supervisor = supervisor_at(numbers, () if planned is None else (duty,), now)
    assert [supervisor.rung_by(attempt) for attempt in range(1, CALLS_AT_FIRST + 1)] == rung
