"""Calls, messages and runs by their names, in one request."""

from datetime import timedelta

from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.lookup import DynamoLookup
from permanence.adapters.dynamodb.notices import DynamoNotices
from permanence.application.extranet.ports import Found, Wanted
from permanence.application.timeline.ports import JobRun
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.dispatch.notices import Notice, NoticeKind, NoticeRef, NoticeStatus
from permanence.domain.main_courante.fiche import CallForm
from tests.application.dispatch.night import SATURDAY_NIGHT
from tests.fakes.table import counted_requests

OWNER = "job:end_of_period:2026-11-23T0830"
RUN = JobRun("end_of_period", "2026-11-23T0830", SATURDAY_NIGHT, {"mails": 2})


def test_calls_messages_and_runs_come_with_one_request_those_that_exist(table: Table) -> None:
    calls, notices = DynamoCalls(table), DynamoNotices(table)
    for call_id in ("CA2", "CA1"):
        event = CallEvent(call_id, "presented", CallEventKind.PRESENTED, SATURDAY_NIGHT, {})
        calls.record(event, SATURDAY_NIGHT)
    calls.save_form(CallForm("CA2", "u1", "Camille", SATURDAY_NIGHT), SATURDAY_NIGHT)
    for key in ("mail-default", "mail-vesoul"):
        notices.put_job_notices([Notice(OWNER, key, NoticeKind.MAIL, "a@h.example", SATURDAY_NIGHT)])
    later = SATURDAY_NIGHT + timedelta(minutes=1)
    claimed = notices.claim(OWNER, "mail-default", SATURDAY_NIGHT, 5)
    assert claimed is not None
    notices.sent(claimed, "ses-1", later)
    DynamoJobs(table).finish(RUN)

    wanted = Wanted(
        ["CA1", "CA2", "CA3", "CA1"],
        [NoticeRef(OWNER, key) for key in ("mail-vesoul", "mail-gray", "mail-default")],
        [(RUN.job, RUN.period), (RUN.job, "2026-11-23T1330")],
    )
    with counted_requests(table.client) as requests:
        found = DynamoLookup(table).find(wanted)
    assert requests == ["BatchGetItem"]
    assert [(one.call.call_id, one.form is not None) for one in found.calls] == [("CA1", False), ("CA2", True)]
    assert [(one.key, one.status, one.settled_at) for one in found.notices] == [
        ("mail-vesoul", NoticeStatus.PENDING, None),
        ("mail-default", NoticeStatus.SENT, later),
    ]
    assert found.runs == (RUN,)


def test_nothing_wanted_asks_nothing(table: Table) -> None:
    with counted_requests(table.client) as requests:
        assert DynamoLookup(table).find(Wanted()) == Found()
    assert requests == []
