"""A hole of coverage is told when it appears, once; one that opens at midnight has a day to be mended in (R32)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from permanence.application.dispatch.ports import Notices
from permanence.application.reception.ports import ObjectStore
from permanence.application.reference.ports import Bodies, ReferenceData, UnknownVersion
from permanence.application.timeline.ports import JobRun, Jobs
from permanence.domain.contract import Contract
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.frozen import dataclass
from permanence.domain.instants import midnight, paris_day
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.entreprises_kind import ENTREPRISES
from permanence.domain.reference.holes import Hole, Uncovered, gathered, holes
from permanence.domain.reference.in_force import SEED
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.patrimoine_kind import PATRIMOINE

JOB = "holes"


@dataclass(frozen=True)
class HolesMail:
    """What has no contractor any more, now or from `tomorrow` on; `all_buildings` counts those that have a hole by
    then, the older ones too."""

    now: tuple[Uncovered, ...]
    from_tomorrow: tuple[Uncovered, ...]
    buildings: int
    all_buildings: int
    tomorrow: date
    recipients: tuple[str, ...]
    written_at: datetime


@dataclass(frozen=True)
class NewHoles:
    """What the job works with. `write` renders the mail as a complete MIME message."""

    contract: Contract
    reference: ReferenceData
    bodies: Bodies
    jobs: Jobs
    notices: Notices
    reports: ObjectStore
    write: Callable[[HolesMail], bytes]


@dataclass(frozen=True)
class _Known:
    """By which versions (patrimoine, entreprises) coverage is judged on a day, and on the next."""

    day: date
    today: tuple[int, int]
    tomorrow: tuple[int, int]

    @property
    def period(self) -> str:
        """In order of time: a version that comes after has the greater number."""
        return "-".join((self.day.isoformat(), *(f"{number:06}" for number in (*self.today, *self.tomorrow))))

    @classmethod
    def of(cls, run: JobRun) -> "_Known":
        counts = run.counts
        today, tomorrow = (
            (counts[f"patrimoine_{when}"], counts[f"entreprises_{when}"]) for when in ("today", "tomorrow")
        )
        return cls(date.fromordinal(counts["day"]), today, tomorrow)

    @property
    def counts(self) -> Mapping[str, int]:
        named = {
            f"{kind}_{when}": number
            for when, numbers in (("today", self.today), ("tomorrow", self.tomorrow))
            for kind, number in zip(("patrimoine", "entreprises"), numbers, strict=True)
        }
        return {"day": self.day.toordinal(), **named}


def tell_new_holes(job: NewHoles, now: datetime) -> JobRun | None:
    """What the last run did not find and this one does. None while neither day nor versions have changed: 1 request,
    beside the timetable's. A run that dies is done again by the next one, and mails nothing twice."""
    known = _known_at(job, now)
    if job.jobs.done(JOB, known.period):
        return None
    latest = job.jobs.latest(JOB, 1)
    last = _Known.of(latest[0]) if latest else None
    coverage = _Coverage(job)
    before = {**coverage.at(last.day, last.today), **coverage.at(_next(last.day), last.tomorrow)} if last else {}
    today, tomorrow = coverage.at(known.day, known.today), coverage.at(_next(known.day), known.tomorrow)
    new = [hole for key, hole in today.items() if key not in before]
    opening = [hole for key, hole in tomorrow.items() if key not in before and key not in today]
    if new or opening:
        _mail(job, known, new, opening, {*today, *tomorrow}, now)
    counts = {"holes": len({*today, *tomorrow}), "new": len(new) + len(opening), **known.counts}
    run = JobRun(JOB, known.period, now, counts)
    job.jobs.finish(run)
    return run


def _known_at(job: NewHoles, now: datetime) -> _Known:
    today = paris_day(now)
    instants = (now, midnight(_next(today)))
    numbers = [job.reference.versions(instant) for instant in instants]
    now_in_force, then = ((one[PATRIMOINE.name], one[ENTREPRISES.name]) for one in numbers)
    return _Known(today, now_in_force, then)


def _next(day: date) -> date:
    return day + timedelta(days=1)


class _Coverage:
    """Each pair of versions is resolved once for a day."""

    def __init__(self, job: NewHoles) -> None:
        self._job = job
        self._motifs = [motif.motif_id for motif in job.contract.motifs.values() if motif.contractor_first]
        self._found: dict[tuple[date, tuple[int, int]], dict[tuple[str, str], Hole]] = {}
        self._patrimoines: dict[int, Patrimoine] = {SEED: Patrimoine()}
        self._entreprises: dict[int, Entreprises] = {SEED: Entreprises()}

    def at(self, day: date, numbers: tuple[int, int]) -> Mapping[tuple[str, str], Hole]:
        """Of versions that are erased meanwhile nothing is known any more."""
        if (day, numbers) not in self._found:
            try:
                patrimoine, entreprises = self._bodies(numbers)
            except UnknownVersion:
                return {}
            found = holes(patrimoine, entreprises, self._motifs, day)
            self._found[day, numbers] = {hole.key: hole for hole in found}
        return self._found[day, numbers]

    def _bodies(self, numbers: tuple[int, int]) -> tuple[Patrimoine, Entreprises]:
        ours, theirs = numbers
        if ours not in self._patrimoines:
            self._patrimoines[ours] = self._job.bodies.get(PATRIMOINE, ours).body
        if theirs not in self._entreprises:
            self._entreprises[theirs] = self._job.bodies.get(ENTREPRISES, theirs).body
        return self._patrimoines[ours], self._entreprises[theirs]


def _mail(
    job: NewHoles, known: _Known, new: list[Hole], opening: list[Hole], every: set[tuple[str, str]], now: datetime
) -> None:
    recipients = job.contract.default_mailing_list
    mail = HolesMail(
        now=gathered(new),
        from_tomorrow=gathered(opening),
        buildings=len({hole.building.building_id for hole in (*new, *opening)}),
        all_buildings=len({building_id for _, building_id in every}),
        tomorrow=_next(known.day),
        recipients=recipients,
        written_at=now,
    )
    key = f"mails/{JOB}/{known.period}.eml"
    job.reports.put_once(key, job.write(mail), "message/rfc822")
    notice = Notice(
        owner=f"job:{JOB}:{known.period}",
        key="mail-default",
        kind=NoticeKind.MAIL,
        to=",".join(recipients),
        created_at=now,
        body_key=key,
    )
    job.notices.put_job_notices([notice])
