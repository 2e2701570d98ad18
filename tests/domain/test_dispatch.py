"""R41-R45, one promise a test; the properties over any order of events are in test_dispatch_properties."""

from datetime import timedelta

import pytest

from permanence.domain.dispatch import (
    Accept,
    AlarmDesk,
    AnnounceArrival,
    Arrive,
    CallNext,
    CallResponder,
    Cancel,
    Channel,
    ChannelStatus,
    DeadlineReached,
    Decline,
    DispatchStatus,
    LinkOpened,
    Log,
    Outcome,
    Receipt,
    Report,
    ReportResult,
    ResponderNews,
    Start,
    StartTimer,
    StepStatus,
    TellResponder,
    TellTenant,
    TenantNews,
)
from permanence.domain.dispatch_rules import answer_before
from permanence.domain.main_courante import EntryKind
from tests.domain.chains import SATURDAY_NIGHT, Night, dispatch_of, responder, started, timers

FIRST, SECOND, THIRD = responder(1), responder(2), responder(3)
CAP = timedelta(seconds=600)
ANSWER = timedelta(seconds=240)


def voice(step: int, status: ChannelStatus, code: str = "") -> Receipt:
    return Receipt(step, Channel.VOICE, status, code)


def sms(step: int, status: ChannelStatus, code: str = "") -> Receipt:
    return Receipt(step, Channel.SMS, status, code)


# --- the start -------------------------------------------------------------------------------------------------------


def test_the_start_calls_the_first_of_the_chain_and_arms_the_cap() -> None:
    night = Night(dispatch_of(FIRST, SECOND))
    result = night.tell(Start())
    assert [type(action) for action in result.actions] == [Log, CallResponder, StartTimer, Log]
    assert night.caused(CallResponder) == [CallResponder(0)]
    assert night.caused(StartTimer) == [StartTimer(0, SATURDAY_NIGHT + CAP)]
    assert night.logged(EntryKind.STEP_STARTED)[0]["name"] == FIRST.name
    assert night.dispatch.steps[0].status is StepStatus.CALLING
    assert night.dispatch.steps[1].status is StepStatus.PLANNED


def test_a_second_start_changes_nothing() -> None:
    night = started(FIRST)
    assert night.tell(Start()).outcome is Outcome.UNCHANGED
    assert night.caused(CallResponder) == [CallResponder(0)]


def test_an_empty_chain_rings_the_desk_alarm_at_once() -> None:
    night = started()
    assert night.dispatch.status is DispatchStatus.EXHAUSTED
    assert night.caused(AlarmDesk) == [AlarmDesk()]


def test_no_sms_is_expected_where_none_can_be_sent() -> None:
    night = started(responder(1, mobile=False))
    assert night.dispatch.steps[0].sms is None
    assert night.tell(sms(0, ChannelStatus.DELIVERED)).outcome is Outcome.UNCHANGED


# --- deadlines -------------------------------------------------------------------------------------------------------


def test_the_time_to_answer_counts_from_ringing() -> None:
    night = started(FIRST, SECOND)
    result = night.tell(voice(0, ChannelStatus.RINGING), after_s=30)
    assert timers(result.actions) == [StartTimer(0, night.now + ANSWER)]
    assert night.dispatch.steps[0].deadline == night.now + ANSWER


def test_the_time_to_answer_never_passes_the_cap_of_the_step() -> None:
    night = started(FIRST, SECOND)
    result = night.tell(voice(0, ChannelStatus.RINGING), after_s=361)
    assert timers(result.actions) == []
    assert night.dispatch.steps[0].deadline == SATURDAY_NIGHT + CAP


def test_a_pick_up_told_before_the_ringing_counts_as_ringing() -> None:
    night = started(FIRST, SECOND)
    night.tell(voice(0, ChannelStatus.DELIVERED), after_s=10)
    deadline = night.dispatch.steps[0].deadline
    assert night.tell(voice(0, ChannelStatus.RINGING), after_s=10).outcome is Outcome.UNCHANGED
    assert night.dispatch.steps[0].deadline == deadline


def test_a_call_still_queued_at_the_provider_is_not_yet_a_silence() -> None:
    night = started(FIRST, SECOND)
    night.tell(voice(0, ChannelStatus.SENT), after_s=300)
    assert night.tell(DeadlineReached(0)).dispatch.current == 0


