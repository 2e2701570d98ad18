"""HTTP API events (payload 2.0) as API Gateway sends them."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode


def http_event(
    method: str,
    path: str,
    *,
    form: Mapping[str, str] | None = None,
    query: str = "",
    cookies: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A browser's request; forms are base64, as on AWS."""
    sent = {"host": "permanence.example", **(headers or {})}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"ANY {path.rsplit('/', 1)[0]}/{{proxy+}}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": sent,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "domainName": "permanence.example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "browser",
            },
            "requestId": "request",
            "routeKey": "ANY /{proxy+}",
            "stage": "$default",
            "time": "21/Nov/2026:22:12:00 +0000",
            "timeEpoch": 1795299120000,
        },
        "isBase64Encoded": False,
    }
    if query:
        # API Gateway joins a repeated parameter with commas.
        event["queryStringParameters"] = {
            name: ",".join(values) for name, values in parse_qs(query, keep_blank_values=True).items()
        }
    if cookies:
        event["cookies"] = list(cookies)
    if form is not None:
        sent["content-type"] = "application/x-www-form-urlencoded"
        event["body"] = base64.b64encode(urlencode(form).encode()).decode()
        event["isBase64Encoded"] = True
    return event
