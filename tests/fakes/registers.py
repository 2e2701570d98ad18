"""Reference data, audit, jobs and sessions in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from permanence.application.access.members import Member, Person
from permanence.application.access.sign_in_gate import Tries
from permanence.application.access.signing_in import Challenge, Session, key_of
from permanence.application.extranet.ports import Found, Wanted
from permanence.application.privacy.ports import StampedItem
from permanence.application.timeline.ports import JobRun, SettledMonth
from permanence.domain.instants import paris_month
from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.in_force import SEED
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.rota import Duty
from permanence.domain.reference.unknown_addresses import UnknownAddress
from permanence.domain.service_level.facts import CallFact
from permanence.domain.service_level.frozen_months import FrozenFigures
from permanence.domain.service_level.settled_days import SettledDay
from tests.fakes.store import FakeCalls, FakeStore

DECIDING = ("patrimoine", "entreprises", "annuaire", "planning")


@dataclass
class FakeReferenceData:
    """Always in force."""

    current: Patrimoine = field(default_factory=Patrimoine)
    companies: Entreprises = field(default_factory=Entreprises)
    rota: tuple[Duty, ...] = ()
    people: Annuaire = field(default_factory=Annuaire)
    numbers: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(DECIDING, SEED))

    def patrimoine(self, _: datetime) -> Patrimoine:
        return self.current

    def entreprises(self, _: datetime) -> Entreprises:
        return self.companies

    def annuaire(self, _: datetime) -> Annuaire:
        return self.people

    def duties(self, month: str, _: datetime) -> Sequence[Duty]:
        last_instant = timedelta(microseconds=1)
        return [duty for duty in self.rota if paris_month(duty.start) <= month <= paris_month(duty.end - last_instant)]

    def versions(self, _: datetime) -> Mapping[str, int]:
        return self.numbers


@dataclass
class FakeUnknownAddresses:
    told: list[UnknownAddress] = field(default_factory=list)

    def tell(self, address: str, call_id: str, at: datetime) -> None:
        self.told.append(UnknownAddress(address, at, at, (call_id,)))

    def all(self) -> Sequence[UnknownAddress]:
        return self.told


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
class FakeLookup:
    """Over the calls and notices of one store, and the runs of the jobs."""

    store: FakeStore
    jobs: FakeJobs

    def find(self, wanted: Wanted) -> Found:
        calls = FakeCalls(self.store).get_many(wanted.call_ids)
        notices = [self.store.notices.get((ref.owner, ref.key)) for ref in wanted.notices]
        runs = [self.jobs.done(*run) for run in wanted.runs]
        return Found(calls, tuple(one for one in notices if one), tuple(run for run in runs if run))


@dataclass
class FakeMembers:
    lines: dict[str, Member] = field(default_factory=dict)

    def get(self, user_id: str) -> Member | None:
        return self.lines.get(user_id)

    def all(self) -> Sequence[Member]:
        return tuple(self.lines.values())

    def put(self, member: Member, instead_of: str | None = None) -> None:
        self.lines.pop(instead_of or "", None)
        self.lines[member.person.user_id] = member

    def came_in(self, person: Person, now: datetime) -> Member:
        known = self.lines.get(person.user_id, Member(person, now))
        return self._set(replace(known, person=person, last_sign_in_at=now))

    def sign_charter(self, user_id: str, version: str, now: datetime) -> Member:
        return self._set(replace(self.lines[user_id], charter_version=version, charter_signed_at=now))

    def mend(self, person: Person) -> None:
        self._set(replace(self.lines[person.user_id], person=person))

    def end_sessions(self, user_id: str) -> Member:
        return self._set(replace(self.lines[user_id], generation=self.lines[user_id].generation + 1))

    def disable(self, user_id: str, now: datetime) -> None:
        self.end_sessions(user_id)
        self._set(replace(self.lines[user_id], disabled_at=now))

    def enable(self, user_id: str) -> None:
        self.end_sessions(user_id)
        self._set(replace(self.lines[user_id], disabled_at=None))

    def _set(self, member: Member) -> Member:
        self.lines[member.person.user_id] = member
        return member


@dataclass
class FakeTries:
    tries: dict[str, Tries] = field(default_factory=dict)

    def read(self, keys: Sequence[str]) -> Mapping[str, Tries]:
        return {key: self.tries[key] for key in keys if key in self.tries}

    def replace(self, seen: Tries, fresh: Tries, forget_at: datetime) -> bool:
        if self.tries.get(seen.key, Tries(seen.key)) != seen:
            return False
        self.tries[seen.key] = fresh
        return True

    def add(self, key: str, forget_at: datetime) -> None:
        known = self.tries.get(key, Tries(key))
        self.tries[key] = replace(known, count=known.count + 1)

    def put(self, fresh: Tries, forget_at: datetime) -> None:
        self.tries[fresh.key] = fresh


@dataclass
class FakeSessions:
    """With the register, as one request reads both."""

    members: FakeMembers = field(default_factory=FakeMembers)
    sessions: dict[str, Session] = field(default_factory=dict)
    challenges: dict[str, Challenge] = field(default_factory=dict)
    spent: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def put_session(self, session: Session) -> None:
        self.sessions[session.key] = session

    def session(self, key: str, user_id: str) -> tuple[Session, Member] | None:
        session, member = self.sessions.get(key), self.members.get(user_id)
        return (session, member) if session and member else None

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

    def signed_in(self, person: Person, csrf: str, now: datetime, mark: str = "token") -> str:
        """The cookie of somebody who has just come in."""
        cookie = f"{person.user_id}.{mark}"
        member = self.members.came_in(person, now)
        self.put_session(Session(key_of(cookie), person, csrf, now, now, member.generation))
        return cookie

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

    def due(self, days: Sequence[date]) -> Mapping[date, Sequence[tuple[str, str]]]:
        return {day: [item.key for item in self.stamped[day]] for day in days if self.stamped.get(day)}

    def load(self, keys: Sequence[tuple[str, str]]) -> Sequence[StampedItem]:
        known = {item.key: item for items in self.stamped.values() for item in items}
        return [known[key] for key in keys]

    def delete(self, items: Sequence[StampedItem]) -> None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        for day, members in self.stamped.items():
            self.stamped[day] = [member for member in members if member not in items]


@dataclass
class FakeFacts:
    facts: dict[str, CallFact] = field(default_factory=dict)

    def settle(self, facts: Sequence[CallFact]) -> None:
        for fact in facts:
            self.facts.setdefault(fact.ref, fact)


@dataclass
class FakeSettledDays:
    """`writes` are the days settled, in order; set `requests` back to count from there."""

    days: dict[date, SettledDay] = field(default_factory=dict)
    frozen: dict[str, FrozenFigures] = field(default_factory=dict)
    writes: list[date] = field(default_factory=list)
    requests: int = 0

    def of_month(self, month: str) -> SettledMonth:
        self.requests += 1
        days = tuple(self.days[day] for day in sorted(self.days) if f"{day:%Y-%m}" == month)
        return SettledMonth(days, self.frozen.get(month))

    def freeze(self, figures: FrozenFigures) -> None:
        self.requests += 1
        self.frozen[figures.month] = figures

    def settle(self, day: SettledDay) -> None:
        self.requests += 1
        self.days[day.day] = day
        self.writes.append(day.day)
