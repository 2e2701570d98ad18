"""Calls: place, look at, send elsewhere, end."""

from typing import Any

from fastapi import APIRouter, Request

from local.operator import erasing
from local.operator.calls import Call, CallStatus, Instruction, Redirected
from local.operator.clock import rfc2822
from local.operator.errors import (
    CALL_NOT_IN_PROGRESS,
    FROM_NOT_OURS,
    INVALID_FROM,
    INVALID_TO,
    NO_FROM,
    NO_INSTRUCTIONS,
    NO_TO,
    DocumentFailed,
    Refused,
    not_found,
)
from local.operator.exchange import API_VERSION, Exchange
from local.operator.rest.form import Account, Form, asked, listed, path, posted
from local.operator.switchboard import Outbound, call_out
from local.operator.twiml import parse

router = APIRouter()

_EVENTS = ("initiated", "ringing", "answered", "completed")


def call_json(exchange: Exchange, call: Call) -> dict[str, Any]:
    ended = not call.live
    # A call that still waits for its turn to be dialled has no dates at the provider.
    dated = call.status is not CallStatus.QUEUED
    return {
        "sid": call.sid,
        "account_sid": exchange.settings.account_sid,
        "api_version": API_VERSION,
        "parent_call_sid": call.parent_sid,
        "direction": call.direction,
        "from": call.from_,
        "from_formatted": call.from_,
        "to": call.to,
        "to_formatted": call.to,
        "forwarded_from": call.forwarded_from,
        "caller_name": None,
        "answered_by": call.answered_by,
        "status": call.status.value,
        "date_created": rfc2822(call.created_at if dated else None),
        "date_updated": rfc2822(call.ended_at or call.started_at or call.created_at) if dated else None,
        "start_time": rfc2822(call.started_at),
        "end_time": rfc2822(call.ended_at),
        "duration": str(call.duration_s) if ended else None,
        "uri": path(exchange, "Calls", f"{call.sid}.json"),
    }


def _find(exchange: Exchange, sid: str) -> Call:
    call = exchange.calls.get(sid)
    if call is None:
        raise not_found(f"/Calls/{sid}.json")
    return call


def _instruction(form: Form) -> Instruction | None:
    """What the parameters Url, Method and Twiml say; None when they say nothing."""
    url, twiml = form.url("Url"), form.text("Twiml")
    if url and twiml:
        raise Refused(400, NO_INSTRUCTIONS, "Url or Twiml, not both")
    if twiml:
        try:
            parse(twiml, "(Twiml)")
        except DocumentFailed as failure:
            raise Refused(400, failure.code, failure.message) from failure
        return Instruction(twiml=twiml)
    return Instruction(url, form.method("Method")) if url else None


@router.post("/Calls.json", status_code=201)
async def place_call(request: Request, exchange: Account) -> dict[str, Any]:
    form = await posted(
        request,
        *("To", "From", "Url", "Method", "Twiml", "FallbackUrl", "FallbackMethod", "Timeout", "MachineDetection"),
        *("StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent"),
    )
    to = form.number("To", NO_TO, INVALID_TO)
    from_ = form.number("From", NO_FROM, INVALID_FROM)
    if exchange.numbers.find(from_) is None:
        raise Refused(400, FROM_NOT_OURS, f"'From' phone number {from_} is not a number of this account")
    start = _instruction(form)
    if start is None:
        raise Refused(400, NO_INSTRUCTIONS, "Url parameter is required")
    fallback_url = form.url("FallbackUrl")
    wanted = Outbound(
        to=to,
        from_=from_,
        start=start,
        fallback=Instruction(fallback_url, form.method("FallbackMethod")) if fallback_url else None,
        status_callback=form.status_callback(_EVENTS),
        detection=form.one_of("MachineDetection", ("Enable", "DetectMessageEnd")),
        timeout_s=form.integer("Timeout", 60, 1, 600),
    )
    return call_json(exchange, call_out(exchange, wanted))


@router.get("/Calls.json")
async def list_calls(request: Request, exchange: Account) -> Any:
    form = asked(
        request,
        *("To", "From", "Status", "ParentCallSid"),
        *("StartTime", "StartTime>", "StartTime<", "EndTime", "EndTime>", "EndTime<"),
    )
    started, ended = form.period("StartTime"), form.period("EndTime")
    wants_end = any(f"EndTime{sign}" in form for sign in ("", "<", ">"))
    found = [
        call
        for call in reversed(exchange.calls.values())
        if form.text("To") in {"", call.to}
        and form.text("From") in {"", call.from_}
        and form.text("Status") in {"", call.status.value}
        and form.text("ParentCallSid") in {"", call.parent_sid}
        and started(call.started_at or call.created_at)
        and (not wants_end or (call.ended_at is not None and ended(call.ended_at)))
    ]
    return listed(request, form, "calls", found, lambda call: call_json(exchange, call))


@router.get("/Calls/{sid}.json")
async def get_call(sid: str, exchange: Account) -> dict[str, Any]:
    return call_json(exchange, _find(exchange, sid))


@router.post("/Calls/{sid}.json")
async def update_call(sid: str, request: Request, exchange: Account) -> dict[str, Any]:
    form = await posted(request, "Url", "Method", "Twiml", "Status")
    call = _find(exchange, sid)
    status = form.one_of("Status", ("completed", "canceled"))
    target = _instruction(form)
    if status == "canceled" and call.status is CallStatus.IN_PROGRESS:
        raise Refused(400, CALL_NOT_IN_PROGRESS, "Call is in progress. Cannot cancel.")
    if status:
        exchange.hang_up(call)
    elif target is None:
        raise Refused(400, NO_INSTRUCTIONS, "Url, Twiml or Status is required")
    elif call.status is not CallStatus.IN_PROGRESS:
        raise Refused(400, CALL_NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
    else:
        exchange.events.tell("call.redirected", call.sid, phone=call.phone)
        call.interrupt(Redirected(target))
    return call_json(exchange, call)


@router.delete("/Calls/{sid}.json", status_code=204)
async def delete_call(sid: str, exchange: Account) -> None:
    erasing.delete_call(exchange, _find(exchange, sid))
