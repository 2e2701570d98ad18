"""The daily purge: settle what stays, erase recordings, then items, prove it (R70, R71).

Every run looks at every day of the last months, so that whatever an interrupted or missing run has left is found
again. Nothing is deleted before its facts and the certificate that announces it have been kept.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from permanence.application.call_facts import AgencyOfCall, facts_of
from permanence.application.ports import (
    Facts,
    JobRun,
    Jobs,
    Malfunctions,
    ObjectKept,
    ObjectStore,
    PhoneProvider,
    ProviderRefused,
    ProviderUnavailable,
    PurgeIndex,
    ReferenceData,
    StampedItem,
)
from permanence.application.recordings import RecordingToImport, object_key
from permanence.domain.calls import Call, Recording
from permanence.domain.contract import Contract
from permanence.domain.facts import anonymous
from permanence.domain.instants import format_instant, paris_day

JOB = "purge"
LOOK_BACK = timedelta(days=200)
COUNTED = ("items", "calls", "recordings", "objects", "kept")


class PurgeIncompleteError(Exception):
    """Some recordings or mails could not be erased; the items that name them are kept for the next run, and counted."""


@dataclass(frozen=True, slots=True)
class Purge:
    """What the job works with; `recordings` and `reports` are the two buckets."""

    contract: Contract
    index: PurgeIndex
    facts: Facts
    malfunctions: Malfunctions
    reference: ReferenceData
    provider: PhoneProvider
    recordings: ObjectStore
    reports: ObjectStore
    jobs: Jobs


def purge_due(job: Purge, now: datetime) -> JobRun:
    """Erase what is stamped for today or for a day before: 1 request a day looked at, more where something is due.

    A second run of a day adds to its counts. Raises PurgeIncompleteError, after everything else has been erased.
    """
    counts: Counter[str] = Counter()
    for day in _days(paris_day(now)):
        due = tuple(job.index.due(day))
        if due:
            counts += _erase_day(job, day, due, now)
    today = paris_day(now).isoformat()
    before = job.jobs.done(JOB, today)
    total = counts + Counter(before.counts if before else {})
    run = JobRun(JOB, today, now, {name: total[name] for name in COUNTED})
    job.jobs.finish(run)
    if counts["kept"]:
        raise PurgeIncompleteError(f"{counts['kept']} items are kept: their recordings or mails are not erased")
    return run


def certificate_key(day: date, now: datetime) -> str:
    """Where the proof of what a run erased of a day is kept."""
    return f"certificates/{JOB}/{day.isoformat()}/{format_instant(now)}.json"


def _days(today: date) -> Iterator[date]:
    day = today - LOOK_BACK
    while day <= today:
        yield day
        day += timedelta(days=1)


def _erase_day(job: Purge, day: date, due: Sequence[StampedItem], now: datetime) -> Counter[str]:
    calls = [item.record for item in due if item.record is not None]
    agencies = AgencyOfCall(job.malfunctions, job.reference)
    for fact in facts_of(calls, agencies.of):
        job.facts.settle(anonymous(fact))
    _certify(job, day, now, "announced", _counts(due))
    erased = [item for item in due if _erase_what_it_names(job, item)]
    job.index.delete(erased)
    done = Counter({**_counts(erased), "kept": len(due) - len(erased)})
    _certify(job, day, now, "erased", done)
    return done


def _counts(items: Sequence[StampedItem]) -> Counter[str]:
    calls = [item.record.call for item in items if item.record is not None]
    return Counter(
        {
            "items": len(items),
            "calls": len(calls),
            "recordings": sum(len(call.recordings) for call in calls),
            "objects": sum(len(item.objects) for item in items),
        }
    )


def _erase_what_it_names(job: Purge, item: StampedItem) -> bool:
    """Its recordings, every version of ours and then the provider's copy, and its mails; False when one of them stays:
    the item is then the only thing that still tells where to find it."""
    try:
        if item.record is not None:
            _erase_recordings(job, item.record.call)
        for key in item.objects:
            job.reports.delete_all_versions(key)
    except (ObjectKept, ProviderRefused, ProviderUnavailable):
        return False
    return True


def _erase_recordings(job: Purge, call: Call) -> None:
    for recording in call.recordings:
        for key in _objects_of(call, recording):
            job.recordings.delete_all_versions(key)
        job.provider.delete_recording(recording.recording_id)


def _objects_of(call: Call, recording: Recording) -> set[str]:
    """Where a copy of ours may be: also when a worker died before it could tell that it had made one."""
    told = {recording.object_key} if recording.object_key else set()
    if call.presented_at is None:
        return told
    return told | {object_key(RecordingToImport(call.call_id, recording.recording_id, call.presented_at))}


def _certify(job: Purge, day: date, now: datetime, state: str, counts: Counter[str]) -> None:
    certificate = {
        "landlord": job.contract.landlord_id,
        "erase_on": day.isoformat(),
        "run_at": format_instant(now),
        "state": state,
        "rules": job.contract.version,
        "retention_days": job.contract.retention.items,
        "counts": dict(sorted(counts.items())),
    }
    body = json.dumps(certificate, indent=2).encode()
    job.reports.put(certificate_key(day, now), body, "application/json")
