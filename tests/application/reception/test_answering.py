"""Of two agents one gets the call, and a phone that could not be called gives it back (R10, R13, R14)."""

from datetime import UTC, datetime, timedelta

import pytest

from permanence.application.reception.answering import (
    Agent,
    Pickup,
    Ringing,
    hang_up,
    hold,
    object_to_recording,
    ringing_take,
    stop_recording,
    take_and_ring,
)
from permanence.application.reception.ports import ProviderRefused, ProviderUnavailable, ProviderWord
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.calls.call import Call, CallEvent, CallEventKind, CallStatus
from permanence.domain.dispatch.dispatch import ChannelStatus
from tests.fakes.providers import TOOK_IT_THEN_TIMED_OUT, FakePhone, FakeQueue
from tests.fakes.store import FakeCalls

BORN = datetime(2026, 11, 21, 22, 12, 0, 700_000, tzinfo=UTC)
URLS = TelephonyUrls("https://permanence.example")
CAMILLE = Agent("agent-camille", "Camille", "+33639980001")
SONIA = Agent("agent-sonia", "Sonia", "+33639980002")


class Floor:
    def __init__(self) -> None:
        self.now = BORN
        self.calls = FakeCalls()
        self.phone = FakePhone(lambda: self.now)
        self.happen(CallEventKind.PRESENTED)

    def happen(self, kind: CallEventKind) -> Call:
        return self.calls.record(CallEvent("CA1", kind.value, kind, self.now, {}), BORN)

    def take(self, agent: Agent) -> Pickup:
        self.now += timedelta(milliseconds=1)
        return take_and_ring(self.calls, self.phone, URLS, call_id="CA1", agent=agent, now=self.now)

    def hang_up(self) -> None:
        hang_up(self.calls, self.phone, self.call, self.now)

    @property
    def call(self) -> Call:
        record = self.calls.get("CA1")
        assert record is not None
        return record.call


@pytest.fixture
def floor() -> Floor:
    return Floor()


def test_taking_a_call_rings_the_agents_phone_while_the_caller_waits(floor: Floor) -> None:
    assert floor.take(CAMILLE).result is Ringing.RINGING

    (placed,) = floor.phone.calls
    born = int(BORN.timestamp())
    assert (placed.to, placed.detect_machine, placed.ring_s) == (CAMILLE.phone, False, 20)
    assert placed.url == f"https://permanence.example/telephony/agents/answer?call=CA1&attempt=1&born={born}"
    assert placed.status_url == f"https://permanence.example/telephony/agents/status?call=CA1&attempt=1&born={born}"
    assert floor.call.status is CallStatus.TAKEN
    assert not floor.phone.redirects


def test_of_two_agents_one_gets_the_call_and_the_other_is_told(floor: Floor) -> None:
    floor.take(CAMILLE)

    assert floor.take(SONIA).result is Ringing.TAKEN_BY_ANOTHER
    assert [placed.to for placed in floor.phone.calls] == [CAMILLE.phone]


def test_two_agents_who_both_saw_the_call_free_are_one_winner(floor: Floor) -> None:
    """Both read before either wrote."""

    class BothReadFirst(FakeCalls):
        def record(self, event: CallEvent, born: datetime) -> Call:
            if event.key == "taken#1":
                claim = {"agent": SONIA.agent_id, "agent_name": SONIA.name, "attempt": "1"}
                super().record(CallEvent("CA1", "taken#1", CallEventKind.TAKEN, event.at, claim), born)
            return super().record(event, born)

    floor.calls = BothReadFirst(floor.calls.store)

    assert floor.take(CAMILLE).result is Ringing.TAKEN_BY_ANOTHER
    assert not floor.phone.calls


def test_a_double_click_rings_once(floor: Floor) -> None:
    floor.take(CAMILLE)

    assert floor.take(CAMILLE).result is Ringing.RINGING
    assert len(floor.phone.calls) == 1


@pytest.mark.parametrize("trouble", [ProviderRefused("21211", "bad number"), ProviderUnavailable("503")])
def test_a_phone_that_cannot_be_called_gives_the_call_back(floor: Floor, trouble: Exception) -> None:
    floor.phone.faults.append(trouble)

    assert floor.take(CAMILLE).result is Ringing.PHONE_FAILED
    assert floor.call.take is None
    assert floor.take(SONIA).result is Ringing.RINGING
    assert "attempt=2" in floor.phone.calls[0].url


def test_a_phone_that_rang_although_the_provider_did_not_say_so_does_not_keep_the_call(floor: Floor) -> None:
    floor.phone.faults.append(TOOK_IT_THEN_TIMED_OUT)

    assert floor.take(CAMILLE).result is Ringing.PHONE_FAILED
    assert floor.call.take is None


