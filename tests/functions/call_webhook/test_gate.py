"""Who may speak to the webhook, and what becomes of what nobody should send."""

from datetime import UTC, datetime, time, timedelta
from io import StringIO
from urllib.parse import urlencode

import pytest
from aws_lambda_powertools import Logger
from hypothesis import given
from hypothesis import strategies as st

from call_webhook.handler import ROUTES
from permanence.adapters.twilio.signature import sign
from permanence.application.reception.ports import QueueRefused
from permanence.domain.instants import PARIS
from permanence.domain.privacy.retention import purge_stamp
from tests.functions.telephony import (
    ACCOUNT,
    BASE_URL,
    CALL_ID,
    CALLER,
    PREVIOUS_TOKEN,
    SATURDAY_NIGHT,
    TOKEN,
    World,
    http_event,
)

INCOMING = f"{BASE_URL}/telephony/calls/incoming"


@pytest.fixture
def world() -> World:
    return World()


def fields(world: World) -> list[tuple[str, str]]:
    return [("AccountSid", ACCOUNT), ("CallSid", CALL_ID), ("From", CALLER), ("To", world.contract.numbers.inbound)]


def test_a_wrong_signature_is_refused_and_nothing_is_stored(world: World) -> None:
    answer = world.post("/telephony/calls/incoming", fields(world), token="somebody-else")

    assert (answer.status, answer.body) == (403, "")
    assert world.store.requests == 0


def test_a_request_without_signature_is_refused(world: World) -> None:
    event = http_event(INCOMING, urlencode(fields(world)), "")
    del event["headers"]["x-twilio-signature"]

    assert world.send(event).status == 403


def test_both_tokens_are_good_while_one_replaces_the_other(world: World) -> None:
    for token in (TOKEN, PREVIOUS_TOKEN):
        assert world.post("/telephony/calls/incoming", fields(world), token=token).status == 200


def test_the_signature_covers_our_public_address_not_the_host_that_a_proxy_wrote(world: World) -> None:
    event = http_event(INCOMING, urlencode(fields(world)), sign(TOKEN, INCOMING, fields(world)))
    event["headers"]["host"] = "attacker.example"
    assert world.send(event).status == 200

    elsewhere = "https://attacker.example/telephony/calls/incoming"
    forged = http_event(INCOMING, urlencode(fields(world)), sign(TOKEN, elsewhere, fields(world)))
    assert world.send(forged).status == 403


def test_an_address_whose_ids_were_altered_is_refused(world: World) -> None:
    signed_for = world.urls.waiting(SATURDAY_NIGHT)
    altered = signed_for.replace("born=", "born=1")
    event = http_event(altered, urlencode(fields(world)), sign(TOKEN, signed_for, fields(world)))

    assert world.send(event).status == 403


def test_repeated_and_blank_fields_are_signed_as_they_came(world: World) -> None:
    posted = [*fields(world), ("Blank", ""), ("Twice", "b"), ("Twice", "a")]

    assert world.post("/telephony/calls/incoming", posted).status == 200


@pytest.mark.parametrize("changed", [{"AccountSid": "AC" + "9" * 32}, {"To": "+33353019999"}])
def test_a_number_or_an_account_that_is_not_ours_is_not_found(world: World, changed: dict[str, str]) -> None:
    answer = world.post("/telephony/calls/incoming", dict(fields(world)) | changed)

    assert answer.status == 404
    assert world.store.requests == 0


def test_an_address_we_do_not_have_is_not_found(world: World) -> None:
    assert world.post("/telephony/calls/nowhere", fields(world)).status == 404


@pytest.mark.parametrize(
    "body",
    ["%%%", "CallSid=CA1&Acco", "CallSid=%E9", "CallSid=%F", "a&b", "CallSid=é"],
)
def test_a_body_cut_short_or_badly_encoded_is_malformed(world: World, body: str) -> None:
    assert world.send(http_event(INCOMING, body, "irrelevant")).status == 400


def test_a_body_that_is_not_base64_is_malformed(world: World) -> None:
    event = http_event(INCOMING, "", "irrelevant") | {"body": "not base64!"}

    assert world.send(event).status == 400


def test_a_form_larger_than_any_webhook_is_malformed(world: World) -> None:
    assert world.send(http_event(INCOMING, "a=" + "b" * 70_000, "irrelevant")).status == 400
    assert world.send(http_event(INCOMING, "&".join(f"f{n}=1" for n in range(300)), "irrelevant")).status == 400


