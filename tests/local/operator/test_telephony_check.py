"""What an engineer is told of the provider's account and its numbers, asked as the real ones would be."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from deployment.checks.telephony import STATIC_FILES, Elsewhere, telephony_findings
from deployment.finding import Finding
from local.operator.settings import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, US1_AUTH_TOKEN
from permanence.adapters.twilio.fallback import static_document
from permanence.adapters.twilio.numbers import number_settings
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.contract import Contract, Numbers
from tests.local.operator.application import Application
from tests.local.operator.conftest import OUR_NUMBER, Rest

HOST = "permanence.habitat70.example"
DESK_LINE = "+33353010071"


@pytest.fixture
def numbers(contract: Contract) -> Numbers:
    return replace(contract.numbers, inbound=OUR_NUMBER, desk_line=DESK_LINE, caller_id=DESK_LINE)


@pytest.fixture
def static_url(operator_url: str) -> str:
    return f"{operator_url}/assets/fallback.xml"


@pytest.fixture
def account(numbers: Numbers, rest: Rest, operator_url: str, static_url: str) -> Iterator[Callable[..., None]]:
    """The account set as it must be, but for what a test sets otherwise on the tenants' number."""
    httpx.put(static_url, content=static_document(numbers, TelephonyUrls(f"https://{HOST}").fell_back()))
    right = {**number_settings(f"https://{HOST}", static_url), "VoiceApplicationSid": ""}
    for number in (OUR_NUMBER, DESK_LINE):
        rest("POST", "IncomingPhoneNumbers.json", {"PhoneNumber": number, **right}).raise_for_status()
        _processed_in("ie1", operator_url, number)

    def otherwise(**fields: str) -> None:
        rest("POST", "IncomingPhoneNumbers.json", {"PhoneNumber": OUR_NUMBER, **fields}).raise_for_status()

    yield otherwise
    for number in (OUR_NUMBER, DESK_LINE):
        left = {field: "POST" if field.endswith("Method") else "" for field in right}
        rest("POST", "IncomingPhoneNumbers.json", {"PhoneNumber": number, **left}).raise_for_status()
        _processed_in("ie1", operator_url, number)


def _processed_in(region: str, operator_url: str, number: str = OUR_NUMBER) -> None:
    url = f"{operator_url}/v2/PhoneNumbers/{number}"
    httpx.post(url, data={"VoiceRegion": region}, auth=(DEFAULT_ACCOUNT_SID, US1_AUTH_TOKEN)).raise_for_status()


@pytest.fixture
def find(numbers: Numbers, operator_url: str) -> Callable[..., list[Finding]]:
    def ask(**other: Any) -> list[Finding]:
        told = {"us1_token": US1_AUTH_TOKEN, "routes_base_url": operator_url}
        told["static_files"] = re.compile(re.escape(operator_url) + "/assets/.+")
        account = other.pop("account", DEFAULT_ACCOUNT_SID), other.pop("token", DEFAULT_AUTH_TOKEN)
        asked = other.pop("numbers", numbers)
        return telephony_findings(operator_url, *account, asked, HOST, Elsewhere(**(told | other)))

    return ask


Find = Callable[..., list[Finding]]
Set = Callable[..., None]


def test_an_account_that_is_set_as_it_must_be_lacks_nothing(account: Set, find: Find) -> None:
    assert find() == []


def test_a_token_of_another_region_is_refused_and_never_told(account: Set, find: Find) -> None:
    (finding,) = find(token=US1_AUTH_TOKEN)
    assert (finding.stops, "a token is good in its own region only" in finding.says) == (True, True)
    assert US1_AUTH_TOKEN not in finding.says + finding.mend


def test_a_number_that_the_account_does_not_have_stops(account: Set, find: Find, numbers: Numbers) -> None:
    (finding,) = find(numbers=replace(numbers, caller_id="+33353010099"))
    assert finding.stops
    assert finding.says == f"The account {DEFAULT_ACCOUNT_SID} has no number +33353010099 (caller id)."


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("VoiceUrl", "https://other.example/telephony/calls/incoming", "voice_url is https://other.example"),
        ("VoiceUrl", "", "voice_url is empty"),
        ("VoiceMethod", "GET", "voice_method is GET"),
        ("StatusCallback", f"https://{HOST}/telephony/calls/status", f"status_callback is https://{HOST}"),
        ("StatusCallback", "", "status_callback is empty"),
        ("StatusCallbackMethod", "GET", "status_callback_method is GET"),
        ("VoiceApplicationSid", "AP" + "0" * 32, "hands its calls to a TwiML application"),
        ("VoiceFallbackUrl", f"https://{HOST}/telephony/calls/fallback", "its callers are dropped"),
        ("VoiceFallbackUrl", "", "falls back on nothing"),
        ("VoiceFallbackMethod", "POST", "does not ask its static fallback by GET"),
    ],
)
def test_a_number_that_is_set_otherwise_is_told_with_the_request_that_mends_it(
    account: Set, find: Find, field: str, value: str, told: str
) -> None:
    account(**{field: value})

    (finding,) = find()

    assert told in finding.says
    assert OUR_NUMBER in finding.says
    assert not finding.stops
    assert DEFAULT_AUTH_TOKEN not in finding.says + finding.mend


