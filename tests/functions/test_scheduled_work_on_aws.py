"""Reports and purge over the real table and buckets, wired as the functions wire them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from permanence.adapters.aws import make_client
from permanence.adapters.dynamodb.items import Table, from_text
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.starting import start_dispatch
from permanence.application.extranet.figures import MonthFigures, view_month_figures
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.instants import format_instant
from permanence.domain.main_courante.fiche import CallForm
from permanence.live.documents import LiveDocuments
from reports.handler import run_job as run_report
from reports.live_services import live_services
from reports.services import Services
from retention.handler import run_job as run_purge
from retention.live_services import live_purge
from tests.application.dispatch.night import DUTIES, ENTREPRISES, MALFUNCTION_ID, PATRIMOINE, SATURDAY_NIGHT, burst_pipe
from tests.fakes.providers import FakeProviderLog
from tests.fakes.reference import bodies_of, put_in_force
from tests.fakes.table import counted_requests, create_table
from tests.infra.table_requests import TableRequests

MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
BUCKETS = ("recordings", "reports", "reference", "imports")


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mapping[str, str]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        known = {
            "AWS_REGION": "eu-west-3",
            "TABLE_NAME": "permanence",
            "PUBLIC_BASE_URL": "https://permanence.example",
            "MAIL_SENDER": "astreinte@permanence.example",
            "PROVIDER_SECRET_ID": "provider",
            "TELEPHONY_API_BASE_URL": "https://telephony.example",
            **{f"{name.upper()}_BUCKET": name for name in BUCKETS},
        }
        create_table(make_client("dynamodb", known))
        (rights := TableRequests()).watch(make_client("dynamodb", known))
        for name in BUCKETS:
            s3 = make_client("s3", known)
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        yield known
    assert rights.forbidden == []


@pytest.fixture
def services(environ: Mapping[str, str], contract: Contract) -> Services:
    """The reports function after a Saturday night with one call and one malfunction."""
    services = live_services(environ)
    documents = LiveDocuments(environ).documents
    put_in_force(documents, SATURDAY_NIGHT - timedelta(days=2), **bodies_of(PATRIMOINE, ENTREPRISES, DUTIES))
    for key, kind, data in (
        ("presented", CallEventKind.PRESENTED, {"caller": "+33639980102", "called": "+33353017000"}),
        ("taken#1", CallEventKind.TAKEN, {"agent": "camille", "agent_name": "Camille", "attempt": "1"}),
        ("answered", CallEventKind.ANSWERED, {"attempt": "1"}),
        ("recording_stored#RE1", CallEventKind.RECORDING_STORED, {"recording": "RE1", "object_key": "calls/RE1.wav"}),
        ("ended", CallEventKind.ENDED, {}),
    ):
        services.calls.record(CallEvent("CA1", key, kind, SATURDAY_NIGHT, data), SATURDAY_NIGHT)
    form = CallForm(
        "CA1", "camille", "Camille", SATURDAY_NIGHT, outcome="plomberie", motif="plomberie_logement",
        dwelling_id="D104", malfunction_id=MALFUNCTION_ID, closed_at=SATURDAY_NIGHT,
    )  # fmt: skip
    services.calls.save_form(form, SATURDAY_NIGHT)
    dispatching = Dispatching(contract, "https://permanence.example/m/")
    start_dispatch(services.malfunctions, services.reference, burst_pipe(), SATURDAY_NIGHT, dispatching)
    make_client("s3", environ).put_object(Bucket="recordings", Key="calls/RE1.wav", Body=b"voice")
    return services


def items_of(environ: Mapping[str, str]) -> list[str]:
    """The partition and sort keys of everything nominative in the table."""
    pages = make_client("dynamodb", environ).get_paginator("scan").paginate(TableName="permanence")
    items = [item for page in pages for item in page["Items"]]
    return [f"{item['pk']['S']}|{item['sk']['S']}" for item in items if "purge_pk" in item]


def test_the_mail_of_monday_is_kept_and_waits_in_the_outbox_once(
    environ: Mapping[str, str], services: Services
) -> None:
    for minutes in (0, 5):
        run_report({"job": "end_of_period"}, services, MONDAY + timedelta(minutes=minutes))
    assert b"Vesoul" in services.reports.get("mails/end_of_period/2026-11-23T0830/vesoul.eml")
    notices = [key for key in items_of(environ) if "#JOB#" in key]
    assert sorted(notices) == [
        "habitat70#JOB#end_of_period#2026-11-23T0830|N#mail-default",
        "habitat70#JOB#end_of_period#2026-11-23T0830|N#mail-vesoul",
    ]


def test_a_run_that_finds_nothing_to_tell_asks_the_timetable_and_what_was_told_of_periods_and_of_holes(
    environ: Mapping[str, str], services: Services
) -> None:
    """In the cold; whatever happened meanwhile costs it nothing."""
    run_report({"job": "ended_periods"}, services, MONDAY + timedelta(minutes=1))
    cold, later = live_services(environ), MONDAY + timedelta(hours=2)
    with (
        counted_requests(make_client("dynamodb", environ)) as table,
        counted_requests(make_client("s3", environ)) as s3,
    ):
        assert run_report({"job": "ended_periods"}, cold, later)["runs"] == []
    assert (table, s3) == (["GetItem", "Query", "GetItem"], [])


def test_the_month_is_frozen_over_the_real_table(services: Services) -> None:
    (run,) = run_report({"job": "monthly"}, services, datetime(2026, 12, 3, 5, tzinfo=UTC))["runs"]
    assert run == {"period": "2026-11", "counts": {"n": 1, "n40": 1, "nr": 1, "target_percent": 85}}


def test_half_a_year_later_nothing_nominative_is_left_anywhere(
    environ: Mapping[str, str], services: Services, contract: Contract
) -> None:
    run_report({"job": "end_of_period"}, services, MONDAY)
    log = FakeProviderLog(recordings_of={"RE1": b"voice"})
    purge = replace(live_purge(environ), provider=log)
    last_day = SATURDAY_NIGHT + timedelta(days=contract.retention.items)
    run_purge({"job": "purge", "at": format_instant(last_day - timedelta(days=2))}, purge, MONDAY)
    assert "habitat70#CALL#CA1|CALL" in items_of(environ)
    assert make_client("s3", environ).list_object_versions(Bucket="recordings")["Versions"]
    run_purge({"job": "purge", "at": format_instant(last_day + timedelta(days=3))}, purge, MONDAY)
    assert items_of(environ) == []
    assert log.recordings_of == {}
    assert "Versions" not in make_client("s3", environ).list_object_versions(Bucket="recordings")
    left = make_client("s3", environ).list_object_versions(Bucket="reports")
    assert {version["Key"].split("/")[0] for version in left["Versions"]} == {"certificates"}


def test_the_figures_of_a_month_outlive_its_calls_and_name_nobody(
    environ: Mapping[str, str], services: Services, contract: Contract
) -> None:
    """Settled while the calls are kept; no later run takes the erased calls for a day without any."""
    run_report({"job": "settle_days"}, services, MONDAY)
    before = figures(services, MONDAY)
    purge = replace(live_purge(environ), provider=FakeProviderLog())
    last_day = SATURDAY_NIGHT + timedelta(days=contract.retention.items)
    for days in (-1, 0, 3):
        at = last_day + timedelta(days=days)
        run_purge({"job": "purge", "at": format_instant(at)}, purge, MONDAY)
        run_report({"job": "settle_days", "at": format_instant(at)}, services, MONDAY)
    assert items_of(environ) == []
    after = figures(services, last_day)
    assert after.rows == before.rows
    assert after.judged[0].denominator == 1
    assert not [word for word in ("CA1", "Camille", "33639980102", "vesoul", "plomberie") if word in settled(services)]


def figures(services: Services, now: datetime) -> MonthFigures:
    return view_month_figures(services.calls, services.settled_days, services.contract_at(now), "2026-11", now)


def settled(services: Services) -> str:
    """The items of the month as they are kept."""
    return repr(services.settled_days.of_month("2026-11"))


def test_what_stays_of_the_call_is_its_anonymous_fact(environ: Mapping[str, str], services: Services) -> None:
    purge = replace(live_purge(environ), provider=FakeProviderLog())
    at = format_instant(SATURDAY_NIGHT + timedelta(days=171))
    run_purge({"job": "purge", "at": at}, purge, MONDAY)
    table = Table(make_client("dynamodb", environ), "permanence", "habitat70", services.contract_at(MONDAY).retention)
    found = table.client.query(
        TableName="permanence",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "habitat70#FACT#2026-11"}},
    )["Items"]
    (kept,) = found
    fact = from_text(kept["body"]["S"])
    assert (fact["agency"], fact["motif"]) == ("vesoul", "plomberie_logement")
    assert "CA1" not in repr(kept)
    assert "Camille" not in repr(kept)
