"""A recording is heard for a reason, by the person who gave it, and every play is in the register (R14, R74)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.application.extranet.listening import (
    LISTEN_WITHIN,
    LONGEST_VALID_S,
    REASONS,
    SHORTEST_VALID_S,
    Listening,
    ListeningOver,
    NotListenable,
    ReasonMissing,
    address_valid_s,
    ask_listening,
    find_recording,
    open_listening,
    play,
)
from permanence.domain.calls.call import CallEvent, CallEventKind
from tests.fakes.providers import FakeObjects
from tests.fakes.registers import FakeAudit
from tests.fakes.store import FakeCalls

NOW = datetime(2026, 11, 23, 8, 4, tzinfo=UTC)
CLAIRE = "claire.humbert@habitat70.example"
RECORDING = {"call_id": "CA1", "recording_id": "RE1"}


class Room:
    """One call with one stored recording."""

    def __init__(self) -> None:
        self.calls = FakeCalls()
        self.audit = FakeAudit()
        self.objects = FakeObjects({"2026-11/CA1/RE1.wav": (b"RIFF", "audio/wav")})
        self.tell(CallEventKind.PRESENTED)
        self.tell(CallEventKind.RECORDING_READY, recording="RE1", duration_s="222")
        self.tell(CallEventKind.RECORDING_STORED, recording="RE1", object_key="2026-11/CA1/RE1.wav")

    def tell(self, kind: CallEventKind, **data: str) -> None:
        self.calls.record(CallEvent("CA1", f"{kind.value}#{data.get('recording', '')}", kind, NOW, data), NOW)

    def ask(self, reason: str = "qualite", who: str = CLAIRE) -> Listening:
        return ask_listening(self.audit, who=who, name="Claire Humbert", **RECORDING, reason=reason, now=NOW)

    def play(self, ticket: str, *, who: str = CLAIRE, after: timedelta = timedelta(0), recording: str = "RE1") -> str:
        return play(
            self.calls,
            self.audit,
            self.objects,
            who=who,
            call_id="CA1",
            recording_id=recording,
            ticket=ticket,
            now=NOW + after,
        )

    def register(self, action: str) -> list[dict[str, str]]:
        return [line for line in self.audit.lines.values() if line["action"] == action]


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_is_in_the_register_before_anything_is_heard(room: Room, reason: str) -> None:
    listening = room.ask(reason)
    (line,) = room.register("recording_listening")
    assert (line["who"], line["what"], line["reason"]) == (CLAIRE, "recording:CA1:RE1", reason)
    assert listening.reason == REASONS[reason]
    assert room.register("recording_play") == []


@pytest.mark.parametrize("reason", ["", "curiosité", "Contrôle qualité"])
def test_without_a_reason_of_ours_nothing_is_noted_and_nothing_opens(room: Room, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        room.ask(reason)
    assert room.audit.lines == {}


def test_nothing_is_heard_from_the_moment_the_caller_objects_erased_or_not(room: Room) -> None:
    assert find_recording(room.calls, **RECORDING).object_key
    ticket = room.ask().ticket
    room.tell(CallEventKind.OBJECTED)
    with pytest.raises(NotListenable):
        find_recording(room.calls, **RECORDING)
    with pytest.raises(NotListenable):
        room.play(ticket)
    assert room.register("recording_play") == []


def test_a_recording_that_has_expired_leads_nowhere_and_no_play_is_noted(room: Room) -> None:
    ticket = room.ask().ticket
    room.objects.objects.clear()
    with pytest.raises(NotListenable):
        room.play(ticket)
    assert room.register("recording_play") == []


def test_every_play_is_noted_and_gets_its_own_short_lived_address(room: Room) -> None:
    ticket = room.ask().ticket
    addresses = {room.play(ticket), room.play(ticket)}
    assert all(f"valid_s={2 * 222}" in address for address in addresses)
    assert [line["who"] for line in room.register("recording_play")] == [CLAIRE, CLAIRE]


@given(st.integers(min_value=0, max_value=LONGEST_VALID_S // 2))
def test_an_address_outlives_a_sound_that_is_paused_as_long_as_it_lasts(duration_s: int) -> None:
    assert 2 * duration_s <= address_valid_s(duration_s) <= max(SHORTEST_VALID_S, 2 * duration_s)


@pytest.mark.parametrize(
    ("duration_s", "valid_s"), [(0, 60), (30, 60), (31, 62), (600, 1200), (1800, 3600), (14_400, 3600), (None, 900)]
)
def test_an_address_is_good_for_a_minute_at_least_and_for_an_hour_at_most(duration_s: int | None, valid_s: int) -> None:
    assert address_valid_s(duration_s) == valid_s


def test_a_reason_stands_for_a_quarter_of_an_hour_and_not_a_second_more(room: Room) -> None:
    ticket = room.ask().ticket
    room.play(ticket, after=LISTEN_WITHIN - timedelta(seconds=1))
    with pytest.raises(ListeningOver):
        room.play(ticket, after=LISTEN_WITHIN)
    with pytest.raises(ListeningOver):
        room.play(ticket, after=-timedelta(seconds=1))
    assert len(room.register("recording_play")) == 1


def test_a_reason_serves_neither_another_person_nor_another_recording(room: Room) -> None:
    ticket = room.ask().ticket
    with pytest.raises(ListeningOver):
        room.play(ticket, who="someone.else@habitat70.example")
    with pytest.raises(ListeningOver):
        room.play(ticket, recording="RE2")
    assert room.register("recording_play") == []


@pytest.mark.parametrize("ticket", ["", "~", "nonsense", "2026-11-23T08:04:00.000000Z~audit-9", "2026-11-23~audit-1"])
def test_an_invented_ticket_opens_nothing(room: Room, ticket: str) -> None:
    room.ask()
    with pytest.raises(ListeningOver):
        open_listening(room.audit, who=CLAIRE, **RECORDING, ticket=ticket, now=NOW)


def test_the_line_of_a_play_is_no_ticket(room: Room) -> None:
    room.play(room.ask().ticket)
    played = next(audit_id for audit_id, line in room.audit.lines.items() if line["action"] == "recording_play")
    with pytest.raises(ListeningOver):
        room.play(f"2026-11-23T08:04:00.000000Z~{played}")


def test_an_erased_recording_cannot_be_heard_even_with_a_reason_given_before(room: Room) -> None:
    ticket = room.ask().ticket
    room.tell(CallEventKind.RECORDING_ERASED, recording="RE1", reason="objected")
    with pytest.raises(NotListenable):
        room.play(ticket)
    assert room.register("recording_play") == []


def test_a_recording_that_is_not_home_yet_is_not_offered(room: Room) -> None:
    room.tell(CallEventKind.RECORDING_READY, recording="RE2", duration_s="10")
    with pytest.raises(NotListenable):
        find_recording(room.calls, "CA1", "RE2")
    with pytest.raises(NotListenable):
        find_recording(room.calls, "CA9", "RE1")
