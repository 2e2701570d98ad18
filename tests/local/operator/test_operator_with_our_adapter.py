"""Our adapter and the operator agree on the provider's REST API: neither may drift from what the other was built on."""

from datetime import UTC, datetime, timedelta

import pytest

from local.operator.client import OperatorClient
from local.operator.settings import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN
from permanence.adapters.twilio.credentials import Credentials
from permanence.adapters.twilio.rest import TwilioPhones
from permanence.application.reception.ports import ProviderRefused
from permanence.domain.contract import Contract, Numbers
from tests.local.operator.application import Application
from tests.local.operator.conftest import OUR_NUMBER, Rest
from tests.local.operator.test_operator_calls import TENANT, connect, wait_told

MOBILE = "+33639982105"
NOWHERE = "http://127.0.0.1:9/x"


@pytest.fixture
def phones(operator: OperatorClient, operator_url: str, contract: Contract) -> TwilioPhones:
    numbers = Numbers(OUR_NUMBER, OUR_NUMBER, OUR_NUMBER, OUR_NUMBER, OUR_NUMBER, contract.numbers.sms_sender, ())
    credentials = Credentials(DEFAULT_ACCOUNT_SID, (DEFAULT_AUTH_TOKEN,))
    return TwilioPhones(operator_url, lambda: credentials, numbers, timeout_s=5)


def test_what_was_sent_is_found_again(phones: TwilioPhones) -> None:
    since = datetime.now(UTC) - timedelta(seconds=1)

    message = phones.send_sms(MOBILE, "Habitat 70: mission 482-913", NOWHERE)
    call = phones.place_call(MOBILE, NOWHERE, NOWHERE, detect_machine=True)

    assert phones.find_sms(MOBILE, "Habitat 70: mission 482-913", since) == [message]
    assert phones.find_calls(MOBILE, since) == [call]
    assert phones.find_calls("+33639980000", since) == []


def test_a_call_that_waits_for_its_turn_has_no_dates_yet_and_is_found_all_the_same(
    phones: TwilioPhones, operator: OperatorClient, rest: Rest
) -> None:
    since = datetime.now(UTC) - timedelta(seconds=1)
    operator.set_pace(0.5)
    try:
        phones.place_call("+33639980001", NOWHERE, NOWHERE, detect_machine=False)
        queued = phones.place_call(MOBILE, NOWHERE, NOWHERE, detect_machine=True)
        told = rest("GET", f"Calls/{queued}.json").json()
        assert (told["status"], phones.find_calls(MOBILE, since)) == ("queued", [queued])
    finally:
        operator.set_pace(0)
    dates = ("date_created", "date_updated", "start_time", "end_time", "duration")
    assert [told[name] for name in dates] == [None] * len(dates)


def test_a_call_is_ended_once_and_what_is_unknown_is_refused(phones: TwilioPhones) -> None:
    call = phones.place_call(MOBILE, NOWHERE, NOWHERE, detect_machine=False)
    phones.hang_up(call)

    for ask in (
        lambda: phones.hang_up("CA" + "0" * 32),
        lambda: phones.redirect_call("CA" + "0" * 32, NOWHERE),
        lambda: phones.set_hold("CA-none", call, True, NOWHERE),
        lambda: phones.fetch_recording("RE" + "0" * 32),
        lambda: phones.stop_recording("CA-none"),
    ):
        with pytest.raises(ProviderRefused):
            ask()


def test_deleting_a_recording_that_is_gone_succeeds(phones: TwilioPhones) -> None:
    phones.delete_recording("RE" + "0" * 32)


def test_what_is_recorded_is_held_under_the_name_of_its_conference_from_its_end_until_it_is_deleted(
    phones: TwilioPhones, operator: OperatorClient, application: Application, rest: Rest
) -> None:
    today = datetime.now(UTC)
    connect(operator, application, rest)
    assert phones.held_recordings(today) == []  # the conversation goes on

    operator.hang_up(TENANT)
    told = wait_told(operator, application, "/recording")[0]
    (held,) = phones.held_recordings(today)
    assert (held.recording_id, held.conference) == (told["RecordingSid"], "room")
    assert held.duration_s == int(told["RecordingDuration"])
    assert phones.held_recordings(today + timedelta(days=2)) == []

    phones.delete_recording(held.recording_id)
    assert phones.held_recordings(today) == []


def test_whether_two_have_met_is_told_as_far_as_the_provider_knows(
    phones: TwilioPhones, operator: OperatorClient, application: Application, rest: Rest
) -> None:
    """Of a conference that is over it keeps no list: only its recording tells that it had begun."""
    since = datetime.now(UTC) - timedelta(seconds=1)
    assert phones.have_met("room", "CA" + "0" * 32, since) is False
    tenant, _ = connect(operator, application, rest)
    assert phones.have_met("room", tenant, since) is True
    assert phones.have_met("room", "CA" + "0" * 32, since) is None
    assert phones.have_met("room", tenant, since + timedelta(minutes=1)) is False

    operator.hang_up(TENANT)
    told = wait_told(operator, application, "/recording")[0]
    assert phones.have_met("room", tenant, since) is True
    phones.delete_recording(told["RecordingSid"])
    assert phones.have_met("room", tenant, since) is None

    alone = rest("POST", "Calls.json", {"To": MOBILE, "From": OUR_NUMBER, "Url": f"{application.url}/agent"}).json()[
        "sid"
    ]
    operator.wait_for_ringing(MOBILE)
    operator.answer(MOBILE)
    operator.wait_for_call(alone, lambda known: known.conference is not None)
    assert phones.have_met("room", tenant, since) is False


def test_a_filter_of_recordings_that_the_provider_does_not_know_is_refused(rest: Rest) -> None:
    assert rest("GET", "Recordings.json?DateCreated%3E=2026-11-21").status_code == 200
    assert rest("GET", "Recordings.json?CreatedSince=2026-11-21").status_code == 400
