"""What the account deletes is forgotten with all that tells of it: transcripts, webhooks, events, and the number of a
phone that nobody has spoken of since. What is not over, or has only just ended, is not deleted yet."""

from datetime import datetime, timedelta

from local.operator.calls import Call
from local.operator.errors import NOT_COMPLETE, Refused
from local.operator.exchange import Exchange
from local.operator.messages import Message

NOT_BEFORE = timedelta(minutes=1)


def delete_call(exchange: Exchange, call: Call) -> None:
    """Raises Refused (20009) while the call goes on and in its first minute after."""
    _refuse_what_is_fresh(exchange, None if call.live else call.ended_at, "call")
    del exchange.calls[call.sid]
    exchange.phones.forget_call(call)
    _forget(exchange, call.sid)


def redact_message(exchange: Exchange, message: Message) -> None:
    """Its text becomes empty; raises Refused (20009) as `delete_message`."""
    _refuse_what_is_fresh(exchange, _end_of(message), "message")
    message.body = ""


def delete_message(exchange: Exchange, message: Message) -> None:
    """Raises Refused (20009) while it is under way and in its first minute after."""
    _refuse_what_is_fresh(exchange, _end_of(message), "message")
    del exchange.messages.all[message.sid]
    if not any(message.to == other.to for other in exchange.messages.all.values()):
        exchange.phones.forget_unless_spoken_of(message.to)
    _forget(exchange, message.sid)


def _end_of(message: Message) -> datetime | None:
    return None if message.status == "queued" else message.sent_at


def _refuse_what_is_fresh(exchange: Exchange, ended_at: datetime | None, what: str) -> None:
    if ended_at is None or exchange.clock.now() < ended_at + NOT_BEFORE:
        raise Refused(400, NOT_COMPLETE, f"Cannot delete this {what} before it is complete")


def _forget(exchange: Exchange, sid: str) -> None:
    exchange.events.forget(sid)
    exchange.webhooks.forget(sid)
