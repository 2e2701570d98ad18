"""Extranet and mission with their real adapters on moto: every page, its requests counted at the client."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from extranet import handler as extranet
from mission import handler as mission
from permanence.adapters import aws, clock
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.members import DynamoMembers
from permanence.adapters.dynamodb.notices import DynamoNotices
from permanence.adapters.dynamodb.sessions import DynamoSessions
from permanence.application.access.signing_in import Session, key_of
from permanence.application.dispatch.deciding import note
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.starting import start_dispatch
from permanence.application.timeline.period_runs import mail_ref
from permanence.application.timeline.ports import JobRun
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.dispatch.actions import Log
from permanence.domain.dispatch.dispatch import DispatchStatus
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.main_courante.log import EntryKind
from permanence.web.session import SESSION_COOKIE
from tests.application.dispatch.night import (
    DUTIES,
    ENTREPRISES,
    MALFUNCTION_ID,
    PATRIMOINE,
    SATURDAY_NIGHT,
    TENANT,
    burst_pipe,
)
from tests.fakes.buckets import answers_as_s3
from tests.fakes.registers import FakeReferenceData
from tests.fakes.table import counted_requests, create_table, make_client
from tests.functions.extranet.extranet_world import CLAIRE, MAIN_COURANTE
from tests.functions.http_events import http_event

COOKIE = f"{CLAIRE.user_id}.token"
LINK_TOKEN = "K7R4XD9MPA3"
SOUND = "/extranet/enregistrements/CA1/RE1"
SOUND_KEY = "2026-11/CA1/RE1.wav"
NOW = SATURDAY_NIGHT + timedelta(minutes=2)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    with mock_aws():
        environment = {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "eu-west-3",
            "TABLE_NAME": "permanence",
            "PUBLIC_BASE_URL": "https://permanence.example",
            "RECORDINGS_BUCKET": "recordings",
            "REPORTS_BUCKET": "reports",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(clock, "now", lambda _: NOW)
        monkeypatch.setattr(extranet, "clock_now", lambda _: NOW)
        forget_clients()
        known = create_table(make_client("dynamodb"))
        tell_the_night(known)
        keep_files()
        yield known
        forget_clients()


def buckets() -> Any:
    """The client of the extranet itself."""
    return aws.make_client("s3", {"AWS_REGION": "eu-west-3"})


def keep_files() -> None:
    files = {"recordings": SOUND_KEY, "reports": "reports/2026-10/permanence-2026-10.xlsx"}
    for bucket, key in files.items():
        where = {"LocationConstraint": "eu-west-3"}
        buckets().create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
        buckets().put_object(Bucket=bucket, Key=key, Body=b"...")


def forget_clients() -> None:
    aws._client.cache_clear()
    extranet._services.cache_clear()
    mission._app.cache_clear()


def tell_the_night(table: Table) -> None:
    calls = DynamoCalls(table)
    tell(calls, CallEventKind.PRESENTED, caller=TENANT)
    tell(calls, CallEventKind.RECORDING_READY, recording="RE1", duration_s="222")
    tell(calls, CallEventKind.RECORDING_STORED, recording="RE1", object_key=SOUND_KEY)
    dispatching = Dispatching(
        load_contract(), "https://permanence.example/m/", lambda: LINK_TOKEN, new_reference=lambda: "482-913"
    )
    reference = FakeReferenceData(PATRIMOINE, ENTREPRISES, DUTIES)
    start_dispatch(DynamoMalfunctions(table), reference, burst_pipe(), SATURDAY_NIGHT, dispatching)
    told = {"period": "2026-11-21T1330", "agency": "Vesoul", "lists": "vesoul,default", "recipients": "a@b"}
    note(DynamoMalfunctions(table), MALFUNCTION_ID, Log(EntryKind.MAIL_WRITTEN, told), SATURDAY_NIGHT)
    for list_id in told["lists"].split(","):
        ref = mail_ref(told["period"], list_id)
        DynamoNotices(table).put_job_notices([Notice(ref.owner, ref.key, NoticeKind.MAIL, "a@b", SATURDAY_NIGHT)])
    DynamoJobs(table).finish(
        JobRun("monthly", "2026-10", SATURDAY_NIGHT, {"n": 200, "n40": 168, "nr": 172, "target_percent": 85})
    )
    DynamoMembers(table).came_in(CLAIRE, NOW)
    DynamoSessions(table).put_session(Session(key_of(COOKIE), CLAIRE, "the csrf", NOW, NOW))


def tell(calls: DynamoCalls, kind: CallEventKind, at: datetime = SATURDAY_NIGHT, **data: str) -> None:
    calls.record(CallEvent("CA1", kind.value, kind, at, data), SATURDAY_NIGHT)


def read(path: str, query: str = "") -> dict[str, Any]:
    return extranet.handler(http_event("GET", path, query=query, cookies=(f"{SESSION_COOKIE}={COOKIE}",)), None)


def ask_to_listen() -> dict[str, Any]:
    form = {"csrf": "the csrf", "motif": "qualite"}
    cookie = (f"{SESSION_COOKIE}={COOKIE}",)
    asked = http_event("POST", SOUND, form=form, cookies=cookie, headers={"hx-request": "true"})
    return extranet.handler(asked, None)


def used_client() -> Any:
    """The client of the functions themselves."""
    return aws.make_client("dynamodb", {"AWS_REGION": "eu-west-3"})


@pytest.mark.parametrize(
    "path",
    [
        "/extranet",
        "/extranet/indicateurs",
        "/extranet/appels",
        "/extranet/appels.xlsx",
        "/extranet/mains-courantes",
        MAIN_COURANTE,
        f"{MAIN_COURANTE}/lignes.xlsx",
        "/extranet/rapports",
        "/extranet/registre",
        SOUND,
    ],
)
def test_every_page_stands_on_at_most_four_requests(table: Table, path: str) -> None:
    """And one every 30 s for what is in force, which a warm function has read."""
    extranet._services().contract_at(NOW)
    with counted_requests(used_client()) as requests:
        answer = read(path)
    assert answer["statusCode"] == 200
    assert len(requests) <= 4, requests
    assert "Scan" not in requests


def test_a_main_courante_tells_of_its_mails_within_its_requests(table: Table) -> None:
    with counted_requests(used_client()) as requests:
        answer = read(MAIN_COURANTE)
    assert requests == ["BatchGetItem", "Query", "BatchGetItem", "PutItem"]
    assert "Pas encore remis au service de courriel" in answer["body"]


def test_a_recording_is_heard_from_its_bucket_for_as_long_as_its_sound_needs(table: Table) -> None:
    source = re.search(r'src="([^"?]+)\?([^"]+)"', ask_to_listen()["body"])
    assert source is not None
    with counted_requests(used_client()) as requests:
        sound = read(source[1], source[2])
    assert sound["statusCode"] == 302
    address = sound["headers"]["Location"]
    assert address.startswith("https://recordings.s3.eu-west-3.amazonaws.com/2026-11/CA1/RE1.wav?")
    assert "X-Amz-Expires=444" in address
    policy = read(MAIN_COURANTE)["headers"]["Content-Security-Policy"]
    assert "media-src 'self' https://recordings.s3.eu-west-3.amazonaws.com" in policy
    assert len(requests) == 4


def test_a_report_leaves_under_the_name_of_its_own_month(table: Table) -> None:
    answer = read("/extranet/rapports/2026-10.xlsx")
    assert answer["statusCode"] == 200
    assert "2026-10" in answer["headers"]["Content-Disposition"]


def test_what_has_expired_in_its_bucket_is_a_sentence(table: Table) -> None:
    answers_as_s3(buckets(), may_list=("recordings", "reports"))
    buckets().delete_object(Bucket="recordings", Key=SOUND_KEY)
    asked = ask_to_listen()
    assert asked["statusCode"] == 404
    assert "Cet enregistrement ne peut pas être écouté." in asked["body"]


def test_a_bucket_that_may_not_be_read_any_more_rings_and_is_not_told_as_erased(table: Table) -> None:
    answers_as_s3(buckets(), may_read=False)
    for answer in (ask_to_listen(), read("/extranet/rapports/2026-10.xlsx")):
        assert answer["statusCode"] == 500
        assert "La page n’a pas pu être préparée." in answer["body"]


def test_the_contractor_accepts_on_the_page_and_habitat_70_reads_it(table: Table) -> None:
    page = mission.handler(http_event("GET", f"/m/{LINK_TOKEN}"), None)
    assert page["statusCode"] == 200
    assert "Jeannin" not in page["body"]
    accepted = mission.handler(http_event("POST", f"/m/{LINK_TOKEN}/accepter", form={}), None)
    assert accepted["statusCode"] == 303
    malfunction = DynamoMalfunctions(table).get(MALFUNCTION_ID)
    assert malfunction is not None
    assert malfunction.dispatch is not None
    assert malfunction.dispatch.status is DispatchStatus.ACCEPTED
    assert "Jeannin" in mission.handler(http_event("GET", f"/m/{LINK_TOKEN}"), None)["body"]
    assert "Accord sur la page à 23" in read(MAIN_COURANTE)["body"]


def test_an_answer_costs_four_requests(table: Table) -> None:
    with counted_requests(used_client()) as requests:
        mission.handler(http_event("POST", f"/m/{LINK_TOKEN}/accepter", form={}), None)
    assert len(requests) == 4
