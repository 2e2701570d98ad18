"""The provider's account and its numbers, as the Ireland region knows them: each region has tokens of its own, and a
number's addresses are set once for each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from deployment.finding import Finding
from permanence.adapters.twilio.fallback import static_document
from permanence.adapters.twilio.numbers import number_settings
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.contract import Numbers

REGION = "ie1"
ROUTES = "https://routes.twilio.com"
"""Where the region that processes a number's calls is asked and set; it takes the tokens of US1 only."""

STATIC_FILES = re.compile(r"https://[a-z0-9-]+\.dublin\.ie1\.twil\.io/\S+")
"""Where the provider's static files (Assets) are in Ireland."""

_CONSOLE = "In the provider's console, with the region Ireland (IE1) chosen"
_PATIENCE_S = 15.0
_SHORT = 30


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What is not asked of the region's API. `us1_token` None: in which region calls are processed stays unknown."""

    us1_token: str | None = None
    routes_base_url: str = ROUTES
    static_files: re.Pattern[str] = STATIC_FILES


def telephony_findings(
    api_base_url: str,
    account_sid: str,
    token: str,
    numbers: Numbers,
    public_host: str,
    elsewhere: Elsewhere = Elsewhere(),
) -> list[Finding]:
    """`api_base_url` is what the functions ask too; `token` is the region's, and is told to nobody. A token that is
    refused and a number that is not there stop a deployment; how the numbers are set is mended afterwards as well, and
    a provider that is out of reach holds up nothing that we mend on our side."""
    account = _Account(api_base_url.rstrip("/"), account_sid, token, numbers, f"https://{public_host}", elsewhere)
    findings: list[Finding] = []
    with httpx.Client(timeout=_PATIENCE_S) as http:
        try:
            findings.extend(account.findings(http))
        except httpx.HTTPError as trouble:
            says = f"The provider does not answer at {trouble.request.url.host} ({type(trouble).__name__})."
            findings.append(Finding(says, "Look at the connection, then ask again.", stops=False))
    return findings


def number_url(account_sid: str, number_sid: str) -> str:
    """Where a number is set, below an API's address."""
    return f"/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers/{number_sid}.json"