def test_at_the_deadline_the_next_in_line_is_called() -> None:
    night = started(FIRST, SECOND)
    night.tell(voice(0, ChannelStatus.RINGING))
    night.tell(DeadlineReached(0), after_s=240)
    assert night.dispatch.steps[0].status is StepStatus.NO_ANSWER
    assert night.caused(CallResponder) == [CallResponder(0), CallResponder(1)]


def test_a_timer_that_fires_early_is_armed_again_as_another_timer() -> None:
    night = started(FIRST, SECOND)
    due = SATURDAY_NIGHT + CAP
    result = night.tell(DeadlineReached(0, due), after_s=599.6)
    assert night.dispatch.current == 0
    assert [timer.due > due for timer in timers(result.actions)] == [True]
    again = night.tell(DeadlineReached(0, due + timedelta(seconds=1)))
    assert [timer.due > due + timedelta(seconds=1) for timer in timers(again.actions)] == [True]


def test_a_timer_of_a_step_long_past_means_nothing() -> None:
    night = started(FIRST, SECOND)
    night.tell(Decline(0, "keys"))
    assert night.tell(DeadlineReached(0), after_s=3600).outcome is Outcome.UNCHANGED
    assert night.dispatch.current == 1


def test_a_timer_that_fires_twice_calls_one_person_only() -> None:
    night = started(FIRST, SECOND, THIRD)
    night.tell(DeadlineReached(0), after_s=600)
    assert night.tell(DeadlineReached(0)).outcome is Outcome.UNCHANGED
    assert night.dispatch.current == 1


def test_the_promise_made_before_the_phone_rings_is_never_later_than_the_deadline() -> None:
    night = started(FIRST, responder(2, answer_within_s=900))
    assert answer_before(night.dispatch.steps[0]) == SATURDAY_NIGHT + ANSWER
    assert answer_before(night.dispatch.steps[1]) is None
    night.tell(CallNext(0))
    assert answer_before(night.dispatch.steps[1]) == SATURDAY_NIGHT + CAP


# --- what moves on at once, and what does not ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "receipts",
    [
        [sms(0, ChannelStatus.FAILED), voice(0, ChannelStatus.FAILED)],
        [sms(0, ChannelStatus.FAILED, "21610"), voice(0, ChannelStatus.VOICEMAIL)],
        [voice(0, ChannelStatus.VOICEMAIL), sms(0, ChannelStatus.FAILED, "30003")],
        [voice(0, ChannelStatus.NO_ANSWER), sms(0, ChannelStatus.FAILED)],
    ],
)
def test_when_no_channel_can_bring_a_yes_any_more_the_next_is_called_at_once(receipts: list[Receipt]) -> None:
    night = started(FIRST, SECOND)
    night.tell(receipts[0])
    assert night.dispatch.current == 0
    night.tell(receipts[1])
    assert night.dispatch.current == 1


@pytest.mark.parametrize("status", [ChannelStatus.FAILED, ChannelStatus.VOICEMAIL, ChannelStatus.NO_ANSWER])
def test_a_landline_that_cannot_be_reached_is_left_at_once(status: ChannelStatus) -> None:
    night = started(responder(1, mobile=False), SECOND)
    night.tell(voice(0, status))
    assert night.dispatch.current == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (ChannelStatus.FAILED, StepStatus.FAILED),
        (ChannelStatus.VOICEMAIL, StepStatus.NO_ANSWER),
        (ChannelStatus.NO_ANSWER, StepStatus.NO_ANSWER),
    ],
)
def test_a_failure_is_told_from_a_silence(status: ChannelStatus, expected: StepStatus) -> None:
    night = started(responder(1, mobile=False), SECOND)
    night.tell(voice(0, status))
    assert night.dispatch.steps[0].status is expected


@pytest.mark.parametrize(
    "receipt",
    [
        voice(0, ChannelStatus.VOICEMAIL),
        voice(0, ChannelStatus.FAILED),
        voice(0, ChannelStatus.NO_ANSWER),
        sms(0, ChannelStatus.FAILED),
    ],
)
def test_one_dead_channel_leaves_the_other_its_time(receipt: Receipt) -> None:
    night = started(FIRST, SECOND)
    night.tell(receipt)
    assert night.dispatch.current == 0


