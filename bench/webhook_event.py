"""What one event costs the webhook, against a bare handler that does the least which would pass for an answer.

Both check the provider's signature over the form, send the same `UpdateItem` through botocore and answer the same
text. AWS is stubbed where the HTTP request would leave: the time of sockets, equal for both, would only flatter the
ratio.
"""

import hmac
import io
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import datetime
from time import process_time
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from bench.environment import given_back, pretended
from bench.figures import Figure, ratio
from call_webhook import handler as webhook
from permanence.adapters.aws import make_client
from permanence.adapters.contract_file import load_contract
from permanence.adapters.timeouts import CALLER_IS_WAITING
from permanence.adapters.twilio.signature import sign

AREA = "One event at `call_webhook`"
AT_MOST = 2.0
ROUNDS = 40
EVENTS = 100
BASE_URL, ADDRESS = "https://permanence.example", "/telephony/calls/incoming"
TOKEN = "a token of the bench"  # noqa: S105 - signs nothing outside this file
ACCOUNT = "AC" + "0" * 32
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_REGION": "eu-west-3",
    "TABLE_NAME": "permanence",
    "PUBLIC_BASE_URL": BASE_URL,
    "PROVIDER_SECRET_ID": "provider",
    "LATE_EVENTS_QUEUE_URL": "https://sqs.example/late-events",
    "POWERTOOLS_SERVICE_NAME": "call_webhook",
    "POWERTOOLS_METRICS_NAMESPACE": "Permanence",
}

Handler = Callable[[dict[str, Any]], dict[str, Any]]


def measure() -> Iterator[Figure]:
    with pretended(ENVIRONMENT), redirect_stdout(io.StringIO()) as logged:
        table, ours, bare = _stubbed()
        pairs = []
        for number in range(-2, ROUNDS):
            events = [_event(f"CA{number * EVENTS + n:032x}") for n in range(EVENTS)]
            pair = _spend(ours, events), _spend(bare, events)
            logged.truncate(0)
            if number >= 0:
                pairs.append(pair)
    if table.requests != 2 * EVENTS * (ROUNDS + 2):
        raise AssertionError(f"{table.requests} requests: each handler sends one for each event")
    yield ratio(AREA, "processor time, signature to answer, over a bare handler", pairs, AT_MOST)


def _spend(handler: Handler, events: list[dict[str, Any]]) -> float:
    """Processor seconds for one event."""
    began = process_time()
    for event in events:
        handler(event)
    return (process_time() - began) / len(events)


def _stubbed() -> tuple["_StubbedTable", Handler, Handler]:
    client = make_client("dynamodb", os.environ, CALLER_IS_WAITING)
    secrets = make_client("secretsmanager", os.environ, CALLER_IS_WAITING)
    table = _StubbedTable()
    client.meta.events.register("before-send.dynamodb.UpdateItem", table.answer)
    client.meta.events.register(
        "before-send.dynamodb.GetItem", lambda request, **_: given_back(request, b"{}")
    )  # what is in force, once in 30 s
    secret = json.dumps({"account_sid": ACCOUNT, "auth_tokens": [TOKEN]})
    body = json.dumps({"SecretString": secret}).encode()
    secrets.meta.events.register(
        "before-send.secrets-manager.GetSecretValue", lambda request, **_: given_back(request, body)
    )
    webhook._live.cache_clear()
    event = _event("CA" + "f" * 32)
    answered = webhook.handler(event, None)
    if answered["statusCode"] != 200:
        raise AssertionError(answered)
    bare = _bare_handler(client, table.last_request, answered)
    again = bare(event)
    if again["body"] != answered["body"]:
        raise AssertionError("both answer the same text")
    table.requests = 0
    return table, lambda known: webhook.handler(known, None), bare


def _bare_handler(client: Any, request: dict[str, Any], answered: dict[str, Any]) -> Handler:
    """Everything that may be known beforehand is; the call, its time and its caller are put into the same request."""
    text, names, update = answered["body"], request["ExpressionAttributeNames"], request["UpdateExpression"]
    values = {name: ":v" + key.removeprefix("#n") for key, name in names.items()}
    known = {name: request["ExpressionAttributeValues"][value] for name, value in values.items()}
    token = TOKEN.encode()

    def handle(event: dict[str, Any]) -> dict[str, Any]:
        form = parse_qsl(b64decode(event["body"]).decode(), keep_blank_values=True)
        signed = BASE_URL + event["rawPath"] + "".join(name + value for name, value in sorted(form))
        expected = b64encode(hmac.digest(token, signed.encode(), "sha1")).decode()
        if not hmac.compare_digest(expected, event["headers"]["x-twilio-signature"]):
            return {"statusCode": 403}
        told = dict(form)
        call_id, now = told["CallSid"], datetime.now().astimezone()
        pk, instant = f"habitat70#CALL#{call_id}", now.isoformat()
        decided = {"service": "astreinte", "hours": "2026-11-23"}
        data = {"caller": told["From"], "called": told["To"]} | decided
        given = known | {
            "e#presented": {"S": json.dumps(["presented", instant, data])},
            "born": {"S": instant},
            "month_pk": {"S": f"habitat70#CALL#{instant[:7]}"},
            "month_sk": {"S": f"{instant}#{call_id}#CALL"},
            "open_pk": {"S": "habitat70#OPEN"},
            "open_sk": {"S": f"CALL#{instant}#{call_id}"},
            "purge_pk": {"S": f"habitat70#P#{instant[:10]}"},
            "purge_sk": {"S": f"{pk}|CALL"},
            "ttl": {"N": str(int(now.timestamp()))},
        }
        client.update_item(
            TableName="permanence",
            Key={"pk": {"S": pk}, "sk": {"S": "CALL"}},
            UpdateExpression=update,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={values[name]: value for name, value in given.items()},
            ReturnValues="ALL_NEW",
        )
        return {"statusCode": 200, "headers": {"content-type": "text/xml; charset=utf-8"}, "body": text}

    return handle


def _event(call_id: str) -> dict[str, Any]:
    """An incoming call with the fields that the provider sends."""
    form = [
        ("AccountSid", ACCOUNT),
        ("ApiVersion", "2010-04-01"),
        ("CallSid", call_id),
        ("CallStatus", "ringing"),
        ("Called", load_contract().numbers.inbound),
        ("Caller", "+33639982105"),
        ("Direction", "inbound"),
        ("From", "+33639982105"),
        ("To", load_contract().numbers.inbound),
    ]
    return {
        "rawPath": ADDRESS,
        "rawQueryString": "",
        "headers": {"x-twilio-signature": sign(TOKEN, BASE_URL + ADDRESS, form)},
        "requestContext": {"requestId": "bench"},
        "body": b64encode(urlencode(form).encode()).decode(),
        "isBase64Encoded": True,
    }


class _StubbedTable:
    """Answers each `UpdateItem` as the table does: with the item that it makes of the first event."""

    def __init__(self) -> None:
        self.requests = 0
        self.last_request: dict[str, Any] = {}

    def answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self.requests += 1
        asked = json.loads(cast(bytes, request.body))
        if not self.last_request:
            self.last_request = asked
        names, values = asked["ExpressionAttributeNames"], asked["ExpressionAttributeValues"]
        item = {name: values[":v" + key.removeprefix("#n")] for key, name in names.items()}
        return given_back(request, json.dumps({"Attributes": asked["Key"] | item}).encode())
