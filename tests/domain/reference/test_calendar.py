"""Every instant belongs to one service, and astreinte and openings share out all of time (R1, R2, R5, R50)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.contract import Contract
from permanence.domain.instants import PARIS
from permanence.domain.reference.calendar import (
    Closure,
    NeverOpen,
    OpeningHours,
    OverflowDelay,
    Period,
    Service,
    ToldPeriod,
    next_astreinte,
    next_change,
    next_opening,
    opening_words,
    openings,
    openings_back,
    records_on,
    service_at,
    service_of_call,
    told_periods_back,
    told_periods_ended,
)
from permanence.domain.reference.recording import Campaign, RecordingTerms

MICROSECOND = timedelta(microseconds=1)
FIVE_YEARS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds are naive)
HOURS = {
    weekday: ((time(8, 30), time(12)), (time(13, 30), time(16, 30) if weekday == 5 else time(17, 30)))
    for weekday in range(1, 6)
}
HOLIDAYS = frozenset({date(2026, 11, 11), date(2026, 12, 25), date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 1)})


def paris(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=PARIS, fold=fold).astimezone(UTC)  # type: ignore[misc, arg-type]


@st.composite
def opening_hours(draw: st.DrawFn) -> OpeningHours:
    """The contract's week with holidays, closures, openings and takeovers wherever they may fall."""
    closures = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(FIVE_YEARS)
        closures.append(Closure(start, start + timedelta(minutes=draw(st.integers(1, 3 * 24 * 60))), "réunion"))
    holidays = draw(st.frozensets(st.dates(date(2025, 1, 1), date(2030, 1, 1)), max_size=20))
    exceptional = []
    for day in draw(st.lists(st.dates(date(2025, 1, 1), date(2030, 1, 1)), max_size=3)):
        first, last = sorted(draw(st.lists(st.integers(0, 1439), min_size=2, max_size=2, unique=True)))
        midnight = datetime.combine(day, time(0), PARIS)
        exceptional.append(Period(*(in_utc(midnight + timedelta(minutes=minute)) for minute in (first, last))))
    takeovers = []
    for _ in range(draw(st.integers(0, 2))):
        start = draw(FIVE_YEARS)
        takeovers.append(Period(start, start + timedelta(hours=draw(st.integers(1, 40 * 24)))))
    return OpeningHours(HOURS, HOLIDAYS | holidays, tuple(closures), tuple(exceptional), tuple(takeovers))


def in_utc(local: datetime) -> datetime:
    return local.astimezone(UTC)


def astreinte(start: datetime, end: datetime) -> ToldPeriod:
    return ToldPeriod(start, end, Service.ASTREINTE)


def last_told(instant: datetime, hours: OpeningHours) -> ToldPeriod:
    return next(told_periods_back(instant, hours))


WEEK = OpeningHours(HOURS, HOLIDAYS)


@given(FIVE_YEARS, opening_hours())
def test_every_instant_lies_in_one_opening_or_in_none(instant: datetime, hours: OpeningHours) -> None:
    around = [
        span for span in islice(openings(instant - timedelta(days=1), hours), 6) if span.start <= instant < span.end
    ]
    assert len(around) == (0 if service_at(instant, hours) is Service.ASTREINTE else 1)


@given(FIVE_YEARS, opening_hours())
def test_openings_and_astreinte_periods_share_out_time(instant: datetime, hours: OpeningHours) -> None:
    spans = list(islice(openings(instant, hours), 20))
    periods = told_periods_ended(spans[0].start, spans[-1].start, hours)
    of_astreinte = [period for period in periods if period.service is Service.ASTREINTE]
    assert [astreinte(a.end, b.start) for a, b in pairwise(spans)] == of_astreinte
    assert all(span.start < span.end for span in [*spans, *periods])


@given(FIVE_YEARS, opening_hours())
def test_periods_to_tell_follow_one_another_each_of_one_service(instant: datetime, hours: OpeningHours) -> None:
    """And nothing of their service lies between them, but what is open to débordement."""
    periods = list(islice(told_periods_back(instant, hours), 12))[::-1]
    for earlier, later in pairwise(periods):
        assert earlier.end <= later.start
        assert earlier.end == later.start or service_at(earlier.end, hours) is Service.DEBORDEMENT
        assert earlier.end == later.start or service_at(later.start - MICROSECOND, hours) is Service.DEBORDEMENT
    for period in periods:
        for inside in (period.start, period.end - MICROSECOND):
            assert service_at(inside, hours) is period.service


@given(FIVE_YEARS, opening_hours())
def test_the_next_opening_is_open_and_just_before_is_not(instant: datetime, hours: OpeningHours) -> None:
    opening = next_opening(instant, hours)
    assert opening > instant
    assert service_at(opening, hours) is not Service.ASTREINTE
    assert service_at(opening - MICROSECOND, hours) is Service.ASTREINTE


