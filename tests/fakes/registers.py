"""Reference data, audit, jobs and sessions in memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from permanence.application.ports import JobRun, StampedItem
from permanence.application.signing_in import Challenge, Session
from permanence.domain.facts import CallFact
from permanence.domain.instants import paris_month
from permanence.domain.patrimoine import Patrimoine
from permanence.domain.rota import Duty

NO_PATRIMOINE = Patrimoine("", (), (), ())


@dataclass
class FakeReferenceData:
    current: Patrimoine = NO_PATRIMOINE
    rota: tuple[Duty, ...] = ()

    def patrimoine(self) -> Patrimoine:
        return self.current

    def duties(self, month: str) -> Sequence[Duty]:
        last_instant = timedelta(microseconds=1)
        return [duty for duty in self.rota if paris_month(duty.start) <= month <= paris_month(duty.end - last_instant)]

    def load(self, patrimoine: Patrimoine, duties: Sequence[Duty]) -> None:
        self.current, self.rota = patrimoine, tuple(duties)


@dataclass
class FakeAudit:
    lines: dict[str, dict[str, str]] = field(default_factory=dict)

    def record(self, at: datetime, who: str, action: str, what: str, detail: Mapping[str, str]) -> str:
        audit_id = f"audit-{len(self.lines) + 1}"
        self.lines[audit_id] = {"at": at.isoformat(), "who": who, "action": action, "what": what, **detail}
        return audit_id

    def record_once(self, at: datetime, key: str, who: str, action: str, what: str) -> None:
        line = {"at": at.isoformat(), "who": who, "action": action, "what": what}
        self.lines.setdefault(f"{at.isoformat()} {key}", line)

    def get(self, at: datetime, audit_id: str) -> Mapping[str, str] | None:
        line = self.lines.get(audit_id)
        return line if line is not None and line["at"] == at.isoformat() else None


@dataclass
class FakeJobs:
    runs: dict[tuple[str, str], JobRun] = field(default_factory=dict)

    def done(self, job: str, period: str) -> JobRun | None:
        return self.runs.get((job, period))

    def finish(self, run: JobRun) -> None:
        self.runs[run.job, run.period] = run

    def latest(self, job: str, limit: int) -> Sequence[JobRun]:
        of_job = [run for (name, _), run in self.runs.items() if name == job]
        return sorted(of_job, key=lambda run: run.period, reverse=True)[:limit]


@dataclass
class FakeSessions:
    sessions: dict[str, Session] = field(default_factory=dict)
    challenges: dict[str, Challenge] = field(default_factory=dict)
    spent: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def put_session(self, session: Session) -> None:
        self.sessions[session.key] = session

    def session(self, key: str) -> Session | None:
        return self.sessions.get(key)

    def touch(self, key: str, seen_at: datetime) -> None:
        if key in self.sessions:
            self.sessions[key] = replace(self.sessions[key], seen_at=seen_at)

    def put_challenge(self, challenge: Challenge) -> None:
        self.challenges[challenge.key] = challenge

    def challenge(self, key: str) -> Challenge | None:
        return self.challenges.get(key)

    def count_try(self, key: str, most: int) -> bool:
        known = self.challenges.get(key)
        if known is None or known.tries >= most:
            return False
        self.challenges[key] = replace(known, tries=known.tries + 1)
        return True

    def delete(self, key: str) -> None:
        self.sessions.pop(key, None)
        self.challenges.pop(key, None)

    def spend_code(self, user_id: str, code: str, now: datetime, until: datetime) -> bool:
        if self.spent.get((user_id, code), now) > now:
            return False
        self.spent[user_id, code] = until
        return True


@dataclass
class FakePurgeIndex:
    """`stamped` by the day of erasure; `faults` as in FakePhone, for the deletions."""

    stamped: dict[date, list[StampedItem]] = field(default_factory=dict)
    faults: list[Exception | None] = field(default_factory=list)

    def due(self, day: date) -> Iterator[StampedItem]:
        yield from tuple(self.stamped.get(day, ()))

    def delete(self, items: Sequence[StampedItem]) -> None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        for day, members in self.stamped.items():
            self.stamped[day] = [member for member in members if member not in items]


@dataclass
class FakeFacts:
    facts: dict[str, CallFact] = field(default_factory=dict)

    def settle(self, fact: CallFact) -> None:
        self.facts.setdefault(fact.ref, fact)
