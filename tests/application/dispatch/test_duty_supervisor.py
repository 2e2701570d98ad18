"""Nobody has accepted: whom the alarm calls is the planning's, and never nobody (R42)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from permanence.application.dispatch.duty_supervisor import DutySupervisor
from permanence.application.dispatch.notifying import Sending
from permanence.domain.contract import Contract
from permanence.domain.dispatch.events import Decline
from permanence.domain.reference.rota import EVERY_SECTOR, Duty, OnCallPerson, OnCallRole
from tests.application.dispatch.night import MALFUNCTION_ID, Night
from tests.application.dispatch.test_sweeping import meet
from tests.fakes.registers import FakeReferenceData
from tests.fakes.store import StoreDown

KEY = "supervisor-voice-1"
RACHID = OnCallPerson("rachid", "Rachid Amrani", "+33639989971")


class OutOfReach(FakeReferenceData):
    def duties(self, month: str, now: datetime) -> Sequence[Duty]:
        raise StoreDown


@pytest.fixture
def night(contract: Contract) -> Night:
    night = Night(contract)
    night.start()
    for step in range(len(night.dispatch.steps)):
        night.happen(Decline(step, "keys"))
    return night


def planned(night: Night, person: OnCallPerson = RACHID) -> Duty:
    day = timedelta(days=1)
    return Duty(EVERY_SECTOR, OnCallRole.SUPERVISEUR, person, night.now - day, night.now + day)


def called(night: Night, attempt: int = 1) -> str:
    key = f"supervisor-voice-{attempt}"
    while key not in night.store.notices_of(MALFUNCTION_ID):
        timer = min((timer for _, timer in night.store.timers), key=lambda one: one.due)
        night.now = timer.due
        meet(night, timer)
    assert night.send(key).result is Sending.SENT
    return night.phone.calls[-1].to


def test_the_planning_s_supervisor_is_rung(night: Night) -> None:
    night.reference.rota = (*night.reference.rota, planned(night))
    assert called(night) == RACHID.phone


def test_a_planning_changed_between_two_calls_is_obeyed_by_the_next(night: Night) -> None:
    assert called(night) == night.contract.numbers.duty_supervisor
    night.reference.rota = (planned(night),)
    assert called(night, 3) == RACHID.phone


def test_while_he_is_silent_the_contract_s_number_is_rung_in_turn_with_his(night: Night) -> None:
    night.reference.rota = (planned(night),)
    rung = [called(night, attempt) for attempt in range(1, 8)]
    of_the_contract = night.contract.numbers.duty_supervisor
    assert rung == [*(RACHID.phone, of_the_contract) * 3, RACHID.phone]


def test_where_nobody_is_planned_the_contract_s_number_is_rung(night: Night) -> None:
    for rota in (
        (),
        (replace(planned(night), end=night.now),),
        (planned(night, replace(RACHID, phone="")),),
    ):
        night.reference.rota = rota
        told = DutySupervisor(lambda: night.reference, night.contract.numbers).at(night.now)
        assert (told.supervisor.phone, told.failure) == (night.contract.numbers.duty_supervisor, None)


def test_a_planning_that_cannot_be_read_is_no_silence(night: Night) -> None:
    night.reference = OutOfReach()
    sent = night.send(KEY)
    assert (sent.result, type(sent.planning_failure)) == (Sending.SENT, StoreDown)
    assert night.phone.calls[-1].to == night.contract.numbers.duty_supervisor


def test_what_is_sent_to_a_responder_asks_no_planning(contract: Contract) -> None:
    night = Night(contract)
    night.start()
    night.reference = OutOfReach()
    assert night.send("s0-voice").planning_failure is None
