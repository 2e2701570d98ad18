"""Take a call, keep an event of it, bring its recording home: a fault at each call of each (R10, R13, R14)."""

from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from botocore.exceptions import BotoCoreError

from call_webhook.handler import respond
from permanence.adapters.twilio.signature import sign
from permanence.application.reception.answering import Agent, Ringing, take_and_ring
from permanence.application.reception.ports import HeldRecording, ProviderUnavailable
from permanence.application.reception.recordings import RecordingToImport, ask_import, object_key
from permanence.domain.calls.call import CallEvent, CallEventKind, CallStatus
from permanence.domain.contract import Contract
from recording_import.handler import import_all, run_job
from tests.application.dispatch.night import SATURDAY_NIGHT
from tests.failures.deeds import Deed, suffers_every_fault
from tests.failures.house import House, new_house
from tests.functions.queue_events import queue_event
from tests.functions.telephony import ACCOUNT, BASE_URL, CALL_ID, CALLER, TOKEN, http_event

TOLD_OF_AN_OUTAGE = (BotoCoreError, ProviderUnavailable)
CAMILLE = Agent("agent-camille", "Camille", "+33639980001")
NADIA = Agent("agent-nadia", "Nadia", "+33639980002")


def tell(house: House, path: str, **fields: str) -> str:
    """A signed webhook; the body of our answer."""
    form = {"AccountSid": ACCOUNT, "CallSid": CALL_ID, "From": CALLER, "To": house.contract.numbers.inbound, **fields}
    url = BASE_URL + path
    event = http_event(url, urlencode(form), sign(TOKEN, url, form.items()))
    answer = respond(event, house.webhook, house.now, house.logger, house.metrics)  # type: ignore[arg-type]
    return str(answer["body"])


def post(house: House, path: str, **fields: str) -> ElementTree.Element:
    """The same; what the caller is made to hear."""
    return ElementTree.fromstring(tell(house, path, **fields))  # noqa: S314 our own answer


def is_kept_in_line(heard: ElementTree.Element) -> bool:
    """The caller waits for a human, or the fallback numbers ring."""
    return heard[-1].tag in ("Enqueue", "Dial")


# --- an event on the answer path -------------------------------------------------------------------------------------


def test_a_caller_is_never_left_in_silence_and_the_call_is_never_lost(contract: Contract) -> None:
    """What the provider does when our function dies: it calls the fallback address."""
    heard: list[ElementTree.Element] = []

    def ring(house: House) -> None:
        heard.clear()
        heard.append(post(house, "/telephony/calls/incoming"))

    def fall_back(house: House) -> None:
        if not heard:
            heard.append(post(house, "/telephony/calls/fallback"))
        house.run(seconds=60)

    def check(house: House) -> None:
        assert is_kept_in_line(heard[0])
        call = house.call(CALL_ID)
        is_away = heard[0].find("Dial") is not None
        assert call.status is (CallStatus.SENT_TO_FALLBACK if is_away else CallStatus.PRESENTED)
        assert (call.caller, call.presented_at) == (CALLER, SATURDAY_NIGHT)
        assert len([item for item in house.items() if item["sk"] == "CALL"]) == 1

    assert suffers_every_fault(contract, Deed(act=ring, after=fall_back), check) == ["UpdateItem"]


def test_with_the_table_down_a_fault_at_the_queue_too_rings_the_fallback_numbers(contract: Contract) -> None:
    heard: list[ElementTree.Element] = []

    def the_table_is_down(house: House) -> None:
        house.webhook.call_log._calls = DownCalls()

    def ring(house: House) -> None:
        heard.clear()
        heard.append(post(house, "/telephony/calls/incoming"))

    def the_table_is_back(house: House) -> None:
        house.webhook.call_log._calls = house.calls
        if not heard:
            heard.append(post(house, "/telephony/calls/fallback"))
        house.run(seconds=60)

    def check(house: House) -> None:
        assert is_kept_in_line(heard[0])
        kept = house.calls.get(CALL_ID)
        assert kept is not None or heard[0][-1].tag == "Dial"

    deed = Deed(before=the_table_is_down, act=ring, after=the_table_is_back)
    assert suffers_every_fault(contract, deed, check) == ["SendMessageBatch"]


class DownCalls:
    """A table that nobody can reach."""

    def record(self, *_: object) -> None:
        raise BotoCoreError

    get = record


# --- take ------------------------------------------------------------------------------------------------------------


def take(house: House, agent: Agent = CAMILLE) -> Ringing:
    pickup = take_and_ring(house.calls, house.phones, house.urls, call_id=CALL_ID, agent=agent, now=house.now)
    return pickup.result


def test_a_take_that_fails_anywhere_keeps_the_caller_waiting_a_minute_at_most(contract: Contract) -> None:
    def another_tries(house: House) -> None:
        before = house.rings(CAMILLE.phone)
        house.run(seconds=61)
        result = take(house, NADIA)
        assert result is Ringing.RINGING
        assert before <= 1

    def check(house: House) -> None:
        call = house.call(CALL_ID)
        assert call.take is not None
        assert (call.status, call.take.agent) == (CallStatus.TAKEN, NADIA.agent_id)
        assert house.rings(NADIA.phone) == 1

    deed = Deed(
        before=lambda house: post(house, "/telephony/calls/incoming"),
        act=take,
        after=another_tries,
        survives=TOLD_OF_AN_OUTAGE,
    )
    assert suffers_every_fault(contract, deed, check) == ["Query", "UpdateItem", "place_call"]


