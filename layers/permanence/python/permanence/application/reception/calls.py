"""What happens to a call, from the provider's first word to the agent's wrap-up (R10-R13, R27)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from permanence.application.reception.ports import Calls, PastRetention, Queue, QueueMessage
from permanence.domain.calls.call import Call, CallEvent, CallEventKind, Line
from permanence.domain.contract import Contract, FormField, RetentionTerms
from permanence.domain.frozen import dataclass
from permanence.domain.instants import format_instant, parse_instant
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.privacy.retention import purge_stamp
from permanence.domain.reference.calendar import service_of_call

REFUSAL_WORDS = frozenset({"refusé", "inconnu", "sans objet"})


def decide_service(presented: CallEvent, contract: Contract) -> CallEvent:
    """The presentation of a call with the service it is of, decided here once for all (R5), and the version of the
    hours that decided."""
    service = service_of_call(presented.at, contract.hours, contract.overflow_delays)
    return replace(presented, data={**presented.data, "service": service.value, "hours": contract.hours_version})


def identify(presented: CallEvent, contract: Contract) -> CallEvent:
    """A presentation as the provider tells it, with its service (R5), the line it came in by (R60) and whose number it
    shows (R19). Of our own number, shown on the contractors' line or by a test, nobody is the caller: there a
    contractor pressed a key of our call, here we call ourselves."""
    told = dict(decide_service(presented, contract).data)
    numbers, called, shown = contract.numbers, told.get("called"), told.pop("caller", None)
    caller = numbers.caller_of(shown, told.get("forwarded_from"))
    if numbers.is_test(called, shown):
        told["line"] = Line.TEST
        caller = None
    elif numbers.is_desk_line(called):
        told["line"] = Line.DESK
        caller = None if numbers.is_ours(caller) else caller
    return replace(presented, data=told | ({"caller": caller} if caller else {}))


def told_afterwards(presented: CallEvent, contract: Contract) -> CallEvent:
    """The same of a call of which the provider tells only when it is over: it was answered in our place."""
    return replace(identify(presented, contract), key="told_afterwards", kind=CallEventKind.TOLD_AFTERWARDS)


def record_event(calls: Calls, event: CallEvent, born: datetime, now: datetime, terms: RetentionTerms) -> Call:
    """Keep one event of a call and return the call it makes: 1 request.

    `born` (UTC) is when the call began for us, as callback URLs carry it. Raises PastRetention when the record is past
    its stamp: nothing is kept (R70).
    """
    if purge_stamp(born, terms).is_due(now):
        raise PastRetention(event.call_id)
    return calls.record(event, born)


def save_for_later(queue: Queue, event: CallEvent, born: datetime) -> None:
    """Put aside an event that the table could not take; `read_late_event` brings it back.

    The one message that holds a caller's number: without it the call would be lost. Its queue is encrypted and short.
    """
    told = {
        "call_id": event.call_id,
        "key": event.key,
        "kind": event.kind.value,
        "at": format_instant(event.at),
        "data": dict(event.data),
        "born": format_instant(born),
    }
    queue.send([QueueMessage(told)])


def read_late_event(message: Mapping[str, Any]) -> tuple[CallEvent, datetime]:
    """An event put aside and its `born`; raises KeyError or ValueError on anything else."""
    event = CallEvent(
        call_id=message["call_id"],
        key=message["key"],
        kind=CallEventKind(message["kind"]),
        at=parse_instant(message["at"]),
        data=message["data"],
    )
    return event, parse_instant(message["born"])


class TakeResult(StrEnum):
    WON = "won"  # ring the agent's phone now
    ALREADY_YOURS = "already_yours"  # a double click: the phone rings already
    TAKEN_BY_ANOTHER = "taken_by_another"
    OVER = "over"  # ended, sent to the landlord's fallback numbers, or unknown


@dataclass(frozen=True)
class Taken:
    """What became of an agent's claim; `call` is None when there is no such call."""

    result: TakeResult
    call: Call | None
    attempt: int = 0


