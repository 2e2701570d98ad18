"""What the provider keeps by itself: read whole, erased many at a time, and what stays is told (R70)."""

import json
from datetime import UTC, datetime
from email.message import Message
from io import BytesIO
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlsplit
from urllib.request import OpenerDirector, Request

import pytest

from permanence.adapters.twilio.credentials import Credentials
from permanence.adapters.twilio.log import TwilioLog
from permanence.application.privacy.ports import Logged, LogLine
from permanence.application.reception.ports import ProviderRefused, ProviderUnavailable
from permanence.domain.calls.call import CallEventKind
from tests.adapters.twilio.provider_openapi import nullable_fields

CALL = {"sid": "CA1", "status": "completed", "date_created": "Sat, 21 Nov 2026 22:12:00 +0000"} | {
    "start_time": "Sat, 21 Nov 2026 22:12:01 +0000",
    "end_time": "Sat, 21 Nov 2026 22:15:00 +0000",
    "date_updated": "Sat, 21 Nov 2026 22:15:00 +0000",
}
MESSAGE = {"sid": "SM1", "status": "sent", "body": "mission", "date_created": "Sat, 21 Nov 2026 22:13:00 +0000"} | {
    "date_updated": "Sat, 21 Nov 2026 22:13:05 +0000",
    "date_sent": "Sat, 21 Nov 2026 22:13:05 +0000",
}
AT = datetime(2026, 11, 21, 22, tzinfo=UTC)


class Provider:
    """Its lists, a page each; `refusals` are an HTTP status and a code by id."""

    def __init__(self) -> None:
        self.pages: dict[str, list[list[dict[str, Any]]]] = {"Calls": [[]], "Messages": [[]], "Recordings": [[]]}
        self.refusals: dict[str, tuple[int, int]] = {}
        self.asked: list[tuple[str, str, list[tuple[str, str]]]] = []

    def open(self, request: Request, timeout: float) -> BytesIO:
        address = urlsplit(request.full_url)
        path = address.path.removesuffix(".json").split("/")[4:]
        body = request.data.decode() if isinstance(request.data, bytes) else ""
        self.asked.append((request.get_method(), "/".join(path), parse_qsl(body, keep_blank_values=True)))
        if len(path) == 2:
            if path[1] in self.refusals:
                status, code = self.refusals[path[1]]
                told = BytesIO(json.dumps({"code": code, "message": ""}).encode())
                raise HTTPError(request.full_url, status, "", Message(), told)
            return BytesIO(b"{}" if body or path[0] == "Messages" else b"")
        query = dict(parse_qsl(address.query))
        number = int(query.get("Page", "0"))
        pages = self.pages[path[0]]
        following = f"/x?PageSize={query['PageSize']}&Page={number + 1}" if number + 1 < len(pages) else None
        return BytesIO(json.dumps({path[0].lower(): pages[number], "next_page_uri": following}).encode())


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    provider = Provider()
    monkeypatch.setattr(OpenerDirector, "open", lambda _, request, timeout: provider.open(request, timeout))
    return provider


@pytest.fixture
def log(provider: Provider) -> TwilioLog:
    return TwilioLog("https://provider.example", lambda: Credentials("AC1", ("token",)), timeout_s=1)


def call(provider_id: str) -> LogLine:
    return LogLine(Logged.CALL, provider_id, AT, is_over=True, ended_at=AT)


def message(provider_id: str) -> LogLine:
    return LogLine(Logged.MESSAGE, provider_id, AT, is_over=True, ended_at=AT, has_text=True)


def test_all_pages_of_calls_and_messages_are_read(provider: Provider, log: TwilioLog) -> None:
    provider.pages["Calls"] = [[CALL], [CALL | {"sid": "CA2", "status": "in-progress", "end_time": None}]]
    provider.pages["Messages"] = [[MESSAGE], [MESSAGE | {"sid": "SM2", "status": "delivered", "body": ""}]]
    first, second, sent, redacted = log.lines()
    assert first == LogLine(
        Logged.CALL, "CA1", AT.replace(minute=12), is_over=True, ended_at=AT.replace(minute=15), has_text=False
    )
    assert (second.provider_id, second.is_over) == ("CA2", False)
    assert (sent.is_over, sent.made_at, sent.has_text) == (False, AT.replace(minute=13), True)
    assert (redacted.provider_id, redacted.is_over, redacted.has_text) == ("SM2", True, False)
    assert len(provider.asked) == 4


