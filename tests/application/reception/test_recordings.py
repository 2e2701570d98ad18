"""A recording is copied, told, then deleted at the provider; who objects is erased at whatever step it stands (R14)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import pytest

from permanence.application.reception.answering import object_to_recording as press_objection
from permanence.application.reception.calls import object_to_recording
from permanence.application.reception.ports import HeldRecording, ProviderRefused, ProviderUnavailable, QueueRefused
from permanence.application.reception.recordings import (
    Held,
    Import,
    RecordingToImport,
    ask_for_held,
    ask_import,
    import_recording,
    read_import,
)
from permanence.domain.calls.call import Call, CallEvent, CallEventKind
from permanence.domain.contract import RetentionTerms
from permanence.domain.instants import PARIS
from permanence.domain.privacy.retention import purge_stamp
from tests.fakes.providers import FakeObjects, FakePhone, FakeQueue
from tests.fakes.store import FakeCalls, StoreDown

BORN = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
"""1 December, 0:30 in Paris."""
RECORDING = RecordingToImport("CA1", "RE1", BORN)
KEY = "2026-12/CA1/RE1.wav"
TOLD = {"recording": "RE1", "duration_s": "42"}
TERMS = RetentionTerms(items=171, noncurrent_versions=1, logs=150, point_in_time_recovery=7)


class ObjectsThatHear(FakeObjects):
    """The caller objects while the sound is being copied."""

    def put(self, key: str, body: bytes, content_type: str) -> None:
        super().put(key, body, content_type)
        self.meanwhile()

    def meanwhile(self) -> None: ...


@dataclass
class Room:
    now: datetime = BORN + timedelta(minutes=10)
    calls: FakeCalls = field(default_factory=FakeCalls)
    objects: FakeObjects = field(default_factory=FakeObjects)

    def __post_init__(self) -> None:
        self.phone = FakePhone(lambda: self.now, recordings={"RE1": b"sound"})
        self.calls.record(CallEvent("CA1", "presented", CallEventKind.PRESENTED, BORN, {}), BORN)

    def run(self) -> Import:
        return import_recording(self.calls, self.phone, self.objects, RECORDING, terms=TERMS, now=self.now)

    def ask_what_is_held(self, queue: FakeQueue) -> Held:
        return ask_for_held(self.calls, self.phone, queue, terms=TERMS, now=self.now)

    def object(self) -> None:
        object_to_recording(self.calls, self.call, self.now)

    @property
    def call(self) -> Call:
        record = self.calls.get("CA1")
        assert record is not None
        return record.call


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_recording_is_kept_under_ids_told_and_deleted_at_the_provider(room: Room) -> None:
    assert room.run() is Import.STORED

    assert room.objects.objects == {KEY: (b"sound", "audio/wav")}
    assert [(known.object_key, known.erased) for known in room.call.recordings] == [(KEY, False)]
    assert not room.phone.recordings


def test_an_import_that_comes_twice_changes_nothing(room: Room) -> None:
    room.run()
    before = room.call

    assert room.run() is Import.STORED
    assert (room.call, list(room.objects.objects)) == (before, [KEY])


def test_dying_after_the_copy_is_finished_by_a_repeat(room: Room) -> None:
    room.phone.faults += [None, ProviderUnavailable("time-out")]
    with pytest.raises(ProviderUnavailable):
        room.run()
    assert room.phone.recordings

    assert room.run() is Import.STORED
    assert not room.phone.recordings


def test_dying_before_the_copy_is_told_is_finished_by_a_repeat(room: Room) -> None:
    room.calls.store.is_down = True
    with pytest.raises(StoreDown):
        room.run()
    assert room.phone.recordings
    room.calls.store.is_down = False

    assert room.run() is Import.STORED


def test_a_recording_the_provider_has_lost_reaches_the_dead_letters(room: Room) -> None:
    room.phone.recordings.clear()

    with pytest.raises(ProviderRefused):
        room.run()


def test_the_recording_of_one_who_objected_is_never_stored(room: Room) -> None:
    room.object()

    assert room.run() is Import.ERASED
    assert not room.objects.objects
    assert not room.phone.recordings
    assert [known.erased for known in room.call.recordings] == [True]


def test_the_recording_of_one_who_objects_while_it_is_copied_is_deleted_again() -> None:
    room = Room(objects=ObjectsThatHear())
    room.objects.meanwhile = room.object  # type: ignore[attr-defined]

    assert room.run() is Import.ERASED
    assert not room.objects.objects
    assert not room.phone.recordings


def test_the_stored_recording_of_one_who_objects_later_is_erased_by_another_import(room: Room) -> None:
    room.run()
    room.object()

    assert room.run() is Import.ERASED
    assert not room.objects.objects


@pytest.mark.parametrize("is_stored_first", [True, False])
def test_an_objection_erases_what_is_recorded_whether_it_is_stored_already_or_not(
    room: Room, is_stored_first: bool
) -> None:
    """The desk's button, and the queue that it asks."""
    room.calls.record(CallEvent("CA1", "recording_ready#RE1", CallEventKind.RECORDING_READY, BORN, TOLD), BORN)
    if is_stored_first:
        room.run()
    queue = FakeQueue()

    press_objection(room.calls, room.phone, queue, room.call, room.now)
    (asked,) = queue.messages
    assert (
        import_recording(room.calls, room.phone, room.objects, read_import(asked.body), terms=TERMS, now=room.now)
        is Import.ERASED
    )

    assert (room.objects.objects, room.phone.recordings) == ({}, {})
    assert [known.erased for known in room.call.recordings] == [True]


