"""Nights on which something is down, late or lost for longer than one call (R41-R44, R47, R48, R70)."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import BotoCoreError

from call_webhook.handler import respond
from notify.handler import send_all
from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.adapters.twilio.signature import sign
from permanence.application.dispatch.mission import open_mission
from permanence.application.dispatch.mission_links import key_of_token
from permanence.application.privacy import purging
from permanence.application.privacy.purging import purge_due
from permanence.application.reception.ports import PastRetention, ProviderUnavailable, ProviderWord
from permanence.domain.calls.call import CallEvent, CallEventKind, CallStatus
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import ChannelStatus, DispatchStatus, StepStatus
from permanence.domain.dispatch.events import Accept, Decline
from permanence.domain.instants import PARIS
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.privacy.retention import purge_stamp
from tests.application.dispatch.night import (
    DAVAL_LANDLINE,
    DAVAL_MOBILE,
    MALFUNCTION_ID,
    ROUSSEL_MOBILE,
    SATURDAY_NIGHT,
    TENANT,
    Night,
)
from tests.failures.deeds import Deed, suffers_every_fault
from tests.failures.faults import Fate, Fault
from tests.failures.house import House, new_house
from tests.functions.queue_events import queue_event
from tests.functions.telephony import ACCOUNT, TOKEN, http_event

ANOTHER_ID = "another-malfunction"


def voice_status(house: House, key: str, status: str) -> None:
    """The provider's word on a voice call, once: it does not repeat itself."""
    url = house.urls.notice_voice_status(f"{MALFUNCTION_ID}.{key}", SATURDAY_NIGHT)
    form = {"AccountSid": ACCOUNT, "CallSid": "CA9", "CallStatus": status}
    event = http_event(url, urlencode(form), sign(TOKEN, url, form.items()))
    respond(event, house.webhook, house.now, house.logger, house.metrics)  # type: ignore[arg-type]


# --- callbacks -------------------------------------------------------------------------------------------------------


def test_a_callback_that_is_lost_anywhere_does_not_hold_up_the_next_in_line(contract: Contract) -> None:
    """A landline that nobody answered. Whatever became of the callback, the provider is asked."""

    def ring_a_landline(house: House) -> None:
        house.start()
        house.run(seconds=2)
        house.happen(Decline(0, "page"))
        house.run(seconds=2)
        (call,) = [call for call in house.phone.calls if call.to == DAVAL_LANDLINE]
        house.phone.words[call.provider_id] = house.phone.words["CA9"] = ProviderWord(ChannelStatus.NO_ANSWER)

    def check(house: House) -> None:
        assert house.dispatch().current == 2
        assert house.dispatch().steps[1].status is StepStatus.NO_ANSWER
        assert (house.rings(DAVAL_LANDLINE), house.rings(ROUSSEL_MOBILE)) == (1, 1)
        told = [line for line in house.lines(EntryKind.RECEIPT) if (line["step"], line["channel"]) == ("1", "voice")]
        assert [line["status"] for line in told] == ["no_answer"]

    deed = Deed(
        before=ring_a_landline,
        act=lambda house: voice_status(house, "s1-voice", "no-answer"),
        after=lambda house: house.run(seconds=150),
        survives=(BotoCoreError,),
    )
    assert suffers_every_fault(contract, deed, check) == ["GetItem", "TransactWriteItems", "UpdateItem"]


def test_a_call_whose_end_is_lost_anywhere_leaves_the_desk_with_its_true_end(contract: Contract) -> None:
    """The provider tells the end once. Four hours later it is asked, whatever fails then."""
    hung_up = SATURDAY_NIGHT + timedelta(minutes=7)
    presented = CallEvent("CA1", "presented", CallEventKind.PRESENTED, SATURDAY_NIGHT, {"caller": TENANT})

    def present(house: House) -> None:
        house.calls.record(presented, SATURDAY_NIGHT)
        house.phone.words["CA1"] = ProviderWord(ChannelStatus.DELIVERED, ended_at=hung_up)
        house.sleep(hours=4)

    def check(house: House) -> None:
        assert (house.call("CA1").status, house.call("CA1").ended_at) == (CallStatus.ENDED, hung_up)
        assert DynamoOpenItems(house.table).open_work().calls == ()
        assert house.due_items.overdue(house.now + timedelta(days=1)).calls == ()

    deed = Deed(
        before=present,
        act=lambda house: send_all(queue_event({"call": "CA1"}), house.notify, house.now, None),  # type: ignore[arg-type]
        after=lambda house: house.run(seconds=130),
    )
    assert suffers_every_fault(contract, deed, check) == ["Query", "status_of_call", "UpdateItem"]


def test_the_sweep_alone_finds_a_call_whose_end_was_never_told(contract: Contract) -> None:
    with new_house(contract) as house:
        presented = CallEvent("CA1", "presented", CallEventKind.PRESENTED, SATURDAY_NIGHT, {"caller": TENANT})
        house.calls.record(presented, SATURDAY_NIGHT)
        house.phone.words["CA1"] = ProviderWord(ChannelStatus.DELIVERED)
        house.sleep(hours=4)
        house.run(seconds=120)
        assert house.call("CA1").status is CallStatus.PRESENTED
        house.phone.words["CA1"] = ProviderWord(ChannelStatus.DELIVERED, ended_at=house.now)
        house.sleep(minutes=31)
        house.run(seconds=120)
        assert house.call("CA1").status is CallStatus.ENDED


# --- sending ---------------------------------------------------------------------------------------------------------


