"""AWS clients, made when they are first needed. Endpoints come from AWS_ENDPOINT_URL and its per-service variants."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.session import get_session

from permanence.adapters.timeouts import USUAL, Timeouts


def make_client(service: str, environ: Mapping[str, str], timeouts: Timeouts = USUAL) -> Any:
    """A botocore client, one per process, service and time-outs; `environ` names the region."""
    is_local = "AWS_ENDPOINT_URL" in environ or "AWS_ENDPOINT_URL_S3" in environ
    return _client(service, environ.get("AWS_REGION", "eu-west-3"), timeouts, is_local)


@cache
def _client(service: str, region: str, timeouts: Timeouts, is_local: bool) -> Any:
    config = Config(
        connect_timeout=timeouts.connect_s,
        read_timeout=timeouts.read_s,
        retries={"total_max_attempts": timeouts.attempts, "mode": "standard"},
        # botocore spells its own out anew for every request, which is a quarter of what one costs.
        user_agent="permanence",
        # Left alone, a presigned address leads to S3's worldwide host, which answers from the United States.
        s3=None if is_local else {"addressing_style": "virtual"},
    )
    session = get_session()
    if service == "dynamodb":
        session.register_component("response_parser_factory", AttributesAsTheyCome())
    return session.create_client(service, region_name=region, config=config)


class AttributesAsTheyCome(ResponseParserFactory):
    """botocore's parser but for the items of a table: their JSON is what it would make of them, attribute by attribute
    and at ten times the price of reading it. Bytes alone differ, and our items hold none."""

    def create_parser(self, protocol_name: str) -> Any:
        return _ItemsAsTheyCome() if protocol_name == "json" else super().create_parser(protocol_name)


class _ItemsAsTheyCome(JSONParser):
    def _handle_map(self, shape: Any, value: Any) -> Any:
        return value if shape.value.name == "AttributeValue" else super()._handle_map(shape, value)  # type: ignore[misc]
