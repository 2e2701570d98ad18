"""People decide of the calendrier: each act is allowed, checked and in the register, one version is in force (R2)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from permanence.application.reference.deciding import Blocked, Decider, Deciding, NotAllowed, Unchanged
from permanence.application.reference.ports import DecidedMeanwhile, UnknownVersion
from permanence.domain.reference.calendar import Service, service_at
from permanence.domain.reference.calendrier import CALENDRIER, Account, Calendrier, PlannedClosure, PointCode
from permanence.domain.reference.documents import (
    Decision,
    DecisionRefused,
    NotWaiting,
    Overtaken,
    VersionState,
    in_force_at,
)
from permanence.domain.reference.in_force import SEED
from tests.domain.reference.test_calendar import WEEK, paris
from tests.fakes.documents import FakeDocuments, signed
from tests.fakes.registers import FakeAudit

NOON = paris(2026, 11, 30, 12)
CLAIRE = Decider("claire", ("habitat70",))
NADEGE = Decider("nadège", ("superviseur",))
CAMILLE = Decider("camille", ("teleconseiller",))
MEETING = PlannedClosure(Account.MEETING, paris(2026, 11, 30, 14), paris(2026, 11, 30, 15), "réunion de service")
THURSDAY = PlannedClosure(Account.MEETING, paris(2026, 12, 3, 8, 30), paris(2026, 12, 3, 11), "réunion de service")


class House:
    """One landlord's documents, and whoever decides."""

    def __init__(self) -> None:
        self.documents = FakeDocuments()
        self.register = FakeAudit()

    def by(self, decider: Decider) -> Deciding:
        return Deciding(self.documents, self.register, signed(WEEK), {}, decider)

    @property
    def acts(self) -> list[tuple[str, str, str]]:
        return [(line["who"], line["action"], line["what"]) for line in self.register.lines.values()]

    def in_force(self, now: datetime) -> tuple[int, Calendrier]:
        return self.by(CLAIRE).in_force(CALENDRIER, now)


@pytest.fixture
def house() -> House:
    return House()


def calendrier(*closures: PlannedClosure) -> Calendrier:
    return Calendrier(closures)


def test_a_closure_is_proposed_by_one_and_approved_by_another_and_both_are_in_the_register(house: House) -> None:
    proposed = house.by(NADEGE).propose(CALENDRIER, calendrier(MEETING), NOON)
    assert (proposed.state, house.in_force(NOON)) == (VersionState.PROPOSED, (SEED, Calendrier()))

    approved = house.by(CLAIRE).approve(CALENDRIER, proposed.number, NOON)

    assert (approved.proposed_by, approved.approved_by, approved.in_force_from) == ("nadège", "claire", NOON)
    assert house.in_force(NOON) == (1, calendrier(MEETING))
    assert house.acts == [
        ("nadège", "document.proposed", "calendrier 1"),
        ("claire", "document.approved", "calendrier 1"),
    ]
    (slot,) = house.documents.timetable(CALENDRIER).slots
    assert slot.obeyed == calendrier(MEETING).obeyed_from(NOON)


