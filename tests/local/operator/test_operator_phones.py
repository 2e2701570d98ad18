"""Phones behave as they were told; messages and mails arrive whole; every webhook is signed."""

import base64
import hashlib
import hmac
from email.message import EmailMessage

import boto3
import httpx
import pytest

from local.operator.client import OperatorClient
from local.operator.messages import segments
from local.operator.phones import Answering, SmsReception
from local.operator.settings import DEFAULT_AUTH_TOKEN
from tests.local.operator.application import Application
from tests.local.operator.conftest import OUR_NUMBER, Rest

CONTRACTOR = "+33639980301"


def call_contractor(rest: Rest, application: Application, **more: str) -> str:
    form: dict[str, str | list[str]] = {
        "To": CONTRACTOR,
        "From": OUR_NUMBER,
        "Url": f"{application.url}/menu?notice=n1",
        "StatusCallback": f"{application.url}/status?notice=n1",
        "StatusCallbackEvent": ["ringing", "completed"],
        **more,
    }
    return str(rest("POST", "Calls.json", form).json()["sid"])


@pytest.mark.parametrize(
    ("answering", "told_as"),
    [
        (Answering.BUSY, ("busy", "486")),
        (Answering.NO_ANSWER, ("no-answer", "480")),
        (Answering.UNREACHABLE, ("failed", "404")),
    ],
)
def test_a_phone_that_does_not_answer_tells_why(
    operator: OperatorClient, application: Application, rest: Rest, answering: Answering, told_as: tuple[str, str]
) -> None:
    operator.set_behaviour(CONTRACTOR, answering, after_s=0.05)
    sid = call_contractor(rest, application)
    status, code = told_as
    operator.wait_for(lambda: any(t["CallStatus"] == status for t in application.told("/status")), 10, status)
    told = application.told("/status")[-1]
    assert (told["CallSid"], told["CallDuration"], told["SipResponseCode"]) == (sid, "0", code)
    assert application.told("/menu") == []