@dataclass(frozen=True, slots=True)
class _Account:
    api: str
    sid: str
    token: str
    numbers: Numbers
    base_url: str
    elsewhere: Elsewhere

    def findings(self, http: httpx.Client) -> Iterator[Finding]:
        answer = http.get(
            f"{self.api}/2010-04-01/Accounts/{quote(self.sid)}/IncomingPhoneNumbers.json",
            params={"PageSize": "1000"},
            auth=(self.sid, self.token),
        )
        if answer.status_code != HTTPStatus.OK:
            yield self._refused(answer)
            return
        known = {number["phone_number"]: number for number in answer.json()["incoming_phone_numbers"]}
        ours = _names(self.numbers)
        for number, name in ours.items():
            if number in known:
                yield from self._of_number(known[number], name)
            else:
                yield _missing(number, name, self.sid)
        yield from self._fallbacks(http, [known[number] for number in ours if number in known])
        yield from self._regions(http, [number for number in ours if number in known])
        yield from self._sender(known)

    def _refused(self, answer: httpx.Response) -> Finding:
        host = urlsplit(self.api).hostname
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            return Finding(
                f"The provider refuses this token for the account {self.sid} at {host}: a token is good in its own "
                "region only.",
                f"{_CONSOLE}: API keys & tokens, « Auth Token »; it goes into the secret (docs/telephony.md, step 2).",
            )
        says = f"The provider answers {answer.status_code} when {host} is asked for the numbers of {self.sid}."
        if answer.is_server_error:
            return Finding(says, "Look at https://status.twilio.com, and ask again later.", stops=False)
        return Finding(says, "Look at the account in the provider's console: suspended, closed, or another one?")

    def _of_number(self, known: Mapping[str, Any], name: str) -> Iterator[Finding]:
        number = known["phone_number"]
        for field, what in (("voice_application_sid", "a TwiML application"), ("trunk_sid", "a SIP trunk")):
            if known.get(field):
                says = f"{number} ({name}) hands its calls to {what}: its own addresses are ignored."
                yield Finding(says, f"{_CONSOLE}, open {number} and have it answered by webhooks.", stops=False)
        if not known.get("capabilities", {}).get("voice"):
            yield Finding(f"{number} ({name}) takes no calls.", "Another number, or the provider's support.")
        wanted = number_settings(self.base_url, "")
        wrong = {
            field: value
            for field, value in wanted.items()
            if not field.startswith("VoiceFallback") and (known.get(_in_answers(field)) or "") != value
        }
        if wrong:
            told = ", ".join(f"{_in_answers(field)} is {known.get(_in_answers(field)) or 'empty'}" for field in wrong)
            yield Finding(f"{number} ({name}) is not set for us in {REGION}: {told}.", self._set(known, wrong), False)

    def _fallbacks(self, http: httpx.Client, known: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
        """Each static file is fetched once, as the provider would."""
        wanted = static_document(self.numbers, TelephonyUrls(self.base_url).fell_back())
        files: set[str] = set()
        for number in known:
            url = number.get("voice_fallback_url") or ""
            if not self.elsewhere.static_files.fullmatch(url):
                yield Finding(
                    f"{number['phone_number']} falls back on {url or 'nothing'}: when nothing of ours answers, its "
                    "callers are dropped.",
                    "make fallback-twiml STAGE=…    (put the file where docs/telephony.md says, step 5)\n"
                    + self._set(number, {"VoiceFallbackUrl": "https://…/….xml", "VoiceFallbackMethod": "GET"}),
                    stops=False,
                )
                continue
            if number.get("voice_fallback_method") != "GET":
                says = f"{number['phone_number']} does not ask its static fallback by GET, which is all a file answers."
                yield Finding(says, self._set(number, {"VoiceFallbackMethod": "GET"}), stops=False)
            files.add(url)
        for url in sorted(files):
            answered = _fetched(http, url)
            if answered != wanted:
                yield Finding(
                    f"The static fallback {url} does not answer with the numbers in force"
                    f"{f' ({answered})' if len(answered) < _SHORT else ''}.",
                    f"make fallback-twiml STAGE=… NUMBERS='{' '.join(self.numbers.fallback)}'"
                    "    (and put that file in its place)",
                    stops=False,
                )

    def _regions(self, http: httpx.Client, ours: Sequence[str]) -> Iterator[Finding]:
        token = self.elsewhere.us1_token
        if token is None:
            yield Finding(
                f"Whether calls are processed in {REGION} was not asked: only a token of US1 may.",
                "Give it as TELEPHONY_US1_TOKEN, or look at each number's « Regional » settings in the console.",
                stops=False,
            )
            return
        for number in ours:
            answer = http.get(f"{self.elsewhere.routes_base_url}/v2/PhoneNumbers/{number}", auth=(self.sid, token))
            if answer.status_code == HTTPStatus.UNAUTHORIZED:
                says = f"{urlsplit(self.elsewhere.routes_base_url).hostname} refuses the token of US1."
                yield Finding(says, "In the console, with US1 chosen: API keys & tokens, « Auth Token ».", stops=False)
                return
            # A number that was never sent anywhere is processed in the provider's default region.
            region = answer.json().get("voice_region") if answer.status_code == HTTPStatus.OK else "us1"
            if answer.status_code not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
                says = f"The provider answers {answer.status_code} when it is asked where calls to {number} go."
                yield Finding(says, "Ask again; if it lasts, look at the number in the console.", stops=False)
            elif region != REGION:
                yield Finding(
                    f"Calls to {number} are processed in {region}, where none of our addresses are set.",
                    f"curl -u {self.sid}:$TELEPHONY_US1_TOKEN -d VoiceRegion={REGION} "
                    f"{self.elsewhere.routes_base_url}/v2/PhoneNumbers/{number}    (takes up to five minutes)",
                    stops=False,
                )

    def _sender(self, known: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
        """A name needs nothing that can be asked; a number must be ours and send."""
        sender = self.numbers.sms_sender
        if not sender.startswith("+"):
            return
        number = known.get(sender)
        if number is None:
            yield _missing(sender, "sender of SMS", self.sid)
        elif not number.get("capabilities", {}).get("sms"):
            yield Finding(f"{sender} (sender of SMS) sends none.", "sms_sender of contracts/<landlord>/landlord.toml")

    def _set(self, known: Mapping[str, Any], fields: Mapping[str, str]) -> str:
        """The request that sets a number; the shell fills in the token, which is not written anywhere."""
        data = " ".join(f"--data-urlencode '{field}={value}'" for field, value in fields.items())
        return f"curl -u {self.sid}:$TELEPHONY_TOKEN {data} {self.api}{number_url(self.sid, known['sid'])}"


def _names(numbers: Numbers) -> dict[str, str]:
    """Each number that people call or see, once."""
    names: dict[str, str] = {}
    for number, name in (
        (numbers.inbound, "tenants"),
        (numbers.desk_line, "desk line"),
        (numbers.caller_id, "caller id"),
    ):
        names[number] = f"{names[number]}, {name}" if number in names else name
    return names


def _missing(number: str, name: str, account: str) -> Finding:
    says = f"The account {account} has no number {number} ({name})."
    return Finding(says, "Buy or port it in the provider's console, or mend contracts/<landlord>/landlord.toml.")


def _fetched(http: httpx.Client, url: str) -> str:
    """What a file holds, or in a word why it cannot be had."""
    try:
        answer = http.get(url)
    except httpx.HTTPError as trouble:
        return type(trouble).__name__
    return answer.text.strip() if answer.status_code == HTTPStatus.OK else f"HTTP {answer.status_code}"


def _in_answers(field: str) -> str:
    """VoiceUrl is asked as such and answered as voice_url."""
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in field).lstrip("_")
