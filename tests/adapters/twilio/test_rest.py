"""What is asked of the provider, and what its answers mean: refused for good, or perhaps better later."""

import json
import socket
import threading
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from permanence.adapters.twilio.credentials import Credentials
from permanence.adapters.twilio.rest import TwilioPhones
from permanence.application.reception.ports import HeldRecording, ProviderRefused, ProviderUnavailable, ProviderWord
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import ChannelStatus

ACCOUNT = "AC" + "0" * 32
CREDENTIALS = Credentials(ACCOUNT, ("current", "previous"))
MOBILE = "+33639982105"
SINCE = datetime(2026, 11, 21, 22, 12, 0, 500_000, tzinfo=UTC)


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    fields: list[tuple[str, str]]
    authorization: str


@dataclass
class Provider:
    """Answers what it is told to, and remembers what it was asked. Without an answer it closes the line."""

    answers: list[tuple[int, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    @property
    def last(self) -> Asked:
        return self.asked[-1]


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            authorization = self.headers.get("authorization", "")
            query = parse_qs(address.query)
            provider.asked.append(Asked(self.command, address.path, query, parse_qsl(body), authorization))
            if not provider.answers:
                return
            status, told = provider.answers.pop(0)
            content = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            for name, value in {"content-length": str(len(content)), **provider.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 the names that http.server calls

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}"
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def phones(provider: Provider, contract: Contract) -> TwilioPhones:
    return TwilioPhones(provider.url + "/", lambda: CREDENTIALS, contract.numbers, timeout_s=5)


def test_an_sms_shows_the_landlords_name_and_its_callback(
    provider: Provider, phones: TwilioPhones, contract: Contract
) -> None:
    provider.answers.append((201, {"sid": "SM1"}))

    assert phones.send_sms(MOBILE, "Répondez & vite", "https://us.example/cb?a=1&b=2") == "SM1"
    assert (provider.last.method, provider.last.path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert dict(provider.last.fields) == {
        "To": MOBILE,
        "From": contract.numbers.sms_sender,
        "Body": "Répondez & vite",
        "StatusCallback": "https://us.example/cb?a=1&b=2#rc=2&rp=ct,rt,5xx",
    }


def test_the_current_token_opens_the_api_and_a_rotation_is_followed(provider: Provider, contract: Contract) -> None:
    current = [CREDENTIALS]
    phones = TwilioPhones(provider.url, lambda: current[0], contract.numbers, timeout_s=5)
    provider.answers += [(201, {"sid": "SM1"}), (201, {"sid": "SM2"})]

    phones.send_sms(MOBILE, "a", "https://us.example")
    current[0] = Credentials(ACCOUNT, ("next", "current"))
    phones.send_sms(MOBILE, "a", "https://us.example")

    pairs = [b64decode(asked.authorization.removeprefix("Basic ")).decode() for asked in provider.asked]
    assert pairs == [f"{ACCOUNT}:current", f"{ACCOUNT}:next"]


@pytest.mark.parametrize("detect_machine", [True, False])
def test_a_call_shows_our_own_number_and_tells_how_far_it_got(
    provider: Provider, phones: TwilioPhones, contract: Contract, detect_machine: bool
) -> None:
    provider.answers.append((201, {"sid": "CA1"}))

    assert phones.place_call(MOBILE, "https://us.example/menu", "https://us.example/status", detect_machine) == "CA1"
    asked = dict(provider.last.fields)
    events = [value for name, value in provider.last.fields if name == "StatusCallbackEvent"]
    assert (asked["From"], asked["Url"], asked["StatusCallback"]) == (
        contract.numbers.caller_id,
        "https://us.example/menu",
        "https://us.example/status#rc=2&rp=ct,rt,5xx",
    )
    assert events == ["initiated", "ringing", "answered", "completed"]
    assert ("MachineDetection" in asked) is detect_machine


def test_a_live_call_is_sent_elsewhere_or_ended(provider: Provider, phones: TwilioPhones) -> None:
    provider.answers += [(200, {"sid": "CA1"}), (200, {"sid": "CA1"})]

    phones.redirect_call("CA1", "https://us.example/x")
    assert dict(provider.last.fields) == {"Url": "https://us.example/x", "Method": "POST"}
    phones.hang_up("CA1")
    assert dict(provider.last.fields) == {"Status": "completed"}
    assert provider.last.path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls/CA1.json"


def test_a_hold_is_asked_of_the_live_conference_of_that_name(provider: Provider, phones: TwilioPhones) -> None:
    provider.answers += [(200, {"conferences": [{"sid": "CF1"}]}), (200, {})]

    phones.set_hold("CA1", "CA1", True, "https://us.example/hold")

    assert provider.asked[0].query == {"FriendlyName": ["CA1"], "Status": ["in-progress"]}
    assert provider.last.path == f"/2010-04-01/Accounts/{ACCOUNT}/Conferences/CF1/Participants/CA1.json"
    assert dict(provider.last.fields) == {"Hold": "true", "HoldUrl": "https://us.example/hold", "HoldMethod": "POST"}


def test_a_conference_that_is_over_refuses_a_hold_and_a_stop(provider: Provider, phones: TwilioPhones) -> None:
    for ask in (lambda: phones.set_hold("CA1", "CA1", False, ""), lambda: phones.stop_recording("CA1")):
        provider.answers.append((200, {"conferences": []}))
        with pytest.raises(ProviderRefused):
            ask()


@pytest.mark.parametrize(
    ("statuses", "answer", "word"),
    [
        ([], None, False),
        (["init"], None, False),
        (["init", "completed"], None, False),
        (["in-progress"], (200, {"call_sid": "CA1"}), True),
        (["in-progress"], (404, {"code": 20404}), None),
        (["completed"], (200, {"recordings": [{"sid": "RE1"}]}), True),
        (["completed"], (200, {"recordings": []}), None),
    ],
)
def test_whether_two_were_in_a_conference_is_asked_of_the_conferences_of_that_name(
    provider: Provider, phones: TwilioPhones, statuses: list[str], answer: tuple[int, Any] | None, word: bool | None
) -> None:
    made = "Sat, 21 Nov 2026 22:12:00 +0000"
    found = [{"sid": f"CF{n}", "status": status, "date_created": made} for n, status in enumerate(statuses, 1)]
    earlier = {"sid": "CF0", "status": "in-progress", "date_created": "Sat, 21 Nov 2026 22:11:59 +0000"}
    provider.answers += [(200, {"conferences": [*found, earlier]}), *([answer] if answer else [])]

    assert phones.have_met("CA1", "CA1", SINCE) is word
    account = f"/2010-04-01/Accounts/{ACCOUNT}"
    first, *more = ((asked.path.removeprefix(account), asked.query) for asked in provider.asked)
    assert first == ("/Conferences.json", {"FriendlyName": ["CA1"]})
    in_it, of_it = "/Conferences/CF1/Participants/CA1.json", ("/Recordings.json", {"ConferenceSid": ["CF1"]})
    assert more == ([] if answer is None else [(in_it, {})] if "in-progress" in statuses else [of_it])


def test_what_was_sent_to_a_number_is_found_from_that_second_on(provider: Provider, phones: TwilioPhones) -> None:
    def item(sid: str, seconds: int, body: str = "mission") -> dict[str, str]:
        created = SINCE.replace(microsecond=0) + timedelta(seconds=seconds)
        return {"sid": sid, "body": body, "date_created": created.strftime("%a, %d %b %Y %H:%M:%S +0000")}

    found = [item("later", 1), item("same second", 0), item("before", -1)]
    provider.answers += [(200, {"messages": [item("other", 1, "another text"), *found]}), (200, {"calls": found})]

    assert phones.find_sms(MOBILE, "mission", SINCE) == ["later", "same second"]
    assert phones.find_calls(MOBILE, SINCE) == ["later", "same second"]
    assert [asked.query["To"] for asked in provider.asked] == [[MOBILE], [MOBILE]]


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"status": "queued", "error_code": None}, ProviderWord(ChannelStatus.SENT)),
        ({"status": "delivered", "error_code": None}, ProviderWord(ChannelStatus.DELIVERED)),
        ({"status": "undelivered", "error_code": 30003}, ProviderWord(ChannelStatus.FAILED, "30003")),
        ({"status": "undelivered", "error_code": 30008}, ProviderWord(ChannelStatus.SENT, "30008")),
        ({"status": "receiving", "error_code": None}, ProviderWord(None)),
    ],
)
def test_the_provider_is_asked_what_became_of_an_sms(
    provider: Provider, phones: TwilioPhones, told: dict[str, Any], word: ProviderWord
) -> None:
    provider.answers.append((200, {"sid": "SM1"} | told))

    assert phones.status_of_sms("SM1") == word
    assert (provider.last.method, provider.last.path) == ("GET", f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM1.json")


ENDED = "Sat, 21 Nov 2026 22:15:00 +0000"
ENDED_AT = datetime(2026, 11, 21, 22, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"status": "queued"}, ProviderWord(ChannelStatus.SENT)),
        ({"status": "ringing", "end_time": None}, ProviderWord(ChannelStatus.RINGING)),
        ({"status": "in-progress"}, ProviderWord(ChannelStatus.DELIVERED)),
        ({"status": "in-progress", "answered_by": "machine_start"}, ProviderWord(ChannelStatus.VOICEMAIL)),
        ({"status": "completed", "end_time": ENDED}, ProviderWord(ChannelStatus.DELIVERED, ended_at=ENDED_AT)),
        (
            {"status": "no-answer", "end_time": None, "date_updated": ENDED},
            ProviderWord(ChannelStatus.NO_ANSWER, ended_at=ENDED_AT),
        ),
    ],
)
def test_the_provider_is_asked_what_became_of_a_call(
    provider: Provider, phones: TwilioPhones, told: dict[str, Any], word: ProviderWord
) -> None:
    provider.answers.append((200, {"sid": "CA1"} | told))

    assert phones.status_of_call("CA1") == word
    assert (provider.last.method, provider.last.path) == ("GET", f"/2010-04-01/Accounts/{ACCOUNT}/Calls/CA1.json")