@pytest.mark.parametrize(
    "event",
    [
        voice(0, ChannelStatus.VOICEMAIL),
        voice(0, ChannelStatus.DELIVERED),
        sms(0, ChannelStatus.DELIVERED),
        LinkOpened(0),
    ],
)
def test_voicemail_a_delivered_sms_or_an_opened_link_is_never_an_acceptance(event: Receipt | LinkOpened) -> None:
    night = started(FIRST, SECOND)
    night.tell(event)
    assert night.dispatch.winner is None
    assert night.dispatch.status is DispatchStatus.CALLING


def test_a_refusal_calls_the_next_at_once() -> None:
    night = started(FIRST, SECOND)
    assert night.tell(Decline(0, "page", "déjà en intervention")).outcome is Outcome.DONE
    assert night.dispatch.steps[0].note == "déjà en intervention"
    assert night.caused(CallResponder)[-1] == CallResponder(1)


def test_a_refusal_that_comes_after_the_deadline_is_recorded_once_and_skips_nobody() -> None:
    night = started(FIRST, SECOND, THIRD)
    night.tell(DeadlineReached(0), after_s=600)
    assert night.tell(Decline(0, "keys")).outcome is Outcome.DONE
    assert night.tell(Decline(0, "keys")).outcome is Outcome.UNCHANGED
    assert night.dispatch.current == 1
    assert len(night.logged(EntryKind.DECLINED)) == 1


def test_an_agent_may_call_the_next_without_waiting() -> None:
    night = started(FIRST, SECOND)
    assert night.tell(CallNext(0)).outcome is Outcome.DONE
    assert night.tell(CallNext(0)).outcome is Outcome.UNCHANGED
    assert night.dispatch.current == 1


def test_the_end_of_the_chain_rings_the_desk_alarm_once() -> None:
    night = started(FIRST, SECOND)
    night.tell(Decline(0, "keys"))
    night.tell(Decline(1, "keys"))
    night.tell(DeadlineReached(1), after_s=600)
    assert night.dispatch.status is DispatchStatus.EXHAUSTED
    assert night.caused(AlarmDesk) == [AlarmDesk()]


# --- receipts --------------------------------------------------------------------------------------------------------


def test_the_same_receipt_three_times_is_one_line_in_the_log() -> None:
    night = started(FIRST)
    for _ in range(3):
        night.tell(sms(0, ChannelStatus.DELIVERED))
    assert len(night.logged(EntryKind.RECEIPT)) == 1


@pytest.mark.parametrize("late", [ChannelStatus.SENT, ChannelStatus.FAILED])
def test_a_receipt_never_regresses(late: ChannelStatus) -> None:
    night = started(FIRST)
    night.tell(sms(0, ChannelStatus.DELIVERED))
    assert night.tell(sms(0, late)).outcome is Outcome.UNCHANGED
    assert night.dispatch.steps[0].sms is ChannelStatus.DELIVERED


@pytest.mark.parametrize("status", [ChannelStatus.RINGING, ChannelStatus.VOICEMAIL, ChannelStatus.NO_ANSWER])
def test_an_sms_has_no_status_of_a_phone_call(status: ChannelStatus) -> None:
    assert started(FIRST).tell(sms(0, status)).outcome is Outcome.UNCHANGED


def test_a_receipt_for_somebody_not_yet_called_means_nothing() -> None:
    assert started(FIRST, SECOND).tell(sms(1, ChannelStatus.DELIVERED)).outcome is Outcome.UNCHANGED


def test_a_receipt_after_the_acceptance_is_still_recorded() -> None:
    night = started(FIRST)
    night.tell(Accept(0, "keys"))
    assert night.tell(sms(0, ChannelStatus.DELIVERED)).outcome is Outcome.DONE
    assert night.dispatch.status is DispatchStatus.ACCEPTED


def test_a_link_opened_twice_is_logged_once() -> None:
    night = started(FIRST)
    assert night.tell(LinkOpened(0)).outcome is Outcome.DONE
    assert night.tell(LinkOpened(0)).outcome is Outcome.UNCHANGED
    assert len(night.logged(EntryKind.LINK_OPENED)) == 1


# --- one winner ------------------------------------------------------------------------------------------------------


def test_of_two_acceptances_one_wins_and_the_other_is_told_and_recorded_once() -> None:
    night = started(FIRST, SECOND)
    night.tell(DeadlineReached(0), after_s=600)
    assert night.tell(Accept(0, "page")).outcome is Outcome.DONE
    assert night.tell(Accept(1, "keys")).outcome is Outcome.TAKEN_BY_ANOTHER
    assert night.tell(Accept(1, "keys")).outcome is Outcome.TAKEN_BY_ANOTHER
    assert night.dispatch.winner == 0
    assert night.logged(EntryKind.LATE_ACCEPTANCE) == [{"step": "1", "name": SECOND.name, "winner": FIRST.name}]


