"""Whatever people propose, approve, overtake, roll back and withdraw: one version is in force at each instant, and what
was in force stays so (R2)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.reference.documents import (
    Decision,
    DecisionRefused,
    NotWaiting,
    OneToCome,
    Overtaken,
    Point,
    Slot,
    Timetable,
    Version,
    VersionState,
    approve,
    in_force_at,
    state_of,
    withdraw,
)
from permanence.domain.reference.in_force import SEED

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BLOCKING = (Point("past", "", {}, blocks=True),)


class History:
    """All versions of one kind, and its timetable."""

    def __init__(self) -> None:
        self.now = NOON
        self.versions: dict[int, Version] = {}
        self.timetable = Timetable("calendrier")

    def propose(self, wanted_in: int | None = None, points: tuple[Point, ...] = (), body: str = "") -> Version:
        number = len(self.versions) + 1
        self.versions[number] = Version(
            kind="calendrier",
            number=number,
            digest=body or f"body {number}",
            state=state_of(points),
            compared_with=self.timetable.at(self.now),
            proposed_at=self.now,
            proposed_by="claire",
            counts={},
            points=points,
            wanted_from=None if wanted_in is None else self.now + wanted_in * MINUTE,
        )
        return self.versions[number]

    def approve(self, number: int) -> Version:
        waiting = self.timetable.to_come(self.now)
        to_come = self.versions[waiting] if waiting else None
        version = self.versions[number]
        return self._keep(approve(version, version.digest, self.timetable, to_come, "nadège", self.now))

    def roll_back(self, number: int) -> Version:
        return self.approve(self.propose(body=self.versions[number].digest).number)

    def withdraw(self, number: int) -> Version:
        return self._keep(withdraw(self.versions[number], self.timetable, self.now))

    def pass_time(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    def in_force(self) -> int:
        return in_force_at(self.versions.values(), self.now)

    def _keep(self, decision: Decision) -> Version:
        for version in (decision.version, decision.displaced):
            if version is not None:
                assert version.changes == self.versions[version.number].changes + 1
                self.versions[version.number] = version
        if decision.timetable is not None:
            assert decision.timetable.changes == self.timetable.changes + 1
            self.timetable = decision.timetable
        return decision.version


MINUTES = st.integers(0, 5)
STEPS: st.SearchStrategy[tuple[str, int]] = st.tuples(
    st.sampled_from(["propose", "propose_for_later", "approve", "roll_back", "withdraw", "pass_time"]), MINUTES
)


def _do(history: History, step: str, number: int) -> None:
    """One step; what cannot be decided changes nothing."""
    known = min(number + 1, len(history.versions))
    steps: dict[str, Callable[[], object]] = {
        "propose": history.propose,
        "propose_for_later": lambda: history.propose(wanted_in=number),
        "pass_time": lambda: history.pass_time(number),
    }
    if known:
        newest = len(history.versions) - known + 1
        steps |= {
            "approve": lambda: history.approve(newest),
            "roll_back": lambda: history.roll_back(known),
            "withdraw": lambda: history.withdraw(newest),
        }
    if step in steps:
        steps[step]()


@given(st.lists(STEPS, max_size=40))
def test_one_version_is_in_force_at_each_instant_whatever_is_decided(steps: list[tuple[str, int]]) -> None:
    history = History()
    bodies: dict[int, str] = {}
    was_in_force: dict[datetime, int] = {}
    for step, number in steps:
        before = (dict(history.versions), history.timetable)
        try:
            _do(history, step, number)
        except DecisionRefused:
            assert (history.timetable, before[0].items() <= history.versions.items()) == (before[1], True)
        now = history.now
        was_in_force[now] = history.in_force()
        assert history.timetable.at(now) == was_in_force[now]
        assert len(history.timetable.slots) <= 2
        assert sum(slot.starts_at > now for slot in history.timetable.slots) <= 1
        for slot in history.timetable.slots:
            version = history.versions[slot.number]
            assert (version.state, version.in_force_from) == (VersionState.APPROVED, slot.starts_at)
            assert slot.obeyed == version.digest
        for version in history.versions.values():
            assert bodies.setdefault(version.number, version.digest) == version.digest
    for instant, number in was_in_force.items():
        assert in_force_at(history.versions.values(), instant) == number
    assert in_force_at(history.versions.values(), NOON - MINUTE) == SEED


def test_before_the_first_approval_the_seed_is_in_force() -> None:
    history = History()
    history.propose()

    assert (history.in_force(), history.timetable.at(history.now)) == (SEED, SEED)


def test_of_two_versions_that_start_at_one_instant_the_one_approved_last_stands() -> None:
    history = History()
    history.propose()
    history.propose()
    history.approve(2)
    history.versions[1] = replace(history.versions[1], compared_with=2)
    history.approve(1)

    assert (history.in_force(), history.timetable.at(history.now)) == (1, 1)


def test_what_another_version_has_overtaken_is_not_approved() -> None:
    history = History()
    history.propose()
    history.propose()
    history.approve(2)

    with pytest.raises(Overtaken):
        history.approve(1)

    assert history.in_force() == 2


def test_what_comes_into_force_by_its_date_overtakes_too() -> None:
    history = History()
    history.propose(wanted_in=5)
    history.approve(1)
    history.propose()
    history.pass_time(5)

    with pytest.raises(Overtaken):
        history.approve(2)


def test_a_correction_sends_the_version_to_come_back_to_be_compared_again() -> None:
    history = History()
    history.propose(wanted_in=5)
    history.approve(1)
    assert history.timetable.slots == (Slot(1, NOON + 5 * MINUTE, "body 1"),)
    history.propose()
    history.approve(2)

    assert history.versions[1].state is VersionState.DRAFT
    history.pass_time(10)
    assert history.in_force() == 2
    with pytest.raises(NotWaiting):
        history.approve(1)


def test_two_versions_are_never_to_come() -> None:
    history = History()
    history.propose(wanted_in=5)
    history.propose(wanted_in=9)
    history.approve(1)

    with pytest.raises(OneToCome):
        history.approve(2)


def test_a_version_to_come_can_be_withdrawn_and_one_in_force_cannot() -> None:
    history = History()
    history.propose(wanted_in=5)
    history.approve(1)
    assert history.withdraw(1).state is VersionState.WITHDRAWN
    history.propose()
    history.approve(2)
    history.pass_time(10)

    with pytest.raises(NotWaiting):
        history.withdraw(2)
    assert history.in_force() == 2


def test_what_has_a_blocking_point_is_a_draft_that_nobody_approves() -> None:
    history = History()
    history.propose(points=BLOCKING)

    with pytest.raises(NotWaiting):
        history.approve(1)


def test_a_wanted_instant_that_is_past_at_the_approval_means_now() -> None:
    history = History()
    history.propose(wanted_in=2)
    history.pass_time(5)

    assert history.approve(1).in_force_from == history.now
