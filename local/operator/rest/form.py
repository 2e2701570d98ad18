"""What every request of the REST API goes through: who asks, with which parameters, and how lists are answered."""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request

from local.operator.calls import StatusCallback
from local.operator.errors import AUTHENTICATION, INVALID_VALUE, UNKNOWN_PARAMETER, Refused
from local.operator.exchange import API_VERSION, Exchange
from local.operator.twiml import E164

T = TypeVar("T")

_PAGING = frozenset({"PageSize", "Page", "PageToken"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Form:
    """The parameters of one request. Raises Refused (20001) on a name that is not served."""

    def __init__(self, pairs: Sequence[tuple[str, str]], served: frozenset[str]) -> None:
        for name, _ in pairs:
            if name not in served:
                raise Refused(400, UNKNOWN_PARAMETER, f"Parameter '{name}' is unknown here")
        self._pairs = pairs

    def __contains__(self, name: str) -> bool:
        return any(given == name for given, _ in self._pairs)

    def all(self, name: str) -> list[str]:
        return [value for given, value in self._pairs if given == name]

    def text(self, name: str, default: str = "") -> str:
        return (self.all(name) or [default])[-1]

    def flag(self, name: str) -> bool | None:
        """None when it is not given."""
        value = self.text(name).lower()
        if value not in {"", "true", "false"}:
            raise Refused(400, INVALID_VALUE, f"{name} is true or false, not '{value}'")
        return value == "true" if value else None

    def integer(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self.text(name, str(default))
        if not value.isdigit() or not lowest <= int(value) <= highest:
            raise Refused(400, INVALID_VALUE, f"{name} is a number from {lowest} to {highest}, not '{value}'")
        return int(value)

    def one_of(self, name: str, values: Sequence[str], default: str = "") -> str:
        value = self.text(name, default)
        if value and value not in values:
            raise Refused(400, INVALID_VALUE, f"{name} is one of {', '.join(values)}, not '{value}'")
        return value

    def url(self, name: str) -> str:
        """An absolute http(s) address, or empty."""
        value = self.text(name)
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.netloc):
            raise Refused(400, INVALID_VALUE, f"{name} is not a valid URL: '{value}'")
        return value

    def method(self, name: str) -> str:
        return self.one_of(name, ("GET", "POST"), "POST")

    def number(self, name: str, missing: int, invalid: int) -> str:
        """A telephone number in E.164; the codes are those of the two refusals."""
        value = self.text(name)
        if not value:
            raise Refused(400, missing, f"A '{name}' phone number is required")
        if not E164.fullmatch(value):
            raise Refused(400, invalid, f"The '{name}' number {value} is not a valid phone number")
        return value

    def status_callback(self, events: Sequence[str] = ()) -> StatusCallback | None:
        """`events` are those that may be asked for; repeated or separated by spaces, ``completed`` when none is."""
        asked = {event for value in self.all("StatusCallbackEvent") for event in value.split()}
        if asked - set(events):
            raise Refused(400, INVALID_VALUE, f"StatusCallbackEvent is one of {', '.join(events)}")
        url = self.url("StatusCallback")
        method = self.method("StatusCallbackMethod")
        return StatusCallback(url, method, frozenset(asked or {"completed"})) if url else None

    def period(self, name: str) -> Callable[[datetime], bool]:
        """The filter ``Name``, ``Name<`` and ``Name>`` make together; days (UTC) or instants, bounds included."""
        on, before, after = (self._instant(f"{name}{sign}") for sign in ("", "<", ">"))

        def holds(instant: datetime) -> bool:
            one_day = on is None or on <= instant < on + timedelta(days=1)
            return one_day and (before is None or instant <= before) and (after is None or instant >= after)

        return holds

    def _instant(self, name: str) -> datetime | None:
        value = self.text(name)
        if not value:
            return None
        try:
            instant = datetime.fromisoformat(value)
        except ValueError as problem:
            raise Refused(400, INVALID_VALUE, f"{name} is not a date: '{value}'") from problem
        if _DAY.fullmatch(value) and name.endswith("<"):
            instant += timedelta(days=1)
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


async def posted(request: Request, *served: str) -> Form:
    """The form that came with a POST. Raises Refused when it is something else."""
    body = await request.body()
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body))
    except ValueError as problem:
        raise Refused(400, INVALID_VALUE, "the body is not a form") from problem
    return Form(pairs, frozenset(served))


def asked(request: Request, *served: str) -> Form:
    """The filters of a GET."""
    return Form(request.query_params.multi_items(), frozenset(served) | _PAGING)


def exchange_of(request: Request) -> Exchange:
    exchange: Exchange = request.app.state.exchange
    return exchange


def account(account_sid: str, request: Request, exchange: Annotated[Exchange, Depends(exchange_of)]) -> Exchange:
    """The exchange, for whoever knows the account's token. Raises Refused (20003)."""
    authenticated(request, account_sid, exchange.settings.auth_token)
    if account_sid != exchange.settings.account_sid:
        raise Refused(401, AUTHENTICATION, "Authenticate")
    return exchange


def authenticated(request: Request, account_sid: str, token: str) -> None:
    """Raises Refused (20003) when the request does not bear this account and this token."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user = password = ""
    known = hmac.compare_digest(password.encode(), token.encode())
    if scheme.lower() != "basic" or not known or user != account_sid:
        raise Refused(401, AUTHENTICATION, "Authenticate")


Account = Annotated[Exchange, Depends(account)]


def path(exchange: Exchange, *parts: str) -> str:
    return "/".join(["", API_VERSION, "Accounts", exchange.settings.account_sid, *parts])


def listed(request: Request, form: Form, key: str, items: Sequence[T], shape: Callable[[T], dict[str, Any]]) -> Any:
    """One page of a list, newest first as the provider gives it."""
    size = form.integer("PageSize", 50, 1, 1000)
    page = form.integer("Page", 0, 0, 10_000)
    start = page * size
    shown = items[start : start + size]
    base = request.url.path
    more = start + size < len(items)
    query = "&".join(f"{k}={v}" for k, v in request.query_params.multi_items() if k not in _PAGING)

    def uri(number: int) -> str:
        return f"{base}?{query}{'&' if query else ''}PageSize={size}&Page={number}"

    return {
        key: [shape(item) for item in shown],
        "start": start,
        "end": start + max(0, len(shown) - 1),
        "page": page,
        "page_size": size,
        "uri": uri(page),
        "first_page_uri": uri(0),
        "next_page_uri": uri(page + 1) if more else None,
        "previous_page_uri": uri(page - 1) if page else None,
    }