def test_an_acceptance_after_the_escalation_wins_and_those_called_in_between_are_told() -> None:
    night = started(FIRST, SECOND, THIRD)
    night.tell(DeadlineReached(0), after_s=600)
    night.tell(DeadlineReached(1), after_s=600)
    night.tell(Accept(0, "page"))
    assert [(told.step, told.news) for told in night.caused(TellResponder)] == [
        (1, ResponderNews.TAKEN_BY_ANOTHER),
        (2, ResponderNews.TAKEN_BY_ANOTHER),
    ]
    assert night.dispatch.steps[2].status is StepStatus.TAKEN_BY_ANOTHER


def test_who_refused_is_not_woken_again_to_hear_that_another_came() -> None:
    night = started(FIRST, SECOND)
    night.tell(Decline(0, "keys"))
    night.tell(Accept(1, "keys"))
    assert night.caused(TellResponder) == []


def test_who_refused_may_change_his_mind_while_nobody_has_accepted() -> None:
    night = started(FIRST, SECOND)
    night.tell(Decline(0, "keys"))
    assert night.tell(Accept(0, "page")).outcome is Outcome.DONE
    assert night.dispatch.winner == 0


def test_the_same_person_repeating_is_told_that_it_is_theirs() -> None:
    night = started(FIRST)
    night.tell(Accept(0, "keys"))
    assert night.tell(Accept(0, "page")).outcome is Outcome.ALREADY_YOURS
    assert night.tell(Decline(0, "page")).outcome is Outcome.ALREADY_YOURS


def test_a_company_reached_on_both_numbers_never_hears_that_another_took_its_mission() -> None:
    night = started(responder(1, "motte"), responder(2, "motte"))
    night.tell(DeadlineReached(0), after_s=600)
    night.tell(Accept(0, "page"))
    assert night.caused(TellResponder) == []
    assert night.dispatch.steps[1].status is StepStatus.NO_ANSWER
    assert night.tell(Accept(1, "keys")).outcome is Outcome.ALREADY_YOURS
    assert night.tell(Arrive(1)).outcome is Outcome.DONE


def test_a_late_yes_after_the_end_of_the_chain_still_wins() -> None:
    night = started(FIRST)
    night.tell(DeadlineReached(0), after_s=600)
    assert night.tell(Accept(0, "page")).outcome is Outcome.DONE
    assert night.dispatch.status is DispatchStatus.ACCEPTED


def test_only_an_agent_can_note_the_yes_of_somebody_not_yet_called() -> None:
    night = started(FIRST, SECOND)
    assert night.tell(Accept(1, "keys")).outcome is Outcome.UNCHANGED
    assert night.tell(Accept(1, "agent")).outcome is Outcome.DONE
    assert night.dispatch.winner == 1


def test_the_tenant_is_told_once_that_somebody_accepted() -> None:
    night = started(FIRST, SECOND)
    night.tell(Accept(0, "keys"))
    night.tell(Accept(0, "keys"))
    night.tell(Accept(1, "agent"))
    assert night.caused(TellTenant) == [TellTenant(TenantNews.ACCEPTED)]


@pytest.mark.parametrize("step", [-1, 2, 99])
def test_a_step_that_does_not_exist_means_nothing(step: int) -> None:
    assert started(FIRST, SECOND).tell(Accept(step, "keys")).outcome is Outcome.UNCHANGED


# --- after the acceptance --------------------------------------------------------------------------------------------


def accepted() -> Night:
    night = started(FIRST, SECOND)
    night.tell(DeadlineReached(0), after_s=600)
    night.tell(Accept(1, "keys"))
    return night


def test_the_winner_announces_arrives_and_reports() -> None:
    night = accepted()
    night.tell(AnnounceArrival(1, 45))
    assert night.dispatch.announced_arrival_at == night.now + timedelta(minutes=45)
    night.tell(Arrive(1), after_s=2400)
    assert night.dispatch.on_site_at == night.now
    night.tell(Report(1, ReportResult.REALISEE, "vanne changée"), after_s=1800)
    assert night.dispatch.status is DispatchStatus.REPORTED
    assert (night.dispatch.result, night.dispatch.report_note) == (ReportResult.REALISEE, "vanne changée")
    assert [told.news for told in night.caused(TellTenant)] == [
        TenantNews.ACCEPTED,
        TenantNews.ARRIVAL,
        TenantNews.ON_SITE,
    ]