def test_an_objection_that_the_queue_refused_asks_again_when_it_is_said_again(room: Room) -> None:
    room.run()
    queue = FakeQueue(faults=[QueueRefused(1)])
    with pytest.raises(QueueRefused):
        press_objection(room.calls, room.phone, queue, room.call, room.now)
    assert room.call.objected

    press_objection(room.calls, room.phone, queue, room.call, room.now)
    assert [message.body["recording"] for message in queue.messages] == ["RE1"]


def test_what_is_erased_is_not_asked_for_again(room: Room) -> None:
    room.object()
    room.run()
    queue = FakeQueue()

    press_objection(room.calls, room.phone, queue, room.call, room.now)
    assert queue.messages == []


def test_a_recording_is_stored_until_the_day_of_the_stamp_and_only_deleted_from_then_on() -> None:
    erased_on = datetime.combine(purge_stamp(BORN, TERMS).erase_on, time(), PARIS).astimezone(UTC)

    assert Room(now=erased_on - timedelta(seconds=1)).run() is Import.STORED
    late = Room(now=erased_on)
    assert late.run() is Import.PAST_RETENTION
    assert (late.objects.objects, late.phone.recordings) == ({}, {})


def test_a_recording_whose_call_is_not_known_yet_is_kept(room: Room) -> None:
    room.calls.store.events.clear()

    assert room.run() is Import.STORED


def test_what_is_asked_is_what_is_read() -> None:
    queue = FakeQueue()
    ask_import(queue, RECORDING)

    assert read_import(queue.messages[0].body) == RECORDING


@pytest.mark.parametrize(
    "message", [{}, {"call": "CA1", "recording": "RE1"}, {"call": "1", "recording": "2", "born": "x"}]
)
def test_a_message_that_is_none_is_refused(message: dict[str, str]) -> None:
    with pytest.raises((KeyError, ValueError)):
        read_import(message)


def held(recording: str = "RE1", conference: str = "CA1", made_at: datetime = BORN) -> HeldRecording:
    return HeldRecording(recording, conference, 42, made_at)


def test_what_the_provider_still_holds_is_asked_for_and_told_as_its_callback_would_have(room: Room) -> None:
    room.phone.made.append(held())
    queue = FakeQueue()

    assert room.ask_what_is_held(queue) == Held(("RE1",), ())
    assert [read_import(message.body) for message in queue.messages] == [RECORDING]
    assert [(known.recording_id, known.duration_s, known.object_key) for known in room.call.recordings] == [
        ("RE1", 42, None)
    ]


@pytest.mark.parametrize("conference", ["", "CA2"])
def test_a_recording_of_no_call_we_know_is_named_and_stays_where_it_is(room: Room, conference: str) -> None:
    room.phone.recordings["RE2"] = b"whose?"
    room.phone.made += [held("RE2", conference), held()]
    queue = FakeQueue()

    assert room.ask_what_is_held(queue) == Held(("RE1",), ("RE2",))
    assert room.phone.recordings["RE2"] == b"whose?"
    assert room.calls.get("CA2") is None


def test_a_recording_of_a_call_whose_presentation_is_unknown_is_dated_by_itself(room: Room) -> None:
    room.calls.store.events.clear()
    room.calls.record(CallEvent("CA1", "ended", CallEventKind.ENDED, BORN), BORN)
    room.phone.made.append(held(made_at=BORN + timedelta(seconds=90)))
    queue = FakeQueue()

    room.ask_what_is_held(queue)
    assert read_import(queue.messages[0].body).born == BORN + timedelta(seconds=90)


def test_the_provider_is_asked_as_far_back_as_calls_are_kept() -> None:
    """To the day: what is older has no call any more."""
    oldest = BORN + timedelta(days=TERMS.items)
    for room, asked in ((Room(now=oldest), ("RE1",)), (Room(now=oldest + timedelta(seconds=1)), ())):
        room.phone.made.append(held())
        assert room.ask_what_is_held(FakeQueue()).asked == asked


def test_a_call_past_its_stamp_that_the_purge_has_kept_is_told_nothing_and_its_recording_is_deleted() -> None:
    room = Room(now=BORN + timedelta(days=TERMS.items))
    room.phone.made.append(held())
    before, queue = room.call, FakeQueue()

    assert room.ask_what_is_held(queue).asked == ("RE1",)
    assert room.call == before
    assert room.run() is Import.PAST_RETENTION
    assert not room.phone.recordings


def test_what_the_queue_refused_is_asked_for_the_next_night(room: Room) -> None:
    room.phone.made.append(held())
    queue = FakeQueue(faults=[QueueRefused(1)])
    with pytest.raises(QueueRefused):
        room.ask_what_is_held(queue)
    assert room.phone.recordings

    assert room.ask_what_is_held(queue).asked == ("RE1",)
