"""The provider's payloads, translated: the only place where its field names and its words live."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from permanence.adapters.twilio.form import Form, Malformed
from permanence.application.dispatch.receiving import MessageReceipt
from permanence.application.privacy.ports import Logged, LogLine
from permanence.application.reception.ports import ProviderWord
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.dispatch.dispatch import ChannelStatus
from permanence.domain.instants import format_instant

_WITHHELD = frozenset({"anonymous", "restricted", "unavailable", "unknown", "blocked", "private"})
# What carriers send instead of a number: the letters of these words on a keypad.
_WITHHELD_DIGITS = frozenset({"266696687", "7378742833", "2562533", "8566696", "8656696", "86282452253"})
_QUEUE_RESULTS = {
    "bridged": "bridged",
    "hangup": "hangup",
    "leave": "redirected",
    "redirected": "redirected",
    "redirected-from-bridged": "redirected",
}
_HOLD_EVENTS = {"participant-hold": CallEventKind.HELD, "participant-unhold": CallEventKind.RESUMED}
_CALL_OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
_MESSAGE_STATUSES = {
    "accepted": ChannelStatus.SENT,
    "scheduled": ChannelStatus.SENT,
    "queued": ChannelStatus.SENT,
    "sending": ChannelStatus.SENT,
    "sent": ChannelStatus.SENT,
    "delivered": ChannelStatus.DELIVERED,
    "read": ChannelStatus.DELIVERED,
    "undelivered": ChannelStatus.FAILED,
    "failed": ChannelStatus.FAILED,
    "canceled": ChannelStatus.FAILED,
}
_MESSAGE_OVER = frozenset({"delivered", "read", "received", "undelivered", "failed", "canceled"})
_TEMPORARY = frozenset({"30001", "30008"})
_VOICE_STATUSES = {
    "queued": ChannelStatus.SENT,
    "initiated": ChannelStatus.SENT,
    "ringing": ChannelStatus.RINGING,
    "in-progress": ChannelStatus.DELIVERED,
    "completed": ChannelStatus.DELIVERED,
    "busy": ChannelStatus.NO_ANSWER,
    "no-answer": ChannelStatus.NO_ANSWER,
    "canceled": ChannelStatus.NO_ANSWER,
    "failed": ChannelStatus.FAILED,
}
_NEVER_CONNECTED = _CALL_OVER - {"completed"}


def account(form: Form) -> str:
    """The account the provider speaks for; raises Malformed when it does not say."""
    return form.require("AccountSid")


def call_id(form: Form) -> str:
    """The leg this request is about; raises Malformed when it does not say."""
    return form.require("CallSid")


def called_number(form: Form) -> str | None:
    return form.get("To")


def shown_number(form: Form) -> str | None:
    """None when it is withheld."""
    return _number(form.get("From"))


def happened_at(form: Form, received_at: datetime) -> datetime:
    """When the provider says it happened (UTC), else when we heard of it."""
    stamp = form.get("Timestamp")
    if stamp is None:
        return received_at
    try:
        told = parsedate_to_datetime(stamp)
    except (ValueError, OverflowError) as error:
        raise Malformed("Timestamp is not a date") from error
    if not 2000 <= told.year < 3000:
        raise Malformed("Timestamp is not of our time")
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)


def call_began_at(form: Form, received_at: datetime) -> datetime:
    """When a call that is over began (UTC): its end less its duration."""
    return happened_at(form, received_at) - timedelta(seconds=form.seconds("CallDuration") or 0)


def presented(form: Form, at: datetime) -> CallEvent:
    """A caller reaches our number. A withheld number is a normal case; the number a PBX forwards for is kept (R19)."""
    shown, forwarded = shown_number(form), _number(form.get("ForwardedFrom"))
    data = {"called": form.get("To"), "caller": shown, "forwarded_from": forwarded}
    told = {name: value for name, value in data.items() if value is not None}
    return CallEvent(call_id(form), "presented", CallEventKind.PRESENTED, at, told)


def queued(form: Form, at: datetime) -> CallEvent:
    """The caller waits. The request repeats as long as the wait lasts, so its start is counted back."""
    since = at - timedelta(seconds=form.seconds("QueueTime") or 0)
    return CallEvent(call_id(form), "queued", CallEventKind.QUEUED, since)


def left_queue(form: Form, at: datetime) -> CallEvent:
    """The wait is over; a result we do not know is an error."""
    result = _QUEUE_RESULTS.get(form.get("QueueResult") or "", "error")
    return CallEvent(call_id(form), "left_queue", CallEventKind.LEFT_QUEUE, at, {"result": result})


def sent_to_fallback(form: Form, at: datetime) -> CallEvent:
    """The caller goes to the landlord's own numbers."""
    return CallEvent(call_id(form), "sent_to_fallback", CallEventKind.SENT_TO_FALLBACK, at)


