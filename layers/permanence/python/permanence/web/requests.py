"""What a browser sent, read out of an HTTP API event (payload 2.0)."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from permanence.domain.writable_text import writable

LONGEST_FORM = 64 * 1024
MOST_FIELDS = 200


class MalformedRequest(ValueError):
    """A body or a field that no page of ours can have sent: 400."""


class Form:
    """The fields of an urlencoded form; a field may repeat, a missing one reads as empty."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = fields

    def one(self, name: str) -> str:
        """The last value of a field, trimmed, without what no file can hold."""
        values = self._fields.get(name)
        return writable(values[-1]).strip() if values else ""

    def raw(self, name: str) -> str:
        """The last value of a field as it was typed, spaces included: passwords."""
        values = self._fields.get(name)
        return values[-1] if values else ""

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(writable(value).strip() for value in self._fields.get(name, []))

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def names(self) -> tuple[str, ...]:
        return tuple(self._fields)


def read_form(event: Mapping[str, Any]) -> Form:
    """The urlencoded body of an event, base64 or not. Raises MalformedRequest."""
    body = event.get("body") or ""
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
        if len(raw) > LONGEST_FORM:
            raise MalformedRequest("the form is too long")
        text = raw.decode()
        if "\x00" in text or "%00" in text:
            raise MalformedRequest("the form holds a null character")
        return Form(parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except (binascii.Error, UnicodeError, ValueError) as refused:
        raise MalformedRequest(str(refused)) from refused


def read_cookie(event: Mapping[str, Any], name: str) -> str | None:
    """A cookie by name, from `cookies` (AWS) or from `headers.cookie` (the local engine)."""
    for line in (*(event.get("cookies") or ()), (event.get("headers") or {}).get("cookie") or ""):
        for pair in line.split(";"):
            key, _, value = pair.strip().partition("=")
            if key == name and value:
                return str(value)
    return None


def read_query(event: Mapping[str, Any], name: str, longest: int = 200) -> str:
    """A query parameter, trimmed and cut, or empty."""
    value = (event.get("queryStringParameters") or {}).get(name) or ""
    return writable(str(value)).strip()[:longest]


def is_fragment(event: Mapping[str, Any]) -> bool:
    """Whether htmx asks for a part of a page."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return headers.get("hx-request") == "true"
