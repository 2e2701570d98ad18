"""Reference data, audit, jobs, facts and the purge's index on the table."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from permanence.adapters.dynamodb.audit import DynamoAuditLog
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.facts import DynamoFacts
from permanence.adapters.dynamodb.items import Table, from_text
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.notices import DynamoNotices
from permanence.adapters.dynamodb.purge_index import DynamoPurgeIndex
from permanence.adapters.dynamodb.reference import DynamoReferenceData
from permanence.application.reference.ports import NothingLoaded
from permanence.application.timeline.ports import JobRun
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.calendar import Service
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.service_level.facts import CallFact
from tests.application.dispatch.night import DUTIES, PATRIMOINE, SATURDAY_NIGHT
from tests.fakes.providers import FakeObjects
from tests.fakes.table import counted_requests

ERASED_ON = date(2027, 5, 11)


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


# --- reference data --------------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def reference(table: Table, clock: Seconds) -> DynamoReferenceData:
    return DynamoReferenceData(table, FakeObjects(), clock)


def test_what_was_loaded_is_in_force(reference: DynamoReferenceData) -> None:
    reference.load(PATRIMOINE, DUTIES)
    assert reference.patrimoine() == PATRIMOINE
    assert list(reference.duties("2026-11")) == list(DUTIES)
    assert list(reference.duties("2026-12")) == []


def test_before_the_first_load_nothing_is_made_up(reference: DynamoReferenceData) -> None:
    with pytest.raises(NothingLoaded):
        reference.patrimoine()


def test_a_start_of_dispatch_needs_two_requests_of_reference_data(table: Table, reference: DynamoReferenceData) -> None:
    reference.load(PATRIMOINE, DUTIES)
    with counted_requests(table.client) as requests:
        reference.patrimoine()
        reference.duties("2026-11")
    assert requests == ["GetItem", "GetItem"]
    with counted_requests(table.client) as requests:
        reference.patrimoine()
        reference.duties("2026-11")
    assert requests == ["GetItem"]


def test_another_process_sees_a_new_version_within_half_a_minute(table: Table, clock: Seconds) -> None:
    bodies = FakeObjects()
    writer, reader = DynamoReferenceData(table, bodies, clock), DynamoReferenceData(table, bodies, clock)
    writer.load(PATRIMOINE, DUTIES)
    assert reader.patrimoine().version == PATRIMOINE.version
    writer.load(replace(PATRIMOINE, version="2026-12-01"), ())
    clock.now = 29.9
    assert reader.patrimoine().version == PATRIMOINE.version
    clock.now = 30
    assert reader.patrimoine().version == "2026-12-01"
    assert list(reader.duties("2026-11")) == []


def test_a_load_that_dies_leaves_the_old_version_whole(table: Table, clock: Seconds) -> None:
    bodies = FakeObjects()
    reference = DynamoReferenceData(table, bodies, clock)
    reference.load(PATRIMOINE, DUTIES)
    with pytest.raises(AttributeError):
        reference.load(replace(PATRIMOINE, version="2026-12-01"), [None])  # type: ignore[list-item]
    clock.now = 60
    assert reference.patrimoine() == PATRIMOINE


def test_a_duty_over_new_year_is_found_from_both_sides_in_paris(reference: DynamoReferenceData) -> None:
    midnight = datetime(2026, 12, 31, 23, tzinfo=UTC)
    over = replace(DUTIES[0], start=midnight - timedelta(hours=8), end=midnight + timedelta(hours=8))
    until = replace(DUTIES[1], start=midnight - timedelta(days=2), end=midnight)
    reference.load(PATRIMOINE, [over, until])
    assert list(reference.duties("2026-12")) == [over, until]
    assert list(reference.duties("2027-01")) == [over]


def test_a_rota_of_the_year_and_a_large_patrimoine_are_kept_whole(reference: DynamoReferenceData) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    weeks = [
        replace(duty, start=start + timedelta(weeks=week), end=start + timedelta(weeks=week + 1))
        for week in range(52)
        for duty in DUTIES
    ]
    dwellings = tuple(replace(PATRIMOINE.dwellings[0], dwelling_id=f"D{number}") for number in range(2000))
    large = Patrimoine("2026", dwellings, PATRIMOINE.contractors, PATRIMOINE.assignments)
    reference.load(large, weeks)
    assert reference.patrimoine() == large
    months = [f"2026-{month:02}" for month in range(1, 13)]
    assert {duty for month in months for duty in reference.duties(month)} == set(weeks)


# --- audit and jobs --------------------------------------------------------------------------------------------------


def test_an_audit_line_is_found_again_and_costs_one_request(table: Table) -> None:
    audit = DynamoAuditLog(table)
    with counted_requests(table.client) as requests:
        audit_id = audit.record(SATURDAY_NIGHT, "u1", "listened", "CA1", {"reason": "réclamation"})
    assert requests == ["PutItem"]
    line = audit.get(SATURDAY_NIGHT, audit_id)
    assert line is not None
    assert dict(line) == {
        "at": "2026-11-21T22:12:00.000000Z",
        "who": "u1",
        "action": "listened",
        "what": "CA1",
        "reason": "réclamation",
    }
    assert audit.get(SATURDAY_NIGHT, "another") is None


def test_a_reading_is_noted_once_for_its_instant_and_key(table: Table) -> None:
    audit = DynamoAuditLog(table)
    for who in ("u1", "u2"):
        audit.record_once(SATURDAY_NIGHT, "u1-calls", who, "read", "calls")
    line = audit.get(SATURDAY_NIGHT, "u1-calls")
    assert line is not None
    assert line["who"] == "u1"


def test_the_latest_runs_of_a_job_come_first(table: Table) -> None:
    jobs = DynamoJobs(table)
    runs = [JobRun("purge", f"2026-11-{day:02}", SATURDAY_NIGHT, {"items": day}) for day in (1, 2, 3)]
    for run in runs:
        jobs.finish(run)
    jobs.finish(JobRun("monthly", "2026-10", SATURDAY_NIGHT, {}))
    assert jobs.done("purge", "2026-11-02") == runs[1]
    assert jobs.done("purge", "2026-11-04") is None
    assert list(jobs.latest("purge", 2)) == [runs[2], runs[1]]


# --- what is erased and what stays -----------------------------------------------------------------------------------


def test_a_day_brings_what_is_stamped_for_it_with_what_must_go_first(table: Table) -> None:
    calls, index = DynamoCalls(table), DynamoPurgeIndex(table)
    told = {"caller": "+33639980102", "called": "+33353017000"}
    call = calls.record(CallEvent("CA1", "presented", CallEventKind.PRESENTED, SATURDAY_NIGHT, told), SATURDAY_NIGHT)
    calls.save_form(CallForm("CA1", "u1", "Camille", SATURDAY_NIGHT), SATURDAY_NIGHT)
    mail = Notice(
        "job:end_of_period:2026-11-23T0830",
        "mail-vesoul",
        NoticeKind.MAIL,
        "a@habitat70.example",
        SATURDAY_NIGHT,
        body_key="mails/1.eml",
        extra={"objects": "sheets/1.xlsx sheets/2.xlsx"},
    )
    DynamoNotices(table).put_job_notices([mail])
    keys = index.due([ERASED_ON - timedelta(days=1), ERASED_ON])
    assert list(keys) == [ERASED_ON]
    due = {item.key[1]: item for item in index.load(keys[ERASED_ON])}
    assert set(due) == {"CALL", "FORM", "N#mail-vesoul"}
    record = due["CALL"].record
    assert record is not None
    assert record.call == call
    assert due["N#mail-vesoul"].objects == ("mails/1.eml", "sheets/1.xlsx", "sheets/2.xlsx")


def test_erasing_twice_is_erasing_once_whatever_the_number(table: Table) -> None:
    calls, index = DynamoCalls(table), DynamoPurgeIndex(table)
    for number in range(60):
        event = CallEvent(f"CA{number}", "presented", CallEventKind.PRESENTED, SATURDAY_NIGHT, {})
        calls.record(event, SATURDAY_NIGHT)
    due = index.load(index.due([ERASED_ON])[ERASED_ON])
    assert len(due) == 60
    with counted_requests(table.client) as requests:
        index.delete(due)
    assert requests == ["BatchWriteItem"] * 3
    index.delete(due)
    assert table.client.scan(TableName=table.name)["Count"] == 0


def test_a_fact_that_is_kept_does_not_change_and_carries_no_stamp(table: Table) -> None:
    facts = DynamoFacts(table)
    fact = CallFact("5f1d", Service.ASTREINTE, SATURDAY_NIGHT, None, None, None, "P1", "plomberie", "vesoul")
    facts.settle([fact])
    facts.settle([replace(fact, outcome="R1"), replace(fact, outcome="R2")])
    (item,) = table.client.scan(TableName=table.name)["Items"]
    assert from_text(item["body"]["S"])["outcome"] == "P1"
    assert (item["pk"]["S"], item["sk"]["S"]) == ("habitat70#FACT#2026-11", "21#5f1d")
    assert not {"purge_pk", "ttl"} & set(item)