@given(FIVE_YEARS, opening_hours())
def test_nothing_changes_before_the_next_change(instant: datetime, hours: OpeningHours) -> None:
    change = next_change(instant, hours)
    assert change > instant
    assert service_at(change - MICROSECOND, hours) is service_at(instant, hours)
    assert service_at(change, hours) is not service_at(instant, hours)


@given(FIVE_YEARS, opening_hours())
def test_the_last_astreinte_period_is_whole_and_touches_openings_on_both_sides(
    instant: datetime, hours: OpeningHours
) -> None:
    period = next(one for one in told_periods_back(instant, hours) if one.service is Service.ASTREINTE)
    assert period.start < period.end <= instant
    assert service_at(period.start - MICROSECOND, hours) is not Service.ASTREINTE
    assert service_at(period.start, hours) is Service.ASTREINTE
    assert service_at(period.end - MICROSECOND, hours) is Service.ASTREINTE
    assert service_at(period.end, hours) is not Service.ASTREINTE
    assert next_astreinte(period.end, hours) > period.end
    assert next_astreinte(period.start, hours) == period.start
    assert next_opening(period.start, hours) == period.end


@given(FIVE_YEARS, opening_hours())
def test_openings_backwards_are_the_same_openings(instant: datetime, hours: OpeningHours) -> None:
    back = list(islice(openings_back(instant, hours), 8))
    forth = list(islice(openings(back[-1].start, hours), 8))
    assert forth == back[::-1]


