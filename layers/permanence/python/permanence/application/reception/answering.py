"""From a waiting caller to two people in one conversation: take, connect, hold, hang up (R10, R13)."""

from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from permanence.application.reception.calls import Taken, TakeResult, raise_objection, release_call, take_call
from permanence.application.reception.calls import object_to_recording as record_objection
from permanence.application.reception.ports import Calls, PhoneProvider, ProviderRefused, ProviderUnavailable, Queue
from permanence.application.reception.recordings import RecordingToImport, ask_import
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.calls.call import NO_KEY, Call, CallEvent, CallEventKind, CallStatus, Take
from permanence.domain.frozen import dataclass


class EventLost(Exception):
    """Neither the table nor the queue of late events took an event."""


class CallLog(Protocol):
    """The calls as somebody sees them who must answer a live caller, whatever the table does; for one request."""

    def record(self, event: CallEvent, born: datetime) -> Call | None:
        """The fold, or None when the event was kept for later. Raises EventLost, PastRetention."""

    def get(self, call_id: str) -> Call | None:
        """None when the call is unknown or cannot be read now."""


@dataclass(frozen=True)
class Agent:
    """A téléconseiller at work; `phone` in E.164."""

    agent_id: str
    name: str
    phone: str


class Ringing(StrEnum):
    """What became of an agent's wish to take a call."""

    RINGING = "ringing"  # the agent's phone rings, for this click or an earlier one
    TAKEN_BY_ANOTHER = "taken_by_another"
    OVER = "over"  # ended, or unknown
    PHONE_FAILED = "phone_failed"  # the agent's phone could not be called; the call can be taken again


@dataclass(frozen=True)
class Pickup:
    """`call` is None when there is no such call."""

    result: Ringing
    call: Call | None


_AGENT_RINGS_S = 20
"""An agent sits beside the phone; most mailboxes pick up later. One that does presses no key."""

_LONGEST_RINGING = timedelta(seconds=60)
_LONGEST_COMING_OVER = timedelta(seconds=30)
_ENTERING = timedelta(seconds=3)
"""From a caller's instructions to join his agent until he has; the provider stamps in whole seconds, rounded down."""

_LONGEST_WITHOUT_TALKING = timedelta(seconds=60)
"""Of an agent's leg: the words, the key and the caller's coming over, each at its slowest, take less."""

_WITHOUT_RINGING = {
    TakeResult.ALREADY_YOURS: Ringing.RINGING,
    TakeResult.TAKEN_BY_ANOTHER: Ringing.TAKEN_BY_ANOTHER,
    TakeResult.OVER: Ringing.OVER,
}


def take_and_ring(
    calls: Calls, phones: PhoneProvider, urls: TelephonyUrls, *, call_id: str, agent: Agent, now: datetime
) -> Pickup:
    """Claim a waiting call and ring the agent's phone; the caller stays in the queue until it is picked up.

    A take of which the provider has told nothing for longer than a phone rings no longer keeps the caller waiting. A
    phone that may have rung although the provider did not say so is released too: picking it up then tells the agent
    that the call is no longer his.
    """
    taken = take_call(calls, call_id, agent.agent_id, agent.name, now)
    call = taken.call
    if call is not None and call.status is CallStatus.TAKEN and ringing_take(call, now) is None:
        release_call(calls, call_id, _born(taken, now), taken.attempt, "no_word", now)
        taken = take_call(calls, call_id, agent.agent_id, agent.name, now)
    if taken.result is not TakeResult.WON:
        return Pickup(_WITHOUT_RINGING[taken.result], taken.call)
    born = _born(taken, now)
    try:
        phones.place_call(
            agent.phone,
            urls.agent_answers(call_id, born, taken.attempt),
            urls.agent_status(call_id, born, taken.attempt),
            detect_machine=False,
            ring_s=_AGENT_RINGS_S,
        )
    except (ProviderRefused, ProviderUnavailable):
        call = release_call(calls, call_id, born, taken.attempt, "phone_failed", now)
        return Pickup(Ringing.PHONE_FAILED, call)
    return Pickup(Ringing.RINGING, taken.call)


class Connection(StrEnum):
    """What the agent finds who picks up and presses a key."""

    CONNECTED = "connected"
    CALLER_GONE = "caller_gone"
    SENT_AWAY = "sent_away"  # to the landlord's own numbers, whence nobody takes him back (R16)
    NOT_YOURS = "not_yours"  # released, or taken by another meanwhile
    FAILED = "failed"  # the caller could not be brought over and stays in the queue


@dataclass(frozen=True)
class Connected:
    """`call` is the call as it could be read last, or None."""

    result: Connection
    call: Call | None


