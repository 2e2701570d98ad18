"""A tiny application for the operator to call: answers by path, remembers what it was asked."""

import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, str, str]
Page = Callable[[Mapping[str, str]], Answer]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived; `url` is the whole address without fragment."""

    method: str
    url: str
    path: str
    params: Mapping[str, str]
    signature: str


def twiml(body: str) -> Answer:
    return 200, "text/xml", f"<Response>{body}</Response>"


EMPTY: Answer = (204, "text/plain", "")


class Application:
    """`pages` answers by path; what has no page is answered 204."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []
        application = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self._serve(self.rfile.read(int(self.headers["Content-Length"] or 0)).decode())

            def do_GET(self) -> None:
                self._serve("")

            def _serve(self, body: str) -> None:
                path = urlsplit(self.path).path
                params = dict(parse_qsl(body, keep_blank_values=True))
                url = f"http://{self.headers['Host']}{self.path}"
                signature = self.headers["X-Twilio-Signature"]
                application.asked.append(Asked(self.command, url, path, params, signature))
                page = application.pages.get(path)
                status, content_type, text = page(params) if page else EMPTY
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Tests read `asked`, not a log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def says(self, path: str, body: str) -> None:
        """This path answers these verbs."""
        self.pages[path] = lambda _: twiml(body)

    def told(self, path: str) -> list[Mapping[str, str]]:
        """The parameters of each request to a path, in order of arrival."""
        return [asked.params for asked in self.asked if asked.path == path]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
