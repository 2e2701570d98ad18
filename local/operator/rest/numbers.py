"""The account's numbers, and where their calls are told."""

from typing import Any

from fastapi import APIRouter, Request

from local.operator.clock import rfc2822
from local.operator.errors import INVALID_TO, NO_TO, not_found
from local.operator.exchange import API_VERSION, Exchange
from local.operator.numbers import IncomingNumber
from local.operator.rest.form import Account, Form, asked, listed, path, posted

router = APIRouter()

_WEBHOOKS = (
    *("FriendlyName", "VoiceUrl", "VoiceMethod", "VoiceFallbackUrl", "VoiceFallbackMethod"),
    *("StatusCallback", "StatusCallbackMethod", "VoiceApplicationSid"),
)


def _number_json(exchange: Exchange, number: IncomingNumber) -> dict[str, Any]:
    return {
        "sid": number.sid,
        "account_sid": exchange.settings.account_sid,
        "api_version": API_VERSION,
        "phone_number": number.phone_number,
        "friendly_name": number.friendly_name or number.phone_number,
        "voice_url": number.voice_url,
        "voice_method": number.voice_method,
        "voice_fallback_url": number.voice_fallback_url,
        "voice_fallback_method": number.voice_fallback_method,
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "voice_application_sid": number.voice_application_sid or None,
        "trunk_sid": None,
        "voice_receive_mode": "voice",
        "status": "in-use",
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "date_created": rfc2822(number.created_at),
        "date_updated": rfc2822(number.created_at),
        "uri": path(exchange, "IncomingPhoneNumbers", f"{number.sid}.json"),
    }


def _apply(form: Form, number: IncomingNumber) -> None:
    if "FriendlyName" in form:
        number.friendly_name = form.text("FriendlyName")
    if "VoiceApplicationSid" in form:
        number.voice_application_sid = form.text("VoiceApplicationSid")
    for parameter, attribute in (
        ("VoiceUrl", "voice_url"),
        ("VoiceFallbackUrl", "voice_fallback_url"),
        ("StatusCallback", "status_callback"),
    ):
        if parameter in form:
            setattr(number, attribute, form.url(parameter))
    for parameter, attribute in (
        ("VoiceMethod", "voice_method"),
        ("VoiceFallbackMethod", "voice_fallback_method"),
        ("StatusCallbackMethod", "status_callback_method"),
    ):
        if parameter in form:
            setattr(number, attribute, form.method(parameter))


@router.get("/IncomingPhoneNumbers.json")
async def list_numbers(request: Request, exchange: Account) -> Any:
    form = asked(request, "PhoneNumber", "FriendlyName")
    found = [
        n
        for n in exchange.numbers.all.values()
        if form.text("PhoneNumber") in {"", n.phone_number} and form.text("FriendlyName") in {"", n.friendly_name}
    ]
    return listed(request, form, "incoming_phone_numbers", found, lambda n: _number_json(exchange, n))


@router.post("/IncomingPhoneNumbers.json", status_code=201)
async def add_number(request: Request, exchange: Account) -> dict[str, Any]:
    form = await posted(request, "PhoneNumber", *_WEBHOOKS)
    wanted = form.number("PhoneNumber", NO_TO, INVALID_TO)
    number = exchange.numbers.find(wanted) or IncomingNumber(wanted, exchange.clock.now())
    _apply(form, number)
    exchange.numbers.add(number)
    return _number_json(exchange, number)


@router.get("/IncomingPhoneNumbers/{sid}.json")
async def get_number(sid: str, exchange: Account) -> dict[str, Any]:
    return _number_json(exchange, _find(exchange, sid))


@router.post("/IncomingPhoneNumbers/{sid}.json")
async def update_number(sid: str, request: Request, exchange: Account) -> dict[str, Any]:
    form = await posted(request, *_WEBHOOKS)
    number = _find(exchange, sid)
    _apply(form, number)
    return _number_json(exchange, number)


def _find(exchange: Exchange, sid: str) -> IncomingNumber:
    number = exchange.numbers.all.get(sid)
    if number is None:
        raise not_found(f"/IncomingPhoneNumbers/{sid}.json")
    return number
