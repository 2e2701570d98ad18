"""Every address that the provider is given leads somewhere: in the documents, in our callbacks, on our numbers."""

import re
from datetime import UTC, datetime
from inspect import getmembers, isfunction, signature
from urllib.parse import urlsplit

import pytest

from call_webhook.handler import ROUTES
from infra.settings import ROOT
from permanence.adapters.twilio.numbers import number_settings
from permanence.application.reception.telephony_urls import TelephonyUrls

BASE = "https://permanence.example"
BIRTH = datetime(2026, 11, 21, tzinfo=UTC)
ARGUMENTS = {"call_id": "CA1", "born": BIRTH, "attempt": 1, "ref": "m.s0-sms", "stage": "choice", "heard": 1}


@pytest.mark.parametrize("document", ["README.md", "docs/telephony.md", "docs/operations.md", "docs/architecture.md"])
def test_every_address_that_a_document_names_is_answered(document: str) -> None:
    named = re.findall(r"(?:/telephony|…)(/(?:calls|agents|conferences|notices|recordings)[a-z/-]*)", _text(document))

    assert {f"/telephony{path}" for path in named} <= ROUTES.keys()


def test_the_table_of_the_documents_has_every_address_once() -> None:
    rows = re.findall(r"^\| `(/telephony/[a-z/-]+)` \|", _text("docs/telephony.md"), re.MULTILINE)

    assert sorted(rows) == sorted(ROUTES)


def test_the_documents_give_a_number_the_addresses_that_it_is_given() -> None:
    given = number_settings("", "")

    table = re.findall(
        r"^\| (voice URL|status callback) \| `([^`]+)` \| POST \|", _text("docs/telephony.md"), re.MULTILINE
    )
    assert dict(table) == {"voice URL": given["VoiceUrl"], "status callback": given["StatusCallback"]}
    for document in ("README.md", "docs/operations.md"):
        for fragment in re.findall(r"calls/status(#[^`\s]+)", _text(document)):
            assert given["StatusCallback"].endswith(fragment)


def test_what_a_number_and_our_callbacks_name_is_answered() -> None:
    given = [url for url in number_settings(BASE, "").values() if url.startswith(BASE)]
    urls = TelephonyUrls(BASE)
    for name, make in getmembers(TelephonyUrls, isfunction):
        if not name.startswith("_"):
            wanted = list(signature(make).parameters)[1:]
            given.append(make(urls, **{argument: ARGUMENTS[argument] for argument in wanted}))

    assert {urlsplit(url).path for url in given} <= ROUTES.keys()


def _text(document: str) -> str:
    return (ROOT / document).read_text("utf-8")