def test_a_phone_nobody_answers_rings_for_the_timeout_that_was_asked(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    sid = call_contractor(rest, application, Timeout="1")
    operator.wait_for_ringing(CONTRACTOR)
    assert operator.wait_for_end(sid).status == "no-answer"


def test_a_declined_call_is_busy(operator: OperatorClient, application: Application, rest: Rest) -> None:
    sid = call_contractor(rest, application)
    operator.wait_for_ringing(CONTRACTOR)
    operator.hang_up(CONTRACTOR)
    assert operator.wait_for_end(sid).status == "busy"


def test_a_phone_told_to_press_keys_presses_one_entry_per_menu(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    application.says("/menu", '<Gather numDigits="1" action="/confirm"><Say>Tapez 1.</Say></Gather>')
    application.says("/confirm", '<Gather numDigits="1" action="/done"><Say>Tapez encore 1.</Say></Gather>')
    application.says("/done", "<Say>Accepté.</Say>")
    operator.set_behaviour(CONTRACTOR, Answering.ANSWER, after_s=0.05, keys=["1", "1"])
    sid = call_contractor(rest, application)
    call = operator.wait_for_end(sid)
    assert [(line.kind, line.text) for line in call.transcript] == [
        ("said", "Tapez 1."),
        ("key", "1"),
        ("said", "Tapez encore 1."),
        ("key", "1"),
        ("said", "Accepté."),
    ]


def test_a_voicemail_is_told_as_a_machine_and_presses_nothing(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    application.says("/menu", '<Gather numDigits="1" timeout="0" action="/confirm"><Say>Tapez 1.</Say></Gather>')
    operator.set_behaviour(CONTRACTOR, Answering.VOICEMAIL, after_s=0.05, keys=["1"])
    operator.wait_for_end(call_contractor(rest, application, MachineDetection="Enable"))
    assert application.told("/menu")[0]["AnsweredBy"] == "machine_start"
    assert application.told("/confirm") == []


def test_a_human_is_told_as_such_when_detection_was_asked_for(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.set_behaviour(CONTRACTOR, Answering.ANSWER, after_s=0)
    operator.wait_for_end(call_contractor(rest, application, MachineDetection="Enable"))
    assert application.told("/menu")[0]["AnsweredBy"] == "human"


def test_calls_can_be_found_again_by_number_and_time(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.set_behaviour(CONTRACTOR, Answering.BUSY, after_s=0)
    sid = call_contractor(rest, application)
    placed = operator.wait_for_end(sid).placed_at
    query = f"Calls.json?To=%2B{CONTRACTOR[1:]}&StartTime%3E="
    assert [c["sid"] for c in rest("GET", f"{query}{placed:%Y-%m-%d}").json()["calls"]] == [sid]
    assert rest("GET", f"{query}2999-01-01").json()["calls"] == []


def test_an_sms_arrives_and_its_receipts_come_in_order(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    callback = f"{application.url}/receipts"
    form = {"To": CONTRACTOR, "From": "HABITAT70", "Body": "Mission 482-913", "StatusCallback": callback}
    sent = rest("POST", "Messages.json", dict(form)).json()
    assert sent["status"] == "queued"
    assert operator.wait_for_message(CONTRACTOR, "482-913").from_ == "HABITAT70"
    operator.wait_for(lambda: len(application.told("/receipts")) == 3, 10, "three receipts")
    receipts = application.told("/receipts")
    assert [r["MessageStatus"] for r in receipts] == ["queued", "sent", "delivered"]
    assert {r["MessageSid"] for r in receipts} == {sent["sid"]}
    assert rest("GET", f"Messages/{sent['sid']}.json").json()["status"] == "delivered"
    listed = rest("GET", f"Messages.json?To=%2B{CONTRACTOR[1:]}&DateSent%3E=2020-01-01").json()["messages"]
    assert [m["sid"] for m in listed] == [sent["sid"]]


def test_an_sms_that_does_not_arrive_is_told_with_its_error(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.set_behaviour(CONTRACTOR, Answering.MANUAL, sms=SmsReception.UNDELIVERED, sms_error=30005)
    callback = f"{application.url}/receipts"
    form = {"To": CONTRACTOR, "From": OUR_NUMBER, "Body": "Mission", "StatusCallback": callback}
    rest("POST", "Messages.json", dict(form)).raise_for_status()
    operator.wait_for(lambda: len(application.told("/receipts")) == 3, 10, "three receipts")
    last = application.told("/receipts")[-1]
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30005")


def test_a_person_who_opted_out_gets_no_sms(operator: OperatorClient, rest: Rest) -> None:
    operator.set_behaviour(CONTRACTOR, Answering.MANUAL, sms=SmsReception.OPTED_OUT)
    refused = rest("POST", "Messages.json", {"To": CONTRACTOR, "From": OUR_NUMBER, "Body": "Mission"})
    assert (refused.status_code, refused.json()["code"]) == (400, 21610)
    assert operator.messages() == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a" * 160, ("GSM-7", 1)),
        ("a" * 161, ("GSM-7", 2)),
        ("à" * 160, ("GSM-7", 1)),
        ("€" * 81, ("GSM-7", 2)),
        ("ê" * 70, ("UCS-2", 1)),
        ("ê" * 71, ("UCS-2", 2)),
    ],
)
def test_an_sms_is_cut_where_the_network_cuts_it(body: str, expected: tuple[str, int]) -> None:
    assert segments(body) == expected


def test_every_webhook_carries_a_signature_that_the_formula_finds_again(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    application.says("/menu", '<Say>Bonjour.</Say><Play loop="1">/sound.wav</Play>')
    application.pages["/sound.wav"] = lambda _: (200, "audio/x-wav", "")
    operator.set_behaviour(CONTRACTOR, Answering.ANSWER, after_s=0)
    operator.wait_for_end(call_contractor(rest, application))
    operator.wait_for(lambda: len(application.told("/status")) == 2, 10, "status callbacks")
    assert {asked.method for asked in application.asked} == {"GET", "POST"}
    assert any("" in asked.params.values() for asked in application.asked)
    for asked in application.asked:
        signed = asked.url + "".join(f"{key}{asked.params[key]}" for key in sorted(asked.params))
        digest = hmac.new(DEFAULT_AUTH_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
        assert asked.signature == base64.b64encode(digest).decode()


def test_a_mail_sent_by_the_cloud_client_is_kept_whole(operator: OperatorClient, operator_url: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "astreinte@habitat70.fr", "crc@habitat70.fr", "Fin d’astreinte"
    message.set_content("Rien à signaler.")
    message.add_alternative("<p>Rien à signaler.</p>", subtype="html")
    message.add_attachment(b"PK\x03\x04", maintype="application", subtype="zip", filename="appels novembre.xlsx")
    mailer = boto3.client(
        "sesv2",
        endpoint_url=f"{operator_url}/ses",
        region_name="eu-west-3",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    sent = mailer.send_email(
        FromEmailAddress="astreinte@habitat70.fr",
        Destination={"ToAddresses": ["crc@habitat70.fr"], "BccAddresses": ["archive@habitat70.fr"]},
        Content={"Raw": {"Data": message.as_bytes()}},
    )
    mail = operator.wait_for_mail("archive@habitat70.fr", "Rien à signaler")
    assert (mail.id, mail.subject, mail.from_) == (sent["MessageId"], "Fin d’astreinte", "astreinte@habitat70.fr")
    assert mail.html.strip() == "<p>Rien à signaler.</p>"
    assert [a.name for a in mail.attachments] == ["appels novembre.xlsx"]
    assert operator.attachment(mail.attachments[0].url) == b"PK\x03\x04"


def test_a_simple_mail_is_kept_and_one_for_nobody_refused(operator: OperatorClient, operator_url: str) -> None:
    url = f"{operator_url}/ses/v2/email/outbound-emails"
    content = {"Simple": {"Subject": {"Data": "Alerte"}, "Body": {"Text": {"Data": "Une ligne."}}}}
    body = {"FromEmailAddress": "a@habitat70.fr", "Destination": {"ToAddresses": ["b@habitat70.fr"]}}
    assert httpx.post(url, json={**body, "Content": content}).status_code == 200
    assert operator.wait_for_mail("b@habitat70.fr").text.strip() == "Une ligne."
    refused = httpx.post(url, json={"FromEmailAddress": "a@habitat70.fr", "Content": content})
    assert (refused.status_code, refused.headers["x-amzn-ErrorType"]) == (400, "BadRequestException")


def test_the_html_of_a_mail_can_run_nothing(operator: OperatorClient, operator_url: str) -> None:
    url = f"{operator_url}/ses/v2/email/outbound-emails"
    content = {"Simple": {"Subject": {"Data": "x"}, "Body": {"Html": {"Data": "<script>alert(1)</script>"}}}}
    destination = {"ToAddresses": ["b@habitat70.fr"]}
    httpx.post(url, json={"FromEmailAddress": "a@b.fr", "Destination": destination, "Content": content})
    shown = httpx.get(f"{operator_url}/mails/{operator.mails()[0].id}/html")
    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy


def test_the_control_api_is_documented(operator_url: str, operator: OperatorClient) -> None:
    operations = [
        operation
        for path in httpx.get(f"{operator_url}/openapi.json").json()["paths"].values()
        for operation in path.values()
    ]
    assert len(operations) > 20
    assert all(operation["tags"] and operation["summary"] for operation in operations)


def test_a_reset_ends_every_call_and_forgets_what_was_sent(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    call_contractor(rest, application)
    operator.wait_for_ringing(CONTRACTOR)
    operator.set_offset(3600)
    operator.reset()
    assert (operator.calls(), operator.phones(), operator.messages(), operator.offset()) == ([], [], [], 0.0)
    assert [n.number for n in operator.numbers()] == [OUR_NUMBER]
