"""The provider's REST API as one account asks it: credentials, pages, refusals."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
)

from permanence.adapters.twilio.credentials import Credentials
from permanence.application.reception.ports import ProviderRefused, ProviderUnavailable
from permanence.domain.writable_text import writable_throughout

IRELAND = "https://api.dublin.ie1.twilio.com"
"""Where the account's data stays in the Union (R73)."""

_LATER = frozenset({401, 408, 425, 429})
"""401 speaks of our secret, never of whom we call: as a refusal it would run through a whole chain in seconds."""

_GONE = frozenset({"404", "20404"})

_OF_THE_NUMBER = frozenset({"13224", "21211", "21214", "21217", "21610", "21614", "21635"})
"""Invalid or out of reach, opted out, no mobile, a landline. Any other refusal would meet the next in line as well."""


class TwilioApi:
    """Requests below the account, each a new connection: threads may share it.

    `credentials` is asked at each request, since secrets rotate; `timeout_s` bounds one request, in seconds.
    """

    def __init__(self, base_url: str, credentials: Callable[[], Credentials], timeout_s: float) -> None:
        self.base_url = base_url.rstrip("/")
        self._credentials = credentials
        self._timeout_s = timeout_s
        self._opener = _plain_opener()

    def _list(self, resource: str, member: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        page = self._get(resource, query)
        yield from page[member]
        while next_page := page.get("next_page_uri"):
            # Of its address we take the query alone: our secret goes where it always goes.
            page = self._get(resource, dict(parse_qsl(urlsplit(next_page).query)))
            yield from page[member]

    def _delete(self, resource: str) -> None:
        """Deleting what is gone succeeds."""
        try:
            self._request("DELETE", f"{resource}.json")
        except ProviderRefused as refusal:
            if not is_gone(refusal):
                raise

    def _get(self, resource: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        return _decoded(self._request("GET", f"{resource}.json{'?' + urlencode(query) if query else ''}"))

    def _post(self, resource: str, fields: Sequence[tuple[str, str]]) -> dict[str, Any]:
        return _decoded(self._request("POST", f"{resource}.json", urlencode(fields).encode()))

    def _request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        credentials = self._credentials()
        url = f"{self.base_url}/2010-04-01/Accounts/{segment(credentials.account)}/{path}"
        request = Request(url, body, method=method)  # noqa: S310 the address is configuration
        pair = b64encode(f"{credentials.account}:{credentials.tokens[0]}".encode()).decode()
        request.add_header("Authorization", f"Basic {pair}")
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            with error:
                raise _refusal(error) from error
        except (OSError, HTTPException) as error:
            raise ProviderUnavailable(type(error).__name__) from error


def is_gone(refusal: ProviderRefused) -> bool:
    """Whether the provider knows no such thing."""
    return refusal.code in _GONE


def segment(text: str) -> str:
    """One part of a path."""
    return quote(text, safe="")


def _plain_opener() -> OpenerDirector:
    """No proxy of the environment, and no redirection: it would carry our secret elsewhere."""
    opener = OpenerDirector()
    for handler in (HTTPHandler(), HTTPSHandler(), HTTPDefaultErrorHandler(), HTTPErrorProcessor()):
        opener.add_handler(handler)
    return opener


def _refusal(error: HTTPError) -> Exception:
    if error.code in _LATER or error.code >= 500:
        return ProviderUnavailable(f"HTTP {error.code}")
    try:
        told = writable_throughout(json.loads(error.read()))
        code = str(told["code"])
        return ProviderRefused(code, str(told.get("message", "")), is_of_the_number=code in _OF_THE_NUMBER)
    except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError):
        return ProviderRefused(str(error.code), "")


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        told = writable_throughout(json.loads(body))
    except ValueError as error:
        raise ProviderUnavailable("the answer is not JSON") from error
    if not isinstance(told, dict):
        raise ProviderUnavailable("the answer is not an object")
    return told
