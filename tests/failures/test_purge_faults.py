"""The purge with a fault at each of its calls: finished by the next run, provable, and nobody's name is left (R70)."""

import json
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from permanence.application import purging
from permanence.application.purging import JOB, PurgeIncompleteError
from permanence.application.recordings import RecordingToImport, ask_import
from permanence.domain.calls import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.instants import PARIS, UTC, paris_day
from permanence.domain.main_courante import CallForm
from permanence.domain.notices import Notice, NoticeKind
from permanence.domain.retention import purge_stamp
from retention.handler import run_job
from tests.application.night import SATURDAY_NIGHT, TENANT
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

    def the_next_day(house: House) -> None:
        house.now += timedelta(days=1)
        run(house)

    def check(house: House) -> None:
        assert nominative(house) == []
        assert house.objects("recordings") == []
        assert house.phone.recordings == {}
        assert all(key.startswith("certificates/") for key in house.objects("reports"))
        assert len([item for item in house.items() if "#FACT#" in item["pk"]]) == 1
        told = certificates(house)
        assert sum(one["counts"]["items"] for one in told) >= stamped
        assert max(one["counts"]["items"] for one in told) <= stamped
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
    assert calls.index("delete_recording") > calls.index("PutObject")
    assert calls.index("BatchWriteItem") > len(calls) - 1 - calls[::-1].index("delete_recording")