def test_a_recording_is_fetched_as_it_is(provider: Provider, phones: TwilioPhones) -> None:
    provider.answers.append((200, b"RIFF\x00sound"))

    assert phones.fetch_recording("RE1") == b"RIFF\x00sound"
    assert provider.last.path.endswith("/Recordings/RE1.wav")


def listed(sid: str, status: str = "completed", conference: str | None = "CF1") -> dict[str, Any]:
    return {
        "sid": sid,
        "status": status,
        "conference_sid": conference,
        "duration": "42" if status == "completed" else "-1",
        "date_created": "Sat, 21 Nov 2026 22:15:00 +0000",
    }


def test_what_is_still_held_is_listed_to_the_last_page_with_the_name_of_its_conference(
    provider: Provider, phones: TwilioPhones
) -> None:
    next_page = f"/2010-04-01/Accounts/{ACCOUNT}/Recordings.json?DateCreated%3E=2026-11-21&Page=1&PageToken=PA1"
    provider.answers += [
        (200, {"recordings": [listed("RE1"), listed("RE2", "processing")], "next_page_uri": next_page}),
        (200, {"recordings": [listed("RE3", conference=None)], "next_page_uri": None}),
        (200, {"friendly_name": "CA1"}),
    ]

    made_at = datetime(2026, 11, 21, 22, 15, tzinfo=UTC)
    assert phones.held_recordings(SINCE) == [
        HeldRecording("RE1", "CA1", 42, made_at),
        HeldRecording("RE3", "", 42, made_at),
    ]
    account = f"/2010-04-01/Accounts/{ACCOUNT}"
    assert [(asked.method, asked.path, asked.query) for asked in provider.asked] == [
        ("GET", f"{account}/Recordings.json", {"DateCreated>": ["2026-11-21"]}),
        ("GET", f"{account}/Recordings.json", {"DateCreated>": ["2026-11-21"], "Page": ["1"], "PageToken": ["PA1"]}),
        ("GET", f"{account}/Conferences/CF1.json", {}),
    ]