def connect(
    log: CallLog,
    phones: PhoneProvider,
    urls: TelephonyUrls,
    *,
    call_id: str,
    born: datetime,
    attempt: int,
    now: datetime,
) -> Connected:
    """A human at the agent's phone has pressed a key: bring the caller over, then count the answer (R61).

    When the call cannot be read the two are connected all the same: a caller is waiting. Of a caller who cannot be
    brought over the provider is asked at once, since the word of his end may be lost.
    """
    call = log.get(call_id)
    if call is not None:
        if call.status is CallStatus.ENDED:
            return Connected(Connection.CALLER_GONE, call)
        if call.status is CallStatus.SENT_TO_FALLBACK:
            return Connected(Connection.SENT_AWAY, call)
        if call.take is None or call.take.attempt != attempt:
            return Connected(Connection.NOT_YOURS, call)
        if call.status is CallStatus.IN_PROGRESS:
            return Connected(Connection.CONNECTED, call)
    told = {"attempt": str(attempt)}
    event = CallEvent(call_id, f"answered#{attempt}", CallEventKind.ANSWERED, now, told)
    result = Connection.CONNECTED
    try:
        phones.redirect_call(call_id, urls.caller_joins(call_id, born, attempt))
    except ProviderUnavailable:
        event, result = released(call_id, attempt, "caller_not_joined", now), Connection.FAILED
    except ProviderRefused:
        over = _over_unheard(phones, call_id)
        event = over or released(call_id, attempt, "caller_not_joined", now)
        result = Connection.CALLER_GONE if over else Connection.FAILED
    # An event lost is told by the log; the two at the telephone go on.
    with suppress(EventLost):
        call = log.record(event, born) or call
    return Connected(result, call)


def no_key(log: CallLog, *, call_id: str, born: datetime, attempt: int, now: datetime) -> None:
    """The agent's phone was picked up and no key pressed, as a mailbox does: others may take the call. Nobody was
    brought over for it. Raises EventLost."""
    log.record(released(call_id, attempt, NO_KEY, now), born)


def _over_unheard(phones: PhoneProvider, call_id: str) -> CallEvent | None:
    """The end of a call whose own word of it never came, None when the provider does not say that it is over."""
    try:
        ended_at = phones.status_of_call(call_id).ended_at
    except (ProviderRefused, ProviderUnavailable):
        return None
    return CallEvent(call_id, "ended", CallEventKind.ENDED, ended_at) if ended_at else None


def released(call_id: str, attempt: int, reason: str, at: datetime) -> CallEvent:
    """The agent who took the call will not answer it: others may take it."""
    told = {"attempt": str(attempt), "reason": reason}
    return CallEvent(call_id, f"released#{attempt}", CallEventKind.RELEASED, at, told)


class Joining(StrEnum):
    """Where a caller goes who was brought over for an agent."""

    CONVERSATION = "conversation"
    QUEUE = "queue"  # the agent is gone, or the call was given back: it can be taken again
    GOODBYE = "goodbye"  # the agent is gone, and they have talked


@dataclass(frozen=True)
class Joined:
    """`call` is the call as it could be read, or None."""

    where: Joining
    call: Call | None


def caller_comes_over(
    log: CallLog,
    phones: PhoneProvider,
    *,
    call_id: str,
    born: datetime,
    attempt: int,
    agent_is_gone: bool,
    now: datetime,
) -> Joined:
    """Where a caller goes who asks, after he was redirected: 1 request, and the provider's word when that fails.

    A caller is never left alone in a conversation. One whose call cannot be read goes to his agent, unless somebody has
    seen that one leave: then the provider is asked whether the two have talked. That a caller was told to join his
    agent is kept: should the agent's leg end before anybody has told of the conversation, it tells the two apart.
    """
    if agent_is_gone:
        call = log.get(call_id)
    else:
        call = None
        told = {"attempt": str(attempt)}
        # An event lost is told by the log; the caller goes on.
        with suppress(EventLost):
            call = log.record(CallEvent(call_id, f"coming_over#{attempt}", CallEventKind.COMING_OVER, now, told), born)
    if call is not None:
        return Joined(_joins(call, attempt, agent_is_gone=agent_is_gone), call)
    if not agent_is_gone:
        return Joined(Joining.CONVERSATION, None)
    have_met = _have_met(phones, call_id, now - _LONGEST_WITHOUT_TALKING)
    return Joined(Joining.GOODBYE if have_met else Joining.QUEUE, None)


def _joins(call: Call, attempt: int, *, agent_is_gone: bool) -> Joining:
    if agent_is_gone and attempt in call.met:
        return Joining.GOODBYE
    if call.take is None or call.take.attempt != attempt:
        return Joining.QUEUE
    if call.agent_left:
        return Joining.GOODBYE
    return Joining.QUEUE if agent_is_gone else Joining.CONVERSATION