def fell_back(form: Form, received_at: datetime) -> CallEvent:
    """One of the landlord's own numbers is called for a caller, whose leg the new one names as its parent."""
    caller, at = form.require("ParentCallSid"), happened_at(form, received_at)
    return CallEvent(caller, "sent_to_fallback", CallEventKind.SENT_TO_FALLBACK, at)


def ended(form: Form, received_at: datetime) -> CallEvent | None:
    """The end of the caller's leg, or None while it goes on."""
    if form.get("CallStatus") not in _CALL_OVER:
        return None
    return CallEvent(call_id(form), "ended", CallEventKind.ENDED, happened_at(form, received_at))


def conference_change(form: Form, call_id: str, attempt: int, received_at: datetime) -> CallEvent | None:
    """The agent of an attempt and the caller are both in the conference, or the caller is put on hold or taken back;
    None for any other conference event, or anybody else's."""
    told, at = form.get("StatusCallbackEvent") or "", happened_at(form, received_at)
    if told == "conference-start":
        both = {"attempt": str(attempt)}
        return CallEvent(call_id, f"connected#{form.require('ConferenceSid')}", CallEventKind.CONNECTED, at, both)
    kind = _HOLD_EVENTS.get(told)
    if kind is None or form.get("CallSid") != call_id:
        return None
    sequence = form.get("SequenceNumber") or format_instant(at)
    return CallEvent(call_id, f"{kind.value}#{form.require('ConferenceSid')}#{sequence}", kind, at)


def has_left_conference(form: Form) -> str | None:
    """The leg of whoever has just left, None for any other conference event."""
    return call_id(form) if form.get("StatusCallbackEvent") == "participant-leave" else None


def recording_change(form: Form, call_id: str, received_at: datetime) -> CallEvent | None:
    """A recording has started, or is ready to be fetched; None when there is nothing to fetch."""
    recording, status = form.require("RecordingSid"), form.get("RecordingStatus")
    told = {"recording": recording}
    if status == "in-progress":
        kind = CallEventKind.RECORDING_STARTED
    elif status == "completed":
        kind = CallEventKind.RECORDING_READY
        told["duration_s"] = str(form.seconds("RecordingDuration") or 0)
    else:
        return None
    return CallEvent(call_id, f"{kind.value}#{recording}", kind, received_at, told)


def is_over(form: Form) -> bool:
    """The leg has ended, however it did."""
    return form.get("CallStatus") in _CALL_OVER


def leg_duration(form: Form) -> timedelta | None:
    """How long a leg that is over was, from its answer on; None when that is not told."""
    seconds = form.seconds("CallDuration")
    return None if seconds is None else timedelta(seconds=seconds)


def never_connected(form: Form) -> str | None:
    """Why a leg that is over was never picked up, or None."""
    status = form.get("CallStatus")
    return status.replace("-", "_") if status in _NEVER_CONNECTED else None


def message_receipt(form: Form) -> MessageReceipt | None:
    """How far an SMS got, None for a status that says nothing.

    A temporary failure (30001, 30008) proves only that the provider took it: nothing definite moves the dispatch on.
    """
    status = _message_status(form.get("MessageStatus"), form.get("ErrorCode") or "")
    if status is None:
        return None
    code = form.get("ErrorCode") or ""
    return MessageReceipt(form.require("MessageSid"), status, "" if code == "0" else code)


def message_word(message: Mapping[str, Any]) -> ProviderWord:
    """How far an SMS got, from what the REST API says of it."""
    code = str(message.get("error_code") or "")
    return ProviderWord(_message_status(message.get("status"), code), code)


