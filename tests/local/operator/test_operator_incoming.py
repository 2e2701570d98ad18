"""Mails from outside become objects, as the mail service of AWS writes them."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from local.operator.client import OperatorClient
from local.operator.incoming import Rule
from permanence.adapters.mail_reading import read_mail
from permanence.domain.reference.received_mail import Apart, sent_files, set_apart

SENDER = "patrimoine@habitat70.example"


class Bucket(HTTPServer):
    objects: dict[str, bytes]


class _Puts(BaseHTTPRequestHandler):
    server: Bucket

    def do_PUT(self) -> None:
        self.server.objects[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


def rule(bucket: Bucket) -> Rule:
    engine = f"http://127.0.0.1:{bucket.server_port}"
    where = {"engine_url": engine, "region": "eu-west-3", "account": "000000000000", "bucket": "imports"}
    return Rule(address="referentiel@fichiers.example", folder="mails/", **where)


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    server = Bucket(("127.0.0.1", 0), _Puts)
    server.objects = {}
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_mail_from_outside_is_put_where_it_was_said(operator: OperatorClient, bucket: Bucket) -> None:
    operator.set_rule(rule(bucket))
    operator.send_from_outside(f"Nadia <{SENDER}>", ("Planning d’astreinte.xlsx", b"PK"))
    ((path, whole),) = bucket.objects.items()
    assert path.startswith("/imports/mails/")
    mail = read_mail(whole)
    assert set_apart(mail, {SENDER}) is None
    assert [(file.name, file.body) for file in sent_files(mail.attachments)] == [("Planning d’astreinte.xlsx", b"PK")]


def test_a_mail_may_be_one_that_its_domain_does_not_stand_by(operator: OperatorClient, bucket: Bucket) -> None:
    operator.set_rule(rule(bucket))
    operator.send_from_outside(SENDER, ("a.xlsx", b"PK"), dmarc="fail")
    assert set_apart(read_mail(*bucket.objects.values()), {SENDER}) is Apart.FORGED