@pytest.mark.parametrize("missing", ["CallSid", "AccountSid"])
def test_a_field_that_every_webhook_has_is_missed(world: World, missing: str) -> None:
    assert world.post("/telephony/calls/incoming", dict(fields(world)) | {missing: ""}).status == 400


@pytest.mark.parametrize("born", ["", "yesterday", "-5", "1" * 30])
def test_an_address_of_ours_without_its_birth_is_malformed(world: World, born: str) -> None:
    assert world.post(f"/telephony/calls/waiting?born={born}", fields(world)).status == 400


def test_a_callback_for_a_purged_record_recreates_nothing(world: World) -> None:
    address = world.urls.waiting(SATURDAY_NIGHT)

    erased_on = datetime.combine(purge_stamp(SATURDAY_NIGHT, world.contract.retention).erase_on, time(), PARIS)

    world.now = (erased_on - timedelta(seconds=1)).astimezone(UTC)
    assert world.post(address, fields(world)).status == 200
    assert world.store.events
    world.store.events.clear()

    world.now = erased_on.astimezone(UTC)
    answer = world.post(address, fields(world))
    assert (answer.status, answer.body) == (204, "")
    assert not world.store.events


def test_the_end_of_a_call_told_after_its_purge_recreates_nothing(world: World) -> None:
    told_at = world.now
    world.later(world.contract.retention.items * 86_400)
    replay = {
        "To": world.contract.numbers.inbound,
        "CallStatus": "completed",
        "CallDuration": "42",
        "Timestamp": told_at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    }

    assert world.post("/telephony/calls/status", replay).status == 204
    assert not world.store.events


def test_the_log_names_no_number() -> None:
    written = StringIO()
    world = World(logger=Logger(service="heard", level="DEBUG", stream=written))
    world.ring()
    world.store.is_down = True
    world.ring()
    world.late_events.faults.append(QueueRefused())
    world.ring()
    world.post("/telephony/calls/incoming", fields(world), token="wrong")

    logged = written.getvalue()
    assert "event lost" in logged
    assert "signature refused" in logged
    assert CALLER[1:] not in logged
    assert world.contract.numbers.inbound[1:] not in logged


words = st.text(max_size=30)
FIELDS = """
    CallStatus CallDuration Timestamp QueueTime QueueResult Digits AnsweredBy From To StatusCallbackEvent RecordingSid
    RecordingStatus RecordingDuration MessageStatus MessageSid ErrorCode ConferenceSid CallSid SequenceNumber
"""
DATES = ["Mon, 01 Jan 0001 00:00:00 +0000", "Fri, 31 Dec 9999 23:59:59 -2359", "Sat, 21 Nov 2026 22:12:00 +0000"]
VALUES = ["completed", "in-progress", "ringing", "no-answer", "delivered", "failed", "999999999", "1", "2", "0", *DATES]
values = st.one_of(st.sampled_from(VALUES), words)
names = st.one_of(st.sampled_from(FIELDS.split()), words)
queries = st.dictionaries(
    st.sampled_from(["call", "born", "attempt", "notice", "stage", "heard"]),
    st.one_of(st.sampled_from(["1", CALL_ID, "id.s0-voice", "choice", "1795300000"]), words),
)


@given(path=st.sampled_from(sorted(ROUTES)), query=queries, posted=st.lists(st.tuples(names, values), max_size=8))
def test_whatever_a_genuine_request_says_it_is_answered(
    path: str, query: dict[str, str], posted: list[tuple[str, str]]
) -> None:
    address = f"{path}?{urlencode(query)}" if query else path

    assert World().post(address, posted).status in {200, 204, 400, 404}


@given(body=st.binary(max_size=200), path=st.sampled_from(sorted(ROUTES)))
def test_no_bytes_from_anybody_break_the_webhook(body: bytes, path: str) -> None:
    event = http_event(BASE_URL + path, body.decode("latin-1"), "forged")

    assert World().send(event).status in {400, 403}


@pytest.mark.parametrize("path", sorted(ROUTES))
def test_every_address_refuses_a_stranger(path: str) -> None:
    world = World()

    assert world.post(path, fields(world), token="stranger").status == 403
    assert world.store.requests == 0