@pytest.mark.parametrize("event", [AnnounceArrival(0, 30), Arrive(0), Report(0, ReportResult.REALISEE, "")])
def test_only_the_winner_tells_of_the_intervention(event: AnnounceArrival | Arrive | Report) -> None:
    night = accepted()
    before = night.dispatch
    assert night.tell(event).outcome is Outcome.TAKEN_BY_ANOTHER
    assert night.dispatch == before


@pytest.mark.parametrize("event", [AnnounceArrival(0, 30), Arrive(0), Report(0, ReportResult.REALISEE, "")])
def test_nobody_arrives_before_anybody_has_accepted(event: AnnounceArrival | Arrive | Report) -> None:
    assert started(FIRST).tell(event).outcome is Outcome.UNCHANGED


def test_the_same_announcement_twice_tells_the_tenant_once_and_a_new_one_again() -> None:
    night = accepted()
    night.tell(AnnounceArrival(1, 45))
    assert night.tell(AnnounceArrival(1, 45), after_s=5).outcome is Outcome.UNCHANGED
    assert night.tell(AnnounceArrival(1, 60), after_s=5).outcome is Outcome.DONE
    assert night.caused(TellTenant).count(TellTenant(TenantNews.ARRIVAL)) == 2


@pytest.mark.parametrize(
    ("minutes", "outcome"),
    [(-1, Outcome.UNCHANGED), (0, Outcome.DONE), (1440, Outcome.DONE), (1441, Outcome.UNCHANGED)],
)
def test_an_arrival_is_announced_within_a_day(minutes: int, outcome: Outcome) -> None:
    assert accepted().tell(AnnounceArrival(1, minutes)).outcome is outcome


def test_arriving_twice_is_one_arrival() -> None:
    night = accepted()
    night.tell(Arrive(1))
    first = night.dispatch.on_site_at
    assert night.tell(Arrive(1), after_s=60).outcome is Outcome.UNCHANGED
    assert night.dispatch.on_site_at == first


def test_after_the_report_the_mission_is_closed_for_everybody() -> None:
    night = accepted()
    night.tell(Report(1, ReportResult.ANNULEE, ""))
    for event in (Accept(1, "page"), Accept(0, "page"), Decline(0, "page"), Arrive(1), Cancel("doublon")):
        assert night.tell(event).outcome is Outcome.CLOSED
    assert night.dispatch.status is DispatchStatus.REPORTED
    assert len(night.logged(EntryKind.LATE_ACCEPTANCE)) == 1


def test_a_cancellation_tells_everyone_who_may_still_come() -> None:
    night = started(FIRST, SECOND, THIRD)
    night.tell(DeadlineReached(0), after_s=600)
    night.tell(Decline(1, "keys"))
    night.tell(Cancel("doublon"))
    assert night.caused(TellResponder) == [
        TellResponder(0, ResponderNews.CANCELLED),
        TellResponder(2, ResponderNews.CANCELLED),
    ]
    assert night.dispatch.steps[2].status is StepStatus.CANCELLED


def test_the_winner_is_told_of_a_cancellation_after_his_acceptance() -> None:
    night = accepted()
    night.tell(Cancel("la lumière est revenue"))
    assert TellResponder(1, ResponderNews.CANCELLED) in night.caused(TellResponder)
    assert night.tell(Arrive(1)).outcome is Outcome.CLOSED


def test_a_yes_after_the_cancellation_is_recorded_and_wins_nothing() -> None:
    night = started(FIRST)
    night.tell(Cancel("doublon"))
    assert night.tell(Accept(0, "keys")).outcome is Outcome.CLOSED
    assert night.dispatch.winner is None
    assert night.logged(EntryKind.LATE_ACCEPTANCE) == [{"step": "0", "name": FIRST.name, "winner": ""}]


def test_a_cancellation_before_the_start_wakes_nobody() -> None:
    night = Night(dispatch_of(FIRST))
    night.tell(Cancel("doublon"))
    assert night.caused(TellResponder) == []
    assert night.tell(Start()).outcome is Outcome.UNCHANGED
