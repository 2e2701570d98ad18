"""What can go wrong between a provider and us goes wrong here on demand, as often as asked for, and then no more."""

import time

import httpx
import pytest

from local.operator.client import OperatorClient
from local.operator.faults import Mishap
from local.operator.phones import Answering, SmsReception
from local.operator.settings import DEFAULT_AUTH_TOKEN
from local.operator.webhooks import signature
from tests.local.operator.application import Application
from tests.local.operator.conftest import OUR_NUMBER, Rest

CONTRACTOR, OTHER = "+33639980301", "+33639980302"
RECEIPTS = "/receipts"


def send_sms(rest: Rest, application: Application, to: str = CONTRACTOR) -> httpx.Response:
    form = {"To": to, "From": "HABITAT70", "Body": "Mission", "StatusCallback": f"{application.url}{RECEIPTS}"}
    return rest("POST", "Messages.json", dict(form))


def receipts(operator: OperatorClient, application: Application, many: int) -> list[str]:
    operator.wait_for(lambda: len(application.told(RECEIPTS)) >= many, 10, f"{many} receipts")
    return [told["MessageStatus"] for told in application.told(RECEIPTS)]


def test_a_fault_may_be_meant_for_one_number_only(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.add_fault(f"/Messages.json To={CONTRACTOR}", status=503)
    assert send_sms(rest, application, OTHER).status_code == 201
    assert send_sms(rest, application).status_code == 503
    assert send_sms(rest, application).status_code == 201


def test_a_slow_answer_comes_after_the_request_was_obeyed(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.add_fault("/Messages.json", delay_s=0.3)
    began = time.monotonic()
    assert send_sms(rest, application).status_code == 201
    assert time.monotonic() - began >= 0.3
    assert receipts(operator, application, 3) == ["queued", "sent", "delivered"]


def test_a_lost_webhook_is_kept_in_the_journal_only(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.add_webhook_fault(f"{RECEIPTS} MessageStatus=sent", Mishap.LOST)
    send_sms(rest, application)
    assert receipts(operator, application, 2) == ["queued", "delivered"]
    (lost,) = (sending for sending in operator.webhooks() if sending.problem)
    assert (lost.params["MessageStatus"], lost.status) == ("sent", None)


def test_a_duplicate_webhook_comes_three_times(operator: OperatorClient, application: Application, rest: Rest) -> None:
    operator.add_webhook_fault(f"{RECEIPTS} MessageStatus=delivered", Mishap.DUPLICATE)
    send_sms(rest, application)
    assert receipts(operator, application, 5) == ["queued", "sent", "delivered", "delivered", "delivered"]


def test_a_reordered_webhook_is_overtaken_by_the_next_one_of_its_message(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.add_webhook_fault(f"{RECEIPTS} MessageStatus=sent", Mishap.REORDERED)
    send_sms(rest, application)
    assert receipts(operator, application, 3) == ["queued", "delivered", "sent"]


def test_a_reordered_webhook_that_nothing_overtakes_comes_late(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.add_webhook_fault(f"{RECEIPTS} MessageStatus=delivered", Mishap.REORDERED, delay_s=0.2)
    send_sms(rest, application)
    assert receipts(operator, application, 3) == ["queued", "sent", "delivered"]


def test_a_slow_webhook_delays_those_of_the_same_message(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.add_webhook_fault(f"{RECEIPTS} MessageStatus=queued", Mishap.SLOW, delay_s=0.3)
    began = time.monotonic()
    send_sms(rest, application)
    assert receipts(operator, application, 3) == ["queued", "sent", "delivered"]
    assert time.monotonic() - began >= 0.3


def test_a_webhook_can_be_signed_with_another_token(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.add_webhook_fault(RECEIPTS, Mishap.SIGNATURE, token="the one before")
    send_sms(rest, application)
    receipts(operator, application, 3)
    first, *others = (asked for asked in application.asked if asked.path == RECEIPTS)
    assert first.signature == signature("the one before", first.url, first.params)
    assert [asked.signature == signature(DEFAULT_AUTH_TOKEN, asked.url, asked.params) for asked in others] == [True] * 2


def test_a_lost_request_for_instructions_leads_to_the_fallback(
    operator: OperatorClient, application: Application
) -> None:
    application.says("/fallback", "<Say>Nous vous mettons en relation.</Say>")
    operator.add_webhook_fault("/incoming", Mishap.LOST)
    call = operator.place_call(CONTRACTOR, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Nous vous mettons en relation.")
    assert application.told("/incoming") == []


@pytest.mark.parametrize(("reception", "code"), [(SmsReception.OPTED_OUT, 21610), (SmsReception.NOT_A_MOBILE, 21614)])
def test_an_sms_that_cannot_be_sent_is_refused_at_once(
    operator: OperatorClient, application: Application, rest: Rest, reception: SmsReception, code: int
) -> None:
    operator.set_behaviour(CONTRACTOR, Answering.MANUAL, sms=reception)
    refused = send_sms(rest, application)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert operator.messages() == []


def test_the_pace_of_outbound_calls_is_set_while_calls_go_on(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    operator.set_pace(1)
    call = {"To": CONTRACTOR, "From": OUR_NUMBER, "Url": f"{application.url}/menu"}
    began = time.monotonic()
    for sid in [str(rest("POST", "Calls.json", dict(call)).json()["sid"]) for _ in range(2)]:
        operator.wait_for_call(sid, lambda known: known.status == "ringing", what="ringing")
    assert time.monotonic() - began > 0.9
    operator.set_pace(0)
    third = str(rest("POST", "Calls.json", dict(call)).json()["sid"])
    operator.wait_for_call(third, lambda known: known.status == "ringing", what="ringing")


def test_faults_are_listed_by_number_and_taken_back_one_by_one(
    operator: OperatorClient, operator_url: str, application: Application, rest: Rest
) -> None:
    operator.add_fault("/Messages.json", status=429)
    operator.add_webhook_fault(RECEIPTS, Mishap.LOST, times=3)
    (request,), (webhook,) = operator.faults().requests, operator.faults().webhooks
    assert httpx.delete(f"{operator_url}/faults/{request}").status_code == 204
    assert httpx.delete(f"{operator_url}/faults/{request}").status_code == 404
    assert send_sms(rest, application).status_code == 201
    operator.wait_for(lambda: operator.faults().webhooks == {}, 10, "three webhooks lost")
    operator.add_fault("/Messages.json", status=500, times=9)
    operator.clear_faults()
    assert operator.faults().requests == {}
    assert webhook != request


@pytest.mark.parametrize(
    "wrong",
    [
        {"match": "", "status": 500},
        {"match": "/Calls", "status": 200},
        {"match": "/Calls", "colour": "blue"},
        {"match": "/Calls", "times": 0},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(operator_url: str, wrong: dict[str, object]) -> None:
    assert httpx.post(f"{operator_url}/faults", json=wrong).status_code == 422
    assert httpx.post(f"{operator_url}/faults/webhooks", json={**wrong, "mishap": "lost"}).status_code == 422
