"""Closures on the three accounts of Art. 4-3: what is refused, what is said, what counts, what stays (R2)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.contract import Contract, contract_in_force
from permanence.domain.reference.announced import Peak, Works
from permanence.domain.reference.calendar import Service, service_at, told_periods_ended
from permanence.domain.reference.calendrier import (
    CALENDRIER,
    Account,
    Calendrier,
    Counters,
    PlannedClosure,
    PointCode,
    brought_over,
    carried,
    changes,
    checks,
    counters,
    restored,
)
from permanence.domain.reference.dated import ordered
from permanence.domain.reference.documents import Change, Circumstances
from permanence.domain.reference.in_force import ObeyedCalendrier, ReceptionPart
from permanence.domain.reference.places import Where
from tests.domain.reference.test_calendar import WEEK, paris
from tests.fakes.documents import signed

MONDAY = paris(2026, 11, 30, 9, 5)
NOTHING = Calendrier()


def closure(
    start: datetime, end: datetime, account: Account = Account.MEETING, reason: str = "réunion de service"
) -> PlannedClosure:
    return PlannedClosure(account, start, end, reason)


THURSDAY = closure(paris(2026, 12, 3, 8, 30), paris(2026, 12, 3, 11))
COMPANY_DAY = closure(paris(2026, 12, 18), paris(2026, 12, 19), Account.COMPANY_DAY, "journée d’entreprise")
HALF_DAY = closure(paris(2026, 12, 24, 13, 30), paris(2026, 12, 24, 17, 30), Account.HALF_DAY, "veille de Noël")


def seen(now: datetime = MONDAY, proposed_at: datetime | None = None) -> Circumstances:
    return Circumstances(now, proposed_at or now, signed(WEEK))


def codes(proposed: Calendrier, in_force: Calendrier = NOTHING, **when: datetime) -> list[tuple[str, bool]]:
    return [(point.code, point.blocks) for point in checks(in_force, proposed, seen(**when))]


def test_closures_of_each_account_are_accepted_as_the_tender_says() -> None:
    assert codes(Calendrier((THURSDAY, COMPANY_DAY, HALF_DAY))) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (closure(paris(2026, 11, 30, 8, 30), paris(2026, 11, 30, 11)), PointCode.PAST),
        (closure(paris(2026, 12, 3, 11), paris(2026, 12, 3, 11)), PointCode.BACKWARDS),
        (closure(paris(2066, 12, 3, 9), paris(2066, 12, 3, 11)), PointCode.TOO_FAR),
        (closure(paris(2026, 12, 3, 9), paris(2026, 12, 3, 11), reason=" "), PointCode.WITHOUT_REASON),
        (closure(paris(2026, 12, 3, 9), paris(2026, 12, 3, 11), reason="a" * 81), PointCode.REASON_TOO_LONG),
        (closure(paris(2026, 12, 3, 9), paris(2026, 12, 4, 11)), PointCode.SEVERAL_DAYS),
        (closure(paris(2026, 12, 3, 9), paris(2026, 12, 3, 16), Account.HALF_DAY), PointCode.WHOLE_DAY),
        (closure(paris(2026, 12, 3), paris(2026, 12, 4), Account.HALF_DAY), PointCode.WHOLE_DAY),
    ],
)
def test_a_closure_that_cannot_be_is_refused_and_says_why(wrong: PlannedClosure, code: PointCode) -> None:
    assert codes(Calendrier((wrong,))) == [(code, True)]


def test_a_closure_outside_opening_hours_is_said_and_not_refused() -> None:
    sunday = closure(paris(2026, 12, 6, 9), paris(2026, 12, 6, 11))

    assert codes(Calendrier((sunday,))) == [(PointCode.CLOSES_NOTHING, False)]


def test_two_closures_do_not_overlap() -> None:
    other = closure(paris(2026, 12, 3, 10), paris(2026, 12, 3, 12))
    (point,) = checks(NOTHING, Calendrier((THURSDAY, other)), seen())

    assert (point.code, point.subject) == (PointCode.OVERLAP, other.start.isoformat())
    assert point.detail == {"other": THURSDAY.start.isoformat()}


def test_one_that_starts_when_the_other_ends_does_not_overlap() -> None:
    assert codes(Calendrier((THURSDAY, closure(THURSDAY.end, THURSDAY.end + timedelta(hours=1))))) == []


def test_only_meetings_count_against_the_thirty_hours_and_only_their_opening_time() -> None:
    over_lunch = closure(paris(2026, 12, 8, 11), paris(2026, 12, 8, 14, 30))
    held = counters(Calendrier((THURSDAY, over_lunch, COMPANY_DAY, HALF_DAY)), 2026, seen())

    assert held == Counters(company_days=1, half_days=1, meetings=timedelta(hours=4, minutes=30))


def test_each_civil_year_has_its_own_accounts() -> None:
    next_year = closure(paris(2027, 1, 4), paris(2027, 1, 5), Account.COMPANY_DAY, "journée d’entreprise")

    assert codes(Calendrier((COMPANY_DAY, next_year))) == []
    assert counters(Calendrier((COMPANY_DAY, next_year)), 2027, seen()).company_days == 1


def test_more_than_thirty_hours_of_meetings_a_year_are_refused_with_both_figures() -> None:
    whole_days = [closure(paris(2027, 1, day, 8, 30), paris(2027, 1, day, 17, 30)) for day in (4, 5, 6, 7)]
    one_minute = closure(paris(2027, 1, 11, 8, 30), paris(2027, 1, 11, 8, 31))

    assert codes(Calendrier(tuple(whole_days))) == []
    (point,) = checks(NOTHING, Calendrier((*whole_days, one_minute)), seen())
    assert point.code == PointCode.OVERDRAWN
    assert point.detail == {"account": "meeting", "year": "2027", "counted": "1801", "allowed": "1800"}


def test_a_second_company_day_and_a_second_half_day_are_refused() -> None:
    second_day = closure(paris(2026, 12, 21), paris(2026, 12, 22), Account.COMPANY_DAY)
    second_half = closure(paris(2026, 12, 31, 13, 30), paris(2026, 12, 31, 17, 30), Account.HALF_DAY)

    points = checks(NOTHING, Calendrier((COMPANY_DAY, second_day, HALF_DAY, second_half)), seen())
    assert [point.detail["account"] for point in points] == ["company_day", "half_day"]


def test_what_is_over_stays_and_what_goes_on_ends_now_when_it_is_wanted_no_more() -> None:
    over = closure(paris(2026, 11, 24, 9), paris(2026, 11, 24, 11))
    goes_on = closure(paris(2026, 11, 30, 8, 30), paris(2026, 11, 30, 11))
    in_force = Calendrier((over, goes_on, THURSDAY))

    kept = carried(in_force, NOTHING, MONDAY)

    assert kept == Calendrier((over, replace(goes_on, end=MONDAY)))
    assert codes(kept, in_force) == []
    assert codes(NOTHING, in_force) == [(PointCode.BEGUN, True), (PointCode.BEGUN, True)]


def test_a_closure_that_goes_on_may_be_prolonged_but_not_begin_otherwise() -> None:
    goes_on = closure(paris(2026, 11, 30, 8, 30), paris(2026, 11, 30, 11))
    longer = replace(goes_on, end=paris(2026, 11, 30, 12))

    assert codes(Calendrier((longer,)), Calendrier((goes_on,))) == []
    renamed = Calendrier((replace(goes_on, account=Account.HALF_DAY),))
    assert (PointCode.BEGUN, True) in codes(renamed, Calendrier((goes_on,)))


def test_ending_a_closure_at_the_proposal_holds_when_it_is_approved_a_little_later() -> None:
    goes_on = closure(paris(2026, 11, 30, 8, 30), paris(2026, 11, 30, 11))
    ended = carried(Calendrier((goes_on,)), NOTHING, MONDAY)
    later = MONDAY + timedelta(minutes=3)

    assert codes(ended, Calendrier((goes_on,)), now=later, proposed_at=MONDAY) == []


def test_a_closure_that_began_between_proposal_and_approval_is_not_undone() -> None:
    later = THURSDAY.start + timedelta(minutes=1)

    assert codes(NOTHING, Calendrier((THURSDAY,)), now=later, proposed_at=MONDAY) == [(PointCode.BEGUN, True)]


def test_a_closure_that_is_past_at_the_approval_is_refused() -> None:
    later = THURSDAY.start + timedelta(minutes=1)

    assert codes(Calendrier((THURSDAY,)), now=later, proposed_at=MONDAY) == [(PointCode.PAST, True)]


def test_an_older_version_comes_back_without_what_it_is_too_late_for() -> None:
    goes_on = closure(paris(2026, 11, 30, 8, 30), paris(2026, 11, 30, 11))
    missed = closure(paris(2026, 11, 27, 9), paris(2026, 11, 27, 10))
    older = Calendrier((missed, goes_on, THURSDAY))

    assert restored(Calendrier((goes_on,)), older, MONDAY) == Calendrier((goes_on, THURSDAY))


def test_what_two_people_typed_at_once_is_all_there_after_another_comparison() -> None:
    mine, theirs = Calendrier((THURSDAY, COMPANY_DAY)), Calendrier((HALF_DAY,))

    assert brought_over(Calendrier((THURSDAY,)), mine, theirs) == Calendrier((COMPANY_DAY, HALF_DAY))
    assert brought_over(Calendrier((THURSDAY,)), NOTHING, Calendrier((THURSDAY, HALF_DAY))) == Calendrier((HALF_DAY,))


def test_peaks_that_two_people_announced_at_once_are_all_there_and_an_older_version_brings_back_those_to_come() -> None:
    notices = Peak(paris(2026, 12, 1, 9), paris(2026, 12, 1, 12), "avis d’échéance")
    storm = Peak(paris(2026, 12, 1, 10), paris(2026, 12, 2), "tempête")
    missed = Peak(paris(2026, 11, 30, 8), paris(2026, 11, 30, 12), "campagne de SMS")

    assert brought_over(NOTHING, Calendrier(peaks=(notices,)), Calendrier(peaks=(storm,))).peaks == (notices, storm)
    assert restored(NOTHING, Calendrier(peaks=(missed, storm)), MONDAY).peaks == (storm,)
    longer = replace(storm, end=paris(2026, 12, 3))
    assert Calendrier(peaks=(storm,)).with_peak(longer).peaks == (longer,)


def test_the_diff_tells_what_is_added_changed_and_removed() -> None:
    longer = replace(THURSDAY, end=paris(2026, 12, 3, 12))

    told = changes(Calendrier((THURSDAY, HALF_DAY)), Calendrier((longer, COMPANY_DAY)))

    assert told == (Change(THURSDAY, longer), Change(None, COMPANY_DAY), Change(HALF_DAY, None))


DAYS = st.integers(-5, 20)
CLOSURES = st.builds(
    lambda day, hour, minutes: closure(
        MONDAY + timedelta(days=day, hours=hour), MONDAY + timedelta(days=day, hours=hour, minutes=minutes)
    ),
    DAYS,
    st.integers(-4, 8),
    st.integers(1, 300),
)
WORKS = st.builds(lambda one: Works(one.start, one.end, Where.COMMUNE, "Vesoul", one.reason), CLOSURES)
PEAKS = st.builds(lambda one: Peak(one.start, one.end, one.reason), CLOSURES)
CALENDRIERS = st.builds(
    lambda *sorts: Calendrier(*map(ordered, sorts)),
    st.lists(CLOSURES, max_size=5, unique_by=lambda one: one.start),
    st.lists(PEAKS, max_size=3, unique_by=lambda one: one.key),
    st.lists(WORKS, max_size=3, unique_by=lambda one: one.key),
)


@given(CALENDRIERS, CALENDRIERS)
def test_nothing_proposed_changes_the_service_of_an_instant_that_is_past(
    in_force: Calendrier, proposed: Calendrier
) -> None:
    kept = carried(in_force, proposed, MONDAY)
    points = checks(in_force, kept, seen())
    if any(point.blocks for point in points):
        return
    before, after = (replace(WEEK, closures=one.obeyed_from(MONDAY).closures) for one in (in_force, kept))
    for minutes in range(0, 8 * 24 * 60, 45):
        instant = MONDAY - timedelta(minutes=minutes, microseconds=1)
        assert service_at(instant, before) is service_at(instant, after)


@given(CALENDRIERS, CALENDRIERS)
def test_what_is_carried_is_carried_once(in_force: Calendrier, proposed: Calendrier) -> None:
    once = carried(in_force, proposed, MONDAY)

    assert carried(in_force, once, MONDAY) == once


def test_the_contract_obeys_the_closures_in_force_from_their_instant_on(contract: Contract) -> None:
    part = ReceptionPart((ObeyedCalendrier(3, MONDAY, CALENDRIER.obeyed(Calendrier((THURSDAY,)), MONDAY)),))

    before = contract_in_force(contract, part, MONDAY - timedelta(seconds=1))
    after = contract_in_force(contract, part, MONDAY)

    assert (before, before.hours_version) == (contract, contract.version)
    assert after.hours_version == f"{contract.version}, calendrier 3"
    assert service_at(THURSDAY.start, after.hours) is Service.ASTREINTE
    assert service_at(THURSDAY.end, after.hours) is Service.DEBORDEMENT
    (period,) = told_periods_ended(THURSDAY.start, THURSDAY.end, after.hours)
    assert period.end == THURSDAY.end  # R50


def test_announcements_that_are_over_are_not_carried_while_a_caller_waits_and_hours_that_are_past_are() -> None:
    over, coming = (
        Works(start, start + timedelta(days=1), Where.RESIDENCE, "Les Tilleuls", "ascenseur")
        for start in (MONDAY - timedelta(days=1), MONDAY)
    )
    past, announced = (Peak(start, start + timedelta(days=1), "avis") for start in (MONDAY - timedelta(days=1), MONDAY))
    in_force = Calendrier((THURSDAY,), (past, announced), (over, coming))

    assert CALENDRIER.obeyed(in_force, MONDAY).works == (coming,)
    assert CALENDRIER.obeyed(in_force, MONDAY).peaks == (announced,)
    assert len(CALENDRIER.obeyed(in_force, THURSDAY.end).closures) == 1
