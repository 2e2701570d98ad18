"""Where the calls of a number are processed: a resource of the provider's default region, with that region's token."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from local.operator.clock import rfc2822
from local.operator.errors import INVALID_VALUE, Refused, not_found
from local.operator.exchange import Exchange
from local.operator.numbers import IncomingNumber
from local.operator.rest.form import authenticated, exchange_of, posted
from local.operator.settings import US1_AUTH_TOKEN

router = APIRouter(prefix="/v2/PhoneNumbers", include_in_schema=False)

REGIONS = ("us1", "ie1", "au1")


def _account(request: Request, exchange: Annotated[Exchange, Depends(exchange_of)]) -> Exchange:
    authenticated(request, exchange.settings.account_sid, US1_AUTH_TOKEN)
    return exchange


Account = Annotated[Exchange, Depends(_account)]


@router.get("/{phone_number}")
async def get_route(phone_number: str, exchange: Account) -> dict[str, Any]:
    number = _find(exchange, phone_number)
    if not number.voice_region:
        raise not_found(f"/PhoneNumbers/{phone_number}")
    return _route_json(exchange, number)


@router.post("/{phone_number}")
async def set_route(phone_number: str, request: Request, exchange: Account) -> dict[str, Any]:
    form = await posted(request, "VoiceRegion", "FriendlyName")
    number = _find(exchange, phone_number)
    region = form.text("VoiceRegion")
    if region not in REGIONS:
        raise Refused(400, INVALID_VALUE, f"VoiceRegion is one of {', '.join(REGIONS)}, not '{region}'")
    number.voice_region = region
    return _route_json(exchange, number)


def _find(exchange: Exchange, phone_number: str) -> IncomingNumber:
    number = exchange.numbers.find(phone_number)
    if number is None:
        raise not_found(f"/PhoneNumbers/{phone_number}")
    return number


def _route_json(exchange: Exchange, number: IncomingNumber) -> dict[str, Any]:
    return {
        "phone_number": number.phone_number,
        "url": f"{exchange.settings.public_url}/v2/PhoneNumbers/{number.phone_number}",
        "sid": f"QQ{number.sid[2:]}",
        "account_sid": exchange.settings.account_sid,
        "friendly_name": number.friendly_name,
        "voice_region": number.voice_region,
        "date_created": rfc2822(number.created_at),
        "date_updated": rfc2822(number.created_at),
    }
