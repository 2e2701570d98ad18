"""Whatever the provider's own OpenAPI says may be null is null one night: nothing we read falls over it (R10, R48)."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.request import OpenerDirector, Request

import pytest

from permanence.adapters.twilio.credentials import Credentials
from permanence.adapters.twilio.rest import TwilioPhones
from permanence.application.reception.ports import ProviderRefused, ProviderUnavailable, ProviderWord
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import ChannelStatus
from tests.adapters.twilio.provider_openapi import nullable_fields

SINCE = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
TOLD_AT = "Sat, 21 Nov 2026 22:15:00 +0000"
ANSWERS: dict[str, dict[str, Any]] = {
    "message": {"sid": "SM1", "body": "mission", "status": "undelivered", "error_code": 30003, "date_created": TOLD_AT},
    "call": {"sid": "CA1", "status": "completed", "date_created": TOLD_AT, "date_updated": TOLD_AT}
    | {"start_time": TOLD_AT, "end_time": TOLD_AT, "duration": "12", "answered_by": "human"},
    "recording": {"sid": "RE1", "status": "completed", "conference_sid": "CF1", "duration": "42"}
    | {"date_created": TOLD_AT, "start_time": TOLD_AT},
    "conference": {"sid": "CF1", "friendly_name": "CA1", "status": "in-progress", "date_created": TOLD_AT},
}
ASKS: Mapping[str, Callable[[TwilioPhones], object]] = {
    "send_sms": lambda phones: phones.send_sms("+33639982105", "mission", "https://us.example"),
    "place_call": lambda phones: phones.place_call("+33639982105", "https://us.example", "https://us.example", True),
    "redirect_call": lambda phones: phones.redirect_call("CA1", "https://us.example"),
    "hang_up": lambda phones: phones.hang_up("CA1"),
    "set_hold": lambda phones: phones.set_hold("CA1", "CA1", True, "https://us.example"),
    "stop_recording": lambda phones: phones.stop_recording("CA1"),
    "have_met": lambda phones: phones.have_met("CA1", "CA1", SINCE),
    "find_sms": lambda phones: phones.find_sms("+33639982105", "mission", SINCE),
    "find_calls": lambda phones: phones.find_calls("+33639982105", SINCE),
    "status_of_sms": lambda phones: phones.status_of_sms("SM1"),
    "status_of_call": lambda phones: phones.status_of_call("CA1"),
    "held_recordings": lambda phones: phones.held_recordings(SINCE),
}
LISTS = ("Messages", "Calls", "Recordings", "Conferences", "Participants")
NULLS = [
    (resource, name) for resource in ANSWERS for name in sorted(nullable_fields(resource)) if name in ANSWERS[resource]
]


class Provider:
    """Answers each resource with what it says of one, its list with that one."""

    def __init__(self, **told: Mapping[str, Any]) -> None:
        self._told = {name: {**answer, **told.get(name, {})} for name, answer in ANSWERS.items()}

    def open(self, request: Request, timeout: float) -> BytesIO:
        path = request.full_url.partition("?")[0].removesuffix(".json").split("/")[5:]
        name = next(part for part in reversed(path) if part in LISTS)
        resource = name.removesuffix("s").lower()
        is_list = path[-1] == name and request.get_method() == "GET"
        one = self._told.get(resource, {})
        return BytesIO(json.dumps({f"{resource}s": [one], "next_page_uri": None} if is_list else one).encode())


@pytest.fixture
def phones(contract: Contract) -> TwilioPhones:
    credentials = Credentials("AC" + "0" * 32, ("current",))
    return TwilioPhones("https://provider.example", lambda: credentials, contract.numbers, timeout_s=5)


def told(monkeypatch: pytest.MonkeyPatch, **answers: Mapping[str, Any]) -> None:
    monkeypatch.setattr(OpenerDirector, "open", Provider(**answers).open)


def test_what_we_read_is_what_the_provider_may_leave_out() -> None:
    assert {("call", "date_created"), ("call", "duration"), ("message", "body"), ("recording", "duration")} <= {*NULLS}


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_no_null_field_of_an_answer_stops_us(
    monkeypatch: pytest.MonkeyPatch, phones: TwilioPhones, ask: Callable[[TwilioPhones], object]
) -> None:
    for resource, name in NULLS:
        told(monkeypatch, **{resource: {name: None}})
        with suppress(ProviderRefused, ProviderUnavailable):
            assert "'None'" not in repr(ask(phones))


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_nor_do_all_of_them_at_once(
    monkeypatch: pytest.MonkeyPatch, phones: TwilioPhones, ask: Callable[[TwilioPhones], object]
) -> None:
    nothing = {resource: dict.fromkeys(nullable_fields(resource)) for resource in ANSWERS}
    told(monkeypatch, **nothing)
    with suppress(ProviderRefused, ProviderUnavailable):
        ask(phones)


def test_what_still_waits_for_its_turn_at_the_provider_is_found_although_it_has_no_date_yet(
    monkeypatch: pytest.MonkeyPatch, phones: TwilioPhones
) -> None:
    told(monkeypatch, call={"status": "queued", "date_created": None}, message={"date_created": None})
    assert phones.find_calls("+33639982105", SINCE) == ["CA1"]
    assert phones.find_sms("+33639982105", "mission", SINCE) == ["SM1"]


def test_what_was_taken_and_has_no_id_is_no_certain_success(
    monkeypatch: pytest.MonkeyPatch, phones: TwilioPhones
) -> None:
    told(monkeypatch, call={"sid": None}, message={"sid": None})
    for name in ("send_sms", "place_call"):
        with pytest.raises(ProviderUnavailable):
            ASKS[name](phones)


@pytest.mark.parametrize(
    ("missing", "ended_at"),
    [
        ((), datetime(2026, 11, 21, 22, 15, tzinfo=UTC)),
        (("end_time",), datetime(2026, 11, 21, 22, 15, tzinfo=UTC)),
        (("end_time", "date_updated"), datetime(2026, 11, 21, 22, 15, 12, tzinfo=UTC)),
        (("end_time", "date_updated", "duration"), datetime(2026, 11, 21, 22, 15, tzinfo=UTC)),
        (("end_time", "date_updated", "start_time"), datetime(2026, 11, 21, 22, 15, 12, tzinfo=UTC)),
        (("end_time", "date_updated", "start_time", "date_created"), None),
    ],
)
def test_the_end_of_a_call_is_dated_by_the_best_that_the_provider_tells(
    monkeypatch: pytest.MonkeyPatch, phones: TwilioPhones, missing: tuple[str, ...], ended_at: datetime | None
) -> None:
    told(monkeypatch, call=dict.fromkeys(missing))
    assert phones.status_of_call("CA1") == ProviderWord(ChannelStatus.DELIVERED, ended_at=ended_at)


def test_a_recording_without_a_date_is_dated_by_its_start_else_by_what_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, phones: TwilioPhones
) -> None:
    made = []
    for missing in ((), ("date_created",), ("date_created", "start_time")):
        told(monkeypatch, recording=dict.fromkeys(missing))
        made += [held.made_at for held in phones.held_recordings(SINCE)]
    assert made == [SINCE + timedelta(minutes=3), SINCE + timedelta(minutes=3), SINCE]
