"""A browser's requests, answered by the functions' own handlers over worlds in memory."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from tests.functions.sign_in.sign_in_world import SignInWorld
from tests.web.browser import Browser, query_parameters

Handle = Callable[[dict[str, Any]], dict[str, Any]]
SHOWN = "/montre"
"""Where the page that a browser without a network has come to is shown."""


@dataclass
class Houses:
    """One host name for each house, so that no page of one test asks another's."""

    port: int = 0
    handles: dict[str, Handle] = field(default_factory=dict)
    one_at_a_time: Lock = field(default_factory=Lock)

    def open(self, handle: Handle, name: str = "") -> str:
        """The address where this handler answers; a name that is known has a new one from now on."""
        host = f"{name or f'house-{len(self.handles)}'}.localhost:{self.port}"
        self.handles[host] = handle
        return f"http://{host}"


@contextmanager
def houses() -> Iterator[Houses]:
    """A server on a port of this machine, in this process."""
    opened = Houses()

    class Door(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            with opened.one_at_a_time:
                answer = opened.handles[self.headers["host"]](_event(self))
            body = answer.get("body") or ""
            raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
            self.send_response(answer["statusCode"])
            for name, value in answer.get("headers", {}).items():
                self.send_header(name, str(value))
            for cookie in answer.get("cookies", []):
                self.send_header("Set-Cookie", cookie)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = _answer  # noqa: N815  (the name that http.server calls)
        do_POST = _answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Requests are the tests' own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    opened.port = server.server_port
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield opened
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def house(**by_path: Handle) -> Handle:
    """Each path to the function that has it on AWS: `desk`, `extranet`, `m`; the rest is the way in."""
    way_in = by_path.pop("way_in", None) or SignInWorld().handle

    def handle(event: dict[str, Any]) -> dict[str, Any]:
        return by_path.get(event["rawPath"].split("/")[1], way_in)(event)

    return handle


def showing(browser: Browser) -> Handle:
    """The page a browser without a network has come to, at SHOWN; what that page asks for goes where it would."""
    files = SignInWorld().handle
    cookies = [f"{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax" for name, value in browser.cookies.items()]
    page = {"statusCode": browser.status, "headers": browser.headers, "body": browser.html, "cookies": cookies}

    def handle(event: dict[str, Any]) -> dict[str, Any]:
        path = event["rawPath"]
        if path == SHOWN:
            return page
        return files(event) if path.startswith("/static/") else browser.handler(event)

    return handle


def _event(request: BaseHTTPRequestHandler) -> dict[str, Any]:
    """The request as API Gateway would put it (payload 2.0)."""
    parts = urlsplit(request.path)
    body = request.rfile.read(int(request.headers.get("content-length") or 0))
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{request.command} {parts.path}",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "headers": {name.lower(): value for name, value in request.headers.items() if name.lower() != "cookie"},
        "cookies": [pair.strip() for pair in (request.headers.get("cookie") or "").split(";") if pair],
        "requestContext": {
            "http": {"method": request.command, "path": parts.path, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
            "stage": "$default",
        },
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    if parts.query:
        event["queryStringParameters"] = query_parameters(parts.query)
    return event
