"""The head of the call page: who is on the line, since when, and whether it is recorded."""

from datetime import datetime
from enum import StrEnum

from permanence.application.desk.post import Reader, greeting, until
from permanence.domain.calls.call import Call, CallStatus
from permanence.domain.contract import Contract
from permanence.domain.frozen import dataclass
from permanence.domain.reference.calendar import Service, service_at


class RecordingState(StrEnum):
    NONE = "none"
    RUNNING = "running"
    DONE = "done"
    STOPPING = "stopping"  # asked for, and the provider has not told its end yet
    STOPPED = "stopped"  # what was recorded before is kept until the objection is confirmed
    OBJECTED = "objected"  # erased as soon as the provider gives it up
    ERASED = "erased"


@dataclass(frozen=True)
class Banner:
    """The call itself; durations in whole seconds, instants in UTC. `holder` answers it, or his phone rings for it."""

    call_id: str
    status: CallStatus
    service: Service
    until: str
    caller: str | None
    greeting: str
    presented_at: datetime | None
    wait_s: int
    talk_s: int
    ended_at: datetime | None
    was_answered: bool
    on_hold: bool
    recording: RecordingState
    holder: str
    is_readers: bool
    on_desk_line: bool
    sent_to_fallback_at: datetime | None


def banner(call: Call, contract: Contract, reader: Reader, now: datetime) -> Banner:
    presented = call.presented_at or now
    # A caller whose presentation nobody has told yet is greeted in the words of the moment.
    service = call.service or service_at(now, contract.hours)
    end = call.ended_at or now
    answered_at = None if call.is_waiting else call.answered_at
    holder_id, holder = call.holder or ("", "")
    return Banner(
        call_id=call.call_id,
        status=call.status,
        service=service,
        until=until(contract, now),
        caller=call.caller,
        greeting=greeting(contract, service, reader.first_name, now),
        presented_at=call.presented_at,
        wait_s=int(((answered_at or end) - presented).total_seconds()),
        talk_s=int((end - answered_at).total_seconds()) if answered_at else 0,
        ended_at=call.ended_at,
        was_answered=answered_at is not None,
        on_hold=call.on_hold,
        recording=_recording_state(call),
        holder=holder,
        is_readers=holder_id == reader.agent_id,
        on_desk_line=call.on_desk_line,
        sent_to_fallback_at=call.sent_to_fallback_at if call.was_rerouted else None,
    )


def _recording_state(call: Call) -> RecordingState:
    if call.objected:
        is_gone = bool(call.recordings) and all(recording.erased for recording in call.recordings)
        return RecordingState.ERASED if is_gone else RecordingState.OBJECTED
    if not call.recordings:
        return RecordingState.NONE
    if call.objection_raised_at is not None:
        has_ended = call.ended_at is not None or all(known.duration_s is not None for known in call.recordings)
        return RecordingState.STOPPED if has_ended else RecordingState.STOPPING
    return RecordingState.DONE if call.ended_at else RecordingState.RUNNING