@pytest.mark.parametrize(("path", "resource", "told"), [("Calls", "call", CALL), ("Messages", "message", MESSAGE)])
def test_whatever_may_be_null_of_a_line_may_be_null(
    provider: Provider, log: TwilioLog, path: str, resource: str, told: dict[str, Any]
) -> None:
    for name in sorted(nullable_fields(resource) & told.keys()):
        provider.pages[path] = [[told | {name: None}]]
        assert len(log.lines()) == (0 if name == "sid" else 1)
    provider.pages[path] = [[dict.fromkeys(told) | {"sid": "X1"}]]
    (line,) = log.lines()
    assert (line.made_at, line.is_over, line.ended_at) == (None, False, None)


def test_a_callers_leg_tells_how_it_reached_the_number_and_no_other_leg_does(
    provider: Provider, log: TwilioLog
) -> None:
    inbound = CALL | {"direction": "inbound", "from": "+33639982105", "to": "+33353017000", "forwarded_from": None}
    withheld = inbound | {"sid": "CA3", "from": "+266696687"}
    provider.pages["Calls"] = [[CALL | {"direction": "outbound-dial"}, inbound | {"sid": "CA2"}, withheld]]

    leg, known, nobody = log.lines()

    assert leg.presented is None
    assert known.presented is not None
    assert nobody.presented is not None
    assert dict(known.presented.data) == {"called": "+33353017000", "caller": "+33639982105"}
    assert (known.presented.kind, "caller" in nobody.presented.data) == (CallEventKind.PRESENTED, False)


def test_texts_are_emptied_and_lines_deleted_each_where_it_is(provider: Provider, log: TwilioLog) -> None:
    assert log.redact([message("SM1")]) == frozenset()
    assert provider.asked == [("POST", "Messages/SM1", [("Body", "")])]
    provider.asked.clear()
    assert log.delete([call("CA1"), message("SM1")]) == frozenset()
    assert sorted(provider.asked) == [("DELETE", "Calls/CA1", []), ("DELETE", "Messages/SM1", [])]


def test_what_is_not_deleted_yet_is_told_and_what_is_gone_is_gone(provider: Provider, log: TwilioLog) -> None:
    provider.refusals = {"CA1": (400, 20009), "CA2": (404, 20404), "CA3": (503, 20500)}
    assert log.delete([call(f"CA{n}") for n in range(1, 30)]) == {"CA1", "CA3"}
    provider.refusals = {"RE1": (409, 20409)}
    assert log.delete_recordings(["RE1", "RE2"]) == {"RE1"}


def test_a_provider_that_answers_nothing_at_all_is_unavailable(provider: Provider, log: TwilioLog) -> None:
    provider.refusals = {f"CA{n}": (503, 20500) for n in range(3)}
    with pytest.raises(ProviderUnavailable):
        log.delete([call(f"CA{n}") for n in range(3)])
    assert log.delete([call(f"CA{n}") for n in range(4)]) == {"CA0", "CA1", "CA2"}
    assert log.delete([]) == frozenset()


def test_the_ids_of_all_recordings_are_read(provider: Provider, log: TwilioLog) -> None:
    provider.pages["Recordings"] = [[{"sid": "RE1"}], [{"sid": "RE2"}, {"sid": None}]]
    assert log.recordings() == {"RE1", "RE2"}


def test_an_account_that_is_refused_is_a_refusal(provider: Provider, log: TwilioLog, monkeypatch: Any) -> None:
    def refuses(request: Request, timeout: float) -> BytesIO:
        raise HTTPError(request.full_url, 403, "", Message(), BytesIO(b'{"code": 20003}'))

    monkeypatch.setattr(provider, "open", refuses)
    with pytest.raises(ProviderRefused):
        log.lines()