def test_the_request_that_is_told_mends_the_number(account: Set, find: Find, operator_url: str) -> None:
    account(VoiceUrl="https://other.example/", StatusCallbackMethod="GET")
    (finding,) = find()

    data = dict(re.findall(r"--data-urlencode '(\w+)=([^']*)'", finding.mend))
    url = finding.mend.split()[-1]
    httpx.post(url, data=data, auth=(DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN)).raise_for_status()

    assert find() == []


@pytest.mark.parametrize(("region", "told"), [("us1", "processed in us1"), ("au1", "processed in au1")])
def test_a_number_whose_calls_are_processed_elsewhere_is_told(
    account: Set, find: Find, operator_url: str, region: str, told: str
) -> None:
    _processed_in(region, operator_url)

    (finding,) = find()

    assert told in finding.says
    assert finding.mend.endswith(f"/v2/PhoneNumbers/{OUR_NUMBER}    (takes up to five minutes)")


def test_without_a_token_of_us1_the_region_is_said_to_be_unknown(account: Set, find: Find) -> None:
    (unknown,) = find(us1_token=None)
    (refused,) = find(us1_token=DEFAULT_AUTH_TOKEN)

    assert "was not asked: only a token of US1 may" in unknown.says
    assert "refuses the token of US1" in refused.says


@pytest.mark.parametrize("held", ["<Response/>", ""])
def test_a_static_file_that_does_not_ring_the_numbers_of_the_contract_is_told_once(
    account: Set, find: Find, static_url: str, held: str
) -> None:
    httpx.put(static_url, content=held)

    (finding,) = find()

    assert finding.says.startswith(f"The static fallback {static_url} does not answer with the numbers")


def test_a_static_file_that_is_not_there_is_told(account: Set, find: Find, operator_url: str) -> None:
    account(VoiceFallbackUrl=f"{operator_url}/assets/other.xml")

    (finding,) = find()

    assert "(HTTP 404)" in finding.says


def test_only_the_providers_own_files_in_ireland_are_static() -> None:
    assert STATIC_FILES.fullmatch("https://permanence-1234.dublin.ie1.twil.io/fallback-a1b2.xml")
    for other in (
        "http://x.dublin.ie1.twil.io/f.xml",
        "https://x.twil.io/f.xml",
        "https://x.example/y.dublin.ie1.twil.io/",
    ):
        assert not STATIC_FILES.fullmatch(other)


def test_a_sender_that_is_a_number_must_be_one_of_the_account(account: Set, find: Find, numbers: Numbers) -> None:
    (missing,) = find(numbers=replace(numbers, sms_sender="+33639980000"))

    assert "no number +33639980000 (sender of SMS)" in missing.says
    assert find(numbers=replace(numbers, sms_sender=OUR_NUMBER)) == []


def test_what_was_found_is_told_when_the_rest_cannot_be_asked(account: Set, find: Find) -> None:
    account(VoiceUrl="https://elsewhere.example/")

    ours, out_of_reach = find(routes_base_url="http://127.0.0.1:9")

    assert "voice_url is https://elsewhere.example/" in ours.says
    assert "does not answer at 127.0.0.1 (ConnectError)" in out_of_reach.says


def test_a_provider_that_is_out_of_reach_is_told_and_holds_up_no_deployment(
    numbers: Numbers, application_server: Application
) -> None:
    (finding,) = telephony_findings("http://127.0.0.1:9", DEFAULT_ACCOUNT_SID, "t", numbers, HOST)

    assert "does not answer at 127.0.0.1 (ConnectError)" in finding.says
    assert not finding.stops

    path = f"/2010-04-01/Accounts/{DEFAULT_ACCOUNT_SID}/IncomingPhoneNumbers.json"
    application_server.pages[path] = lambda _: (503, "text/plain", "Service Unavailable")
    (finding,) = telephony_findings(application_server.url, DEFAULT_ACCOUNT_SID, "t", numbers, HOST)

    assert "answers 503" in finding.says
    assert not finding.stops
