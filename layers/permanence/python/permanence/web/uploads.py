"""A form with a file, as a browser sends it (multipart/form-data, RFC 7578), by the standard library's own parser."""

import base64
import binascii
from collections.abc import Mapping
from email.message import Message
from email.parser import Parser
from typing import Any

from permanence.domain.frozen import dataclass
from permanence.web.requests import LONGEST_FORM, MOST_FIELDS, Form, MalformedRequest

MOST_UPLOADED = 4 * 1024 * 1024
"""What Lambda takes in one request, 6 MB, leaves 4.5 MB once the gateway has written it in base64."""


@dataclass(frozen=True)
class Upload:
    """A file of a form, under the name that the browser gives; `content` is None when it is too large."""

    name: str
    content: bytes | None


def is_upload(event: Mapping[str, Any]) -> bool:
    return _content_type(event).lower().startswith("multipart/form-data")


def read_upload(event: Mapping[str, Any]) -> tuple[Form, dict[str, Upload]]:
    """The fields of a form and its files, those that were chosen. Raises MalformedRequest."""
    parts = _parts(event)
    fields: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}
    for part in parts:
        name, file_name = (_header_of(part, what) for what in ("name", "filename"))
        body = part.get_payload()
        if name is None or not isinstance(body, str):
            raise MalformedRequest("a part of the form has no name, or parts of its own")
        if file_name is None:
            fields.setdefault(name, []).append(_text(body))
        elif file_name or body:
            files[name] = Upload(file_name, body.encode("latin-1") if len(body) <= MOST_UPLOADED else None)
    if sum(len(value) for values in fields.values() for value in values) > LONGEST_FORM:
        raise MalformedRequest("the form is too long")
    return Form(fields), files


def _parts(event: Mapping[str, Any]) -> list[Message]:
    """Bytes go through the parser as the letters of Latin-1, one each, and come out as they were."""
    body = event.get("body") or ""
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except (binascii.Error, UnicodeError, ValueError) as refused:
        raise MalformedRequest(str(refused)) from refused
    head = _content_type(event).encode("ascii", "replace").decode().replace("\r", "").replace("\n", "")
    message = Parser().parsestr(f"Content-Type: {head}\r\n\r\n{raw.decode('latin-1')}")
    parts = message.get_payload()
    if not isinstance(parts, list) or len(parts) > MOST_FIELDS or message.defects:
        raise MalformedRequest("the body is not the form that its head says")
    return [part for part in parts if isinstance(part, Message)]


def _content_type(event: Mapping[str, Any]) -> str:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return str(headers.get("content-type") or "")


def _header_of(part: Message, what: str) -> str | None:
    """A parameter of the part's Content-Disposition; browsers write it in the form's own UTF-8."""
    told = part.get_param(what, None, "content-disposition")
    return _text(told) if isinstance(told, str) else None


def _text(latin: str) -> str:
    try:
        text = latin.encode("latin-1").decode()
    except UnicodeError as refused:
        raise MalformedRequest(str(refused)) from refused
    if "\x00" in text:
        raise MalformedRequest("the form holds a null character")
    return text
