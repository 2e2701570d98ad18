"""The purge with a fault at each of its calls: finished by the next run, provable, and nobody's name is left (R70)."""

import json
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from permanence.application.privacy import purging
from permanence.application.privacy.ports import Logged, LogLine
from permanence.application.privacy.purge_certificate import JOB
from permanence.application.privacy.purging import PurgeIncompleteError
from permanence.application.reception.recordings import RecordingToImport, ask_import
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.instants import PARIS, UTC, paris_day
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.privacy.retention import purge_stamp
from retention.handler import run_job
from tests.application.dispatch.night import SATURDAY_NIGHT, TENANT
from tests.failures.deeds import Deed, suffers_every_fault
from tests.failures.faults import Fate
from tests.failures.house import House

CALL_ID = "CA1"
BODY = "mails/vesoul.eml"
MAIL = Notice("job:end_of_period:2026-11-23", "vesoul", NoticeKind.MAIL, "a@h.example", SATURDAY_NIGHT, body_key=BODY)


@pytest.fixture(autouse=True)
def _looks_back_two_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred days are two hundred queries; what a fault does to one it does to all."""
    monkeypatch.setattr(purging, "LOOK_BACK", timedelta(days=2))


def a_night_long_ago(house: House) -> None:
    told = {"caller": TENANT, "called": house.contract.numbers.inbound}
    house.calls.record(CallEvent(CALL_ID, "presented", CallEventKind.PRESENTED, SATURDAY_NIGHT, told), SATURDAY_NIGHT)
    house.calls.record(CallEvent(CALL_ID, "ended", CallEventKind.ENDED, SATURDAY_NIGHT), SATURDAY_NIGHT)
    house.calls.save_form(CallForm(CALL_ID, "c", "Camille", SATURDAY_NIGHT, {"last_name": "Jeannin"}), SATURDAY_NIGHT)
    house.phone.recordings["RE1"] = b"voice"
    ask_import(house.imports, RecordingToImport(CALL_ID, "RE1", SATURDAY_NIGHT))
    house.start()
    house.work()
    house.reports.put(BODY, b"Subject: nuit", "message/rfc822")
    house.notices.put_job_notices([MAIL])
    # Heard of, and never imported: what the dead letters hold.
    house.phone.recordings["RE2"] = b"voice"
    ready = {"recording": "RE2", "duration_s": "30"}
    house.calls.record(
        CallEvent(CALL_ID, "recording_ready#RE2", CallEventKind.RECORDING_READY, SATURDAY_NIGHT, ready), SATURDAY_NIGHT
    )
    house.provider_log.kept = [
        LogLine(Logged.CALL, CALL_ID, SATURDAY_NIGHT, is_over=True, ended_at=SATURDAY_NIGHT),
        LogLine(Logged.MESSAGE, "SM1", SATURDAY_NIGHT, is_over=True, ended_at=SATURDAY_NIGHT, has_text=True),
    ]
    erase_on = purge_stamp(SATURDAY_NIGHT, house.contract.retention).erase_on
    house.now = datetime.combine(erase_on, time(3), PARIS).astimezone(UTC)


def run(house: House) -> Any:
    return run_job({"job": "purge"}, house.purge(), house.now)


def certificates(house: House) -> list[dict[str, Any]]:
    keys = sorted({key for key in house.objects("reports") if key.startswith("certificates/")})
    return [json.loads(house.reports.get(key)) for key in keys]


def nominative(house: House) -> list[str]:
    return [f"{item['pk']} {item['sk']}" for item in house.items() if "purge_pk" in item]


def test_a_purge_that_fails_anywhere_is_finished_by_the_next_and_proves_it(contract: Contract) -> None:
    stamped = 0

    def prepare(house: House) -> None:
        nonlocal stamped
        a_night_long_ago(house)
        stamped = len(nominative(house))

    def nothing_went_unannounced(house: House) -> None:
        left = len(nominative(house))
        facts = [item for item in house.items() if "#FACT#" in item["pk"]]
        something_is_gone = left < stamped or not house.phone.recordings or not house.objects("recordings")
        assert not something_is_gone or (certificates(house) and facts)
        something_is_gone_there = [one.has_text for one in house.provider_log.kept] != [False, True]
        assert not something_is_gone_there or any(one["of"] == "provider" for one in certificates(house))

    def the_next_day(house: House) -> None:
        house.now += timedelta(days=1)
        run(house)

    def check(house: House) -> None:
        assert nominative(house) == []
        assert house.objects("recordings") == []
        assert house.phone.recordings == {}
        assert all(key.startswith("certificates/") for key in house.objects("reports"))
        assert len([item for item in house.items() if "#FACT#" in item["pk"]]) == 1
        assert house.provider_log.kept == []
        of_the_day = [one for one in certificates(house) if one["of"] != "provider"]
        assert of_the_day[0]["found"] == stamped
        for earlier, later in pairwise(of_the_day):
            gone = earlier["found"] - later["found"]
            assert earlier["counts"].get("items", 0) <= gone <= earlier["announced"]["items"]
        last = of_the_day[-1]
        assert last["found"] <= last["announced"]["items"]
        assert house.purge().jobs.done(JOB, paris_day(house.now).isoformat()) is not None

    deed = Deed(
        before=prepare,
        act=run,
        at_once=nothing_went_unannounced,
        after=the_next_day,
        survives=(BotoCoreError, PurgeIncompleteError),
        fates=(Fate.REFUSED, Fate.DIED_AFTER),
    )
    calls = suffers_every_fault(contract, deed, check)
    facts, items = (nth for nth, call in enumerate(calls) if call == "BatchWriteItem")
    assert facts < calls.index("PutObject") < calls.index("delete_recordings") < items
    assert items < calls.index("redact") < calls.index("delete")
