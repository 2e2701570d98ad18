"""Nothing nominative is older than six calendar months, anywhere (R70)."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.contract import Contract
from permanence.domain.instants import PARIS, paris_day
from permanence.domain.privacy.retention import purge_stamp

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 (bounds are naive)


def six_months_after(day: date) -> date:
    """The same day six months on, or the last day of that month: never later than a person would count."""
    year, month = divmod(day.year * 12 + day.month - 1 + 6, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


@given(created=INSTANTS)
def test_backups_of_an_erased_item_are_gone_within_six_calendar_months(contract: Contract, created: datetime) -> None:
    terms = contract.retention
    erased = purge_stamp(created, terms).erase_on
    last_backup = erased + timedelta(days=max(terms.point_in_time_recovery, terms.noncurrent_versions))
    assert last_backup <= six_months_after(paris_day(created)) - timedelta(days=3)


@given(created=INSTANTS)
def test_the_backstop_comes_after_the_purge_and_within_its_margin(contract: Contract, created: datetime) -> None:
    stamp = purge_stamp(created, contract.retention)
    start_of_day = datetime(stamp.erase_on.year, stamp.erase_on.month, stamp.erase_on.day, tzinfo=PARIS)
    assert start_of_day + timedelta(days=1) < stamp.backstop < start_of_day + timedelta(days=3)


def test_an_item_is_due_from_the_first_moment_of_its_day_in_paris(contract: Contract) -> None:
    stamp = purge_stamp(datetime(2026, 5, 1, 12, tzinfo=UTC), contract.retention)
    assert stamp.erase_on == date(2026, 10, 19)
    assert not stamp.is_due(datetime(2026, 10, 18, 21, 59, 59, tzinfo=UTC))
    assert stamp.is_due(datetime(2026, 10, 18, 22, tzinfo=UTC))


def test_the_day_of_birth_is_the_day_in_paris(contract: Contract) -> None:
    before, after = datetime(2026, 6, 30, 21, 59, tzinfo=UTC), datetime(2026, 6, 30, 22, 0, tzinfo=UTC)
    terms = contract.retention
    assert purge_stamp(after, terms).erase_on - purge_stamp(before, terms).erase_on == timedelta(days=1)
