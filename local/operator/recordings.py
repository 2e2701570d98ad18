"""Recordings: a real sound file as long as the talk was."""

import asyncio
import io
import math
import struct
import wave
from dataclasses import dataclass, field
from datetime import datetime

from local.operator.sids import new_sid

RATE_HZ = 8000
LONGEST_SOUND_S = 60
_TONE_HZ = 440


@dataclass(frozen=True, slots=True)
class RecordingCallback:
    url: str
    method: str
    events: frozenset[str]


@dataclass(slots=True)
class Recording:
    """`status` is in-progress, stopped or completed; `source` is what made it, in the provider's words."""

    source: str
    started_at: datetime
    began_s: float
    call_sid: str | None
    conference_sid: str | None
    callback: RecordingCallback | None
    sid: str = field(default_factory=lambda: new_sid("RE"))
    status: str = "in-progress"
    duration_s: int = 0


def tone_wav(duration_s: int) -> bytes:
    """A quiet tone, mono, 16 bits, at most a minute."""
    period = [int(6000 * math.sin(2 * math.pi * _TONE_HZ * n / RATE_HZ)) for n in range(RATE_HZ)]
    second = struct.pack(f"<{RATE_HZ}h", *period)
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE_HZ)
        sound.writeframes(second * min(duration_s, LONGEST_SOUND_S))
    return out.getvalue()


def silent_mp3(duration_s: int) -> bytes:
    """Silence, MPEG-1 layer III, 32 kbit/s mono: enough for a player to show its length."""
    frame = bytes([0xFF, 0xFB, 0x10, 0xC4]) + bytes(100)
    return frame * round(min(duration_s, LONGEST_SOUND_S) * 44100 / 1152)


class Recordings:
    def __init__(self) -> None:
        self.all: dict[str, Recording] = {}

    def begin(
        self,
        source: str,
        at: datetime,
        callback: RecordingCallback | None,
        call_sid: str | None = None,
        conference_sid: str | None = None,
    ) -> Recording:
        now_s = asyncio.get_running_loop().time()
        recording = Recording(source, at, now_s, call_sid, conference_sid, callback)
        self.all[recording.sid] = recording
        return recording

    def end(self, recording: Recording, status: str = "completed") -> bool:
        """False when it had ended before."""
        if recording.status != "in-progress":
            return False
        recording.status = status
        recording.duration_s = max(1, round(asyncio.get_running_loop().time() - recording.began_s))
        return True
