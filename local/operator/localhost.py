"""Hosts under ``.localhost`` are this machine (RFC 6761): browsers know, the resolver of a bare system may not."""

import httpx


class LocalhostTransport(httpx.AsyncHTTPTransport):
    """Connects to the loopback address for any name under ``.localhost``; the Host header keeps the name."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host.endswith(".localhost"):
            request.url = request.url.copy_with(host="127.0.0.1")
        return await super().handle_async_request(request)
