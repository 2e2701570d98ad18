"""A browser without a network: API Gateway events in, pages out, cookies and hidden fields kept."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from bs4 import BeautifulSoup

Handler = Callable[[dict[str, Any]], dict[str, Any]]
Fields = Mapping[str, str | list[str]]


def http_event(
    method: str,
    path: str,
    fields: Fields | None = None,
    *,
    cookies: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    as_on_aws: bool = False,
) -> dict[str, Any]:
    """An HTTP API event, payload 2.0. AWS lists cookies apart; the local engine leaves them in the headers."""
    parts = urlsplit(path)
    pairs = [f"{name}={value}" for name, value in (cookies or {}).items()]
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {parts.path}",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "headers": {"host": "permanence.test", **(headers or {})},
        "requestContext": {
            "http": {"method": method, "path": parts.path, "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1"},
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    if parts.query:
        event["queryStringParameters"] = query_parameters(parts.query)
    if pairs and as_on_aws:
        event["cookies"] = pairs
    elif pairs:
        event["headers"]["cookie"] = "; ".join(pairs)
    if fields is not None:
        event["headers"]["content-type"] = "application/x-www-form-urlencoded"
        event["body"] = base64.b64encode(urlencode(fields, doseq=True).encode()).decode()
        event["isBase64Encoded"] = True
    return event


BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"


def multipart_event(
    path: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]], **rest: Any
) -> dict[str, Any]:
    """A form with files, as Chromium writes it."""
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    for name, (file_name, content) in files.items():
        quoted = file_name.replace('"', "%22")
        kind = "\r\nContent-Type: application/octet-stream"
        parts.append((f'name="{name}"; filename="{quoted}"{kind}', content))
    body = b"".join(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    )
    event = http_event("POST", path, **rest)
    event["headers"]["content-type"] = f"multipart/form-data; boundary={BOUNDARY}"
    event["body"] = base64.b64encode(body + f"--{BOUNDARY}--\r\n".encode()).decode()
    event["isBase64Encoded"] = True
    return event


def query_parameters(query: str) -> dict[str, str]:
    """API Gateway decodes, and joins a repeated parameter with commas."""
    return {name: ",".join(values) for name, values in parse_qs(query, keep_blank_values=True).items()}


@dataclass
class Browser:
    """`asked` is the method and path of the last request, `page` its HTML; redirects are shown, not followed: tests say
    where a visitor is sent."""

    handler: Handler
    as_on_aws: bool = False
    cookies: dict[str, str] = field(default_factory=dict)
    asked: tuple[str, str] = ("", "")
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    html: str = ""

    @property
    def page(self) -> BeautifulSoup:
        return BeautifulSoup(self.html, "html.parser")

    @property
    def text(self) -> str:
        """What the page says, with plain spaces."""
        return " ".join(self.page.get_text(" ").split())

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    def get(self, path: str, **headers: str) -> "Browser":
        return self._send(http_event("GET", path, cookies=self.cookies, headers=headers, as_on_aws=self.as_on_aws))

    def post(self, path: str, fields: Fields, csrf: str | None = None) -> "Browser":
        """Send a form with the CSRF token of the last page, or the one given."""
        sent = {"csrf": self._csrf() if csrf is None else csrf, **fields}
        return self._send(http_event("POST", path, sent, cookies=self.cookies, as_on_aws=self.as_on_aws))

    def upload(self, path: str, name: str, content: bytes, fields: Mapping[str, str] | None = None) -> "Browser":
        """Send a form whose field `file` is this file."""
        sent = {"csrf": self._csrf(), **(fields or {})}
        return self._send(multipart_event(path, sent, {"file": (name, content)}, cookies=self.cookies))

    def _csrf(self) -> str:
        """The token of the last page."""
        known = self.page.find("input", attrs={"name": "csrf"})
        return str(known["value"]) if known else ""

    def _send(self, event: dict[str, Any]) -> "Browser":
        answer = self.handler(event)
        self.asked = (event["requestContext"]["http"]["method"], event["rawPath"])
        self.status = answer["statusCode"]
        self.headers = {name: str(value) for name, value in answer.get("headers", {}).items()}
        body = answer.get("body") or ""
        self.html = base64.b64decode(body).decode() if answer.get("isBase64Encoded") else body
        for cookie in answer.get("cookies", []):
            pair, *attributes = cookie.split("; ")
            name, _, value = pair.partition("=")
            self.cookies.pop(name, None)
            if value and "Max-Age=0" not in attributes:
                self.cookies[name] = value
        return self