def test_a_conference_that_is_forgotten_hides_no_recording_and_any_other_refusal_is_told(
    provider: Provider, phones: TwilioPhones
) -> None:
    page = (200, {"recordings": [listed("RE1")], "next_page_uri": None})
    provider.answers += [page, (404, {"code": 20404}), page, (403, {"code": 20008})]

    (held,) = phones.held_recordings(SINCE)
    assert (held.recording_id, held.conference) == ("RE1", "")
    with pytest.raises(ProviderRefused):
        phones.held_recordings(SINCE)


def test_the_next_page_leads_our_secret_nowhere_else(provider: Provider, phones: TwilioPhones) -> None:
    provider.answers += [
        (200, {"recordings": [], "next_page_uri": "https://elsewhere.example/Recordings.json?Page=1"}),
        (200, {"recordings": [], "next_page_uri": None}),
    ]

    assert phones.held_recordings(SINCE) == []
    assert provider.last.path == f"/2010-04-01/Accounts/{ACCOUNT}/Recordings.json"


def test_deleting_what_is_gone_succeeds_and_any_other_refusal_does_not(
    provider: Provider, phones: TwilioPhones
) -> None:
    provider.answers += [(204, b""), (404, {"code": 20404}), (404, b"gone"), (409, {"code": 20409})]

    for _ in range(3):
        phones.delete_recording("RE1")
    with pytest.raises(ProviderRefused):
        phones.delete_recording("RE1")