def test_a_take_the_provider_never_spoke_of_again_does_not_keep_the_caller_waiting(floor: Floor) -> None:
    floor.take(CAMILLE)
    floor.now += timedelta(seconds=59)
    assert floor.take(SONIA).result is Ringing.TAKEN_BY_ANOTHER
    assert ringing_take(floor.call, floor.now) is not None

    floor.now += timedelta(seconds=2)
    assert ringing_take(floor.call, floor.now) is None
    assert floor.take(SONIA).result is Ringing.RINGING
    assert floor.phone.calls[-1].to == SONIA.phone


def test_a_conversation_however_long_is_never_taken_over(floor: Floor) -> None:
    floor.take(CAMILLE)
    told = {"attempt": "1"}
    floor.calls.record(CallEvent("CA1", "answered", CallEventKind.ANSWERED, floor.now, told), BORN)
    floor.now += timedelta(hours=1)

    assert floor.take(SONIA).result is Ringing.TAKEN_BY_ANOTHER


def test_a_call_that_is_over_or_unknown_rings_nobody(floor: Floor) -> None:
    floor.happen(CallEventKind.ENDED)
    assert floor.take(CAMILLE).result is Ringing.OVER

    floor.calls.store.events.clear()
    assert floor.take(CAMILLE) == Pickup(Ringing.OVER, None)
    assert not floor.phone.calls


def test_hold_and_resume_are_asked_for_the_caller(floor: Floor) -> None:
    for on_hold in (True, False):
        hold(floor.phone, URLS, "CA1", on_hold)

    music = "https://permanence.example/telephony/conferences/hold"
    assert floor.phone.holds == [("CA1", "CA1", True, music), ("CA1", "CA1", False, music)]


def test_hanging_up_what_is_over_is_no_error_but_an_unknown_outcome_is(floor: Floor) -> None:
    floor.hang_up()
    assert floor.phone.hung_up == ["CA1"]

    floor.phone.faults += [ProviderRefused("21220", "not in progress"), None, ProviderUnavailable("time-out")]
    floor.hang_up()
    with pytest.raises(ProviderUnavailable):
        floor.hang_up()


@pytest.mark.parametrize(
    ("word", "is_over"),
    [
        (ProviderWord(ChannelStatus.DELIVERED, ended_at=BORN + timedelta(seconds=40)), True),
        (ProviderWord(ChannelStatus.DELIVERED), False),
        (ProviderUnavailable("time-out"), False),
    ],
)
def test_the_end_nobody_told_of_is_put_down_when_a_hang_up_is_refused(
    floor: Floor, word: ProviderWord | Exception, is_over: bool
) -> None:
    floor.phone.faults.append(ProviderRefused("21220", "not in progress"))
    floor.phone.words["CA1"] = word

    floor.hang_up()

    assert floor.call.ended_at == (BORN + timedelta(seconds=40) if is_over else None)


@pytest.mark.parametrize("trouble", [None, ProviderRefused("20404", "none"), ProviderUnavailable("time-out")])
def test_an_objection_holds_whether_or_not_the_recording_could_be_stopped(
    floor: Floor, trouble: Exception | None
) -> None:
    floor.phone.faults.append(trouble)

    assert object_to_recording(floor.calls, floor.phone, FakeQueue(), floor.call, floor.now).objected
    assert floor.phone.stopped == ([] if trouble else ["CA1"])


def test_an_objection_is_told_before_the_recording_is_stopped(floor: Floor) -> None:
    """Whoever dies at the provider has kept it already: what comes home is erased."""
    floor.phone.faults += [OSError("the worker went away")] * 2
    with pytest.raises(OSError, match="went away"):
        stop_recording(floor.calls, floor.phone, floor.call, floor.now)
    assert (floor.call.objection_raised_at, floor.call.objected) == (floor.now, False)
    with pytest.raises(OSError, match="went away"):
        object_to_recording(floor.calls, floor.phone, FakeQueue(), floor.call, floor.now)
    assert floor.call.objected


def test_a_stop_with_nothing_to_stop_is_no_error_but_an_unknown_outcome_is(floor: Floor) -> None:
    floor.phone.faults += [ProviderRefused("20404", "none"), ProviderUnavailable("time-out"), None]
    stop_recording(floor.calls, floor.phone, floor.call, floor.now)
    with pytest.raises(ProviderUnavailable):
        stop_recording(floor.calls, floor.phone, floor.call, floor.now)
    stop_recording(floor.calls, floor.phone, floor.call, floor.now)
    assert floor.phone.stopped == ["CA1"]
