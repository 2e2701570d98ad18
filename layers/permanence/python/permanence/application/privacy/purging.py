"""The daily purge: settle what stays, erase recordings, then items, then at the provider, and prove it (R70, R71).

Every run looks at every day of the last months, so that whatever an interrupted or missing run has left is found
again. It goes chunk by chunk: nothing is deleted before its facts and the certificate that announces it have been kept,
and what a run has erased when it is stopped stays erased.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta

from permanence.application.dispatch.ports import Malfunctions
from permanence.application.privacy.kept_documents import KeptDocuments
from permanence.application.privacy.old_documents import COUNTED as COUNTED_OF_DOCUMENTS
from permanence.application.privacy.old_documents import DocumentErasure
from permanence.application.privacy.ports import Facts, ProviderLog, PurgeIndex, StampedItem
from permanence.application.privacy.provider_log import COUNTED as COUNTED_AT_PROVIDER
from permanence.application.privacy.provider_log import ProviderErasure, chunks, erase_at_provider
from permanence.application.privacy.purge_certificate import JOB, Certificate
from permanence.application.reception.ports import Calls, ObjectStore, ProviderRefused, ProviderUnavailable
from permanence.application.reception.recordings import RecordingToImport, object_key
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.ports import ReferenceData
from permanence.application.timeline.call_facts import AgencyOfCall, facts_of
from permanence.application.timeline.ports import JobRun, Jobs
from permanence.domain.calls.call import Call, Recording
from permanence.domain.contract import Contract
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_day
from permanence.domain.service_level.facts import anonymous

LOOK_BACK = timedelta(days=200)
CHUNK = 2000
COUNTED = ("items", "calls", "recordings", "objects", "kept", *COUNTED_OF_DOCUMENTS, *COUNTED_AT_PROVIDER)

STANDING = frozenset({"provider_kept", "provider_overdue"})
"""How things stand after a run, which does not add up from run to run."""


class PurgeIncompleteError(Exception):
    """Something could not be erased, recordings or mails or what the provider holds; the items that name them are kept
    for the next run, and counted."""


@dataclass(frozen=True)
class Purge:
    """What the job works with, `recordings`, `reports`, `imports` are buckets; `contract_at` gives the contract as it
    is obeyed at an instant: a call that only the provider knew of is put down by it."""

    contract: Contract
    contract_at: Callable[[datetime], Contract]
    index: PurgeIndex
    facts: Facts
    calls: Calls
    malfunctions: Malfunctions
    reference: ReferenceData
    documents: KeptDocuments
    provider: ProviderLog
    recordings: ObjectStore
    reports: ObjectStore
    imports: ObjectStore
    jobs: Jobs


def purge_due(job: Purge, now: datetime) -> JobRun:
    """Erase what is stamped for today or for a day before, of living documents what is out of force for too long, and
    what the provider keeps of calls and messages that are over: 1 request a day looked at, more where something is due.

    A second run of a day adds to its counts. Raises PurgeIncompleteError, or what a day failed on, after everything
    else has been erased.
    """
    today = paris_day(now)
    counts, failures = _erase_items(job, today, now)
    of_documents, of_kinds = _erase_old_versions(job, now)
    counts, failures = counts + of_documents, failures + of_kinds
    at_provider, is_complete = _erase_at_provider(job, now)
    if failures:
        raise failures[0]
    counts += at_provider
    period = today.isoformat()
    before = job.jobs.done(JOB, period)
    added = Counter({name: count for name, count in (before.counts if before else {}).items() if name not in STANDING})
    total = counts + added
    run = JobRun(JOB, period, now, {name: total[name] for name in COUNTED})
    job.jobs.finish(run)
    if counts["kept"]:
        raise PurgeIncompleteError(f"{counts['kept']} items are kept: their recordings or mails are not erased")
    if not is_complete:
        raise PurgeIncompleteError("the provider did not answer: its log is not erased")
    return run


def _erase_items(job: Purge, today: date, now: datetime) -> tuple[Counter[str], list[Exception]]:
    """What was erased, and what days failed on: one of them holds back no other."""
    counts: Counter[str] = Counter()
    failures = []
    provider = _HeldRecordings(job.provider)
    agencies = AgencyOfCall(job.malfunctions, job.reference, now)
    for day, keys in job.index.due(_days(today)).items():
        certificate = _certificate(job, day.isoformat(), now, found=len(keys))
        try:
            _erase_day(job, agencies, provider, certificate, keys)
        except Exception as failure:  # noqa: BLE001  (raised once the others are erased)
            failures.append(failure)
        counts += certificate.erased
    return counts, failures


def _erase_day(
    job: Purge,
    agencies: AgencyOfCall,
    provider: "_HeldRecordings",
    certificate: Certificate,
    keys: Sequence[tuple[str, str]],
) -> None:
    kept = 0
    for chunk in chunks(keys, CHUNK):
        due = job.index.load(chunk)
        _settle(job, agencies, due)
        certificate.announce(_counts(due))
        erased = _erase_what_they_name(job, provider, due)
        job.index.delete(erased)
        certificate.confirm(_counts(erased))
        kept += len(due) - len(erased)
    certificate.confirm({"kept": kept})
    certificate.close()


def _erase_old_versions(job: Purge, now: datetime) -> tuple[Counter[str], list[Exception]]:
    certificate = _certificate(job, "documents", now)
    failures = DocumentErasure(job.documents, job.contract.retention).run(KINDS.values(), certificate, now)
    return certificate.erased, failures


def _erase_at_provider(job: Purge, now: datetime) -> tuple[Counter[str], bool]:
    certificate = _certificate(job, "provider", now)
    try:
        return erase_at_provider(ProviderErasure(job.contract_at(now), job.calls, job.provider), certificate, now), True
    except (ProviderRefused, ProviderUnavailable):
        return certificate.erased, False


def _certificate(job: Purge, of: str, now: datetime, **told: int) -> Certificate:
    head = {
        "landlord": job.contract.landlord_id,
        "of": of,
        "rules": job.contract.version,
        "retention_days": job.contract.retention.items,
        **told,
    }
    return Certificate(job.reports, of, now, head)


def _days(today: date) -> list[date]:
    return [today - timedelta(days=ago) for ago in range(LOOK_BACK.days, -1, -1)]


def _settle(job: Purge, agencies: AgencyOfCall, due: Sequence[StampedItem]) -> None:
    records = [item.record for item in due if item.record is not None]
    agencies.know_those_of(record.form for record in records)
    job.facts.settle([anonymous(fact) for fact in facts_of(records, agencies.of)])


def _counts(items: Sequence[StampedItem]) -> Counter[str]:
    calls = [item.record.call for item in items if item.record is not None]
    return Counter(
        {
            "items": len(items),
            "calls": len(calls),
            "recordings": sum(len(call.recordings) for call in calls),
            "objects": sum(len(item.objects) + bool(item.files) for item in items),
        }
    )


class _HeldRecordings:
    """The recordings that the provider holds, asked for when the first is to be erased. A provider that does not
    answer keeps them all."""

    def __init__(self, log: ProviderLog) -> None:
        self._log = log
        self._held: frozenset[str] | None = None

    def erase(self, recording_ids: Sequence[str]) -> frozenset[str]:
        """Those that it keeps."""
        try:
            if self._held is None:
                self._held = self._log.recordings() if recording_ids else None
            held = [one for one in recording_ids if one in (self._held or ())]
            return self._log.delete_recordings(held) if held else frozenset()
        except (ProviderRefused, ProviderUnavailable):
            return frozenset(recording_ids)


def _erase_what_they_name(job: Purge, provider: _HeldRecordings, due: Sequence[StampedItem]) -> list[StampedItem]:
    """Their recordings, every version of ours and then the provider's copy, and their mails. Those items of which all
    is gone: of the others they are the only thing that still tells where to find it."""
    ours = {item.key: _objects_of(item.record.call) if item.record else set() for item in due}
    stays = _delete(job.recordings, [key for keys in ours.values() for key in keys])
    theirs = {item.key: _recording_ids(item) for item in due if not ours[item.key] & stays}
    held = provider.erase([one for ids in theirs.values() for one in ids])
    mails = _delete(job.reports, [key for item in due for key in item.objects])
    files = _delete(job.imports, [key for item in due for key in item.files])
    return [
        item
        for item in due
        if item.key in theirs
        and not held.intersection(theirs[item.key])
        and not mails.intersection(item.objects)
        and not files.intersection(item.files)
    ]


def _delete(store: ObjectStore, keys: Collection[str]) -> frozenset[str]:
    return store.delete_all_versions_of(keys) if keys else frozenset()


def _recording_ids(item: StampedItem) -> list[str]:
    return [recording.recording_id for recording in item.record.call.recordings] if item.record else []


def _objects_of(call: Call) -> set[str]:
    return {key for recording in call.recordings for key in _keys_of(call, recording)}


def _keys_of(call: Call, recording: Recording) -> set[str]:
    """Where a copy of ours may be: also when a worker died before it could tell that it had made one."""
    told = {recording.object_key} if recording.object_key else set()
    if call.presented_at is None:
        return told
    return told | {object_key(RecordingToImport(call.call_id, recording.recording_id, call.presented_at))}
