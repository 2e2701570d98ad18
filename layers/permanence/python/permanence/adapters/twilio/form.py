"""The body of a webhook, as the provider posts it."""

import re
from base64 import b64decode
from collections.abc import Iterable
from urllib.parse import parse_qsl

from permanence.domain.writable_text import writable

_MAX_BYTES = 64 * 1024
_MAX_FIELDS = 200
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Malformed(Exception):
    """The request cannot be what the provider sent: cut short, badly encoded, or without a field it always has."""


class Form:
    """Fields in the order received and as they were signed. Reading a field that came twice gives its first value; what
    no file can hold is left out of it."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self.fields = tuple(fields)
        self._first: dict[str, str] = {}
        for name, value in self.fields:
            self._first.setdefault(name, writable(value))

    def get(self, name: str) -> str | None:
        """The value, or None when the field is missing or blank."""
        return self._first.get(name) or None

    def require(self, name: str) -> str:
        """The value; raises Malformed when the field is missing or blank."""
        value = self.get(name)
        if value is None:
            raise Malformed(f"{name} is missing")
        return value

    def seconds(self, name: str) -> int | None:
        """A whole number of seconds, or None when the field is missing or blank; raises Malformed otherwise."""
        value = self.get(name)
        if value is None:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", value):
            raise Malformed(f"{name} is not a number of seconds")
        return int(value)


def parse_form(body: str, base64_encoded: bool) -> Form:
    """The body of an API event to a form; raises Malformed on anything but a whole urlencoded form."""
    try:
        raw = b64decode(body, validate=True) if base64_encoded else body.encode()
        text = raw.decode("ascii")
    except ValueError as error:
        raise Malformed("the body is not an urlencoded form") from error
    if len(text) > _MAX_BYTES or _BROKEN_ESCAPE.search(text):
        raise Malformed("the body is too long or cut short")
    if not text:
        return Form(())
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_MAX_FIELDS
        )
    except ValueError as error:
        raise Malformed("the body is not an urlencoded form") from error
    return Form(pairs)
