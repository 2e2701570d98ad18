"""The provider's log goes the day after, texts first; what is still wanted waits, nothing waits for ever (R70)."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.adapters.contract_file import load_contract
from permanence.application.privacy.ports import Logged, LogLine
from permanence.application.privacy.provider_log import CHUNK, ProviderErasure, erase_at_provider
from permanence.application.privacy.purge_certificate import Certificate
from permanence.application.reception.ports import ProviderUnavailable
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.instants import PARIS, paris_day
from permanence.domain.service_level.facts import call_fact
from tests.fakes.providers import FakeObjects, FakeProviderLog
from tests.fakes.store import FakeCalls

TONIGHT = datetime(2026, 11, 24, 2, tzinfo=UTC)
CALLER = "+33639982105"
YESTERDAY = datetime(2026, 11, 23, 20, tzinfo=UTC)


def a_call(
    provider_id: str = "CA1", ended_at: datetime | None = YESTERDAY, made_at: datetime | None = YESTERDAY
) -> LogLine:
    return LogLine(Logged.CALL, provider_id, made_at, ended_at is not None, ended_at)


def a_message(provider_id: str = "SM1", made_at: datetime = YESTERDAY, *, is_over: bool = True) -> LogLine:
    return LogLine(Logged.MESSAGE, provider_id, made_at, is_over, made_at, has_text=True)


@dataclass
class World:
    contract: Contract = field(default_factory=load_contract)
    log: FakeProviderLog = field(default_factory=FakeProviderLog)
    calls: FakeCalls = field(default_factory=FakeCalls)
    store: FakeObjects = field(default_factory=FakeObjects)

    def tell(self, kind: CallEventKind, at: datetime = YESTERDAY, **data: str) -> None:
        """Of the call CA1."""
        self.calls.record(CallEvent("CA1", kind.value, kind, at, data), YESTERDAY)

    def erase(self, now: datetime = TONIGHT) -> Counter[str]:
        certificate = Certificate(self.store, "provider", now, {})
        return erase_at_provider(ProviderErasure(self.contract, self.calls, self.log), certificate, now)

    @property
    def left(self) -> list[str]:
        return [line.provider_id for line in self.log.kept]


@pytest.fixture
def world() -> World:
    return World()


def test_calls_and_messages_go_the_day_after_their_end_and_texts_first(world: World) -> None:
    world.log.kept = [a_call("CA1"), a_message("SM1"), a_call("CA2"), a_message("SM2")]
    counts = world.erase()
    assert (counts["provider_calls"], counts["provider_messages"], counts["provider_texts"]) == (2, 2, 2)
    assert world.left == []
    deeds = [deed for deed, _ in world.log.erased]
    assert deeds == ["redact"] * 2 + ["delete"] * 4


def test_what_ended_today_stays_until_tomorrow(world: World) -> None:
    today = datetime(2026, 11, 24, 0, 30, tzinfo=PARIS).astimezone(UTC)
    world.log.kept = [a_call("CA1", ended_at=today, made_at=today), a_message("SM1", today)]
    assert not world.erase()
    assert world.left == ["CA1", "SM1"]
    world.erase(TONIGHT + timedelta(days=1))
    assert world.left == []


def test_what_the_provider_never_says_to_be_over_is_asked_for_after_two_days(world: World) -> None:
    """A message sent to a phone that never tells, a leg whose end was lost there."""
    world.log.kept = [a_call(ended_at=None), a_message(is_over=False)]
    world.erase()
    assert world.left == ["CA1", "SM1"]
    world.erase(YESTERDAY + timedelta(days=2))
    assert world.left == []


def test_a_queued_call_without_any_date_is_left_alone(world: World) -> None:
    world.log.kept = [a_call(ended_at=None, made_at=None)]
    assert not world.erase()
    assert world.left == ["CA1"]


def test_a_call_whose_end_we_have_not_heard_of_stays_to_be_asked_about(world: World) -> None:
    world.tell(CallEventKind.PRESENTED)
    world.log.kept = [a_call("CA1"), a_call("CA2")]
    world.erase()
    assert world.left == ["CA1"]
    world.tell(CallEventKind.ENDED)
    world.erase()
    assert world.left == []


def reached(called: str, at: datetime = YESTERDAY) -> LogLine:
    """A caller's leg, a minute long."""
    presented = CallEvent("CA1", "presented", CallEventKind.PRESENTED, at, {"called": called, "caller": CALLER})
    return LogLine(Logged.CALL, "CA1", at, True, at + timedelta(minutes=1), presented=presented)


def test_a_call_we_never_heard_of_is_put_down_as_sent_away_before_the_provider_forgets_it(world: World) -> None:
    world.log.kept = [reached(world.contract.numbers.inbound), a_call("CA2")]

    counts = world.erase()

    assert (counts["provider_missed"], world.left) == (1, [])
    record = world.calls.get("CA1")
    assert record is not None
    fact = call_fact(record.call, None, "")
    assert fact is not None
    assert (fact.presented_at, fact.ended_at) == (YESTERDAY, YESTERDAY + timedelta(minutes=1))
    assert (fact.is_rerouted, fact.gave_up_after, record.call.caller) == (True, None, CALLER)
    assert world.calls.get("CA2") is None


