"""Start, accept, decline, send: each with a fault at each of its calls (R41, R42, R44, R47, R48)."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from notify.handler import send_all
from permanence.application.reception.ports import ProviderUnavailable, ProviderWord
from permanence.domain.contract import Contract
from permanence.domain.dispatch.actions import Outcome
from permanence.domain.dispatch.dispatch import ChannelStatus, DispatchStatus, StepStatus
from permanence.domain.dispatch.events import Accept, Decline
from permanence.domain.dispatch.notices import Notice, NoticeKind, NoticeStatus
from permanence.domain.main_courante.log import EntryKind
from tests.application.dispatch.night import (
    DAVAL_LANDLINE,
    DAVAL_MOBILE,
    MALFUNCTION_ID,
    ROUSSEL_MOBILE,
    SATURDAY_NIGHT,
    TENANT,
)
from tests.failures.deeds import Deed, suffers_every_fault
from tests.failures.faults import Fate
from tests.failures.house import House
from tests.functions.queue_events import queue_event

TOLD_OF_AN_OUTAGE = (BotoCoreError, ProviderUnavailable)
JOB = "job:end_of_period:2026-11-23"
NOBODY_ANSWERED = ProviderWord(ChannelStatus.NO_ANSWER)
WELL_BEFORE_THE_CAP = timedelta(seconds=300)


def start_and_send(house: House) -> None:
    house.start()
    house.run(seconds=2)


# --- start -----------------------------------------------------------------------------------------------------------


def test_a_dispatch_whose_start_fails_anywhere_calls_the_first_responder_once(contract: Contract) -> None:
    def agent_clicks_again(house: House) -> None:
        house.start()
        house.run(seconds=90)

    def check(house: House) -> None:
        assert house.dispatch().current == 0
        assert (len(house.texts_to(DAVAL_MOBILE)), house.rings(DAVAL_MOBILE)) == (1, 1)
        assert len(house.lines(EntryKind.DISPATCH_STARTED)) == 1
        assert [item["sk"] for item in house.items() if item["sk"].startswith("T#")] == ["T#00#1795299720"]
        assert len([item for item in house.items() if item["pk"].startswith("LINK#")]) == 1

    deed = Deed(act=House.start, after=agent_clicks_again, survives=TOLD_OF_AN_OUTAGE)
    assert suffers_every_fault(contract, deed, check) == ["UpdateItem", "TransactWriteItems"]


def test_a_dispatch_that_was_saved_goes_on_although_nobody_clicks_again(contract: Contract) -> None:
    """Saved or not saved: never half."""

    def check(house: House) -> None:
        saved = house.malfunctions.get(MALFUNCTION_ID) is not None
        assert len(house.texts_to(DAVAL_MOBILE)) == house.rings(DAVAL_MOBILE) == int(saved)
        assert saved or not [item for item in house.items() if MALFUNCTION_ID in item["pk"]]

    suffers_every_fault(
        contract, Deed(act=House.start, after=lambda house: house.run(seconds=90), survives=TOLD_OF_AN_OUTAGE), check
    )


# --- accept and decline ----------------------------------------------------------------------------------------------


def test_an_acceptance_that_fails_anywhere_and_is_said_again_wins_once_and_the_tenant_hears_it_once(
    contract: Contract,
) -> None:
    def accept(house: House) -> None:
        acted = house.happen(Accept(0, "page"))
        assert acted.outcome is Outcome.DONE
        assert house.dispatch().status is DispatchStatus.ACCEPTED

    def accept_again(house: House) -> None:
        assert house.happen(Accept(0, "page")).outcome in (Outcome.DONE, Outcome.ALREADY_YOURS)
        assert house.happen(Accept(0, "keys")).outcome is Outcome.ALREADY_YOURS
        house.run(seconds=90)

    def check(house: House) -> None:
        dispatch = house.dispatch()
        assert (dispatch.status, dispatch.winner) == (DispatchStatus.ACCEPTED, 0)
        assert len(house.lines(EntryKind.ACCEPTED)) == 1
        assert len(house.texts_to(TENANT)) == 1
        assert house.rings(DAVAL_LANDLINE) == 0

    deed = Deed(before=start_and_send, act=accept, after=accept_again, survives=TOLD_OF_AN_OUTAGE)
    assert suffers_every_fault(contract, deed, check)[:2] == ["GetItem", "TransactWriteItems"]


def test_an_acceptance_that_failed_and_is_never_said_again_leaves_no_silence(contract: Contract) -> None:
    """Either it counts and the tenant is told, or the next in line is called."""

    def check(house: House) -> None:
        dispatch = house.dispatch()
        if dispatch.winner is None:
            assert dispatch.steps[0].status is StepStatus.NO_ANSWER
            assert house.rings(DAVAL_LANDLINE) == 1
            assert house.texts_to(TENANT) == []
        else:
            assert house.rings(DAVAL_LANDLINE) == 0
            assert len(house.texts_to(TENANT)) == 1

    deed = Deed(
        before=start_and_send,
        act=lambda house: house.happen(Accept(0, "page")),
        after=lambda house: house.run(seconds=house.contract.dispatch.cap_from_creation_s + 90),
        survives=TOLD_OF_AN_OUTAGE,
    )
    suffers_every_fault(contract, deed, check)


def test_two_acceptances_around_a_fault_have_one_winner_and_the_other_is_told_who(contract: Contract) -> None:
    def both_called(house: House) -> None:
        start_and_send(house)
        house.happen(Decline(0, "page"))
        house.happen(Decline(1, "page"))
        house.run(seconds=2)

    def the_other_accepts(house: House) -> None:
        house.happen(Accept(2, "keys"))
        house.run(seconds=90)

    def check(house: House) -> None:
        dispatch = house.dispatch()
        winner = dispatch.winner
        assert winner in (0, 2)
        assert [step.status for step in dispatch.steps].count(StepStatus.ACCEPTED) == 1
        assert len(house.lines(EntryKind.ACCEPTED)) == 1
        assert len(house.lines(EntryKind.LATE_ACCEPTANCE)) == (winner == 0)
        assert len(house.texts_to(TENANT)) == 1

    deed = Deed(
        before=both_called,
        act=lambda house: house.happen(Accept(0, "page")),
        after=the_other_accepts,
        survives=TOLD_OF_AN_OUTAGE,
    )
    suffers_every_fault(contract, deed, check)


def test_a_refusal_that_fails_anywhere_and_is_said_again_calls_the_next_once(contract: Contract) -> None:
    def decline(house: House) -> None:
        house.happen(Decline(0, "page", "trop loin"))

    def decline_again(house: House) -> None:
        decline(house)
        house.run(seconds=90)

    def check(house: House) -> None:
        dispatch = house.dispatch()
        assert (dispatch.current, dispatch.steps[0].status) == (1, StepStatus.DECLINED)
        assert len(house.lines(EntryKind.DECLINED)) == 1
        assert (house.rings(DAVAL_LANDLINE), house.rings(ROUSSEL_MOBILE)) == (1, 0)

    deed = Deed(before=start_and_send, act=decline, after=decline_again, survives=TOLD_OF_AN_OUTAGE)
    assert suffers_every_fault(contract, deed, check) == ["GetItem", "TransactWriteItems"]


# --- send ------------------------------------------------------------------------------------------------------------


def send(key: str, owner: str = MALFUNCTION_ID) -> Any:
    return lambda house: send_all(queue_event({"owner": owner, "key": key}), house.notify, house.now, None)


def run_the_night(house: House) -> None:
    house.run(seconds=90)


def test_an_sms_whose_sending_fails_anywhere_leaves_exactly_once(contract: Contract) -> None:
    def check(house: House) -> None:
        assert len(house.texts_to(DAVAL_MOBILE)) == 1
        assert house.notice("s0-sms").provider_id == house.phone.messages[0].provider_id

    deed = Deed(before=House.start, act=send("s0-sms"), after=run_the_night)
    assert suffers_every_fault(contract, deed, check) == ["UpdateItem", "GetItem", "send_sms", "UpdateItem"]


def test_a_call_whose_placing_fails_anywhere_rings_exactly_once(contract: Contract) -> None:
    def check(house: House) -> None:
        assert house.rings(DAVAL_MOBILE) == 1
        assert house.notice("s0-voice").provider_id == house.phone.calls[0].provider_id

    deed = Deed(before=House.start, act=send("s0-voice"), after=run_the_night)
    assert suffers_every_fault(contract, deed, check) == ["UpdateItem", "GetItem", "place_call", "UpdateItem"]


def test_a_mail_whose_sending_fails_anywhere_is_never_lost_and_twice_only_with_a_warning(
    contract: Contract, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)

    def write(house: House) -> None:
        caplog.clear()
        house.reports.put("mails/vesoul.eml", b"Subject: nuit", "message/rfc822")
        mail = Notice(JOB, "vesoul", NoticeKind.MAIL, "a@h.example", house.now, body_key="mails/vesoul.eml")
        house.notices.put_job_notices([mail])

    def check(house: House) -> None:
        (notice,) = [item for item in house.items() if item["sk"] == "N#vesoul"]
        assert notice["status"] == NoticeStatus.SENT
        warned = [record for record in caplog.records if "sent again" in record.getMessage()]
        assert len(house.mailer.mails) == 1 or (len(house.mailer.mails) == 2 and warned)

    deed = Deed(before=write, act=send("vesoul", JOB), after=run_the_night)
    assert suffers_every_fault(contract, deed, check) == ["UpdateItem", "GetObject", "send", "UpdateItem"]


def test_asking_the_provider_can_fail_anywhere_and_the_next_in_line_is_still_called_once(contract: Contract) -> None:
    """A landline that nobody answered, and no callback ever says so."""

    def silence(house: House) -> None:
        start_and_send(house)
        house.happen(Decline(0, "page"))
        house.run(seconds=40)
        (call,) = [call for call in house.phone.calls if call.to == DAVAL_LANDLINE]
        house.phone.words[call.provider_id] = NOBODY_ANSWERED

    def check(house: House) -> None:
        assert house.dispatch().current == 2
        assert (house.rings(DAVAL_LANDLINE), house.rings(ROUSSEL_MOBILE)) == (1, 1)
        assert house.now - SATURDAY_NIGHT < WELL_BEFORE_THE_CAP

    deed = Deed(
        before=silence,
        act=send("s1-voice"),
        after=lambda house: house.run(seconds=150),
        fates=(Fate.REFUSED, Fate.DIED_AFTER),
    )
    calls = suffers_every_fault(contract, deed, check)
    assert calls == [
        "UpdateItem",
        "GetItem",
        "GetItem",
        "status_of_call",
        "GetItem",
        "TransactWriteItems",
        "UpdateItem",
    ]
