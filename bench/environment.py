"""What a function finds in its environment for a while, and what answers it in the place of AWS."""

import io
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from permanence.adapters import aws


@contextmanager
def pretended(environment: Mapping[str, str]) -> Iterator[None]:
    """These variables beside those of the machine, no clock of a local stage, and new clients."""
    before = dict(os.environ)
    os.environ.pop("CLOCK_URL", None)
    os.environ.update(environment)
    aws._client.cache_clear()
    try:
        yield
    finally:
        aws._client.cache_clear()
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def without_log() -> Iterator[None]:
    """The functions tell each request on standard output."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def given_back(request: AWSPreparedRequest, body: bytes) -> AWSResponse:
    """What AWS would have answered, where the request would leave the machine."""
    headers = HTTPHeaders.from_dict({"content-type": "application/x-amz-json-1.0"})
    return AWSResponse(request.url, 200, headers, _Body(body))


class _Body(io.BytesIO):
    """What botocore reads an answer from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