@pytest.mark.parametrize(
    ("code", "of_the_number"),
    [(21211, True), (21610, True), (21614, True), (21635, True), (21606, False), (21408, False), (21608, False)],
)
def test_a_refusal_of_whom_it_was_to_reach_and_one_of_us_are_told_apart(
    provider: Provider, phones: TwilioPhones, code: int, of_the_number: bool
) -> None:
    provider.answers.append((400, {"code": code, "message": "no"}))
    with pytest.raises(ProviderRefused) as refused:
        phones.send_sms("+33639980101", "Bonsoir", "https://permanence.example/x")
    assert refused.value.is_of_the_number is of_the_number


@pytest.mark.parametrize(
    ("status", "told", "code"),
    [
        (400, {"code": 21610, "message": "opted out"}, "21610"),
        (400, {"code": 21211}, "21211"),
        (403, b"", "403"),
        (404, {"message": "no code"}, "404"),
        (400, ["a list"], "400"),
    ],
)
def test_a_refusal_carries_the_providers_code(
    provider: Provider, phones: TwilioPhones, status: int, told: object, code: str
) -> None:
    provider.answers.append((status, told))

    with pytest.raises(ProviderRefused) as refusal:
        phones.send_sms(MOBILE, "a", "https://us.example")
    assert refusal.value.code == code


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_be_better_later_is_no_refusal(provider: Provider, phones: TwilioPhones, status: int) -> None:
    provider.answers.append((status, {"code": 20429}))

    with pytest.raises(ProviderUnavailable):
        phones.send_sms(MOBILE, "a", "https://us.example")


def test_a_wrong_secret_of_ours_never_counts_as_a_refusal_of_whom_we_call(
    provider: Provider, phones: TwilioPhones
) -> None:
    provider.answers.append((401, {"code": 20003, "message": "Authenticate"}))

    with pytest.raises(ProviderUnavailable):
        phones.place_call(MOBILE, "https://us.example", "https://us.example/status", detect_machine=True)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"sid"'])
def test_an_answer_that_is_none_leaves_the_outcome_unknown(
    provider: Provider, phones: TwilioPhones, body: bytes
) -> None:
    provider.answers.append((201, body))

    with pytest.raises(ProviderUnavailable):
        phones.send_sms(MOBILE, "a", "https://us.example")


def test_a_line_that_is_cut_leaves_the_outcome_unknown(provider: Provider, phones: TwilioPhones) -> None:
    with pytest.raises(ProviderUnavailable):
        phones.send_sms(MOBILE, "a", "https://us.example")


def test_a_provider_that_says_nothing_is_given_up_in_time(contract: Contract) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        phones = TwilioPhones(url, lambda: CREDENTIALS, contract.numbers, timeout_s=0.05)
        with pytest.raises(ProviderUnavailable):
            phones.hang_up("CA1")


def test_a_provider_that_cannot_be_reached_is_unavailable(contract: Contract) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(ProviderUnavailable):
        TwilioPhones(url, lambda: CREDENTIALS, contract.numbers, timeout_s=1).hang_up("CA1")


def test_our_secret_follows_no_redirection(provider: Provider, phones: TwilioPhones) -> None:
    provider.headers["location"] = f"{provider.url}/elsewhere"
    provider.answers.append((302, b""))

    with pytest.raises(ProviderRefused):
        phones.fetch_recording("RE1")
    assert len(provider.asked) == 1


def test_an_id_cannot_lead_to_another_address(provider: Provider, phones: TwilioPhones) -> None:
    provider.answers.append((200, {}))

    phones.hang_up("../../Accounts?x=1")
    assert provider.last.path.endswith("/Calls/..%2F..%2FAccounts%3Fx%3D1.json")