def test_a_call_of_another_mission_to_the_same_phone_does_not_pass_for_this_one(contract: Contract) -> None:
    """Two missions for one contractor: the worker of the first dies before it rings, the second rings meanwhile."""
    with new_house(contract) as house:
        house.start()
        house.outbox.messages.clear()
        voice = {"owner": MALFUNCTION_ID, "key": "s0-voice"}
        with house.watching(Fault(1, Fate.DIED_BEFORE)):
            send_all(queue_event(voice), house.notify, house.now, None)  # type: ignore[arg-type]
        house.start(ANOTHER_ID)
        house.run(seconds=90)
        assert house.rings(DAVAL_MOBILE) == 2
        told = {call.status_url.split("notice=")[1].split(".")[0] for call in house.phone.calls}
        assert told == {MALFUNCTION_ID, ANOTHER_ID}


def test_a_provider_of_sms_that_is_down_never_stops_the_voice_call(contract: Contract) -> None:
    with new_house(contract) as house:
        house.phone.send_sms = _is_down  # type: ignore[method-assign, assignment]
        house.start()
        house.run(seconds=120)
        assert house.rings(DAVAL_MOBILE) == 1
        house.happen(Accept(0, "keys"))
        assert house.dispatch().winner == 0


def test_with_every_provider_down_the_chain_still_ends_at_the_alarm_of_the_desk(contract: Contract) -> None:
    with new_house(contract) as house:
        house.phone.send_sms = house.phone.place_call = _is_down  # type: ignore[method-assign, assignment]
        house.start()
        house.run(seconds=5 * (contract.dispatch.cap_from_creation_s + 120))
        assert house.dispatch().status is DispatchStatus.EXHAUSTED
        assert len(house.lines(EntryKind.CHAIN_EXHAUSTED)) == 1
        del house.phone.send_sms, house.phone.place_call
        house.happen(Accept(0, "agent"))
        house.run(seconds=90)
        assert len(house.texts_to(TENANT)) == 1


def test_a_provider_that_is_down_for_a_minute_has_both_messages_once_when_it_is_back(contract: Contract) -> None:
    with new_house(contract) as house:
        house.phone.send_sms = house.phone.place_call = _is_down  # type: ignore[method-assign, assignment]
        house.start()
        house.run(seconds=60)
        del house.phone.send_sms, house.phone.place_call
        house.run(seconds=60)
        assert (len(house.texts_to(DAVAL_MOBILE)), house.rings(DAVAL_MOBILE)) == (1, 1)


def _is_down(*_: Any, **__: Any) -> str:
    raise ProviderUnavailable("503")


# --- acceptances -----------------------------------------------------------------------------------------------------


def test_a_link_answers_for_its_own_malfunction_and_for_no_other(contract: Contract) -> None:
    """An SMS of an earlier mission, found again on a phone that has a new one too."""
    with new_house(contract) as house:
        house.start()
        house.start(ANOTHER_ID)
        old = house.malfunctions.link(key_of_token("TOKEN00001"))
        assert old is not None
        assert old.malfunction_id == MALFUNCTION_ID
        mission = open_mission(house.malfunctions, "TOKEN00001", house.now)
        assert mission.malfunction.malfunction_id == MALFUNCTION_ID
        house.happen(Accept(mission.step_index, "page"))
        another = house.malfunctions.get(ANOTHER_ID)
        assert another is not None
        assert another.dispatch is not None
        assert another.dispatch.winner is None


def test_a_robot_that_opens_every_link_while_the_night_goes_wrong_accepts_nothing(contract: Contract) -> None:
    def open_the_link(house: House) -> None:
        open_mission(house.malfunctions, "TOKEN00001", house.now)

    deed = Deed(
        before=lambda house: (house.start(), house.run(seconds=2)),
        act=open_the_link,
        after=open_the_link,
        survives=(BotoCoreError,),
    )

    def check(house: House) -> None:
        assert house.dispatch().winner is None
        assert house.log().malfunction.version == 1

    suffers_every_fault(contract, deed, check)


# --- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [
        datetime(2026, 10, 25, 0, 58, tzinfo=UTC),  # 02:58, and again 02:00 two minutes later
        datetime(2027, 3, 28, 0, 58, tzinfo=UTC),  # 01:58, and 03:00 two minutes later
        datetime(2026, 12, 31, 22, 58, tzinfo=UTC),  # 23:58 on New Year's Eve
    ],
)
def test_a_dispatch_over_a_change_of_clock_or_year_keeps_its_seconds(contract: Contract, start: datetime) -> None:
    night = Night(contract, now=start)
    night.start()
    cap = timedelta(seconds=contract.dispatch.cap_from_creation_s)
    ((_, timer),) = night.store.timers
    assert timer.due - start == cap
    night.now = start + timedelta(seconds=90)
    night.happen(Decline(0, "page"))
    assert night.dispatch.current == 1
    assert night.dispatch.steps[1].deadline == night.now + cap


# --- retention -------------------------------------------------------------------------------------------------------


def test_a_malfunction_that_spans_the_limit_loses_each_line_on_its_own_day(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "LOOK_BACK", timedelta(days=2))
    with new_house(contract) as house:
        house.start()
        house.now += timedelta(days=3)
        house.happen(Accept(0, "agent"))
        house.now = at_three(purge_stamp(SATURDAY_NIGHT, contract.retention).erase_on)
        purge_due(house.purge(), house.now)
        left = [item for item in house.items() if "purge_pk" in item]
        assert {item["sk"].split("#")[0] for item in left} == {"E", "N"}
        assert house.malfunctions.get(MALFUNCTION_ID) is None
        with pytest.raises(PastRetention):
            house.happen(Accept(1, "page"))
        assert len([item for item in house.items() if "purge_pk" in item]) == len(left)
        house.now += timedelta(days=3)
        purge_due(house.purge(), house.now)
        assert [item for item in house.items() if "purge_pk" in item] == []


def at_three(day: Any) -> datetime:
    return datetime.combine(day, time(3), PARIS).astimezone(UTC)
