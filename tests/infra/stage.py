"""What the functions of a rehearsal stand on: AWS on moto, each thing of it under a name of the template, and a
telephony provider that agrees to everything."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs

import boto3
from moto import mock_aws

from permanence.adapters import parallel
from tests.fakes.table import create_table
from tests.functions.telephony import ACCOUNT, BASE_URL, TOKEN

REGION = "eu-west-3"
QUEUES = {
    "OUTBOX_QUEUE_URL": "Outbox",
    "DEADLINES_QUEUE_URL": "Deadlines",
    "LATE_EVENTS_QUEUE_URL": "LateEvents",
    "RECORDINGS_QUEUE_URL": "RecordingsToImport",
    "FILES_TO_READ_QUEUE_URL": "FilesToRead",
}
BUCKETS = {
    "RECORDINGS_BUCKET": "Recordings",
    "REPORTS_BUCKET": "Reports",
    "REFERENCE_BUCKET": "Reference",
    "IMPORTS_BUCKET": "Imports",
}
GROUPS = ("teleconseiller", "superviseur", "habitat70")
LEG = "CA" + "2" * 32
"""What the provider calls whatever it is asked to do."""


class Stage:
    """`environ` is that of every function, `names` are those of the template by those in use here, `texts` the messages
    that the provider was given, `logged` the calls that its log tells of."""

    def __init__(self, provider_url: str, texts: list[str], logged: list[dict[str, Any]]) -> None:
        self.texts, self.logged = texts, logged
        self.names: dict[str, str] = {}
        self.environ = {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": REGION,
            "TABLE_NAME": "permanence",
            "PUBLIC_BASE_URL": BASE_URL,
            "MAIL_SENDER": "astreinte@permanence.example",
            "IMPORT_ADDRESS": "referentiel@fichiers.permanence.example",
            "PROVIDER_SECRET_ID": "provider",
            "TELEPHONY_API_BASE_URL": provider_url,
        }
        self.table, self._users, self.objects = _client("dynamodb"), _client("cognito-idp"), _client("s3")
        create_table(self.table)
        self._make_buckets_and_queues()
        self._make_users()
        secret = json.dumps({"account_sid": ACCOUNT, "auth_tokens": [TOKEN]})
        _client("secretsmanager").create_secret(Name="provider", SecretString=secret)
        self.names["provider"] = "ProviderSecret"
        _client("sesv2").create_email_identity(EmailIdentity=self.environ["MAIL_SENDER"].partition("@")[2])

    def items(self) -> set[tuple[str, str]]:
        """The keys of everything in the table."""
        pages = self.table.get_paginator("scan").paginate(TableName=self.environ["TABLE_NAME"])
        return {(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]}

    def add_account(self, email: str, group: str, password: str) -> None:
        """The first account, which an engineer makes."""
        told = {"email": email, "given_name": "Sylvie", "family_name": "Mourot", "phone_number": "+33639980218"}
        who = {"UserPoolId": self.environ["USER_POOL_ID"], "Username": email}
        attributes = [{"Name": name, "Value": value} for name, value in told.items()]
        self._users.admin_create_user(**who, UserAttributes=attributes)
        self._users.admin_set_user_password(**who, Password=password, Permanent=True)
        self._users.admin_add_user_to_group(**who, GroupName=group)

    def _make_buckets_and_queues(self) -> None:
        s3, sqs = _client("s3"), _client("sqs")
        for variable, name in BUCKETS.items():
            bucket = self.environ[variable] = name.lower()
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
            self.names[bucket] = name
        for variable, name in QUEUES.items():
            url = self.environ[variable] = sqs.create_queue(QueueName=name)["QueueUrl"]
            self.names[url] = name

    def _make_users(self) -> None:
        policy = {"MinimumLength": 12, "RequireSymbols": False}
        pool = self._users.create_user_pool(
            PoolName="permanence", UsernameAttributes=["email"], Policies={"PasswordPolicy": policy}
        )["UserPool"]["Id"]
        self._users.set_user_pool_mfa_config(
            UserPoolId=pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="ON"
        )
        for group in GROUPS:
            self._users.create_group(UserPoolId=pool, GroupName=group)
        app = self._users.create_user_pool_client(
            UserPoolId=pool, ClientName="sign-in", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        self.environ |= {"USER_POOL_ID": pool, "USER_POOL_CLIENT_ID": app}
        self.names[pool] = "Users"


@contextmanager
def new_stage() -> Iterator[Stage]:
    """Requests are made in one thread, whose stack tells whose they are."""
    texts: list[str] = []
    logged: list[dict[str, Any]] = []
    with mock_aws(), _provider(texts, logged) as url, patch.object(parallel, "AT_ONCE", 1):
        stage = Stage(url, texts, logged)
        with patch.dict("os.environ", stage.environ):
            yield stage


def _client(service: Any) -> Any:
    return boto3.client(service, region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing")


@contextmanager
def _provider(texts: list[str], logged: list[dict[str, Any]]) -> Iterator[str]:
    """Agrees to everything it is asked; `texts` are the messages it was given, `logged` the calls it tells of."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            asked = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            texts.extend(parse_qs(asked).get("Body", ()))
            lists: dict[str, Any] = {name: [] for name in ("messages", "recordings", "conferences")}
            lists["calls"] = logged
            content = json.dumps({"sid": LEG, "status": "queued", **lists}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815  (names that http.server calls)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
