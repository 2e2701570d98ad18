"""Conferences: who is in, who waits, who hears whom."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from local.operator.calls import Call, Instruction
from local.operator.recordings import Recording, RecordingCallback
from local.operator.sids import new_sid


@dataclass(slots=True)
class Participant:
    """`hold_music` None is the operator's own; `out` says why the conference let the participant go."""

    call: Call
    label: str
    muted: bool
    start_on_enter: bool
    end_on_exit: bool
    hold: bool = False
    hold_music: Instruction | None = None
    out: str = ""
    changed: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class ConferenceCallback:
    """`events` in TwiML's words: start end join leave mute hold modify."""

    url: str
    method: str
    events: frozenset[str]


@dataclass(slots=True)
class Conference:
    """The first participant brings the callback and the recording. `status` is init, in-progress or completed."""

    name: str
    created_at: datetime
    callback: ConferenceCallback | None
    record: bool
    recording_callback: RecordingCallback | None
    sid: str = field(default_factory=lambda: new_sid("CF"))
    status: str = "init"
    participants: dict[str, Participant] = field(default_factory=dict)
    recording: Recording | None = None
    sequence: int = 0
    reason_ended: str = ""
    ended_by: str = ""

    @property
    def ready(self) -> bool:
        """Two people, one of whom may start it."""
        present = self.participants.values()
        return self.status == "init" and len(present) > 1 and any(p.start_on_enter for p in present)

    def listeners_of(self, speaker: Call) -> list[Call]:
        """Who hears this participant now."""
        speaking = self.participants[speaker.sid]
        if self.status != "in-progress" or speaking.muted or speaking.hold:
            return []
        return [p.call for p in self.participants.values() if p is not speaking and not p.hold]