def test_who_answers_calls_decides_nothing(house: House) -> None:
    house.by(CLAIRE).propose(CALENDRIER, calendrier(MEETING), NOON)
    agent = house.by(CAMILLE)

    acts: tuple[Callable[[], object], ...] = (
        lambda: agent.propose(CALENDRIER, calendrier(THURSDAY), NOON),
        lambda: agent.approve(CALENDRIER, 1, NOON),
        lambda: agent.roll_back(CALENDRIER, SEED, NOON),
        lambda: agent.withdraw(CALENDRIER, 1, NOON),
        lambda: agent.compare_again(CALENDRIER, 1, NOON),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert len(house.acts) == 1


def test_a_preview_writes_nothing(house: House) -> None:
    preview = house.by(CLAIRE).preview(CALENDRIER, calendrier(MEETING), NOON)

    assert [change.after for change in preview.changes] == [MEETING]
    assert (house.documents.kept, house.acts) == ({}, [])


def test_a_past_date_is_kept_as_a_draft_with_its_point_and_nobody_approves_it(house: House) -> None:
    proposed = house.by(CLAIRE).propose(CALENDRIER, calendrier(MEETING), MEETING.start + timedelta(minutes=1))

    assert proposed.state is VersionState.DRAFT
    assert [point.code for point in proposed.points] == [PointCode.PAST]
    with pytest.raises(NotWaiting):
        house.by(CLAIRE).approve(CALENDRIER, 1, NOON)


def test_a_closure_whose_hour_has_passed_while_it_waited_is_not_approved(house: House) -> None:
    house.by(NADEGE).propose(CALENDRIER, calendrier(MEETING), NOON)

    with pytest.raises(Blocked) as refused:
        house.by(CLAIRE).approve(CALENDRIER, 1, MEETING.start + timedelta(minutes=1))

    assert [point.code for point in refused.value.points] == [PointCode.PAST]
    assert house.acts[-1][1] == "document.proposed"


def test_what_two_people_proposed_at_once_is_compared_again_and_both_closures_stand(house: House) -> None:
    house.by(CLAIRE).propose(CALENDRIER, calendrier(MEETING), NOON)
    house.by(NADEGE).propose(CALENDRIER, calendrier(THURSDAY), NOON)
    house.by(CLAIRE).approve(CALENDRIER, 1, NOON)
    with pytest.raises(Overtaken):
        house.by(CLAIRE).approve(CALENDRIER, 2, NOON)

    again = house.by(NADEGE).compare_again(CALENDRIER, 2, NOON)
    house.by(CLAIRE).approve(CALENDRIER, again.number, NOON)

    assert house.in_force(NOON) == (3, calendrier(MEETING, THURSDAY))
    assert house.documents.get(CALENDRIER, 2).version.state is VersionState.WITHDRAWN
    assert house.documents.get(CALENDRIER, 2).body == calendrier(THURSDAY)


def test_what_is_mended_takes_the_place_of_what_waited_and_keeps_what_came_into_force_meanwhile(house: House) -> None:
    past = THURSDAY.start + timedelta(minutes=1)
    later = replace(THURSDAY, start=THURSDAY.start + timedelta(days=7), end=THURSDAY.end + timedelta(days=7))
    house.by(CLAIRE).propose(CALENDRIER, calendrier(THURSDAY), past)
    house.by(NADEGE).propose(CALENDRIER, calendrier(later), past)
    house.by(CLAIRE).approve(CALENDRIER, 2, past)

    third = replace(later, start=later.start + timedelta(days=7), end=later.end + timedelta(days=7))
    mended = house.by(CLAIRE).mend(
        CALENDRIER, 1, lambda body: body.without_closure(THURSDAY.start).with_closure(third), past
    )

    assert (mended.state, mended.points) == (VersionState.PROPOSED, ())
    assert house.documents.get(CALENDRIER, mended.number).body == calendrier(later, third)
    assert house.documents.get(CALENDRIER, 1).version.state is VersionState.WITHDRAWN
    assert house.acts[-1] == ("claire", "document.mended", "calendrier 3")
    with pytest.raises(NotWaiting):
        house.by(CLAIRE).mend(CALENDRIER, 2, lambda body: body, past)


def test_a_correction_sends_what_was_to_come_back_and_it_can_be_compared_again(house: House) -> None:
    tomorrow = NOON + timedelta(days=1)
    house.by(CLAIRE).propose(CALENDRIER, calendrier(THURSDAY), NOON, wanted_from=tomorrow)
    house.by(CLAIRE).approve(CALENDRIER, 1, NOON)
    house.by(CLAIRE).propose(CALENDRIER, calendrier(MEETING), NOON)
    house.by(CLAIRE).approve(CALENDRIER, 2, NOON)
    assert house.documents.get(CALENDRIER, 1).version.state is VersionState.DRAFT

    again = house.by(CLAIRE).compare_again(CALENDRIER, 1, NOON)
    house.by(CLAIRE).approve(CALENDRIER, again.number, NOON)

    assert house.in_force(NOON) == (2, calendrier(MEETING))
    assert house.in_force(tomorrow) == (3, calendrier(MEETING, THURSDAY))


def test_what_is_approved_and_to_come_is_withdrawn_not_compared_again(house: House) -> None:
    tomorrow = NOON + timedelta(days=1)
    house.by(CLAIRE).propose(CALENDRIER, calendrier(THURSDAY), NOON, wanted_from=tomorrow)
    house.by(CLAIRE).approve(CALENDRIER, 1, NOON)
    with pytest.raises(NotWaiting):
        house.by(CLAIRE).compare_again(CALENDRIER, 1, NOON)

    house.by(NADEGE).withdraw(CALENDRIER, 1, NOON)

    assert house.in_force(tomorrow) == (SEED, Calendrier())


def test_a_roll_back_is_a_new_version_with_the_older_body_and_ends_what_goes_on_now(house: House) -> None:
    house.by(CLAIRE).propose(CALENDRIER, calendrier(THURSDAY), NOON)
    house.by(CLAIRE).approve(CALENDRIER, 1, NOON)
    house.by(CLAIRE).propose(CALENDRIER, calendrier(MEETING, THURSDAY), NOON)
    house.by(CLAIRE).approve(CALENDRIER, 2, NOON)
    during = MEETING.start + timedelta(minutes=20)

    back = house.by(NADEGE).roll_back(CALENDRIER, 1, during)

    assert (back.number, back.restores, back.state) == (3, 1, VersionState.APPROVED)
    assert house.in_force(during) == (3, calendrier(replace(MEETING, end=during), THURSDAY))
    assert house.acts[-1] == ("nadège", "document.rolled_back", "calendrier 3")


def test_a_roll_back_to_what_the_contract_ships_needs_no_version(house: House) -> None:
    house.by(CLAIRE).propose(CALENDRIER, calendrier(THURSDAY), NOON)
    house.by(CLAIRE).approve(CALENDRIER, 1, NOON)

    house.by(CLAIRE).roll_back(CALENDRIER, SEED, NOON)

    assert house.in_force(NOON) == (2, Calendrier())


def test_what_changes_nothing_is_not_proposed(house: House) -> None:
    with pytest.raises(Unchanged):
        house.by(CLAIRE).propose(CALENDRIER, Calendrier(), NOON)
    with pytest.raises(Unchanged):
        house.by(CLAIRE).roll_back(CALENDRIER, SEED, NOON)
    assert house.documents.kept == {}


def test_a_version_that_does_not_exist_is_not_decided_of(house: House) -> None:
    with pytest.raises(UnknownVersion):
        house.by(CLAIRE).approve(CALENDRIER, 4, NOON)


def test_of_two_people_who_approve_at_once_one_is_told_to_look_again(house: House) -> None:
    class Faster(FakeDocuments):
        def decide(self, kind: object, decision: Decision, new_body: object = None) -> None:
            self.timetables["calendrier"] = replace(self.timetable(CALENDRIER), changes=7)
            super().decide(CALENDRIER, decision, new_body)

    house.documents = Faster()
    house.by(CLAIRE).propose(CALENDRIER, calendrier(MEETING), NOON)

    with pytest.raises(DecidedMeanwhile):
        house.by(CLAIRE).approve(CALENDRIER, 1, NOON)

    assert house.in_force(NOON) == (SEED, Calendrier())


class AnyDecisions(RuleBasedStateMachine):
    """What happens to be proposed, approved, rolled back, withdrawn and compared again, in the course of a week."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.now = NOON
        self.was: dict[datetime, tuple[int, Service]] = {}

    @rule(day=st.integers(0, 6), hour=st.integers(8, 16), later=st.integers(0, 2))
    def propose(self, day: int, hour: int, later: int) -> None:
        start = paris(2026, 11, 30, hour) + timedelta(days=day)
        added = PlannedClosure(Account.MEETING, start, start + timedelta(minutes=45), "réunion")
        _, body = self.house.in_force(self.now)
        wanted = self.now + timedelta(hours=later) if later else None
        self._try(lambda: self.house.by(CLAIRE).propose(CALENDRIER, body.with_closure(added), self.now, wanted))

    @rule(back=st.integers(0, 3))
    def approve(self, back: int) -> None:
        self._try(lambda: self.house.by(NADEGE).approve(CALENDRIER, self._number(back), self.now))

    @rule(back=st.integers(0, 3))
    def compare_again(self, back: int) -> None:
        self._try(lambda: self.house.by(NADEGE).compare_again(CALENDRIER, self._number(back), self.now))

    @rule(back=st.integers(0, 5))
    def roll_back(self, back: int) -> None:
        self._try(lambda: self.house.by(NADEGE).roll_back(CALENDRIER, self._number(back), self.now))

    @rule(back=st.integers(0, 3))
    def withdraw(self, back: int) -> None:
        self._try(lambda: self.house.by(NADEGE).withdraw(CALENDRIER, self._number(back), self.now))

    @rule(minutes=st.integers(0, 240))
    def pass_time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def _number(self, back: int) -> int:
        return max(SEED, len(self.house.documents.kept) - back)

    def _try(self, act: Callable[[], object]) -> None:
        with suppress(DecisionRefused, UnknownVersion):
            act()

    @invariant()
    def the_timetable_says_what_the_versions_say(self) -> None:
        versions = [document.version for document in self.house.documents.kept.values()]
        number, body = self.house.in_force(self.now)
        assert number == in_force_at(versions, self.now)
        hours = replace(WEEK, closures=body.obeyed_from(self.now).closures)
        self.was[self.now] = number, service_at(self.now, hours)
        for instant, then in self.was.items():
            assert (in_force_at(versions, instant), service_at(instant, hours)) == then


AnyDecisions.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
test_any_decisions_leave_one_version_in_force_and_the_past_as_it_was = AnyDecisions.TestCase