def test_a_take_that_failed_never_lets_two_agents_hold_one_call(contract: Contract) -> None:
    """The other clicks at once: one of them holds it, or nobody."""

    def another_clicks(house: House) -> None:
        result = take(house, NADIA)
        call = house.call(CALL_ID)
        assert call.take is not None
        assert (call.take.agent == NADIA.agent_id) is (result is Ringing.RINGING)

    deed = Deed(
        before=lambda house: post(house, "/telephony/calls/incoming"),
        act=take,
        after=another_clicks,
        survives=TOLD_OF_AN_OUTAGE,
    )
    suffers_every_fault(contract, deed, lambda house: house.call(CALL_ID))


# --- a recording -----------------------------------------------------------------------------------------------------

RECORDING = RecordingToImport(CALL_ID, "RE1", SATURDAY_NIGHT)
KEY = object_key(RECORDING)


def a_recorded_call(house: House) -> None:
    post(house, "/telephony/calls/incoming")
    house.phone.recordings["RE1"] = b"voice"
    ask_import(house.imports, RECORDING)


def import_it(house: House) -> Any:
    (_, message) = house.imports.messages[0]
    return import_all(queue_event(message), house.importer, house.now, None)  # type: ignore[arg-type]


def is_somewhere(house: House) -> None:
    assert "RE1" in house.phone.recordings or KEY in house.objects("recordings")


def test_a_recording_is_stored_before_it_is_deleted_at_the_provider_whatever_fails(contract: Contract) -> None:
    def check(house: House) -> None:
        assert house.recordings.get(KEY) == b"voice"
        assert house.phone.recordings == {}
        (kept,) = house.call(CALL_ID).recordings
        assert kept.object_key == KEY

    deed = Deed(before=a_recorded_call, act=import_it, at_once=is_somewhere, after=lambda house: house.run(seconds=30))
    calls = suffers_every_fault(contract, deed, check)
    assert calls == ["Query", "fetch_recording", "PutObject", "UpdateItem", "delete_recording"]


def test_who_objects_while_an_import_fails_anywhere_leaves_no_recording(contract: Contract) -> None:
    def objects(house: House) -> None:
        house.calls.record(CallEvent(CALL_ID, "objected", CallEventKind.OBJECTED, house.now), SATURDAY_NIGHT)
        ask_import(house.imports, RECORDING)
        house.run(seconds=30)

    def check(house: House) -> None:
        assert house.objects("recordings") == []
        assert house.phone.recordings == {}

    suffers_every_fault(contract, Deed(before=a_recorded_call, act=import_it, after=objects), check)


def a_recording_nobody_told_of(house: House) -> None:
    post(house, "/telephony/calls/incoming")
    house.phone.recordings["RE1"] = b"voice"
    house.phone.made.append(HeldRecording("RE1", CALL_ID, 42, SATURDAY_NIGHT))


def ask_what_is_held(house: House) -> None:
    run_job({"job": "held_recordings"}, house.importer, house.now)  # type: ignore[arg-type]


def is_imported_once(house: House) -> None:
    (kept,) = house.call(CALL_ID).recordings
    assert (kept.object_key, kept.duration_s) == (KEY, 42)
    assert house.recordings.get(KEY) == b"voice"
    assert house.objects("recordings") == [KEY]
    assert house.phone.recordings == {}


def test_a_recording_whose_callbacks_are_all_lost_is_imported_once_by_the_job_of_the_night(contract: Contract) -> None:
    """The job that failed is the one of the next night: nothing else would ever find the recording."""

    def the_next_night(house: House) -> None:
        house.run(seconds=30)
        house.sleep(days=1)
        ask_what_is_held(house)
        house.run(seconds=30)

    deed = Deed(
        before=a_recording_nobody_told_of, act=ask_what_is_held, after=the_next_night, survives=TOLD_OF_AN_OUTAGE
    )
    calls = suffers_every_fault(contract, deed, is_imported_once)
    assert calls == ["held_recordings", "Query", "UpdateItem", "SendMessageBatch"]


def test_a_callback_that_comes_while_the_night_asks_changes_nothing(contract: Contract) -> None:
    with new_house(contract) as house:
        a_recording_nobody_told_of(house)
        ask_what_is_held(house)
        ready = {"RecordingSid": "RE1", "RecordingStatus": "completed", "RecordingDuration": "42"}
        tell(house, house.urls.recordings(CALL_ID, SATURDAY_NIGHT).removeprefix(BASE_URL), **ready)
        house.run(seconds=30)
        is_imported_once(house)


def test_a_calm_night_costs_one_request_whatever_has_been_imported(contract: Contract) -> None:
    with new_house(contract) as house:
        a_recording_nobody_told_of(house)
        ask_what_is_held(house)
        house.run(seconds=30)

        with house.watching() as calls:
            ask_what_is_held(house)
        assert calls == ["held_recordings"]
