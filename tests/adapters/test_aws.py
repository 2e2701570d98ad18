"""Buckets, queues, mails and the clock at the edge."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from moto import mock_aws

from permanence.adapters.aws import make_client
from permanence.adapters.clock import now
from permanence.adapters.s3 import S3ObjectStore
from permanence.adapters.ses import SesMailer
from permanence.adapters.sqs import SqsQueue
from permanence.adapters.timeouts import CALLER_IS_WAITING
from permanence.application.dispatch.ports import MailRefused, MailUnavailable
from permanence.application.reception.ports import ObjectKept, QueueMessage, QueueRefused
from tests.fakes.buckets import answers_as_s3
from tests.fakes.table import counted_requests
from tests.fakes.table import make_client as make_moto_client


@pytest.fixture
def bucket() -> Iterator[S3ObjectStore]:
    with mock_aws():
        client = make_moto_client("s3")
        client.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
        client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        yield S3ObjectStore(client, "bucket")


def versions(bucket: S3ObjectStore) -> list[str]:
    answer = bucket._client.list_object_versions(Bucket=bucket._bucket)
    return [found["Key"] for found in (*answer.get("Versions", ()), *answer.get("DeleteMarkers", ()))]


def test_no_version_of_a_deleted_object_is_left_and_its_neighbours_stay(bucket: S3ObjectStore) -> None:
    for body in (b"1", b"2", b"3"):
        bucket.put("2026-11/CA1/RE1", body, "audio/wav")
    bucket._client.delete_object(Bucket="bucket", Key="2026-11/CA1/RE1")
    bucket.put("2026-11/CA1/RE10", b"another", "audio/wav")
    bucket.delete_all_versions("2026-11/CA1/RE1")
    assert versions(bucket) == ["2026-11/CA1/RE10"]
    bucket.delete_all_versions("2026-11/CA1/RE1")


def test_a_version_that_s3_holds_back_is_told(bucket: S3ObjectStore) -> None:
    held = S3ObjectStore(bucket._client, "held")
    where = {"LocationConstraint": "eu-west-3"}
    bucket._client.create_bucket(Bucket="held", CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)
    held.put("2026-11/CA1/RE1", b"1", "audio/wav")
    bucket._client.put_object_legal_hold(Bucket="held", Key="2026-11/CA1/RE1", LegalHold={"Status": "ON"})
    with pytest.raises(ObjectKept):
        held.delete_all_versions("2026-11/CA1/RE1")
    assert versions(held) == ["2026-11/CA1/RE1"]


def test_many_objects_of_a_folder_are_found_by_reading_it_and_their_neighbours_stay(bucket: S3ObjectStore) -> None:
    keys = [f"2026-05/CA{n:02}/RE1.wav" for n in range(40)]
    for key in keys:
        bucket.put(key, b"voice", "audio/wav")
    bucket._client.delete_object(Bucket="bucket", Key=keys[3])
    bucket.put("2026-06/CA99/RE1.wav", b"voice", "audio/wav")
    gone = {*keys[:30], "2026-06/CA99/RE1.wav", "2026-07/never/made.wav"}
    with counted_requests(bucket._client) as requests:
        assert bucket.delete_all_versions_of(gone) == frozenset()
    assert sorted(versions(bucket)) == keys[30:]
    assert sorted(requests) == ["DeleteObjects", *["ListObjectVersions"] * 3]
    assert bucket.delete_all_versions_of(gone) == frozenset()


def test_of_many_those_that_s3_holds_back_are_told_by_name(bucket: S3ObjectStore) -> None:
    held = S3ObjectStore(bucket._client, "held")
    where = {"LocationConstraint": "eu-west-3"}
    bucket._client.create_bucket(Bucket="held", CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)
    for key in ("a", "b"):
        held.put(key, b"1", "audio/wav")
    bucket._client.put_object_legal_hold(Bucket="held", Key="b", LegalHold={"Status": "ON"})
    assert held.delete_all_versions_of(["a", "b"]) == {"b"}
    assert versions(held) == ["b"]


def test_a_missing_object_is_a_key_error(bucket: S3ObjectStore) -> None:
    bucket.put("a", b"1", "text/plain")
    assert bucket.get("a") == b"1"
    with pytest.raises(KeyError):
        bucket.get("b")


def test_what_is_missing_is_told_to_who_may_list_the_bucket(bucket: S3ObjectStore) -> None:
    answers_as_s3(bucket._client, may_list=["bucket"])
    bucket.put("a", b"1", "text/plain")
    assert (bucket.has("a"), bucket.has("b")) == (True, False)
    with pytest.raises(KeyError):
        bucket.get("b")


@pytest.mark.parametrize("may_read", [True, False])
def test_a_refusal_is_never_taken_for_a_missing_object(bucket: S3ObjectStore, may_read: bool) -> None:
    """Who may not list is refused what is missing, and who has lost the right to read what is there."""
    key = "b" if may_read else "a"
    bucket.put("a", b"1", "text/plain")
    answers_as_s3(bucket._client, may_read=may_read)
    with pytest.raises(ClientError):
        bucket.has(key)
    with pytest.raises(ClientError):
        bucket.get(key)


def test_an_address_is_short_lived(bucket: S3ObjectStore) -> None:
    address = bucket.url("2026-11/CA1/RE1", 60, "audio/wav")
    assert "Expires" in address
    assert "2026-11/CA1/RE1" in address


# --- queues ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def sqs() -> Iterator[Any]:
    with mock_aws():
        yield make_moto_client("sqs")


@pytest.mark.parametrize(("count", "batches"), [(0, 0), (1, 1), (10, 1), (11, 2), (35, 4)])
def test_any_number_of_messages_leaves_in_batches_of_ten(sqs: Any, count: int, batches: int) -> None:
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    with counted_requests(sqs) as requests:
        SqsQueue(sqs, url).send([QueueMessage({"n": n}) for n in range(count)])
    assert requests == ["SendMessageBatch"] * batches
    received: list[int] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        received += [json.loads(message["Body"])["n"] for message in messages]
    assert sorted(received) == list(range(count))


def test_one_refused_message_makes_the_whole_batch_come_again(sqs: Any) -> None:
    class Refusing:
        def send_message_batch(self, **_: Any) -> dict[str, Any]:
            return {"Successful": [{"Id": "0"}], "Failed": [{"Id": "1", "Code": "InternalError"}]}

    with pytest.raises(QueueRefused):
        SqsQueue(Refusing(), "q").send([QueueMessage({}), QueueMessage({})])


# --- mails -----------------------------------------------------------------------------------------------------------


class Ses:
    """SESv2 with one answer."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer
        self.sent: list[dict[str, Any]] = []

    def send_email(self, **request: Any) -> dict[str, Any]:
        self.sent.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def refusal(code: str, message: str = "a@habitat70.example") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "SendEmail")


