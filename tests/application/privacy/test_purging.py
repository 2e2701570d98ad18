"""The purge erases what is due, recordings first, after its facts and its announcement are kept (R70, R71)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from permanence.application.privacy import purging
from permanence.application.privacy.ports import Logged, LogLine, StampedItem
from permanence.application.privacy.purging import Purge, PurgeIncompleteError, purge_due
from permanence.application.reception.ports import CallRecord, ProviderRefused, ProviderUnavailable
from permanence.application.reception.recordings import RecordingToImport, object_key
from permanence.domain.calls.call import CallEvent, CallEventKind, fold
from permanence.domain.contract import Contract
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.service_level.facts import CallFact
from tests.application.dispatch.night import PATRIMOINE
from tests.fakes.documents import FakeDocuments
from tests.fakes.providers import FakeObjects, FakeProviderLog
from tests.fakes.registers import FakeFacts, FakeJobs, FakePurgeIndex, FakeReferenceData
from tests.fakes.store import FakeCalls, FakeMalfunctions

TONIGHT = datetime(2026, 11, 23, 2, tzinfo=UTC)
TODAY = date(2026, 11, 23)
CALLED = datetime(2026, 5, 5, 20, tzinfo=UTC)


class RefusingFacts(FakeFacts):
    def settle(self, facts: Sequence[CallFact]) -> None:
        raise OSError("the table does not answer")


class RefusingObjects(FakeObjects):
    def put(self, key: str, body: bytes, content_type: str) -> None:
        raise OSError("the archive cannot be written")


def call_item(call_id: str = "CA1") -> StampedItem:
    """A call of May with a recording, and its form."""
    events = [
        CallEvent(call_id, "presented", CallEventKind.PRESENTED, CALLED, {"caller": "+33639980102"}),
        CallEvent(
            call_id, "taken#1", CallEventKind.TAKEN, CALLED, {"agent": "c", "agent_name": "Camille", "attempt": "1"}
        ),
        CallEvent(call_id, "answered", CallEventKind.ANSWERED, CALLED + timedelta(seconds=9), {"attempt": "1"}),
        CallEvent(
            call_id,
            "recording_stored#RE1",
            CallEventKind.RECORDING_STORED,
            CALLED,
            {"recording": f"RE-{call_id}", "object_key": f"recordings/{call_id}.wav"},
        ),
        CallEvent(call_id, "ended", CallEventKind.ENDED, CALLED + timedelta(minutes=3)),
    ]
    form = CallForm(
        call_id, "c", "Camille", CALLED, {"last_name": "Jeannin"}, outcome="plomberie", motif="plomberie_logement",
        dwelling_id="D104",
    )  # fmt: skip
    return StampedItem((f"habitat70#CALL#{call_id}", "CALL"), CallRecord(fold(call_id, events), form))


def counted(counts: Mapping[str, int]) -> dict[str, int]:
    """Without what is zero."""
    return {name: count for name, count in counts.items() if count}


@dataclass
class World:
    contract: Contract
    index: FakePurgeIndex = field(default_factory=FakePurgeIndex)
    facts: FakeFacts = field(default_factory=FakeFacts)
    calls: FakeCalls = field(default_factory=FakeCalls)
    provider: FakeProviderLog = field(default_factory=FakeProviderLog)
    recordings: FakeObjects = field(default_factory=FakeObjects)
    reports: FakeObjects = field(default_factory=FakeObjects)
    imports: FakeObjects = field(default_factory=FakeObjects)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    documents: FakeDocuments = field(default_factory=FakeDocuments)

    def stamp(self, day: date, *items: StampedItem) -> None:
        self.index.stamped.setdefault(day, []).extend(items)
        for item in items:
            for recording in item.record.call.recordings if item.record else ():
                self.recordings.put(recording.object_key or "", b"voice", "audio/wav")
                self.provider.recordings_of[recording.recording_id] = b"voice"
            for key in item.objects:
                self.reports.put(key, b"mail", "message/rfc822")
            for key in item.files:
                self.imports.put(key, b"file", "application/octet-stream")

    def purge(self, now: datetime = TONIGHT) -> dict[str, int]:
        job = Purge(
            self.contract, lambda _: self.contract, self.index, self.facts, self.calls, FakeMalfunctions(),
            FakeReferenceData(PATRIMOINE), self.documents, self.provider, self.recordings, self.reports, self.imports,
            self.jobs,
        )  # fmt: skip
        return counted(purge_due(job, now).counts)

    @property
    def left(self) -> int:
        return sum(len(items) for items in self.index.stamped.values())

    @property
    def certificates(self) -> list[dict[str, Any]]:
        found = [body for key, (body, _) in sorted(self.reports.objects.items()) if key.startswith("certificates/")]
        return [json.loads(body) for body in found]


@pytest.fixture
def world(contract: Contract) -> World:
    return World(contract)


def test_recordings_their_provider_copy_items_and_mails_are_erased_and_counted(world: World) -> None:
    world.stamp(TODAY, call_item(), StampedItem(("habitat70#CALL#CA1", "FORM")))
    world.stamp(TODAY, StampedItem(("habitat70#JOB#end_of_period#p", "N#mail"), objects=("mails/p/vesoul.eml",)))
    counts = world.purge()
    assert counts == {"items": 3, "calls": 1, "recordings": 1, "objects": 1}
    assert world.left == 0
    assert world.recordings.objects == {}
    assert world.provider.recordings_of == {}
    assert not any(key.startswith("mails/") for key in world.reports.objects)


def test_a_file_that_was_sent_is_erased_with_all_that_was_read_of_it(world: World) -> None:
    world.stamp(TODAY, StampedItem(("habitat70#IMP", "i"), files=("i/file", "i/1/read", "i/2/corrections")))
    assert world.purge() == {"items": 1, "objects": 1}
    assert (world.left, world.imports.objects) == (0, {})


def test_what_is_due_tomorrow_stays(world: World) -> None:
    world.stamp(TODAY + timedelta(days=1), call_item())
    assert world.purge() == {}
    assert world.left == 1
    assert "recordings/CA1.wav" in world.recordings.objects


def test_what_missed_runs_have_left_is_erased_however_late(world: World) -> None:
    world.stamp(TODAY - timedelta(days=39), call_item("CA1"))
    world.stamp(TODAY - timedelta(days=1), call_item("CA2"))
    assert world.purge()["calls"] == 2
    assert world.left == 0


def test_a_call_whose_presentation_was_never_told_is_erased_too_and_is_no_fact(world: World) -> None:
    told = {"recording": "RE-CA2", "object_key": "recordings/CA2.wav"}
    events = [
        CallEvent("CA2", "recording_stored#RE-CA2", CallEventKind.RECORDING_STORED, CALLED, told),
        CallEvent("CA2", "ended", CallEventKind.ENDED, CALLED),
    ]
    world.stamp(
        TODAY, StampedItem(("habitat70#CALL#CA2", "CALL"), CallRecord(fold("CA2", events), None)), call_item("CA1")
    )
    assert world.purge()["calls"] == 2
    assert (world.left, world.recordings.objects, world.provider.recordings_of) == (0, {}, {})
    assert len(world.facts.facts) == 1


def test_a_copy_that_a_dying_import_told_nobody_of_is_erased_with_its_call(world: World) -> None:
    ready = CallEvent(
        "CA2", "recording_ready#RE2", CallEventKind.RECORDING_READY, CALLED, {"recording": "RE2", "duration_s": "30"}
    )
    presented = CallEvent("CA2", "presented", CallEventKind.PRESENTED, CALLED, {"caller": "+33639980102"})
    world.recordings.put(object_key(RecordingToImport("CA2", "RE2", CALLED)), b"voice", "audio/wav")
    record = CallRecord(fold("CA2", [presented, ready]), None)
    world.index.stamped[TODAY] = [StampedItem(("habitat70#CALL#CA2", "CALL"), record)]
    world.purge()
    assert world.recordings.objects == {}


def test_what_stays_of_a_call_has_neither_name_nor_number_nor_agent(world: World) -> None:
    world.stamp(TODAY, call_item())
    world.purge()
    (fact,) = world.facts.facts.values()
    assert (fact.agency, fact.motif, fact.outcome) == ("vesoul", "plomberie_logement", "plomberie")
    assert fact.answered_at == CALLED + timedelta(seconds=9)
    told = repr(fact)
    assert all(secret not in told for secret in ("CA1", "Jeannin", "Camille", "639980102", "D104"))


def test_the_certificate_tells_counts_and_no_names(world: World) -> None:
    world.stamp(TODAY, call_item())
    world.purge()
    (certificate,) = world.certificates
    assert certificate["state"] == "erased"
    assert certificate["counts"] == {"calls": 1, "items": 1, "kept": 0, "objects": 0, "recordings": 1}
    assert (certificate["of"], certificate["found"]) == ("2026-11-23", 1)
    assert certificate["announced"] == {"calls": 1, "items": 1, "objects": 0, "recordings": 1}
    assert "Jeannin" not in json.dumps(certificate)


def test_an_archive_that_cannot_be_written_deletes_nothing(world: World) -> None:
    world.stamp(TODAY, call_item())
    world.reports = RefusingObjects()
    with pytest.raises(OSError, match="archive"):
        world.purge()
    assert world.left == 1
    assert "recordings/CA1.wav" in world.recordings.objects
    assert world.jobs.runs == {}


def test_facts_that_cannot_be_settled_delete_nothing(world: World) -> None:
    world.stamp(TODAY, call_item())
    world.facts = RefusingFacts()
    with pytest.raises(OSError, match="table"):
        world.purge()
    assert world.left == 1
    assert "RE-CA1" in world.provider.recordings_of
    assert world.certificates == []


class UnreadableCall(FakePurgeIndex):
    """One call of which no version of ours can make anything."""

    def load(self, keys: Sequence[tuple[str, str]]) -> Sequence[StampedItem]:
        if any(pk.endswith("#unreadable") for pk, _ in keys):
            raise ValueError("no such kind of event")
        return super().load(keys)


def test_a_day_that_cannot_be_read_holds_back_no_other_day_nor_what_the_provider_keeps(world: World) -> None:
    world.index = UnreadableCall()
    world.stamp(TODAY - timedelta(days=1), call_item("unreadable"))
    world.stamp(TODAY, call_item())
    over = TONIGHT - timedelta(days=2)
    world.provider.kept = [LogLine(Logged.MESSAGE, "SM1", over, True, over)]
    with pytest.raises(ValueError, match="no such kind"):
        world.purge()
    assert world.index.stamped == {TODAY - timedelta(days=1): [call_item("unreadable")], TODAY: []}
    assert world.provider.kept == []
    assert world.jobs.runs == {}


def test_a_purge_interrupted_half_way_is_finished_by_the_next_and_keeps_its_first_facts(world: World) -> None:
    world.stamp(TODAY, call_item(), StampedItem(("habitat70#CALL#CA1", "FORM")))
    world.index.faults = [OSError("the table went away")]
    with pytest.raises(OSError, match="went away"):
        world.purge()
    (fact,) = world.facts.facts.values()
    assert world.jobs.done("purge", "2026-11-23") is None
    assert world.purge()["items"] == 2
    assert list(world.facts.facts.values()) == [fact]
    assert world.left == 0


@pytest.mark.parametrize("chunks_done", [0, 1, 2])
def test_a_run_that_is_stopped_keeps_what_it_has_erased_and_the_certificates_add_up(
    world: World, monkeypatch: pytest.MonkeyPatch, chunks_done: int
) -> None:
    """At 100,000 items a run that is stopped at 600 s must not erase nothing, for ever."""
    monkeypatch.setattr(purging, "CHUNK", 2)
    world.stamp(TODAY, *(call_item(f"CA{n}") for n in range(5)))
    world.index.faults = [*[None] * chunks_done, OSError("the function was stopped")]
    with pytest.raises(OSError, match="stopped"):
        world.purge()
    assert world.left == 5 - 2 * chunks_done
    assert world.purge(TONIGHT + timedelta(hours=1))["items"] == 5 - 2 * chunks_done
    stopped, ended = world.certificates
    assert (stopped["state"], ended["state"]) == ("announced", "erased")
    assert (stopped["found"], ended["found"]) == (5, 5 - 2 * chunks_done)
    erased = [one["counts"].get("items", 0) for one in (stopped, ended)]
    assert erased == [2 * chunks_done, 5 - 2 * chunks_done]
    assert stopped["announced"]["items"] == min(5, 2 * chunks_done + 2)
    assert len(world.facts.facts) == 5


def test_a_recording_the_provider_keeps_keeps_its_call_and_raises_an_alarm(world: World) -> None:
    world.stamp(TODAY, call_item("CA1"), call_item("CA2"))
    world.provider.refuses = {"RE-CA1"}
    with pytest.raises(PurgeIncompleteError):
        world.purge()
    assert [item.key[0] for item in world.index.stamped[TODAY]] == ["habitat70#CALL#CA1"]
    run = world.jobs.done("purge", "2026-11-23")
    assert run is not None
    assert (run.counts["calls"], run.counts["kept"]) == (1, 1)
    world.provider.refuses = set()
    world.purge(TONIGHT + timedelta(hours=1))
    assert world.left == 0


@pytest.mark.parametrize("trouble", [ProviderUnavailable("try later"), ProviderRefused("20003", "not this account")])
def test_a_provider_that_does_not_tell_what_it_holds_keeps_the_calls_with_recordings(
    world: World, trouble: Exception
) -> None:
    world.stamp(TODAY, call_item("CA1"), StampedItem(("habitat70#CALL#CA1", "FORM")))
    world.provider.faults = [trouble]
    with pytest.raises(PurgeIncompleteError):
        world.purge()
    assert [item.key[1] for item in world.index.stamped[TODAY]] == ["CALL"]
    assert world.provider.recordings_of


def test_what_the_store_keeps_keeps_its_item_alone_and_raises_an_alarm(world: World) -> None:
    mail = StampedItem(("habitat70#JOB#end_of_period#2026-05-05", "N#agency"), objects=("mails/held.eml",))
    world.stamp(TODAY, call_item("CA1"), mail, call_item("CA2"))
    world.recordings.refuses_deletion = {"recordings/CA1.wav"}
    world.reports.refuses_deletion = {"mails/held.eml"}
    with pytest.raises(PurgeIncompleteError):
        world.purge()
    assert [item.key for item in world.index.stamped[TODAY]] == [("habitat70#CALL#CA1", "CALL"), mail.key]
    assert world.certificates[-1]["counts"] == {"calls": 1, "items": 1, "kept": 2, "objects": 0, "recordings": 1}
    world.recordings.refuses_deletion = world.reports.refuses_deletion = set()
    world.purge(TONIGHT + timedelta(hours=1))
    assert world.left == 0
    assert not world.recordings.objects


def test_a_second_run_of_a_day_adds_to_its_counts(world: World) -> None:
    world.stamp(TODAY, call_item("CA1"))
    world.purge()
    world.stamp(TODAY, call_item("CA2"))
    assert world.purge(TONIGHT + timedelta(hours=1))["calls"] == 2


def test_a_day_with_nothing_to_erase_still_proves_that_the_purge_ran(world: World) -> None:
    assert world.purge() == {}
    assert world.jobs.done("purge", "2026-11-23") is not None
