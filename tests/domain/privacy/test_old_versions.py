"""Which versions must go, and when: never what is in force or to come, nothing long after it was (R70)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from permanence.domain.contract import RetentionTerms
from permanence.domain.privacy.old_versions import due_versions, emptied, kept_from, without_old_words
from permanence.domain.reference.documents import Point, Slot, Timetable, Version, VersionState

TERMS = RetentionTerms(items=171, noncurrent_versions=1, logs=150, point_in_time_recovery=7)
NOON = datetime(2026, 1, 10, 11, tzinfo=UTC)
LATER = NOON + timedelta(days=171)


def version(number: int, state: VersionState = VersionState.PROPOSED, at: datetime = NOON) -> Version:
    return Version("annuaire", number, "d", state, 0, at, "claire", {}, (Point("hole", "Karim Belhadj", {}, False),))


def in_force(number: int, start: datetime) -> Version:
    return replace(version(number, VersionState.APPROVED), in_force_from=start, approval=number)


def due(versions: list[Version], timetable: Timetable, now: datetime) -> list[int]:
    return [one.number for one in due_versions(versions, timetable, TERMS, now)]


def test_what_is_in_force_or_to_come_is_never_due() -> None:
    versions = [in_force(1, NOON), in_force(2, LATER + timedelta(days=400))]
    timetable = Timetable("annuaire", 2, tuple(Slot(one.number, one.in_force_from or NOON) for one in versions))
    assert due(versions, timetable, LATER + timedelta(days=300)) == []


def test_what_was_in_force_counts_from_the_start_of_the_one_after_and_by_days_of_paris() -> None:
    after = NOON + timedelta(days=60)
    versions, timetable = [in_force(1, NOON), in_force(2, after)], Timetable("annuaire", 2, (Slot(2, after),))
    day_before = (after + timedelta(days=170)).replace(hour=21)
    assert [due(versions, timetable, at) for at in (day_before, day_before + timedelta(hours=1))] == [[], [1]]


def test_what_never_was_in_force_counts_from_its_proposal_whatever_became_of_it() -> None:
    versions = [version(1), version(2, VersionState.DRAFT), version(3, VersionState.WITHDRAWN), version(4, at=LATER)]
    assert due(versions, Timetable("annuaire"), LATER) == [1, 2, 3]


def test_of_the_newest_the_number_stays_until_there_is_a_newer_one() -> None:
    versions = [version(1), emptied(version(2))]
    assert due(versions, Timetable("annuaire"), LATER) == [1]
    assert due([*versions, version(3, at=LATER)], Timetable("annuaire"), LATER) == [1, 2]
    assert "claire" not in repr(versions[1])
    assert "Belhadj" not in repr(versions[1])


def test_what_checks_said_of_people_is_kept_no_longer_than_anything_else() -> None:
    known = in_force(1, NOON)
    assert without_old_words(known, TERMS, LATER - timedelta(days=1)) == known
    assert without_old_words(known, TERMS, LATER).points == ()


def test_what_ended_before_the_first_day_that_is_kept_is_gone() -> None:
    """In Paris 11 January begins at 23 h UTC."""
    assert kept_from(TERMS, LATER) == datetime(2026, 1, 10, 23, tzinfo=UTC)
