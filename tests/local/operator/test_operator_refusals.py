"""The operator refuses what the provider would, and shows what is wrong instead of guessing."""

import httpx
import pytest

from local.operator.client import OperatorClient
from local.operator.errors import DocumentFailed
from local.operator.settings import DEFAULT_AUTH_TOKEN
from local.operator.twiml import WHILE_HELD, parse
from local.operator.webhooks import signature
from tests.local.operator.application import Application, closed_port, twiml
from tests.local.operator.conftest import OUR_NUMBER, Rest

TENANT = "+33639980101"
A_CALL = {"To": TENANT, "From": OUR_NUMBER, "Url": "http://127.0.0.1:1/answer"}
AN_SMS = {"To": TENANT, "From": "HABITAT70", "Body": "Bonjour"}


@pytest.mark.parametrize(
    ("path", "form", "code"),
    [
        ("Calls.json", A_CALL | {"Colour": "blue"}, 20001),
        ("Calls.json", A_CALL | {"To": "0639980101"}, 21211),
        ("Calls.json", A_CALL | {"To": ""}, 21201),
        ("Calls.json", A_CALL | {"From": "+33353010099"}, 21210),
        ("Calls.json", A_CALL | {"Url": "/relative"}, 21205),
        ("Calls.json", A_CALL | {"Url": ""}, 21205),
        ("Calls.json", A_CALL | {"StatusCallback": "http://a/b", "StatusCallbackEvent": "finished"}, 21205),
        ("Calls.json", A_CALL | {"Url": "", "Twiml": "<Response><Sing/></Response>"}, 12200),
        ("Messages.json", AN_SMS | {"MediaUrl": "http://a/b.png"}, 20001),
        ("Messages.json", AN_SMS | {"To": "33639980101"}, 21211),
        ("Messages.json", AN_SMS | {"To": "+33353010001"}, 21614),
        ("Messages.json", AN_SMS | {"From": "HABITAT 70 ON CALL"}, 21212),
        ("Messages.json", AN_SMS | {"From": "+33353010099"}, 21606),
        ("Messages.json", AN_SMS | {"Body": ""}, 21602),
        ("Messages.json", AN_SMS | {"Body": "x" * 1601}, 21617),
    ],
)
def test_a_wrong_parameter_is_refused_with_the_providers_code(
    rest: Rest, path: str, form: dict[str, str | list[str]], code: int
) -> None:
    answer = rest("POST", path, form)
    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["status"]) == (code, 400)
    assert answer.json()["message"]


@pytest.mark.parametrize("resource", ["Calls", "Messages", "Conferences", "Recordings", "IncomingPhoneNumbers"])
def test_an_unknown_filter_is_refused(rest: Rest, resource: str) -> None:
    assert rest("GET", f"{resource}.json?Color=blue").json()["code"] == 20001


