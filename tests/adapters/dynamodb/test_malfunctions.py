"""Malfunctions, notices and timers on the table: one transaction per decision, leases, the sweep's index."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.due_items import DynamoDueItems
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.notices import DynamoNotices
from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.joining import join_call
from permanence.application.dispatch.ports import Decision, Timer
from permanence.application.dispatch.receiving import MessageReceipt, receive
from permanence.application.dispatch.starting import start_dispatch
from permanence.application.dispatch.sweeping import Deadline, meet_deadline
from permanence.application.reception.calls import TakeResult, take_call
from permanence.application.reception.ports import AlreadyExists, VersionConflict
from permanence.application.reference.under_way import under_way_of
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.dispatch.actions import Outcome
from permanence.domain.dispatch.dispatch import ChannelStatus
from permanence.domain.dispatch.events import Accept, Cancel, Decline, DispatchEvent
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.notices import Notice, NoticeKind, NoticeStatus, parse_ref
from permanence.domain.main_courante.log import EntryKind
from tests.application.dispatch.night import (
    DUTIES,
    ENTREPRISES,
    MALFUNCTION_ID,
    PATRIMOINE,
    SATURDAY_NIGHT,
    TENANT,
    Night,
    burst_pipe,
    caller,
)
from tests.fakes.providers import FakeQueue
from tests.fakes.registers import FakeReferenceData
from tests.fakes.table import OneAtATime, counted_requests

RACERS = 64
JOB = "job:end_of_period:2026-11-23"


class StoredNight:
    """The night of `tests.application.night`, on the table."""

    def __init__(self, table: Table, contract: Contract) -> None:
        self.table = table
        self.malfunctions = DynamoMalfunctions(table)
        self.notices = DynamoNotices(table)
        self.due_items = DynamoDueItems(table)
        self.open_items = DynamoOpenItems(table)
        self.dispatching = Dispatching(contract, "https://permanence.example/m/", new_reference=lambda: "482-913")

    def start(self, malfunction_id: str = MALFUNCTION_ID) -> Malfunction:
        reference = FakeReferenceData(PATRIMOINE, ENTREPRISES, DUTIES)
        request = burst_pipe(malfunction_id)
        return start_dispatch(self.malfunctions, reference, request, SATURDAY_NIGHT, self.dispatching)

    def happen(self, event: DispatchEvent, at: datetime = SATURDAY_NIGHT) -> Outcome:
        return act_on_dispatch(self.malfunctions, MALFUNCTION_ID, event, at, self.dispatching).outcome

    def items(self) -> list[dict[str, Any]]:
        return list(self.table.client.scan(TableName=self.table.name)["Items"])


@pytest.fixture
def night(table: Table, contract: Contract) -> StoredNight:
    return StoredNight(table, contract)


def racing(work: Callable[[int], Any]) -> list[Any]:
    """What each of 64 threads gets that begin together."""
    barrier = Barrier(RACERS)

    def one(number: int) -> Any:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(one, range(RACERS)))


# --- the aggregate ---------------------------------------------------------------------------------------------------


def test_what_was_saved_is_what_is_read(night: StoredNight) -> None:
    started = night.start()
    assert night.malfunctions.get(MALFUNCTION_ID) == started
    assert list(night.malfunctions.of_month("2026-11")) == [started]
    assert night.open_items.open_work().malfunctions == (started,)
    assert night.open_items.under_way() == (under_way_of(started),)
    night.happen(Accept(0, "keys"))
    log = night.malfunctions.log(MALFUNCTION_ID)
    assert log is not None
    assert log.malfunction == night.malfunctions.get(MALFUNCTION_ID)
    assert [(entry.version, entry.n) for entry in log.entries] == sorted((e.version, e.n) for e in log.entries)
    assert log.entries[0].kind is EntryKind.CALL_LINKED
    assert {notice.key for notice in log.notices} == {"s0-sms", "s0-voice", "tenant-accepted-2-0"}


def test_the_same_night_on_the_table_and_in_memory_tells_the_same_story(night: StoredNight, contract: Contract) -> None:
    remembered = Night(contract)
    night.start()
    remembered.start()
    for event in (Decline(0, "keys"), Accept(1, "keys"), Accept(0, "page"), Cancel("fausse alerte")):
        assert night.happen(event) == remembered.happen(event).outcome
    log = night.malfunctions.log(MALFUNCTION_ID)
    assert log is not None
    assert log.malfunction == remembered.malfunction
    assert list(log.entries) == remembered.store.entries[MALFUNCTION_ID]
    assert {(n.key, n.to, n.kind, n.step) for n in log.notices} == {
        (n.key, n.to, n.kind, n.step) for n in remembered.store.notices_of(MALFUNCTION_ID).values()
    }
    assert night.open_items.open_work().malfunctions == ()
    assert night.open_items.under_way() == ()


def test_a_decision_costs_two_requests_and_a_start_four(night: StoredNight) -> None:
    client = night.table.client
    with counted_requests(client) as requests:
        night.start()
    assert requests == ["UpdateItem", "TransactWriteItems"]  # and two for the reference data
    with counted_requests(client) as requests:
        night.happen(Accept(0, "keys"))
    assert requests == ["GetItem", "TransactWriteItems"]
    with counted_requests(client) as requests:
        night.happen(Accept(0, "keys"))
    assert requests == ["GetItem"]
    with counted_requests(client) as requests:
        join_call(night.malfunctions, MALFUNCTION_ID, caller("CA2"), SATURDAY_NIGHT)
    assert requests == ["GetItem", "TransactWriteItems"]


def test_a_hundred_malfunctions_come_in_one_request_and_those_that_are_gone_are_left_out(night: StoredNight) -> None:
    night.start()
    gone = [f"GONE{number}" for number in range(99)]
    with counted_requests(night.table.client) as requests:
        (found,) = night.malfunctions.get_many([*gone, MALFUNCTION_ID, MALFUNCTION_ID])
    assert found.malfunction_id == MALFUNCTION_ID
    assert requests == ["BatchGetItem"]


def test_a_lost_race_costs_two_requests_more(night: StoredNight) -> None:
    first = night.start()
    overtaken = [True]
    original = night.malfunctions.get

    def get_then_be_overtaken(malfunction_id: str) -> Malfunction | None:
        known = original(malfunction_id)
        if overtaken:
            overtaken.clear()
            night.malfunctions.save(Decision(replace(first, version=2), ()))
        return known

    night.malfunctions.get = get_then_be_overtaken  # type: ignore[method-assign]
    with counted_requests(night.table.client) as requests:
        assert night.happen(Accept(0, "keys")) is Outcome.DONE
    assert requests.count("GetItem") + requests.count("TransactWriteItems") == 4 + 1  # and the racer's own


def test_adding_twice_and_saving_an_old_version_are_told_apart(night: StoredNight) -> None:
    started = night.start()
    with pytest.raises(AlreadyExists):
        night.malfunctions.add(Decision(replace(started, description="autre"), ()))
    with pytest.raises(VersionConflict):
        night.malfunctions.save(Decision(replace(started, description="autre"), ()))
    assert night.malfunctions.get(MALFUNCTION_ID) == started


def test_a_cancelled_transaction_leaves_nothing_behind(night: StoredNight) -> None:
    started = night.start()
    before = night.items()
    late = Notice(MALFUNCTION_ID, "told-0-cancelled", NoticeKind.SMS, TENANT, SATURDAY_NIGHT, text="Annulée")
    with pytest.raises(VersionConflict):
        night.malfunctions.save(Decision(started, (), notices=(late,), timers=(Timer(3, SATURDAY_NIGHT),)))
    assert night.items() == before


def test_a_notice_that_exists_is_a_fault_of_ours_and_no_lost_race(night: StoredNight) -> None:
    started = night.start()
    again = Notice(MALFUNCTION_ID, "s0-sms", NoticeKind.SMS, TENANT, SATURDAY_NIGHT, text="encore")
    with pytest.raises(ClientError):
        night.malfunctions.save(Decision(replace(started, version=2), (), notices=(again,)))
    assert night.malfunctions.get(MALFUNCTION_ID) == started


def test_a_decision_that_fits_no_transaction_is_refused_before_it_is_sent(night: StoredNight) -> None:
    started = night.start()
    timers = tuple(Timer(0, SATURDAY_NIGHT + timedelta(seconds=s)) for s in range(100))
    with counted_requests(night.table.client) as requests, pytest.raises(ValueError, match="101 items"):
        night.malfunctions.save(Decision(replace(started, version=2), (), timers=timers))
    assert requests == []


def test_numbers_are_never_given_twice(night: StoredNight) -> None:
    assert [night.malfunctions.next_number(2026) for _ in range(3)] == ["2026-0001", "2026-0002", "2026-0003"]
    assert night.malfunctions.next_number(2027) == "2027-0001"


@pytest.mark.parametrize(
    ("start", "end", "is_found"),
    [
        (timedelta(0), timedelta(microseconds=1), True),
        (timedelta(microseconds=1), timedelta(days=1), False),
        (timedelta(days=-1), timedelta(0), False),
        (timedelta(days=-90), timedelta(days=90), True),
    ],
)
def test_periods_are_half_open(night: StoredNight, start: timedelta, end: timedelta, is_found: bool) -> None:
    started = night.start()
    found = list(night.malfunctions.opened_between(SATURDAY_NIGHT + start, SATURDAY_NIGHT + end))
    assert found == ([started] if is_found else [])


def test_a_link_is_found_by_its_digest_only(night: StoredNight) -> None:
    night.start()
    (kept,) = [item for item in night.items() if item["pk"]["S"].startswith("LINK#")]
    digest = kept["pk"]["S"].removeprefix("LINK#")
    link = night.malfunctions.link(digest)
    assert link is not None
    assert (link.malfunction_id, link.step, link.token_hash) == (MALFUNCTION_ID, 0, digest)
    assert night.malfunctions.link("0" * 64) is None


def test_every_item_of_a_malfunction_is_stamped_for_its_erasure(night: StoredNight) -> None:
    night.start()
    night.happen(Accept(0, "keys"), SATURDAY_NIGHT + timedelta(days=3))
    items = [item for item in night.items() if "COUNTER" not in item["sk"]["S"]]
    assert all(item["purge_sk"]["S"] == f"{item['pk']['S']}|{item['sk']['S']}" for item in items)
    days = {item["sk"]["S"]: item["purge_pk"]["S"] for item in items}
    assert days["META"] == "habitat70#P#2027-05-11"
    assert days["E#000002#00"] == "habitat70#P#2027-05-14"  # each line has its own age


# --- races -----------------------------------------------------------------------------------------------------------


def test_of_64_acceptances_one_wins_and_the_others_hear_it(table: Table, contract: Contract) -> None:
    night = StoredNight(replace(table, client=OneAtATime(table.client)), contract)
    night.start()
    night.happen(Decline(0, "keys"))
    night.happen(Decline(1, "keys"))
    outcomes = racing(lambda number: night.happen(Accept(number % 3, "page"), SATURDAY_NIGHT + timedelta(seconds=1)))
    winner = night.malfunctions.get(MALFUNCTION_ID)
    assert winner is not None
    assert winner.dispatch is not None
    assert winner.dispatch.winner is not None
    assert outcomes.count(Outcome.DONE) == 1
    assert set(outcomes) == {Outcome.DONE, Outcome.ALREADY_YOURS, Outcome.TAKEN_BY_ANOTHER}
    log = night.malfunctions.log(MALFUNCTION_ID)
    assert log is not None
    assert [entry.kind for entry in log.entries].count(EntryKind.ACCEPTED) == 1


def test_of_64_agents_one_takes_the_call(table: Table) -> None:
    calls = DynamoCalls(replace(table, client=OneAtATime(table.client)))
    told = {"caller": TENANT, "called": "+33353017000"}
    calls.record(CallEvent("CA1", "presented", CallEventKind.PRESENTED, SATURDAY_NIGHT, told), SATURDAY_NIGHT)
    results = racing(lambda number: take_call(calls, "CA1", f"u{number}", f"Agent {number}", SATURDAY_NIGHT).result)
    assert results.count(TakeResult.WON) == 1
    assert results.count(TakeResult.TAKEN_BY_ANOTHER) == RACERS - 1


def test_of_64_workers_one_sends_the_notice(table: Table, contract: Contract) -> None:
    night = StoredNight(replace(table, client=OneAtATime(table.client)), contract)
    night.start()
    claims = racing(lambda _: night.notices.claim(MALFUNCTION_ID, "s0-sms", SATURDAY_NIGHT, 5))
    assert [claim.attempts for claim in claims if claim is not None] == [1]


def test_of_64_starts_of_one_dispatch_one_is_kept(table: Table, contract: Contract) -> None:
    night = StoredNight(replace(table, client=OneAtATime(table.client)), contract)
    started = racing(lambda _: night.start())
    assert len({malfunction.number for malfunction in started}) == 1
    assert len(list(night.malfunctions.of_month("2026-11"))) == 1


# --- notices ---------------------------------------------------------------------------------------------------------


def at(seconds: float) -> datetime:
    return SATURDAY_NIGHT + timedelta(seconds=seconds)


def test_a_lease_holds_until_its_last_instant(night: StoredNight) -> None:
    night.start()
    first = night.notices.claim(MALFUNCTION_ID, "s0-sms", at(0), 5)
    assert first is not None
    assert (first.attempts, first.status, first.lease_until) == (1, NoticeStatus.CLAIMED, at(5))
    assert night.notices.claim(MALFUNCTION_ID, "s0-sms", at(4.999), 5) is None
    second = night.notices.claim(MALFUNCTION_ID, "s0-sms", at(5), 5)
    assert second is not None
    assert second.attempts == 2


def test_what_was_sent_or_failed_or_purged_is_not_sent_again(night: StoredNight) -> None:
    night.start()
    sms = night.notices.claim(MALFUNCTION_ID, "s0-sms", at(0), 5)
    voice = night.notices.claim(MALFUNCTION_ID, "s0-voice", at(0), 5)
    assert sms is not None
    assert voice is not None
    night.notices.sent(sms, "SM1", at(1))
    night.notices.failed(voice, "21211", at(1))
    for key in ("s0-sms", "s0-voice", "s7-sms"):
        assert night.notices.claim(MALFUNCTION_ID, key, at(60), 5) is None


def test_sending_a_notice_costs_two_requests(night: StoredNight) -> None:
    night.start()
    with counted_requests(night.table.client) as requests:
        notice = night.notices.claim(MALFUNCTION_ID, "s0-sms", at(0), 5)
        assert notice is not None
        night.notices.sent(notice, "SM1", at(1))
    assert requests == ["UpdateItem", "UpdateItem"]


def test_a_status_never_goes_back(night: StoredNight) -> None:
    night.start()
    tell = night.notices.receipt
    notice = night.notices.claim(MALFUNCTION_ID, "s0-sms", at(0), 5)
    assert notice is not None
    assert tell(MALFUNCTION_ID, "s0-sms", "SM1", "delivered", "", at(1))
    assert not tell(MALFUNCTION_ID, "s0-sms", "SM1", "delivered", "", at(2))
    assert not tell(MALFUNCTION_ID, "s0-sms", "SM1", "sent", "", at(2))
    assert not tell(MALFUNCTION_ID, "s0-sms", "SM1", "failed", "30008", at(3))
    night.notices.sent(notice, "SM1", at(3))
    log = night.malfunctions.log(MALFUNCTION_ID)
    assert log is not None
    (kept,) = [notice for notice in log.notices if notice.key == "s0-sms"]
    assert (kept.status, kept.provider_id, kept.error) == (NoticeStatus.DELIVERED, "SM1", "")


def test_the_first_receipt_proves_what_the_sender_died_before_saying(night: StoredNight) -> None:
    night.start()
    night.notices.claim(MALFUNCTION_ID, "s0-voice", at(0), 5)
    assert night.notices.receipt(MALFUNCTION_ID, "s0-voice", "CA9", "ringing", "", at(2))
    assert night.notices.claim(MALFUNCTION_ID, "s0-voice", at(10), 5) is None


def test_a_receipt_for_a_purged_notice_recreates_nothing(night: StoredNight) -> None:
    assert not night.notices.receipt("gone-for-good", "s0-sms", "SM1", "delivered", "", at(0))
    assert night.items() == []


def test_a_receipt_that_moves_a_dispatch_costs_three_requests(night: StoredNight) -> None:
    night.start()
    receipt = MessageReceipt("CA9", ChannelStatus.RINGING)
    ref = parse_ref(f"{MALFUNCTION_ID}.s0-voice")
    with counted_requests(night.table.client) as requests:
        receive(night.malfunctions, night.notices, ref, receipt, at(3), dispatching=night.dispatching)
    assert requests == ["GetItem", "TransactWriteItems", "UpdateItem"]


def test_the_mails_of_a_job_are_put_once(night: StoredNight) -> None:
    mail = Notice(JOB, "agency-vesoul", NoticeKind.MAIL, "a@habitat70.example", SATURDAY_NIGHT, body_key="mails/1")
    night.notices.put_job_notices([mail])
    claimed = night.notices.claim(JOB, "agency-vesoul", at(0), 5)
    assert claimed is not None
    assert claimed.body_key == "mails/1"
    night.notices.put_job_notices([mail])
    assert night.notices.claim(JOB, "agency-vesoul", at(1), 5) is None
    assert night.due_items.overdue(at(60)).notices == ((JOB, "agency-vesoul"),)


# --- timers and the sweep --------------------------------------------------------------------------------------------


def test_the_sweep_finds_what_is_overdue_with_four_requests(night: StoredNight, contract: Contract) -> None:
    night.start()
    cap_s = contract.dispatch.cap_from_creation_s
    with counted_requests(night.table.client) as requests:
        early = night.due_items.overdue(at(cap_s - 1))
    assert requests == ["Query"] * 4
    assert early.timers == ()
    assert set(early.notices) == {(MALFUNCTION_ID, "s0-sms"), (MALFUNCTION_ID, "s0-voice")}
    assert early.notices_since == SATURDAY_NIGHT
    assert night.due_items.overdue(at(-1)).notices_since is None
    assert night.due_items.overdue(at(cap_s)).timers == ((MALFUNCTION_ID, Timer(0, at(cap_s))),)


def test_what_is_settled_or_obeyed_leaves_the_sweep(night: StoredNight, contract: Contract) -> None:
    night.start()
    for key in ("s0-sms", "s0-voice"):
        night.notices.receipt(MALFUNCTION_ID, key, "X1", "sent", "", at(1))
    due = at(contract.dispatch.cap_from_creation_s)
    queue = FakeQueue()
    with counted_requests(night.table.client) as requests:
        met = meet_deadline(night.malfunctions, queue, MALFUNCTION_ID, Timer(0, due), due, night.dispatching)
    assert met is Deadline.MET
    assert requests == ["GetItem", "TransactWriteItems"]
    left = night.due_items.overdue(due)
    assert left.timers == ()
    assert all(key.startswith("s1-") for _, key in left.notices)


def test_a_message_whose_end_is_awaited_comes_back_until_it_is_told(night: StoredNight) -> None:
    night.start()
    voice = (MALFUNCTION_ID, "s0-voice")
    night.notices.receipt(MALFUNCTION_ID, "s0-sms", "SM1", "delivered", "", at(1))
    notice = night.notices.claim(*voice, at(0), 5)
    assert notice is not None
    night.notices.sent(notice, "CA9", at(1), ask_at=at(31))
    assert night.due_items.overdue(at(30)).notices == ()
    assert night.notices.unheard(*voice, at(30)) is None
    due = night.due_items.overdue(at(40))
    assert (due.notices, due.notices_since) == ((voice,), at(31))
    assert night.due_items.overdue(at(31)).notices == (voice,)
    unheard = night.notices.unheard(*voice, at(31))
    assert unheard is not None
    assert unheard.provider_id == "CA9"
    night.notices.ask_again(unheard, at(60))
    assert night.notices.unheard(*voice, at(59)) is None
    assert night.notices.receipt(*voice, "CA9", "no_answer", "", at(60))
    assert night.notices.unheard(*voice, at(60)) is None
    night.notices.ask_again(unheard, at(60))
    assert night.due_items.overdue(at(500)).notices == ()


def test_a_message_nobody_waits_for_leaves_the_sweep(night: StoredNight) -> None:
    night.start()
    for key in ("s0-sms", "s0-voice"):
        night.notices.receipt(MALFUNCTION_ID, key, "X1", "sent", "", at(1), ask_at=at(31))
    unheard = night.notices.unheard(MALFUNCTION_ID, "s0-sms", at(31))
    assert unheard is not None
    night.notices.ask_again(unheard, None)
    assert night.due_items.overdue(at(500)).notices == ((MALFUNCTION_ID, "s0-voice"),)
    assert night.notices.unheard("gone-for-good", "s0-sms", at(31)) is None


def test_a_timer_due_between_two_seconds_is_never_early(night: StoredNight) -> None:
    started = night.start()
    due = datetime(2026, 11, 21, 22, 20, 0, 400_000, tzinfo=UTC)
    night.malfunctions.save(Decision(replace(started, version=2), (), timers=(Timer(5, due),)))
    assert [timer.step for _, timer in night.due_items.overdue(due).timers] == []
    (found,) = [timer for _, timer in night.due_items.overdue(due + timedelta(seconds=1)).timers if timer.step == 5]
    assert found.due == datetime(2026, 11, 21, 22, 20, 1, tzinfo=UTC)
    night.malfunctions.finish_timer(MALFUNCTION_ID, found)
    assert all(timer.step != 5 for _, timer in night.due_items.overdue(due + timedelta(hours=1)).timers)
