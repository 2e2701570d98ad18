"""The whole telephone path: the operator obeys our TwiML, signs its webhooks, and the table's facts follow."""

import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx
import pytest

from call_webhook import agents_routes
from call_webhook.handler import respond
from deployment.checks.trial_call import OwnCalls, call_findings, webhook_findings
from deployment.finding import Finding
from local.operator.calls import CallStatus as OperatorStatus
from local.operator.client import OperatorClient
from local.operator.faults import Mishap
from local.operator.phones import Answering
from local.operator.settings import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN
from permanence.adapters.contract_file import load_contract
from permanence.adapters.twilio.credentials import Credentials
from permanence.adapters.twilio.fallback import static_document
from permanence.adapters.twilio.numbers import number_settings
from permanence.adapters.twilio.rest import TwilioPhones
from permanence.application.reception.answering import Ringing, hang_up, hold, take_and_ring
from permanence.application.reception.ports import QueueRefused
from permanence.application.reception.recordings import Import, import_recording, read_import
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.calls.call import Call, CallStatus
from permanence.domain.dispatch import notice_words as words
from permanence.domain.dispatch.dispatch import ChannelStatus, DispatchStatus
from permanence.domain.reference.recording import RecordingTerms
from permanence.domain.service_level.facts import CallFact, call_fact
from tests.application.dispatch.night import DAVAL_MOBILE, MALFUNCTION_ID, Night
from tests.fakes.providers import FakeObjects
from tests.functions.telephony import CALLER, CAMILLE, World
from tests.local.operator.conftest import OUR_NUMBER, Rest

DESK_LINE = load_contract().numbers.desk_line