def test_of_a_call_that_was_sent_away_and_of_which_no_more_was_heard_the_rest_is_put_down(world: World) -> None:
    world.tell(CallEventKind.SENT_TO_FALLBACK)
    world.log.kept = [reached(world.contract.numbers.inbound)]

    assert world.erase()["provider_missed"] == 1
    record = world.calls.get("CA1")
    assert record is not None
    assert (record.call.presented_at, record.call.was_rerouted, world.left) == (YESTERDAY, True, [])


@pytest.mark.parametrize("why", ["known", "another number", "too old", "before we served"])
def test_nothing_is_put_down_of_a_call_that_is_known_or_none_of_ours(world: World, why: str) -> None:
    if why == "known":
        world.tell(CallEventKind.PRESENTED)
        world.tell(CallEventKind.ENDED, YESTERDAY + timedelta(minutes=1))
    before = {call_id: dict(told) for call_id, told in world.calls.store.events.items()}
    called = "+33353019999" if why == "another number" else world.contract.numbers.inbound
    if why == "before we served":
        world.contract = replace(world.contract, starts_on=paris_day(TONIGHT))
    world.log.kept = [reached(called, YESTERDAY - timedelta(days=30) if why == "too old" else YESTERDAY)]

    assert world.erase()["provider_missed"] == 0
    assert (world.calls.store.events, world.left) == (before, [])


@pytest.mark.parametrize(
    ("kind", "data"),
    [(CallEventKind.RECORDING_STORED, {"object_key": "a.wav"}), (CallEventKind.RECORDING_ERASED, {"reason": "x"})],
)
def test_a_call_whose_recording_is_not_read_stays_until_it_is_stored_or_erased(
    world: World, kind: CallEventKind, data: dict[str, str]
) -> None:
    world.tell(CallEventKind.PRESENTED)
    world.tell(CallEventKind.ENDED)
    world.tell(CallEventKind.RECORDING_READY, recording="RE1", duration_s="30")
    world.log.kept = [a_call("CA1")]
    world.erase()
    assert world.left == ["CA1"]
    world.tell(kind, recording="RE1", **data)
    world.erase()
    assert world.left == []


def test_what_is_not_deleted_yet_is_asked_again_and_rings_when_the_last_day_is_near(world: World) -> None:
    world.log.kept = [a_call("CA1"), a_message("SM1")]
    world.log.refuses = {"CA1"}
    counts = world.erase()
    assert (counts["provider_kept"], counts["provider_overdue"]) == (1, 0)
    assert world.erase(YESTERDAY + timedelta(days=136))["provider_overdue"] == 0
    assert world.erase(YESTERDAY + timedelta(days=137))["provider_overdue"] == 1
    world.log.refuses = set()
    counts = world.erase(YESTERDAY + timedelta(days=138))
    assert (counts["provider_calls"], counts["provider_kept"], counts["provider_overdue"]) == (1, 0, 0)


def test_what_is_still_wanted_rings_too_and_goes_on_the_last_day_whatever_is_missing(world: World) -> None:
    world.tell(CallEventKind.PRESENTED)
    world.log.kept = [a_call("CA1")]
    assert world.erase(YESTERDAY + timedelta(days=150))["provider_overdue"] == 1
    assert world.left == ["CA1"]
    world.erase(YESTERDAY + timedelta(days=151))
    assert world.left == []


def test_a_certificate_that_cannot_be_written_deletes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise OSError("the archive cannot be written")

    monkeypatch.setattr(world.store, "put", refuses)
    world.log.kept = [a_call("CA1"), a_message("SM1")]
    with pytest.raises(OSError, match="archive"):
        world.erase()
    assert world.log.erased == []


def test_a_run_that_is_stopped_keeps_what_it_has_erased_and_the_next_goes_on(world: World) -> None:
    made = [YESTERDAY - timedelta(minutes=n) for n in range(CHUNK + 10)]
    world.log.kept = [a_call(f"CA{n}", ended_at=at, made_at=at) for n, at in enumerate(made)]
    world.log.faults = [None, None, ProviderUnavailable("503")]
    with pytest.raises(ProviderUnavailable):
        world.erase()
    assert world.left == [f"CA{n}" for n in range(10)]
    world.erase()
    assert world.left == []


@given(
    ages_h=st.lists(st.integers(0, 24 * 200), max_size=12),
    over=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_nothing_of_today_goes_and_nothing_stays_after_the_last_day(ages_h: list[int], over: list[bool]) -> None:
    world = World()
    made = [TONIGHT - timedelta(hours=age) for age in ages_h]
    for n, (at, is_over) in enumerate(zip(made, over, strict=False)):
        world.log.kept.append(a_call(f"CA{n}", ended_at=at if is_over else None, made_at=at))
        if not is_over:
            world.calls.record(CallEvent(f"CA{n}", "presented", CallEventKind.PRESENTED, at, {}), at)
    world.erase()
    left = set(world.left)
    for n, at in enumerate(made):
        if paris_day(at) == paris_day(TONIGHT):
            assert f"CA{n}" in left
        if at <= TONIGHT - timedelta(days=151):
            assert f"CA{n}" not in left