NOT_VERIFIED = (
    "Email address is not verified. The following identities failed the check in region EU-WEST-3: a@habitat70.example"
)


def test_a_mail_leaves_whole_to_all_its_readers() -> None:
    ses = Ses({"MessageId": "m1"})
    assert SesMailer(ses).send(b"Subject: nuit", "astreinte@p.example", ["a@h.example", "b@h.example"]) == "m1"
    (request,) = ses.sent
    assert request["Content"] == {"Raw": {"Data": b"Subject: nuit"}}
    assert request["Destination"] == {"ToAddresses": ["a@h.example", "b@h.example"]}


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (refusal("MessageRejected"), MailRefused),
        (refusal("BadRequestException"), MailRefused),
        (refusal("TooManyRequestsException"), MailUnavailable),
        (refusal("InternalFailure"), MailUnavailable),
        (refusal("MessageRejected", NOT_VERIFIED), MailUnavailable),
        (refusal("MailFromDomainNotVerifiedException"), MailUnavailable),
        (refusal("AccountSuspendedException"), MailUnavailable),
        (refusal("SendingPausedException"), MailUnavailable),
        (refusal("LimitExceededException"), MailUnavailable),
        (refusal("NotFoundException"), MailUnavailable),
        (refusal("AccessDeniedException"), MailUnavailable),
        (ReadTimeoutError(endpoint_url="https://email"), MailUnavailable),
        (EndpointConnectionError(endpoint_url="https://email"), MailUnavailable),
    ],
)
def test_a_refused_mail_and_a_service_that_cannot_take_it_yet_are_told_apart(
    fault: Exception, meaning: type[Exception]
) -> None:
    with pytest.raises(meaning) as told:
        SesMailer(Ses(fault)).send(b"", "astreinte@p.example", ["a@h.example"])
    assert "@" not in str(told.value)


def test_why_a_mail_waits_or_was_refused_is_told() -> None:
    with pytest.raises(MailUnavailable, match=r"^MessageRejected: not verified$"):
        SesMailer(Ses(refusal("MessageRejected", NOT_VERIFIED))).send(b"", "astreinte@p.example", ["a@h.example"])
    with pytest.raises(MailRefused) as refused:
        SesMailer(Ses(refusal("BadRequestException"))).send(b"", "astreinte@p.example", ["a@h.example"])
    assert refused.value.code == "BadRequestException"


# --- clients and time ------------------------------------------------------------------------------------------------


def test_a_client_for_a_waiting_caller_gives_up_soon() -> None:
    client = make_client("dynamodb", {"AWS_REGION": "eu-west-3"}, CALLER_IS_WAITING)
    assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (0.5, 1)
    assert client.meta.config.retries["total_max_attempts"] == 2
    assert client.meta.region_name == "eu-west-3"
    assert make_client("dynamodb", {"AWS_REGION": "eu-west-3"}, CALLER_IS_WAITING) is client


def test_a_client_follows_the_endpoint_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", "http://127.0.0.1:4571")
    client = make_client("sesv2", {"AWS_REGION": "eu-west-1"})
    assert client.meta.endpoint_url == "http://127.0.0.1:4571"


@pytest.fixture
def clock_url() -> Iterator[str]:
    class Clock(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"offset_s": -3600.5}')

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Clock)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_the_clock_is_the_real_one_unless_a_stage_offsets_it(clock_url: str) -> None:
    before = datetime.now(UTC)
    assert before <= now({}) <= datetime.now(UTC)
    offset = timedelta(seconds=-3600.5)
    assert before + offset <= now({"CLOCK_URL": clock_url}) <= datetime.now(UTC) + offset


def test_an_object_that_is_put_once_never_changes(bucket: S3ObjectStore) -> None:
    assert bucket.put_once("reports/2026-11.xlsx", b"first", "text/plain")
    assert not bucket.put_once("reports/2026-11.xlsx", b"second", "text/plain")
    assert bucket.get("reports/2026-11.xlsx") == b"first"
