"""Which conversations are recorded; holds and recordings of them, as the webhook hears of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from permanence.application.reception.ports import QueueRefused
from permanence.application.reception.recordings import RecordingToImport, read_import
from permanence.domain.reference.recording import Campaign, RecordingTerms
from tests.functions.telephony import CALL_ID, SATURDAY_NIGHT, World

READY = {"RecordingSid": "RE1", "RecordingStatus": "completed", "RecordingDuration": "42", "ConferenceSid": "CF1"}


@pytest.fixture
def world() -> World:
    world = World()
    world.ring()
    return world


def test_a_finished_recording_is_queued_for_import_and_told(world: World) -> None:
    address = world.urls.recordings(CALL_ID, SATURDAY_NIGHT)
    world.post(address, {"RecordingSid": "RE1", "RecordingStatus": "in-progress"})

    assert world.post(address, READY).status == 204

    (message,) = world.imports.messages
    assert read_import(message.body) == RecordingToImport(CALL_ID, "RE1", SATURDAY_NIGHT)
    (recording,) = world.call().recordings
    assert (recording.recording_id, recording.duration_s, recording.object_key) == ("RE1", 42, None)


def test_the_message_to_the_import_holds_ids_only(world: World) -> None:
    world.post(world.urls.recordings(CALL_ID, SATURDAY_NIGHT), READY)

    (message,) = world.imports.messages
    assert set(message.body) == {"call", "recording", "born"}


def test_a_recording_that_cannot_be_queued_is_not_told_as_ready_so_that_the_provider_tells_it_again(
    world: World,
) -> None:
    world.imports.faults.append(QueueRefused())
    address = world.urls.recordings(CALL_ID, SATURDAY_NIGHT)

    with pytest.raises(QueueRefused):
        world.post(address, READY)
    assert not world.call().recordings

    world.post(address, READY)
    assert len(world.imports.messages) == 1


@pytest.mark.parametrize("status", ["absent", "failed"])
def test_a_recording_that_does_not_exist_is_not_imported(world: World, status: str) -> None:
    world.post(world.urls.recordings(CALL_ID, SATURDAY_NIGHT), {"RecordingSid": "RE1", "RecordingStatus": status})

    assert not world.imports.messages


def test_the_caller_on_hold_hears_french_words_and_the_hold_is_timed(world: World) -> None:
    address = world.urls.conference_events(CALL_ID, SATURDAY_NIGHT, 1)
    told = {"ConferenceSid": "CF1", "CallSid": CALL_ID}

    world.post(address, told | {"StatusCallbackEvent": "participant-hold", "SequenceNumber": "3"})
    assert world.call().on_hold
    world.later(15)
    world.post(address, told | {"StatusCallbackEvent": "participant-unhold", "SequenceNumber": "4"})

    assert (world.call().on_hold, world.call().hold.total_seconds()) == (False, 15)
    assert "attente" in world.post("/telephony/conferences/hold").words


def test_conference_events_without_meaning_for_the_call_change_nothing(world: World) -> None:
    before = world.call()
    for name in ("participant-join", "participant-mute", "participant-leave", "conference-end"):
        told = {"ConferenceSid": "CF1", "StatusCallbackEvent": name, "SequenceNumber": "1"}
        assert world.post(world.urls.conference_events(CALL_ID, SATURDAY_NIGHT, 1), told).status == 204

    assert world.call() == before


def with_recording(mode: str) -> World:
    world = World()
    terms = RecordingTerms(
        mode, "Cet appel est enregistré.", (Campaign(date(2026, 11, 1), date(2026, 11, 22), "évaluation"),)
    )
    world.contract = replace(world.contract, recording=terms)
    return world


def recorded(world: World) -> bool:
    """Whether the agent's leg records."""
    ringing = world.take()
    room = world.picks_up(ringing).twiml.find("Dial/Conference")
    assert room is not None
    assert ("recordingStatusCallback" in room.attrib) == ("record" in room.attrib)
    return "record" in room.attrib


@pytest.mark.parametrize(("mode", "expected"), [("all", True), ("campaign", True), ("off", False)])
def test_a_call_is_recorded_exactly_when_its_caller_heard_the_notice(mode: str, expected: bool) -> None:
    world = with_recording(mode)

    assert ("enregistré" in world.ring().words) is expected
    assert recorded(world) is expected


def test_a_call_presented_before_a_campaign_begins_is_not_recorded_when_it_is_answered_within() -> None:
    """The notice was not heard: 31 October 23:59:50 in Paris, answered on 1 November."""
    world = with_recording("campaign")
    world.now = datetime(2026, 10, 31, 22, 59, 50, tzinfo=UTC)

    assert "enregistré" not in world.ring().words
    world.later(20)
    assert not recorded(world)


@pytest.mark.parametrize("press", [World.raise_objection, World.object])
def test_who_objected_is_not_recorded(press: Callable[[World], None]) -> None:
    world = with_recording("all")
    world.ring()
    press(world)

    assert not recorded(world)