def agent_left(
    log: CallLog,
    phones: PhoneProvider,
    urls: TelephonyUrls,
    *,
    call_id: str,
    born: datetime,
    attempt: int,
    at: datetime,
    lasted: timedelta | None,
) -> None:
    """The leg of an agent who had picked up is over, since `at` (UTC). A caller who had not come over yet goes back to
    the queue, where the call can be taken again; one who has talked hears the closing words.

    Told first, then redirected: whichever of his instructions the caller obeys last, they send him to the queue.
    `lasted` is how long the leg was, None when that is not told: of a call that cannot be read it alone says whether
    the two may have talked. What that sends to the queue is asked about when he comes there, since by now the table has
    taken the time for it.
    """
    call = log.get(call_id)
    if call is None:
        talked = lasted is None or lasted >= _LONGEST_WITHOUT_TALKING
        if talked:
            return
    elif call.is_out_of_reach or attempt in call.no_key or _has_left_after_talking(call, attempt):
        return
    else:
        talked = not _is_with_another(call, attempt) and _have_talked(
            call, phones, attempt, at, since=at - (lasted or _LONGEST_WITHOUT_TALKING)
        )
    told = {"attempt": str(attempt), "talked": "yes" if talked else "no"}
    known = None
    with suppress(EventLost):
        known = log.record(CallEvent(call_id, f"agent_left#{attempt}", CallEventKind.AGENT_LEFT, at, told), born)
    if talked or _is_with_another(known or call, attempt) or (known is not None and known.is_out_of_reach):
        return
    with suppress(ProviderRefused):
        _redirect(phones, call_id, urls.caller_leaves(call_id, born, attempt), again=known is not None)


def _is_with_another(call: Call | None, attempt: int) -> bool:
    if call is None or call.status is not CallStatus.IN_PROGRESS:
        return False
    return call.take is None or call.take.attempt != attempt


def _has_left_after_talking(call: Call, attempt: int) -> bool:
    return call.agent_left and call.take is not None and call.take.attempt == attempt


def _have_talked(call: Call, phones: PhoneProvider, attempt: int, left_at: datetime, *, since: datetime) -> bool:
    """Whether an agent who is gone and the caller were in conversation, whatever has been told of it so far.

    Without a word of it the provider is asked, however long ago he was to come over: one who was slow stands in the
    conference alone. When that cannot say, the caller who had been told to come over long enough before has: the agent
    stood in the conference. Any other is taken for one who is alone, since to wait once more is better than to be left
    in silence.
    """
    if attempt in call.met:
        return True
    have_met = _have_met(phones, call.call_id, since)
    if have_met is not None:
        return have_met
    is_his = call.take is not None and call.take.attempt == attempt
    if is_his and call.answered_at is not None and left_at - call.answered_at >= _LONGEST_COMING_OVER:
        return True
    return is_his and call.came_over_at is not None and left_at - call.came_over_at >= _ENTERING


def _have_met(phones: PhoneProvider, call_id: str, since: datetime) -> bool | None:
    try:
        return phones.have_met(call_id, call_id, since)
    except (ProviderRefused, ProviderUnavailable):
        return None


def _redirect(phones: PhoneProvider, call_id: str, url: str, *, again: bool) -> None:
    """Once more when the provider was slow, unless a table that is out has taken the time for that."""
    try:
        phones.redirect_call(call_id, url)
    except ProviderUnavailable:
        if not again:
            raise
        phones.redirect_call(call_id, url)


def hold(phones: PhoneProvider, urls: TelephonyUrls, call_id: str, on_hold: bool) -> None:
    """Put the caller on hold or take him back; the provider's event tells when it happened (R13)."""
    phones.set_hold(call_id, call_id, on_hold, urls.hold_music())


def stop_recording(calls: Calls, phones: PhoneProvider, call: Call, now: datetime) -> None:
    """An objection was raised (R14): told first, so that no other conversation of this call is recorded, then stopped.
    Nothing is erased. Raises ProviderUnavailable; said again, it is stopped again."""
    raise_objection(calls, call, now)
    with suppress(ProviderRefused):  # nothing is being recorded
        phones.stop_recording(call.call_id)


def object_to_recording(calls: Calls, phones: PhoneProvider, imports: Queue, call: Call, now: datetime) -> Call:
    """The objection is confirmed (R14): told first, so that nothing of it is ever stored, then stopped.

    What is recorded is erased by the import, wherever it is by now and also when stopping fails: one is asked for each
    recording that is known, and one comes for each that is still to be told. Raises QueueRefused: said again, it is
    asked again.
    """
    objected = record_objection(calls, call, now)
    with suppress(ProviderRefused, ProviderUnavailable):
        phones.stop_recording(call.call_id)
    born = objected.presented_at or now
    for recording in objected.recordings:
        if not recording.erased:
            ask_import(imports, RecordingToImport(call.call_id, recording.recording_id, born))
    return objected


def hang_up(calls: Calls, phones: PhoneProvider, call: Call, now: datetime) -> None:
    """End the caller's leg, and the conference with it: 0 requests. A call that is over already is no error: its end,
    when nobody has told it, is put down now (1 request)."""
    try:
        phones.hang_up(call.call_id)
    except ProviderRefused:
        over = _over_unheard(phones, call.call_id)
        if over is not None:
            calls.record(over, call.presented_at or now)


def ringing_take(call: Call, now: datetime) -> Take | None:
    """The claim of the agent whose phone rings; None too when nothing was told of it for longer than a phone rings."""
    if call.take is None or call.status is not CallStatus.TAKEN or now - call.take.at > _LONGEST_RINGING:
        return None
    return call.take


def _born(taken: Taken, now: datetime) -> datetime:
    return (taken.call.presented_at if taken.call else None) or now
