"""Text messages: send, look at."""

import asyncio
import re
from typing import Any

from fastapi import APIRouter, Request

from local.operator import erasing
from local.operator.calls import StatusCallback
from local.operator.clock import rfc2822
from local.operator.errors import (
    BODY_TOO_LONG,
    INVALID_FROM,
    INVALID_TO,
    INVALID_VALUE,
    NO_BODY,
    NO_RECIPIENT,
    NO_SENDER,
    NOT_A_MOBILE,
    OPTED_OUT,
    SENDER_NOT_OURS,
    Refused,
    not_found,
)
from local.operator.exchange import API_VERSION, Exchange
from local.operator.messages import Message, segments
from local.operator.phones import SmsReception
from local.operator.rest.form import Account, Form, asked, listed, path, posted

router = APIRouter()

_LONGEST = 1600
_ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_FRENCH = re.compile(r"\+33([1-9])[0-9]{8}")
_STEP_S = 0.05
_FINAL = {
    SmsReception.DELIVERED: "delivered",
    SmsReception.UNDELIVERED: "undelivered",
    SmsReception.FAILED: "failed",
}


def _message_json(exchange: Exchange, message: Message) -> dict[str, Any]:
    return {
        "sid": message.sid,
        "account_sid": exchange.settings.account_sid,
        "api_version": API_VERSION,
        "to": message.to,
        "from": message.from_,
        "body": message.body,
        "status": message.status,
        "direction": "outbound-api",
        "num_segments": str(segments(message.body)[1]),
        "num_media": "0",
        "error_code": message.error_code,
        "error_message": None,
        "messaging_service_sid": None,
        "date_created": rfc2822(message.created_at),
        "date_updated": rfc2822(message.sent_at or message.created_at),
        "date_sent": rfc2822(message.sent_at),
        "uri": path(exchange, "Messages", f"{message.sid}.json"),
    }


def _sender(exchange: Exchange, form: Form) -> str:
    """One of our numbers, or a name of at most 11 letters and digits."""
    sender = form.text("From")
    if not sender:
        raise Refused(400, NO_SENDER, "A 'From' phone number is required")
    if sender.startswith("+"):
        form.number("From", NO_SENDER, INVALID_FROM)
        if exchange.numbers.find(sender) is None:
            raise Refused(400, SENDER_NOT_OURS, f"The 'From' number {sender} is not a number of this account")
    elif not _ALPHANUMERIC.fullmatch(sender):
        raise Refused(400, INVALID_FROM, f"The 'From' number {sender} is not a valid phone number or sender name")
    return sender


def _recipient(exchange: Exchange, form: Form) -> str:
    to = form.number("To", NO_RECIPIENT, INVALID_TO)
    french = _FRENCH.fullmatch(to)
    reception = exchange.phones.of(to).behaviour.sms
    is_landline = to.startswith("+33") and (french is None or french[1] not in "67")
    if is_landline or reception is SmsReception.NOT_A_MOBILE:
        raise Refused(400, NOT_A_MOBILE, f"To number: {to}, is not a mobile number")
    if reception is SmsReception.OPTED_OUT:
        raise Refused(400, OPTED_OUT, "Attempt to send to unsubscribed recipient")
    return to


@router.post("/Messages.json", status_code=201)
async def send_message(request: Request, exchange: Account) -> dict[str, Any]:
    form = await posted(request, "To", "From", "Body", "StatusCallback")
    sender = _sender(exchange, form)
    body, url = form.text("Body"), form.url("StatusCallback")
    if not body:
        raise Refused(400, NO_BODY, "Message body is required")
    if len(body) > _LONGEST:
        raise Refused(400, BODY_TOO_LONG, f"The message body exceeds the {_LONGEST} character limit")
    callback = StatusCallback(url, "POST", frozenset()) if url else None
    message = Message(_recipient(exchange, form), sender, body, exchange.clock.now(), callback)
    exchange.messages.add(message)
    exchange.events.tell("message.accepted", message.sid, to=message.to)
    exchange.spawn(_carry(exchange, message))
    return _message_json(exchange, message)


async def _carry(exchange: Exchange, message: Message) -> None:
    """Queued, sent, and what the phone makes of it."""
    behaviour = exchange.phones.of(message.to).behaviour
    exchange.tell_message(message, "queued")
    await asyncio.sleep(_STEP_S)
    message.sent_at = exchange.clock.now()
    exchange.tell_message(message, "sent")
    final = _FINAL.get(behaviour.sms)
    if final is not None:
        await asyncio.sleep(_STEP_S)
        message.error_code = None if final == "delivered" else behaviour.sms_error
        exchange.tell_message(message, final)


@router.get("/Messages.json")
async def list_messages(request: Request, exchange: Account) -> Any:
    form = asked(request, "To", "From", "DateSent", "DateSent>", "DateSent<")
    sent = form.period("DateSent")
    found = [
        m
        for m in reversed(exchange.messages.all.values())
        if form.text("To") in {"", m.to} and form.text("From") in {"", m.from_} and sent(m.sent_at or m.created_at)
    ]
    return listed(request, form, "messages", found, lambda m: _message_json(exchange, m))


def _find(exchange: Exchange, sid: str) -> Message:
    message = exchange.messages.all.get(sid)
    if message is None:
        raise not_found(f"/Messages/{sid}.json")
    return message


@router.get("/Messages/{sid}.json")
async def get_message(sid: str, exchange: Account) -> dict[str, Any]:
    return _message_json(exchange, _find(exchange, sid))


@router.post("/Messages/{sid}.json")
async def update_message(sid: str, request: Request, exchange: Account) -> dict[str, Any]:
    """Takes its text away: the only change that a message which is sent knows."""
    form = await posted(request, "Body")
    message = _find(exchange, sid)
    if "Body" not in form or form.text("Body"):
        raise Refused(400, INVALID_VALUE, "Body is empty: that is how a message is redacted")
    erasing.redact_message(exchange, message)
    return _message_json(exchange, message)


@router.delete("/Messages/{sid}.json", status_code=204)
async def delete_message(sid: str, exchange: Account) -> None:
    erasing.delete_message(exchange, _find(exchange, sid))