def call_word(call: Mapping[str, Any]) -> ProviderWord:
    """How far a call got, from what the REST API says of it."""
    told = str(call.get("status") or "")
    status = _VOICE_STATUSES.get(told)
    if status is ChannelStatus.DELIVERED and _is_machine(call.get("answered_by")):
        status = ChannelStatus.VOICEMAIL
    if told not in _CALL_OVER:
        return ProviderWord(status)
    return ProviderWord(status, ended_at=_end_of(call))


def told_at(item: Mapping[str, Any], *names: str) -> datetime | None:
    """The first of these dates that the REST API tells (UTC): each of them may be null."""
    told = next((item[name] for name in names if item.get(name)), None)
    return parsedate_to_datetime(told).astimezone(UTC) if told else None


def logged_call(item: Mapping[str, Any]) -> LogLine:
    """A line of the log of calls, every leg of which has its own."""
    is_over = item.get("status") in _CALL_OVER
    made_at = told_at(item, "date_created", "start_time")
    ended_at = told_at(item, "end_time", "date_updated") or made_at
    return LogLine(Logged.CALL, item["sid"], made_at, is_over, ended_at, presented=_logged_presentation(item))


def _logged_presentation(item: Mapping[str, Any]) -> CallEvent | None:
    """Of a caller's leg, None for any other; what `presented` tells of it while it goes on."""
    at = told_at(item, "start_time", "date_created")
    if item.get("direction") != "inbound" or at is None:
        return None
    data = {"called": item.get("to"), "caller": _number(item.get("from"))}
    data["forwarded_from"] = _number(item.get("forwarded_from"))
    told = {name: value for name, value in data.items() if value}
    return CallEvent(item["sid"], "presented", CallEventKind.PRESENTED, at, told)


def logged_message(item: Mapping[str, Any]) -> LogLine:
    """A line of the log of messages."""
    is_over = item.get("status") in _MESSAGE_OVER
    made_at = told_at(item, "date_created", "date_sent")
    ended_at = told_at(item, "date_updated", "date_sent") or made_at
    return LogLine(Logged.MESSAGE, item["sid"], made_at, is_over, ended_at, has_text=bool(item.get("body")))


def voice_receipt(form: Form) -> MessageReceipt | None:
    """How far a voice call got. Picked up is not accepted, and a machine that picks up is not a person."""
    status = _VOICE_STATUSES.get(form.get("CallStatus") or "")
    if status is ChannelStatus.DELIVERED and is_machine(form):
        status = ChannelStatus.VOICEMAIL
    if status is None:
        return None
    code = form.get("ErrorCode") or form.get("SipResponseCode") or ""
    return MessageReceipt(call_id(form), status, code if status is ChannelStatus.FAILED else "")


def machine_receipt(form: Form) -> MessageReceipt:
    """A machine picked up."""
    return MessageReceipt(call_id(form), ChannelStatus.VOICEMAIL)


def is_machine(form: Form) -> bool:
    """A voice mailbox or a fax picked up."""
    return _is_machine(form.get("AnsweredBy"))


def keys(form: Form) -> str:
    """What was pressed, without the hash key."""
    return form.get("Digits") or ""


def _end_of(call: Mapping[str, Any]) -> datetime | None:
    """A call that never began has no time of its end: the last change of its record is, else its start and its length.
    None, and it is asked about again, when none of that is told."""
    began = told_at(call, "start_time", "date_created")
    lasted = timedelta(seconds=int(call.get("duration") or 0))
    return told_at(call, "end_time", "date_updated") or (began + lasted if began else None)


def _is_machine(answered_by: str | None) -> bool:
    return answered_by is not None and (answered_by.startswith("machine") or answered_by == "fax")


def _message_status(told: str | None, code: str) -> ChannelStatus | None:
    status = _MESSAGE_STATUSES.get(told or "")
    return ChannelStatus.SENT if status is ChannelStatus.FAILED and code in _TEMPORARY else status


def _number(text: str | None) -> str | None:
    if text is None:
        return None
    plain = text.strip().lower()
    if plain in _WITHHELD or plain.lstrip("+") in _WITHHELD_DIGITS:
        return None
    return text.strip()
