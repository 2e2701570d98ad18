"""A night is played, seven months pass: nothing of it is left with a name, a number or a street (R70).

The purge takes the rota and the calls of all other tests too: this is the last that needs the running system."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile, is_zipfile

import httpx

from local.engine.places import LOGS
from local.engine.provision import client
from local.operator.client import OperatorClient
from local.operator.views import MailView
from local.scenarios.agent import Agent
from local.scenarios.telling import until
from local.scenarios.world import World
from permanence.domain.dispatch.dispatch import DispatchStatus
from permanence.domain.french_dates import MONTHS
from permanence.domain.instants import PARIS, paris_day
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from tests.local.end_to_end.missions import contractors_of, dispatch_of, link_to, report, send_a_mission

NIGHT = datetime(2026, 12, 5, 22, 12, tzinfo=PARIS)
MORNING = datetime(2026, 12, 7, 8, 30, tzinfo=PARIS)
NEXT_MONTH = datetime(2027, 1, 4, 6, 0, tzinfo=PARIS)
SEVEN_MONTHS_LATER = datetime(2027, 7, 5, 3, 0, tzinfo=PARIS)
TENANT = "+33639984497"
OF_THE_CALLER = (TENANT, "0639984497", "06 39 98 44 97", "Pernot", "Gérard", "coule encore sous", "Joint changé")


def test_seven_months_after_a_night_nothing_tells_who_called_nor_who_came_nor_where(
    world: World, patrimoine: Patrimoine
) -> None:
    operator = world.operator
    operator.reset()
    since = operator.version()
    dwelling = next(one for one in patrimoine.dwellings if one.commune == "Lure")
    plumber, _ = contractors_of(patrimoine, "Lure")
    secrets = (*OF_THE_CALLER, plumber.phone, f"{dwelling.street_number} {dwelling.street}")
    play(world, operator, dwelling, plumber.phone)
    before = list(leftovers(world, operator, since, secrets))
    assert {place for place, _ in before} >= {"table", "reports", "operator", "mailbox"}

    world.set_now(SEVEN_MONTHS_LATER)
    throw_away_what_has_served(world, operator)
    world.run_job("retention", "purge")
    assert list(leftovers(world, operator, since, secrets)) == []
    (purge,) = world.jobs.latest("purge", 1)
    assert purge.counts["kept"] == purge.counts["provider_kept"] == purge.counts["provider_overdue"] == 0
    assert purge.counts["calls"] >= 1
    assert min(purge.counts["provider_calls"], purge.counts["provider_messages"]) >= 1


def play(world: World, operator: OperatorClient, dwelling: Dwelling, plumber: str) -> None:
    """A call, a mission that is accepted by phone and reported, the mails of the morning, the month's workbook."""
    world.set_now(NIGHT)
    sophie = Agent.on_duty(world, world.user("superviseur"))
    sent = send_a_mission(world, sophie, TENANT, dwelling)
    link = link_to(operator, plumber)
    operator.wait_for_ringing(plumber)
    operator.answer(plumber)
    operator.press(plumber, "1")
    operator.press(plumber, "1")
    until(lambda: dispatch_of(world, sent.malfunction_id).status is DispatchStatus.ACCEPTED, "acceptance")
    operator.hang_up(plumber)
    report(world, link, sent.malfunction_id)
    operator.wait_for_message(TENANT, "accepté")
    until(lambda: not operator.recordings(), "end of the provider’s copy")
    world.set_now(MORNING)
    world.run_job("reports", "end_of_period")
    operator.wait_for_mail(world.contract.agencies[dwelling.agency].mailing_list[0])
    world.set_now(NEXT_MONTH)
    world.run_job("reports", "monthly")


def throw_away_what_has_served(world: World, operator: OperatorClient) -> None:
    """A mail with names says until when it may be kept, and whoever has it does as it says."""
    for mail in operator.mails():
        if (day := told_to_delete_before(mail)) is not None:
            assert day <= paris_day(world.now())
            operator.throw_away(mail.id)


def told_to_delete_before(mail: MailView) -> Any:
    told = re.search(r"le supprimer avant le (?:\w+ )?(\d+)(?:er)? (\w+) (\d{4})", " ".join(mail.text.split()))
    return datetime(int(told[3]), MONTHS.index(told[2]) + 1, int(told[1]), tzinfo=PARIS).date() if told else None


def leftovers(
    world: World, operator: OperatorClient, since: int, secrets: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Where which secret is still told. The patrimoine knows all streets and companies: it is of no night."""
    for place, text in everything(world, operator, since):
        yield from ((place, secret) for secret in secrets if secret in text)


def everything(world: World, operator: OperatorClient, since: int) -> Iterator[tuple[str, str]]:
    table = world.table
    for page in table.client.get_paginator("scan").paginate(TableName=table.name):
        for item in page["Items"]:
            yield "table", json.dumps(item, ensure_ascii=False)
    for bucket in ("recordings", "reports"):
        yield from ((bucket, text) for text in objects(world, world.outputs[f"{bucket}_bucket"]))
    yield from (("queue", text) for text in messages(world))
    for log in LOGS.rglob("*"):
        if log.is_file():
            yield f"log {log.name}", log.read_text("utf-8", errors="replace")
    yield from (("operator", text) for text in told_by_the_provider(world, operator, since))
    yield from (("mailbox", mail.model_dump_json()) for mail in operator.mails())


def objects(world: World, bucket: str) -> Iterator[str]:
    """Keys and bodies of all versions; a workbook is unpacked."""
    s3 = client("s3", world.outputs["engine_url"])
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in page.get("Versions", ()):
            body = s3.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])["Body"].read()
            yield version["Key"]
            yield unpacked(body).decode("utf-8", errors="replace")


def unpacked(body: bytes) -> bytes:
    if not is_zipfile(BytesIO(body)):
        return body
    with ZipFile(BytesIO(body)) as parts:
        return b"\n".join(parts.read(name) for name in parts.namelist())


def messages(world: World) -> Iterator[str]:
    sqs = client("sqs", world.outputs["engine_url"])
    for url in sqs.list_queues()["QueueUrls"]:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        yield from (message["Body"] for message in found.get("Messages", ()))


def told_by_the_provider(world: World, operator: OperatorClient, since: int) -> Iterator[str]:
    account = world.outputs["provider_account"]
    base = f"{world.outputs['operator_url']}/2010-04-01/Accounts/{account}"
    for name in ("Calls", "Messages", "Conferences", "Recordings"):
        auth = (account, world.outputs["provider_auth_token"])
        yield httpx.get(f"{base}/{name}.json?PageSize=1000", auth=auth, trust_env=False).text
    views = (*operator.phones(), *operator.calls(), *operator.messages(), *operator.webhooks())
    yield from (view.model_dump_json() for view in (*views, *operator.events(since)))