@given(st.dates(date(2025, 1, 1), date(2029, 12, 24)))
def test_a_week_without_holiday_is_open_36_hours_and_a_half(day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    start = datetime.combine(monday, time(0), PARIS).astimezone(UTC)
    end = datetime.combine(monday + timedelta(days=7), time(0), PARIS).astimezone(UTC)
    plain_week = replace(WEEK, holidays=frozenset())
    open_for = timedelta(0)
    for span in openings(start, plain_week):
        if span.start >= end:
            break
        open_for += span.end - span.start
    assert open_for == timedelta(hours=36, minutes=30)


@pytest.mark.parametrize(
    ("instant", "service"),
    [
        (paris(2026, 11, 23, 8, 30) - MICROSECOND, Service.ASTREINTE),
        (paris(2026, 11, 23, 8, 30), Service.DEBORDEMENT),
        (paris(2026, 11, 23, 12) - MICROSECOND, Service.DEBORDEMENT),
        (paris(2026, 11, 23, 12), Service.ASTREINTE),
        (paris(2026, 11, 23, 13, 30) - MICROSECOND, Service.ASTREINTE),
        (paris(2026, 11, 23, 13, 30), Service.DEBORDEMENT),
        (paris(2026, 11, 23, 17, 30) - MICROSECOND, Service.DEBORDEMENT),
        (paris(2026, 11, 23, 17, 30), Service.ASTREINTE),
        (paris(2026, 11, 27, 16, 30) - MICROSECOND, Service.DEBORDEMENT),
        (paris(2026, 11, 27, 16, 30), Service.ASTREINTE),
        (paris(2026, 11, 28, 10), Service.ASTREINTE),
        (paris(2026, 11, 11, 10), Service.ASTREINTE),
        (paris(2026, 10, 26, 8, 30), Service.DEBORDEMENT),
        (paris(2027, 3, 29, 10), Service.ASTREINTE),
        (paris(2027, 3, 30, 8, 30), Service.DEBORDEMENT),
    ],
)
def test_each_boundary_belongs_to_what_starts_there(instant: datetime, service: Service) -> None:
    assert service_at(instant, WEEK) is service


def test_the_night_with_two_half_past_twos_is_one_astreinte_an_hour_longer() -> None:
    period = last_told(paris(2026, 10, 26, 9), WEEK)
    assert period == astreinte(paris(2026, 10, 23, 16, 30), paris(2026, 10, 26, 8, 30))
    assert period.end - period.start == timedelta(hours=65)
    assert service_at(paris(2026, 10, 25, 2, 30, fold=0), WEEK) is Service.ASTREINTE
    assert service_at(paris(2026, 10, 25, 2, 30, fold=1), WEEK) is Service.ASTREINTE


def test_the_night_that_skips_an_hour_runs_into_easter_monday() -> None:
    period = last_told(paris(2027, 3, 30, 8, 30), WEEK)
    assert period == astreinte(paris(2027, 3, 26, 16, 30), paris(2027, 3, 30, 8, 30))
    assert period.end - period.start == timedelta(days=3, hours=15)


def test_a_closure_turns_an_opening_into_astreinte_from_its_start_to_its_end() -> None:
    closure = Closure(paris(2026, 11, 24, 9), paris(2026, 11, 24, 10, 15), "réunion mensuelle")
    hours = replace(WEEK, closures=(closure,))
    assert service_at(closure.start - MICROSECOND, hours) is Service.DEBORDEMENT
    assert service_at(closure.start, hours) is Service.ASTREINTE
    assert service_at(closure.end - MICROSECOND, hours) is Service.ASTREINTE
    assert service_at(closure.end, hours) is Service.DEBORDEMENT
    assert last_told(closure.end, hours) == astreinte(closure.start, closure.end)


def test_a_closed_afternoon_joins_the_lunch_before_it_and_the_night_after() -> None:
    closure = Closure(paris(2026, 11, 25, 12), paris(2026, 11, 25, 20), "Sainte-Catherine")
    hours = replace(WEEK, closures=(closure,))
    period = last_told(paris(2026, 11, 26, 8, 30), hours)
    assert period == astreinte(paris(2026, 11, 25, 12), paris(2026, 11, 26, 8, 30))


def test_periods_ended_are_those_after_the_first_bound_up_to_and_with_the_second() -> None:
    lunch, night = paris(2026, 11, 24, 13, 30), paris(2026, 11, 25, 8, 30)
    assert [p.end for p in told_periods_ended(lunch - MICROSECOND, night, WEEK)] == [lunch, night]
    assert [p.end for p in told_periods_ended(lunch, night, WEEK)] == [night]
    assert told_periods_ended(lunch, night - MICROSECOND, WEEK) == ()


@pytest.mark.parametrize(
    ("seconds_after_noon", "service"), [(89, Service.DEBORDEMENT), (90, Service.ASTREINTE), (20, Service.DEBORDEMENT)]
)
def test_a_caller_who_began_to_wait_before_noon_is_still_debordement(seconds_after_noon: int, service: Service) -> None:
    delays = (OverflowDelay(date(2020, 1, 1), 90),)
    presented = paris(2026, 11, 24, 12) + timedelta(seconds=seconds_after_noon)
    assert service_of_call(presented, WEEK, delays) is service


def test_the_delay_of_the_day_counts_not_that_of_another_time() -> None:
    delays = (OverflowDelay(date(2026, 12, 1), 180), OverflowDelay(date(2020, 1, 1), 90))
    assert service_of_call(paris(2026, 11, 30, 12, 2), WEEK, delays) is Service.ASTREINTE
    assert service_of_call(paris(2026, 12, 1, 12, 2), WEEK, delays) is Service.DEBORDEMENT
    assert service_of_call(paris(2026, 12, 1, 12, 2), WEEK, ()) is Service.ASTREINTE


def test_hours_that_never_open_say_so_instead_of_searching_for_ever() -> None:
    never = OpeningHours({}, frozenset())
    with pytest.raises(NeverOpen):
        next_opening(paris(2026, 11, 24, 12), never)
    with pytest.raises(NeverOpen):
        last_told(paris(2026, 11, 24, 12), never)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (paris(2026, 11, 21, 23, 12), "lundi 8\u00a0h\u00a030"),
        (paris(2026, 11, 24, 12, 10), "13\u00a0h\u00a030"),
        (paris(2026, 12, 24, 17, 30), "lundi 8\u00a0h\u00a030"),
    ],
)
def test_a_caller_is_told_the_next_opening_in_words(now: datetime, words: str) -> None:
    assert opening_words(next_opening(now, WEEK), now) == words


def test_an_opening_more_than_six_days_away_is_told_with_its_date() -> None:
    now = paris(2026, 12, 24, 18)
    assert opening_words(paris(2026, 12, 30, 9), now) == "mercredi 9\u00a0h"
    assert opening_words(paris(2026, 12, 31, 9), now) == "jeudi 31\u00a0décembre, 9\u00a0h"
    assert opening_words(paris(2027, 1, 1, 9), now) == "vendredi 1er\u00a0janvier, 9\u00a0h"


def test_a_campaign_records_from_its_first_day_to_the_eve_of_its_end() -> None:
    terms = RecordingTerms("campaign", "", (Campaign(date(2026, 11, 10), date(2026, 11, 20), "évaluation"),))
    days = (date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 19), date(2026, 11, 20))
    assert [records_on(day, terms) for day in days] == [False, True, True, False]
    assert [records_on(day, replace(terms, mode="all")) for day in days] == [True] * 4
    assert [records_on(day, replace(terms, mode="off")) for day in days] == [False] * 4


def test_the_contract_opens_when_the_tender_says(contract: Contract) -> None:
    assert dict(contract.hours.weekly) == {**HOURS, 6: (), 7: ()}