def take_call(calls: Calls, call_id: str, agent: str, agent_name: str, now: datetime) -> Taken:
    """An agent claims a waiting call; of any number of claims on the same attempt one wins: 2 requests."""
    known = calls.get(call_id)
    if known is None or known.call.presented_at is None or known.call.is_out_of_reach:
        return Taken(TakeResult.OVER, known.call if known else None)
    if known.call.take is not None:
        return Taken(_held_by(known.call, agent), known.call, known.call.take.attempt)
    attempt = known.call.next_attempt
    claim = CallEvent(
        call_id,
        f"taken#{attempt}",
        CallEventKind.TAKEN,
        now,
        {"agent": agent, "agent_name": agent_name, "attempt": str(attempt)},
    )
    call = calls.record(claim, known.call.presented_at)
    if call.is_out_of_reach:
        return Taken(TakeResult.OVER, call, attempt)
    take = call.take
    if take is not None and (take.attempt, take.agent, take.at) == (attempt, agent, now):
        return Taken(TakeResult.WON, call, attempt)
    return Taken(_held_by(call, agent), call, attempt)


def _held_by(call: Call, agent: str) -> TakeResult:
    is_theirs = call.take is not None and call.take.agent == agent
    return TakeResult.ALREADY_YOURS if is_theirs else TakeResult.TAKEN_BY_ANOTHER


def release_call(calls: Calls, call_id: str, born: datetime, attempt: int, reason: str, now: datetime) -> Call:
    """The agent's phone did not answer: the call waits again and can be taken again. 1 request."""
    told = {"attempt": str(attempt), "reason": reason}
    return calls.record(CallEvent(call_id, f"released#{attempt}", CallEventKind.RELEASED, now, told), born)


def raise_objection(calls: Calls, call: Call, now: datetime) -> Call:
    """Nothing more is recorded of this call; what exists stays until the objection is confirmed. 1 request."""
    event = CallEvent(call.call_id, "objection_raised", CallEventKind.OBJECTION_RAISED, now)
    return calls.record(event, call.presented_at or now)


def object_to_recording(calls: Calls, call: Call, now: datetime) -> Call:
    """The caller does not want to be recorded (R14); the recordings are erased by whoever holds them. 1 request."""
    event = CallEvent(call.call_id, "objected", CallEventKind.OBJECTED, now)
    return calls.record(event, call.presented_at or now)


class FormIncomplete(Exception):
    """The wrap-up misses something; `missing` names the fields, in the order of the form."""

    def __init__(self, missing: Sequence[FormField]) -> None:
        super().__init__(", ".join(field.field_id for field in missing))
        self.missing = tuple(missing)


def missing_fields(form: CallForm, fields: Sequence[FormField]) -> tuple[FormField, ...]:
    """The fields that hold neither an answer nor, where the contract allows it, « refusé », « inconnu » or
    « sans objet » (R27)."""
    return tuple(field for field in fields if not _is_filled_in(form.fields.get(field.field_id, ""), field))


def _is_filled_in(value: str, field: FormField) -> bool:
    text = value.strip()
    return bool(text) and (field.refusable or text.casefold() not in REFUSAL_WORDS)


def save_form(calls: Calls, form: CallForm, call: Call) -> CallForm:
    """Keep what the agent has typed so far, and return it as it is kept: 1 request. Raises VersionConflict."""
    return calls.save_form(form, call.presented_at or form.opened_at)


def wrap_up(calls: Calls, form: CallForm, call: Call, fields: Sequence[FormField], now: datetime) -> CallForm:
    """Close the form of a call: 1 request. Raises FormIncomplete or VersionConflict, and then nothing is closed."""
    missing = missing_fields(form, fields)
    if missing:
        raise FormIncomplete(missing)
    return save_form(calls, replace(form, closed_at=now), call)
