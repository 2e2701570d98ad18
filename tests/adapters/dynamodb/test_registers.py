"""Reference data, audit, jobs, facts and the purge's index on the table."""

from dataclasses import replace
from datetime import date, timedelta

from permanence.adapters.dynamodb.audit import DynamoAuditLog
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.facts import DynamoFacts
from permanence.adapters.dynamodb.items import Table, from_text
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.notices import DynamoNotices
from permanence.adapters.dynamodb.purge_index import DynamoPurgeIndex
from permanence.application.timeline.ports import JobRun
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.calendar import Service
from permanence.domain.service_level.facts import CallFact
from tests.application.dispatch.night import SATURDAY_NIGHT
from tests.fakes.table import counted_requests

ERASED_ON = date(2027, 5, 11)


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