def test_an_unknown_parameter_of_a_change_is_refused_whatever_is_changed(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    application.says("/incoming", '<Dial><Conference record="record-from-start">room</Conference></Dial>')
    call = operator.place_call(TENANT, OUR_NUMBER)
    operator.wait_for_call(call.sid, lambda known: known.conference == "room", what="conference")
    (room,) = rest("GET", "Conferences.json").json()["conferences"]
    conference = f"Conferences/{room['sid']}"
    for path in (
        f"Calls/{call.sid}",
        conference,
        f"{conference}/Participants/{call.sid}",
        f"{conference}/Recordings/Twilio.CURRENT",
        f"IncomingPhoneNumbers/{number_sid(rest)}",
    ):
        answer = rest("POST", f"{path}.json", {"Colour": "blue"})
        assert (answer.status_code, answer.json()["code"]) == (400, 20001), path
    assert rest("GET", f"{conference}/Participants.json?Color=blue").json()["code"] == 20001


@pytest.mark.parametrize("number", ["0639980101", "33639980101", "+330639980101x", "+33 6 39 98 01 01", "+0639980101"])
def test_a_number_that_is_not_in_e164_is_refused_everywhere(operator_url: str, rest: Rest, number: str) -> None:
    assert rest("POST", "Calls.json", A_CALL | {"To": number}).json()["code"] == 21211
    assert rest("POST", "Calls.json", A_CALL | {"From": number}).json()["code"] == 21212
    assert rest("POST", "Messages.json", AN_SMS | {"To": number}).json()["code"] == 21211
    assert rest("POST", "IncomingPhoneNumbers.json", {"PhoneNumber": number}).json()["code"] == 21211
    with pytest.raises(DocumentFailed):
        parse(f"<Response><Dial>{number}</Dial></Response>", "http://a/b")
    assert httpx.post(f"{operator_url}/calls", json={"from": number, "to": OUR_NUMBER}).status_code == 422


def test_without_the_accounts_token_nothing_is_answered(operator_url: str, rest: Rest) -> None:
    base = f"{operator_url}/2010-04-01/Accounts"
    account = str(rest("GET", "Calls.json").url).split("/Accounts/")[1].split("/", maxsplit=1)[0]
    assert httpx.get(f"{base}/{account}/Calls.json").status_code == 401
    assert httpx.get(f"{base}/{account}/Calls.json", auth=(account, "wrong")).json()["code"] == 20003
    assert rest("GET", f"{base}/AC{'f' * 32}/Calls.json").status_code == 401


def test_what_does_not_exist_is_not_found(rest: Rest) -> None:
    for path in ("Calls/CA0.json", "Messages/SM0.json", "Conferences/CF0.json", "Recordings/RE0.json"):
        assert rest("GET", path).json()["code"] == 20404


def test_a_call_that_is_not_in_progress_cannot_be_sent_elsewhere(operator: OperatorClient, rest: Rest) -> None:
    sid = rest("POST", "Calls.json", A_CALL).json()["sid"]
    operator.wait_for_ringing(TENANT)
    assert rest("POST", f"Calls/{sid}.json", {"Url": "http://a/b"}).json()["code"] == 21220
    assert rest("POST", f"Calls/{sid}.json", {"Status": "completed"}).status_code == 200
    assert operator.wait_for_end(sid).status == "canceled"


@pytest.mark.parametrize(
    "document",
    [
        "<Response><Sing/></Response>",
        '<Response><Say speed="2">a</Say></Response>',
        '<Response><Pause length="long"/></Response>',
        "<Response><Say/></Response>",
        "<Response>words</Response>",
        "<Response><Dial/></Response>",
        "<Response><Dial><Number>0639980101</Number></Dial></Response>",
        "<Response><Gather><Dial>+33639980101</Dial></Gather></Response>",
        "<Response><Number>+33639980101</Number></Response>",
        "<Response><Leave/></Response>",
        "<Answer/>",
    ],
)
def test_what_is_not_in_the_grammar_is_refused(document: str) -> None:
    with pytest.raises(DocumentFailed) as failure:
        parse(document, "http://a/b")
    assert failure.value.code == 12200


def test_a_document_that_is_not_xml_is_refused() -> None:
    for document in ("<Response>", '<!DOCTYPE r [<!ENTITY a "b">]><Response/>', "x" * 70_000):
        with pytest.raises(DocumentFailed) as failure:
            parse(document, "http://a/b")
        assert failure.value.code == 12100


def test_hold_music_may_only_make_sound() -> None:
    with pytest.raises(DocumentFailed):
        parse("<Response><Enqueue>a</Enqueue></Response>", "http://a/b", WHILE_HELD)
    assert parse("<Response><Play>a.wav</Play></Response>", "http://a/b", WHILE_HELD)[0].text == "a.wav"


def test_words_inside_speech_marks_are_heard() -> None:
    marked = '<Response><Say>Le <say-as interpret-as="date">21</say-as> novembre</Say></Response>'
    assert parse(marked, "http://a/b")[0].text == "Le 21 novembre"


def test_a_wrong_document_fails_the_call_visibly(operator: OperatorClient, application: Application) -> None:
    application.says("/incoming", '<Say colour="blue">Bonjour</Say>')
    application.says("/fallback", "<Sing/>")
    call = operator.wait_for_end(operator.place_call(TENANT, OUR_NUMBER).sid)
    assert call.status == "failed"
    assert "has no attribute colour" in call.errors[0]
    assert "<Sing> is not a verb" in call.errors[1]


def test_the_fallback_is_asked_with_the_error_when_the_application_fails(
    operator: OperatorClient, application: Application
) -> None:
    application.pages["/incoming"] = lambda _: (500, "text/plain", "")
    application.says("/fallback", "<Say>Nous vous mettons en relation.</Say>")
    call = operator.place_call(TENANT, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Nous vous mettons en relation.")
    told = application.told("/fallback")[0]
    assert (told["ErrorCode"], told["ErrorUrl"]) == ("11200", f"{application.url}/incoming")
    assert operator.wait_for_end(call.sid).status == "completed"


def test_no_connection_is_tried_again_then_told_as_such(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    nobody = f"http://127.0.0.1:{closed_port()}/answer"
    sid = number_sid(rest)
    rest("POST", f"IncomingPhoneNumbers/{sid}.json", {"VoiceUrl": f"{nobody}#rc=3"}).raise_for_status()
    application.says("/fallback", "<Hangup/>")
    operator.wait_for_end(operator.place_call(TENANT, OUR_NUMBER).sid)
    assert application.told("/fallback")[0]["ErrorCode"] == "11205"
    assert len([w for w in operator.webhooks() if w.url == nobody]) == 4


def test_a_server_error_is_tried_again_only_when_the_address_says_so(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    answers = iter([(503, "text/plain", ""), (503, "text/plain", ""), twiml("<Say>Enfin.</Say>")])
    application.pages["/incoming"] = lambda _: next(answers)
    address = f"{application.url}/incoming#rc=2&rp=ct,rt,5xx"
    rest("POST", f"IncomingPhoneNumbers/{number_sid(rest)}.json", {"VoiceUrl": address}).raise_for_status()
    call = operator.place_call(TENANT, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Enfin.")
    assert application.told("/fallback") == []


def test_a_name_under_localhost_is_this_machine_and_is_signed_as_it_is_written(
    operator: OperatorClient, application: Application, rest: Rest
) -> None:
    address = f"{application.url}/incoming".replace("127.0.0.1", "permanence.localhost")
    rest("POST", f"IncomingPhoneNumbers/{number_sid(rest)}.json", {"VoiceUrl": address}).raise_for_status()
    application.says("/incoming", "<Say>Bonjour.</Say>")
    operator.wait_for_words(operator.place_call(TENANT, OUR_NUMBER).sid, "Bonjour.")
    asked = application.asked[0]
    assert asked.url == address
    assert asked.signature == signature(DEFAULT_AUTH_TOKEN, address, asked.params)


def number_sid(rest: Rest) -> str:
    return str(rest("GET", "IncomingPhoneNumbers.json").json()["incoming_phone_numbers"][0]["sid"])


def test_a_fault_strikes_as_often_as_it_was_asked_for(operator: OperatorClient, rest: Rest) -> None:
    operator.add_fault("POST /2010-04-01", status=429, times=2)
    assert [rest("POST", "Messages.json", AN_SMS).status_code for _ in range(3)] == [429, 429, 201]
    assert len(operator.messages()) == 1


def test_a_fault_of_the_mail_service_is_told_in_its_own_words(operator: OperatorClient, operator_url: str) -> None:
    operator.add_fault("/ses/", status=429)
    refused = httpx.post(f"{operator_url}/ses/v2/email/outbound-emails", json={})
    assert (refused.status_code, refused.headers["x-amzn-ErrorType"]) == (429, "TooManyRequestsException")


def test_a_fault_after_the_fact_loses_only_the_answer(operator: OperatorClient, rest: Rest) -> None:
    operator.add_fault("/Messages.json", status=503, after=True)
    assert rest("POST", "Messages.json", AN_SMS).status_code == 503
    assert operator.wait_for_message(TENANT).body == "Bonjour"
