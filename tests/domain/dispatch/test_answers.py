"""R44 and R45, one promise a test: one winner, and what comes after the acceptance."""

from datetime import timedelta

import pytest

from permanence.domain.dispatch.actions import Outcome, ResponderNews, TellResponder, TellTenant, TenantNews
from permanence.domain.dispatch.dispatch import DispatchStatus, ReportResult, StepStatus
from permanence.domain.dispatch.events import (
    Accept,
    AnnounceArrival,
    Arrive,
    Cancel,
    DeadlineReached,
    Decline,
    Report,
    Start,
)
from permanence.domain.main_courante.log import EntryKind
from tests.domain.dispatch.chains import FIRST, SECOND, THIRD, Night, dispatch_of, responder, started

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
