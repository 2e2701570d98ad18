"""What a reception knows before the first call: dwellings, contractors, rota, the calls of the days before."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import islice
from wave import open as open_wave

from local.scenarios.past_calls import PastCall, past_call, past_calls
from local.scenarios.patrimoine import made_up_patrimoine, rota_of_year
from local.scenarios.world import World
from permanence.domain.calls import CallEvent, CallEventKind
from permanence.domain.instants import paris_month
from permanence.domain.patrimoine import Patrimoine

WRITERS = 8


@dataclass(frozen=True, slots=True)
class OldCall:
    """A call that is older than anything nominative may be."""

    call_id: str
    born: datetime
    recording_key: str


def load_reference(world: World, dwellings: int, year: int) -> Patrimoine:
    """Put a patrimoine and the rota of a year in force."""
    patrimoine = made_up_patrimoine(dwellings)
    world.reference_data.load(patrimoine, rota_of_year(year))
    return patrimoine


def load_past_calls(world: World, patrimoine: Patrimoine, until: datetime, days: int, per_day: int) -> int:
    """The calls of the days before; returns how many."""
    calls = list(past_calls(world.contract, patrimoine.dwellings, until, days, per_day))
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(lambda call: _save(world, call), calls))
    return len(calls)


def load_old_call(world: World, patrimoine: Patrimoine, day: date) -> OldCall:
    """An answered and recorded call of a day long ago, which the purge has not found yet."""
    answered = (past_call(world.contract, patrimoine.dwellings, day, n) for n in range(100))
    (call,) = islice((call for call in answered if call.form), 1)
    call_id, ended = call.events[0].call_id, call.events[-1].at
    recording = f"RE{call_id[2:]}"
    key = f"{paris_month(call.born)}/{call_id}/{recording}.wav"
    told = {"recording": recording}
    recorded = (
        CallEvent(call_id, f"recording_ready#{recording}", CallEventKind.RECORDING_READY, ended, told),
        CallEvent(
            call_id,
            f"recording_stored#{recording}",
            CallEventKind.RECORDING_STORED,
            ended + timedelta(seconds=5),
            told | {"object_key": key},
        ),
    )
    _save(world, PastCall(call.born, (*call.events, *recorded), call.form))
    world.bucket("recordings_bucket").put(key, _silence(seconds=1), "audio/wav")
    return OldCall(call_id, call.born, key)


def _save(world: World, call: PastCall) -> None:
    for event in call.events:
        world.calls.record(event, call.born)
    if call.form:
        world.calls.save_form(call.form, call.born)


def _silence(seconds: int) -> bytes:
    sound = BytesIO()
    with open_wave(sound, "wb") as wave:
        wave.setnchannels(1)
        wave.setsampwidth(2)
        wave.setframerate(8000)
        wave.writeframes(bytes(2 * 8000 * seconds))
    return sound.getvalue()
