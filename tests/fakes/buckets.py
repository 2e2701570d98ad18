"""Buckets that answer as S3 does to who may read an object and not list its bucket."""

from collections.abc import Collection
from typing import Any

DENIED = {"Code": "AccessDenied", "Message": "Access Denied"}


def answers_as_s3(client: Any, may_list: Collection[str] = (), *, may_read: bool = True) -> None:
    """From now on what is missing is told for the buckets of `may_list`, and refused for others; everything is refused
    when it may not be read. moto tells of both."""
    asked: list[str] = []

    def ask(params: dict[str, Any], **_: Any) -> None:
        asked.append(str(params["Bucket"]))

    def answer(http_response: Any, parsed: dict[str, Any], **_: Any) -> None:
        bucket = asked.pop()
        if not may_read or (http_response.status_code == 404 and bucket not in may_list):
            http_response.status_code = 403
            parsed.update(Error=dict(DENIED), ResponseMetadata={**parsed["ResponseMetadata"], "HTTPStatusCode": 403})

    for operation in ("GetObject", "HeadObject"):
        client.meta.events.register(f"before-parameter-build.s3.{operation}", ask)
        client.meta.events.register(f"after-call.s3.{operation}", answer)