class Site(World):
    """Our webhook behind a real HTTP server, with the operator as its provider."""

    def __post_init__(self) -> None:
        super().__post_init__()
        one_at_a_time = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                address = urlsplit(self.path)
                event = {
                    "rawPath": address.path,
                    "rawQueryString": address.query,
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "body": b64encode(body).decode(),
                    "isBase64Encoded": True,
                }
                with one_at_a_time:
                    answer = respond(event, site, datetime.now(UTC), site.logger, site.metrics)
                content = answer["body"].encode()
                self.send_response(answer["statusCode"])
                for name, value in {**answer["headers"], "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.urls = TelephonyUrls(f"http://127.0.0.1:{self.server.server_port}")
        self.credentials = Credentials(DEFAULT_ACCOUNT_SID, (DEFAULT_AUTH_TOKEN,))
        numbers = replace(self.contract.numbers, inbound=OUR_NUMBER)
        terms = RecordingTerms("all", "Cet appel est enregistré.", ())
        self.contract = replace(self.contract, numbers=numbers, recording=terms)

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def site(operator: OperatorClient, operator_url: str, rest: Rest) -> Iterator[Site]:
    site = Site()
    site.phones = TwilioPhones(operator_url, lambda: site.credentials, site.contract.numbers, 5)  # type: ignore[assignment]
    kept = f"{operator_url}/assets/fallback.xml"
    httpx.put(kept, content=static_document(site.contract.numbers, site.urls.fell_back())).raise_for_status()
    settings = number_settings(site.urls.base, kept)
    for number in (OUR_NUMBER, DESK_LINE):
        rest("POST", "IncomingPhoneNumbers.json", {"PhoneNumber": number, **settings}).raise_for_status()
    site.thread.start()
    yield site
    rest(
        "POST", "IncomingPhoneNumbers.json", {"PhoneNumber": DESK_LINE, "VoiceUrl": "", "StatusCallback": ""}
    ).raise_for_status()
    site.stop()


def call_of(site: Site, call_id: str) -> Call:
    record = site.kept_calls.get(call_id)
    assert record is not None
    return record.call


def camille_takes(site: Site, call_id: str) -> None:
    """From her desk: her telephone is called."""
    pickup = take_and_ring(
        site.kept_calls, site.phones, site.urls, call_id=call_id, agent=CAMILLE, now=datetime.now(UTC)
    )
    assert pickup.result is Ringing.RINGING


def camille_picks_up(operator: OperatorClient) -> None:
    operator.wait_for_ringing(CAMILLE.phone)
    operator.answer(CAMILLE.phone)
    operator.press(CAMILLE.phone, "1")


def test_a_caller_waits_is_answered_held_recorded_and_ends(site: Site, operator: OperatorClient) -> None:
    call = operator.place_call(CALLER, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Restez en ligne")
    operator.wait_for(lambda: call_of(site, call.sid).status is CallStatus.WAITING, 10, "waiting call")

    camille_takes(site, call.sid)
    camille_picks_up(operator)
    operator.wait_for_words(call.sid, "La conférence commence")
    assert call_of(site, call.sid).answered_by == CAMILLE.agent_id

    hold(site.phones, site.urls, call.sid, on_hold=True)
    operator.wait_for_words(call.sid, "Vous êtes en attente")
    operator.wait_for(lambda: call_of(site, call.sid).on_hold, 10, "caller on hold")
    hold(site.phones, site.urls, call.sid, on_hold=False)
    operator.wait_for(lambda: not call_of(site, call.sid).on_hold, 10, "caller taken back")

    operator.hang_up(CAMILLE.phone)
    operator.wait_for_words(call.sid, "Merci de votre appel")
    operator.wait_for_end(call.sid)
    operator.wait_for(lambda: call_of(site, call.sid).status is CallStatus.ENDED, 10, "end of the call")

    operator.wait_for(lambda: bool(site.imports.messages), 10, "recording to import")
    recording = read_import(site.imports.messages[0].body)
    bucket = FakeObjects()
    done = import_recording(
        site.kept_calls, site.phones, bucket, recording, terms=site.contract.retention, now=datetime.now(UTC)
    )
    assert done is Import.STORED
    ((sound, _),) = bucket.objects.values()
    assert sound.startswith(b"RIFF")
    assert operator.recordings() == []
    assert not [sent for sent in operator.webhooks() if sent.status not in {200, 204}]


@pytest.mark.parametrize("is_told", ["slow", "lost"])
def test_a_talk_of_a_moment_whose_conference_events_are_nine_seconds_late_is_no_call_without_an_answer(
    site: Site, operator: OperatorClient, is_told: str
) -> None:
    operator.add_webhook_fault("/telephony/conferences/events", Mishap(is_told), delay_s=9, times=100)
    call = operator.place_call(CALLER, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Restez en ligne")
    camille_takes(site, call.sid)
    camille_picks_up(operator)
    operator.wait_for_words(call.sid, "La conférence commence")
    operator.hang_up(CAMILLE.phone)

    operator.wait_for_end(call.sid)
    operator.wait_for(lambda: call_of(site, call.sid).status is CallStatus.ENDED, 10, "end of the call")
    assert call_of(site, call.sid).answered_by == CAMILLE.agent_id
    *_, closing = (line.text for line in operator.call(call.sid).transcript)
    assert closing.startswith("Merci de votre appel")
    assert not call_of(site, call.sid).met


def test_a_recording_that_the_queue_refused_is_told_again(site: Site, operator: OperatorClient) -> None:
    """The signature covers the address without what tells the provider to try again."""
    site.imports.faults.append(QueueRefused("down"))
    call = operator.place_call(CALLER, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Restez en ligne")
    camille_takes(site, call.sid)
    camille_picks_up(operator)
    operator.wait_for_words(call.sid, "La conférence commence")
    operator.hang_up(CAMILLE.phone)

    operator.wait_for(lambda: bool(site.imports.messages), 10, "recording to import")
    told = [sent for sent in operator.webhooks() if sent.params.get("RecordingStatus") == "completed"]
    assert [sent.status for sent in told] == [None, 204]


def test_an_agent_who_does_not_answer_leaves_the_caller_in_the_queue(site: Site, operator: OperatorClient) -> None:
    operator.set_behaviour(CAMILLE.phone, Answering.BUSY)
    call = operator.place_call(CALLER, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Restez en ligne")

    camille_takes(site, call.sid)
    operator.wait_for(lambda: call_of(site, call.sid).take is None, 10, "call given back")

    assert operator.call(call.sid).live
    hang_up(site.kept_calls, site.phones, call_of(site, call.sid), datetime.now(UTC))
    operator.wait_for_end(call.sid)


def test_an_agents_mailbox_leaves_the_caller_in_the_queue(
    site: Site, operator: OperatorClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents_routes, "_KEY_S", 1)
    operator.set_behaviour(CAMILLE.phone, Answering.VOICEMAIL, after_s=0.05)
    call = operator.place_call(CALLER, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Restez en ligne")

    camille_takes(site, call.sid)
    operator.wait_for(lambda: waits_again(site, operator, call.sid), 20, "caller still in the queue")

    assert call_of(site, call.sid).answered_at is None
    hang_up(site.kept_calls, site.phones, call_of(site, call.sid), datetime.now(UTC))
    operator.wait_for_end(call.sid)


def waits_again(site: Site, operator: OperatorClient, call_id: str) -> bool:
    return call_of(site, call_id).take is None and operator.call(call_id).queue is not None


class HangsUpWhileConnecting:
    """The provider; the agent hangs up in the moment between picking up and being connected."""

    def __init__(self, phones: TwilioPhones, operator: OperatorClient) -> None:
        self._phones, self._operator = phones, operator
        self._is_gone = False

    def redirect_call(self, call_id: str, url: str) -> None:
        if not self._is_gone:
            self._is_gone = True
            self._operator.hang_up(CAMILLE.phone)
        self._phones.redirect_call(call_id, url)

    def __getattr__(self, name: str) -> object:
        return getattr(self._phones, name)


def test_a_caller_whose_agent_is_gone_before_he_came_over_waits_again_and_is_then_answered(
    site: Site, operator: OperatorClient
) -> None:
    call = operator.place_call(CALLER, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Restez en ligne")
    camille_takes(site, call.sid)
    reliable = site.phones
    site.phones = HangsUpWhileConnecting(reliable, operator)  # type: ignore[assignment, arg-type]
    camille_picks_up(operator)
    operator.wait_for(lambda: waits_again(site, operator, call.sid), 10, "caller back in the queue")
    assert call_of(site, call.sid).answered_at is None

    site.phones = reliable
    camille_takes(site, call.sid)
    camille_picks_up(operator)
    operator.wait_for_words(call.sid, "La conférence commence")
    hang_up(site.kept_calls, site.phones, call_of(site, call.sid), datetime.now(UTC))
    operator.wait_for_end(call.sid)


def test_a_caller_who_hangs_up_in_the_queue_is_told_to_us(site: Site, operator: OperatorClient) -> None:
    call = operator.place_call(None, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Restez en ligne")

    operator.hang_up(operator.call(call.sid).phone)
    operator.wait_for(lambda: call_of(site, call.sid).status is CallStatus.ENDED, 10, "end of the call")

    assert (call_of(site, call.sid).caller, call_of(site, call.sid).answered_at) == (None, None)


# --- the contractor's phone ------------------------------------------------------------------------------------------


@pytest.fixture
def night(site: Site) -> Night:
    night = Night(site.contract, datetime.now(UTC), site.store)
    night.start()
    return night


def offer(site: Site, night: Night) -> str:
    """The automatic call to the first contractor; its id."""
    born, ref = night.malfunction.opened_at, f"{MALFUNCTION_ID}.s0-voice"
    return site.phones.place_call(
        DAVAL_MOBILE, site.urls.notice_voice(ref, born), site.urls.notice_voice_status(ref, born), detect_machine=True
    )


def test_a_contractor_accepts_with_two_keys_and_tells_his_delay(
    site: Site, night: Night, operator: OperatorClient
) -> None:
    call = offer(site, night)
    operator.wait_for_ringing(DAVAL_MOBILE)
    operator.wait_for(lambda: night.dispatch.steps[0].ringing_at is not None, 10, "ringing")
    operator.answer(DAVAL_MOBILE)

    operator.wait_for_words(call, "Pour accepter, tapez 1")
    operator.press(DAVAL_MOBILE, "1")
    operator.wait_for_words(call, words.voice_confirm())
    operator.press(DAVAL_MOBILE, "1")
    operator.wait_for_words(call, words.voice_committed())
    assert night.dispatch.status is DispatchStatus.ACCEPTED
    operator.press(DAVAL_MOBILE, "40#")

    operator.wait_for_words(call, "Arrivée annoncée")
    operator.wait_for_end(call)
    assert night.dispatch.announced_arrival_at is not None


def test_a_voice_mailbox_gets_a_message_and_accepts_nothing(site: Site, night: Night, operator: OperatorClient) -> None:
    operator.set_behaviour(DAVAL_MOBILE, Answering.VOICEMAIL)

    call = offer(site, night)
    operator.wait_for_words(call, "Une mission urgente")
    operator.wait_for_end(call)

    operator.wait_for(lambda: night.dispatch.steps[0].voice is ChannelStatus.VOICEMAIL, 10, "voicemail receipt")
    assert night.dispatch.status is DispatchStatus.CALLING


def call_to(operator: OperatorClient, number: str) -> str | None:
    """The id of the call that reached a number of ours."""
    return next((call.sid for call in operator.calls() if (call.direction, call.to) == ("inbound", number)), None)


def test_a_contractor_who_asks_for_an_agent_is_connected_to_the_desk(
    site: Site, night: Night, operator: OperatorClient
) -> None:
    call = offer(site, night)
    operator.wait_for_ringing(DAVAL_MOBILE)
    operator.answer(DAVAL_MOBILE)
    operator.press(DAVAL_MOBILE, "0")

    presented = operator.wait_for(lambda: call_to(operator, DESK_LINE), 10, "call to the desk line")
    operator.wait_for(lambda: call_of(site, presented).status is CallStatus.WAITING, 10, "waiting call")
    waiting = call_of(site, presented)
    assert (waiting.on_desk_line, waiting.caller) == (True, None)

    camille_takes(site, presented)
    camille_picks_up(operator)
    operator.wait_for_words(presented, "La conférence commence")
    operator.speak(CAMILLE.phone, "Permanence, Camille, bonsoir.")
    operator.wait_for_words(call, "Permanence, Camille, bonsoir.")

    operator.hang_up(CAMILLE.phone)
    operator.wait_for_end(call)
    operator.wait_for(lambda: call_of(site, presented).status is CallStatus.ENDED, 10, "end of the call")
    assert not [sent for sent in operator.webhooks() if sent.status not in {200, 204}]


def test_who_calls_our_caller_id_back_reaches_the_desk(site: Site, operator: OperatorClient) -> None:
    call = operator.place_call(CALLER, DESK_LINE)
    operator.wait_for_words(call.sid, site.contract.desk_line_messages.waiting)

    waiting = call_of(site, call.sid)
    assert (waiting.status, waiting.on_desk_line, waiting.caller) == (CallStatus.WAITING, True, CALLER)

    operator.hang_up(CALLER)
    operator.wait_for(lambda: call_of(site, call.sid).status is CallStatus.ENDED, 10, "end of the call")


@pytest.mark.parametrize("is_told", [True, False], ids=["told while it rings", "told of nothing until the end"])
def test_when_nothing_of_ours_answers_the_providers_own_file_rings_the_landlord_and_the_call_is_counted(
    site: Site, operator: OperatorClient, is_told: bool
) -> None:
    operator.add_webhook_fault("/telephony/calls/incoming", Mishap.LOST)
    if not is_told:
        operator.add_webhook_fault("/telephony/calls/fell-back", Mishap.LOST, times=2)
    first, second = site.contract.numbers.fallback

    call = operator.place_call(CALLER, OUR_NUMBER)
    operator.wait_for_words(call.sid, "Nous transférons votre appel")
    operator.wait_for_ringing(second)
    if is_told:
        operator.wait_for(lambda: site.kept_calls.get(call.sid), 10, "word of the call")
        assert call_of(site, call.sid).status is CallStatus.SENT_TO_FALLBACK
    operator.answer(first)
    operator.speak(first, "Habitat 70, bonjour.")
    operator.wait_for_words(call.sid, "Habitat 70, bonjour.")
    operator.hang_up(CALLER)
    operator.wait_for(lambda: fact_of(site, call.sid), 10, "fact of the call")

    fact = fact_of(site, call.sid)
    assert fact is not None
    assert (fact.is_rerouted, fact.is_answered, fact.gave_up_after) == (True, False, None)


def fact_of(site: Site, call_id: str) -> CallFact | None:
    record = site.kept_calls.get(call_id)
    fact = call_fact(record.call, None, "") if record else None
    return fact if fact and fact.ended_at else None


def test_a_call_from_our_own_number_to_the_tenants_one_is_a_test_from_end_to_end(
    site: Site, operator: OperatorClient, rest: Rest
) -> None:
    listens = {"To": OUR_NUMBER, "From": DESK_LINE, "Twiml": "<Response><Pause length='60'/></Response>"}
    placed = rest("POST", "Calls.json", listens).json()["sid"]
    operator.wait_for_end(placed)

    assert operator.call(placed).status is OperatorStatus.COMPLETED
    (arrived,) = [call.sid for call in operator.calls() if call.direction == "inbound"]
    operator.wait_for(lambda: call_of(site, arrived).status is CallStatus.ENDED, 10, "end of the call")
    known = call_of(site, arrived)
    assert (known.is_test, known.caller, known.recordings) == (True, None, ())
    assert call_fact(known, None, "") is None
    assert [sent.url.split("/")[-1] for sent in operator.webhooks()] == ["incoming", "status"]


class TestTheCallThatChecksADeployment:
    """Our own number calls that of the tenants, through the provider and our webhook, and back into the table."""

    @pytest.fixture
    def found(self, site: Site, operator: OperatorClient, operator_url: str) -> Callable[[], list[Finding]]:
        def ask() -> list[Finding]:
            calls = OwnCalls(operator_url, lambda: site.credentials, 5)
            return call_findings(
                calls,
                site.contract.numbers,
                site.kept_calls.get,
                lambda _: operator.wait_for(lambda: not any(call.live for call in operator.calls()), 10, "end of it"),
                "permanence-habitat70",
            )

        return ask

    def test_it_may_be_placed_once_the_webhook_refuses_strangers(self, site: Site) -> None:
        with httpx.Client() as stranger:
            assert webhook_findings(stranger, site.urls.base, "permanence-habitat70") == []

    def test_it_is_answered_and_kept_as_a_test(
        self, site: Site, operator: OperatorClient, found: Callable[[], list[Finding]]
    ) -> None:
        assert found() == []
        (arrived,) = (call for call in operator.calls() if call.direction == "inbound")
        assert "Appel d’essai" in arrived.transcript[0].text
        assert call_of(site, arrived.sid).is_test

    def test_it_does_not_take_the_call_of_an_earlier_check_for_its_own(
        self, operator: OperatorClient, found: Callable[[], list[Finding]], rest: Rest
    ) -> None:
        assert found() == []
        rest("POST", "IncomingPhoneNumbers.json", {"PhoneNumber": OUR_NUMBER, "VoiceUrl": ""}).raise_for_status()
        operator.set_behaviour(OUR_NUMBER, Answering.ANSWER, hang_up_after_s=0.2)
        (finding,) = found()
        assert f"somebody else answers {OUR_NUMBER}" in finding.says

    def test_a_webhook_that_refuses_it_is_told(
        self, operator: OperatorClient, found: Callable[[], list[Finding]]
    ) -> None:
        operator.add_webhook_fault("/telephony/", Mishap.SIGNATURE, times=9)
        (finding,) = found()
        assert finding.stops
        assert "logs tail /aws/lambda/permanence-habitat70-call-webhook" in finding.mend
