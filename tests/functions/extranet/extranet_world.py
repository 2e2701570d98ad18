"""Habitat 70 at the extranet: a burst pipe from the first call to the report, then a Monday morning, over fakes."""

import base64
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from extranet.handler import handle
from extranet.services import TEMPLATES
from permanence.application.access.members import Person
from permanence.application.dispatch.joining import CallLink, join_call
from permanence.application.reception.calls import decide_service
from permanence.application.reports.settling_days import SettlingDays, settle_days
from permanence.application.timeline.monthly_runs import EXCEL
from permanence.application.timeline.period_runs import WHOLE_LIST, mail_ref
from permanence.application.timeline.ports import JobRun
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract, contract_in_force
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, ReportResult
from permanence.domain.dispatch.events import (
    Accept,
    AnnounceArrival,
    Arrive,
    CallNext,
    DeadlineReached,
    Receipt,
    Report,
)
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.main_courante.fiche import CallForm, Contact
from permanence.domain.reference.calendar import Service
from permanence.domain.reference.in_force import ReceptionPart
from permanence.domain.service_level.facts import CallFact
from permanence.domain.service_level.frozen_months import FrozenMonth, frozen_figures
from permanence.web.frame import Frame
from permanence.web.session import SESSION_COOKIE
from tests.application.dispatch.night import MALFUNCTION_ID, PLUMBING, SATURDAY_NIGHT, TENANT, Night
from tests.fakes.providers import FakeObjects
from tests.fakes.registers import FakeAudit, FakeJobs, FakeLookup, FakeMembers, FakeSessions, FakeSettledDays
from tests.fakes.store import FakeCalls, FakeMalfunctions, FakeNotices, FakeOpenItems
from tests.functions.http_events import http_event

MONDAY = datetime(2026, 11, 23, 13, 32, tzinfo=UTC)  # 14 h 32 in Paris
NEIGHBOUR = "+33639981247"
CLAIRE = Person("u70", "claire.humbert@habitat70.example", "Claire", "Humbert", "", ("habitat70",))
SUPERVISOR = Person("u2", "nadege@permanence.example", "Nadège", "Roux", "", ("superviseur",))
MAIN_COURANTE = f"/extranet/mains-courantes/{MALFUNCTION_ID}"


@dataclass
class ExtranetServices:
    contract: Contract
    calls: FakeCalls
    malfunctions: FakeMalfunctions
    open_items: FakeOpenItems
    frame: Frame = field(default_factory=lambda: Frame(TEMPLATES, media_from="https://recordings.example"))
    sessions: FakeSessions = field(default_factory=FakeSessions)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    settled_days: FakeSettledDays = field(default_factory=FakeSettledDays)
    audit: FakeAudit = field(default_factory=FakeAudit)
    recordings: FakeObjects = field(default_factory=FakeObjects)
    reports: FakeObjects = field(default_factory=FakeObjects)
    part: ReceptionPart = field(default_factory=ReceptionPart)

    def contract_at(self, now: datetime) -> Contract:
        return contract_in_force(self.contract, self.part, now)

    @property
    def lookup(self) -> FakeLookup:
        return FakeLookup(self.calls.store, self.jobs)

    @property
    def members(self) -> FakeMembers:
        return self.sessions.members


class ExtranetWorld:
    """Drives the extranet as a signed-in reader; `now` moves by `pass_time`."""

    def __init__(self, contract: Contract, person: Person = CLAIRE) -> None:
        self.night = Night(contract)
        self.store = self.night.store
        self.now = MONDAY
        self.services = ExtranetServices(
            contract, FakeCalls(self.store), self.night.malfunctions, FakeOpenItems(self.store)
        )
        self.sign_in(person)

    def sign_in(self, person: Person, mark: str = "token") -> None:
        cookie = self.services.sessions.signed_in(person, "the csrf", self.now, mark)
        self.cookie = f"{SESSION_COOKIE}={cookie}"

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def get(self, path: str, query: str = "", **options: Any) -> dict[str, Any]:
        event = http_event("GET", path, query=query, cookies=(self.cookie,), **options)
        return handle(event, None, self.services, self.now)

    def post(self, path: str, form: dict[str, str], **options: Any) -> dict[str, Any]:
        event = http_event("POST", path, form={"csrf": "the csrf", **form}, cookies=(self.cookie,), **options)
        return handle(event, None, self.services, self.now)

    def call(
        self,
        call_id: str,
        at: datetime,
        *,
        caller: str | None = TENANT,
        wait_s: float | None = 11,
        lasts_s: float = 245,
    ) -> None:
        """A call from its presentation to its end; `wait_s` None when nobody answered."""
        steps = [(CallEventKind.PRESENTED, 0.0, {"caller": caller} if caller else {}), (CallEventKind.QUEUED, 4.0, {})]
        if wait_s is not None:
            agent = {"agent": "u1", "agent_name": "Camille Roy", "attempt": "1"}
            steps += [(CallEventKind.TAKEN, wait_s - 2, agent), (CallEventKind.ANSWERED, wait_s, {"attempt": "1"})]
        steps.append((CallEventKind.ENDED, lasts_s, {}))
        for kind, seconds, data in steps:
            self.tell(call_id, kind, at + timedelta(seconds=seconds), at, **data)

    def tell(self, call_id: str, kind: CallEventKind, at: datetime, born: datetime, **data: str) -> None:
        key = f"{kind.value}#{data['attempt']}" if kind is CallEventKind.TAKEN else kind.value
        key = f"{kind.value}#{data['recording']}" if "recording" in data else key
        event = CallEvent(call_id, key, kind, at, data)
        is_presentation = kind is CallEventKind.PRESENTED
        self.services.calls.record(decide_service(event, self.services.contract) if is_presentation else event, born)

    def settle_days(self) -> None:
        """What the end of the last period has done."""
        services = self.services
        settle_days(SettlingDays(services.contract, services.calls, services.settled_days), self.now)

    def record(self, call_id: str, recording_id: str, at: datetime, *, duration_s: int = 222) -> None:
        """Recorded, and brought home."""
        key = f"2026-11/{call_id}/{recording_id}.wav"
        self.tell(call_id, CallEventKind.RECORDING_READY, at, at, recording=recording_id, duration_s=str(duration_s))
        self.tell(call_id, CallEventKind.RECORDING_STORED, at, at, recording=recording_id, object_key=key)
        self.services.recordings.put(key, b"RIFF", "audio/wav")

    def fill_in(self, call_id: str, at: datetime, *, first: str, last: str, malfunction_id: str | None) -> None:
        form = CallForm(
            call_id,
            "u1",
            "Camille Roy",
            at,
            fields={"first_name": first, "last_name": last, "answer_given": "Entreprise envoyée"},
            outcome="plomberie",
            motif=PLUMBING,
            malfunction_id=malfunction_id,
            closed_at=at + timedelta(minutes=6),
        )
        self.services.calls.save_form(form, at)

    def tell_the_night(self) -> None:
        """Saturday 23 h 12: a pipe bursts; a voicemail, a neighbour, the second contractor's yes, the work."""
        night = self.night
        self.call("CA1", SATURDAY_NIGHT)
        self.record("CA1", "RE1", SATURDAY_NIGHT)
        self.fill_in("CA1", SATURDAY_NIGHT, first="Corinne", last="Jeannin", malfunction_id=MALFUNCTION_ID)
        night.pass_time(minutes=5)
        night.start()
        night.pass_time(seconds=20)
        night.happen(Receipt(0, Channel.SMS, ChannelStatus.DELIVERED))
        night.pass_time(seconds=30)
        night.happen(Receipt(0, Channel.VOICE, ChannelStatus.VOICEMAIL))
        night.pass_time(minutes=4)
        night.happen(DeadlineReached(0))
        if night.dispatch.steps[1].responder.person_id == "daval":
            night.happen(CallNext(1, "Camille"))
        winner = night.dispatch.current
        night.pass_time(seconds=15)
        night.happen(Receipt(winner, Channel.SMS, ChannelStatus.DELIVERED))
        self._neighbour_calls()
        night.pass_time(minutes=1)
        night.happen(Accept(winner, by="keys"))
        night.pass_time(seconds=40)
        night.happen(AnnounceArrival(winner, 45))
        night.pass_time(minutes=38)
        night.happen(Arrive(winner))
        night.pass_time(minutes=57)
        night.happen(Report(winner, ReportResult.MISE_EN_SECURITE, "Raccord changé sous l’évier, plafond à reprendre."))

    def _neighbour_calls(self) -> None:
        night = self.night
        night.pass_time(minutes=1)
        self.call("CA2", night.now, caller=NEIGHBOUR, wait_s=18, lasts_s=228)
        self.tell("CA2", CallEventKind.RECORDING_ERASED, night.now, night.now, recording="RE2", reason="objected")
        self.fill_in("CA2", night.now, first="Lucas", last="Vauthier", malfunction_id=MALFUNCTION_ID)
        contact = Contact("CA2", "M. Lucas Vauthier", NEIGHBOUR)
        link = CallLink(contact, "Camille", "L’eau passe chez le voisin du dessous, rien d’électrique.")
        join_call(night.malfunctions, MALFUNCTION_ID, link, night.now)

    def tell_the_morning(self) -> None:
        """Monday: nineteen calls before 14 h 32, two of them slow, one lost, and the mails of the night."""
        midnight = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
        minutes = (31, 405, 460, 471, 498, 512, 549, 565, 581, 586, 592, 611, 640, 671, 689, 735, 756, 771, 785)
        for number, minute in enumerate(minutes):
            wait = {7: 52.0, 9: 68.0, 13: None}.get(number, 9.0 + number)
            self.call(
                f"MO{number}", midnight + timedelta(minutes=minute), wait_s=wait, lasts_s=30 if wait is None else 200
            )
        for period, hour in (("2026-11-23T0830", 7), ("2026-11-23T1330", 12)):
            told_at = datetime(2026, 11, 23, hour, 31, tzinfo=UTC)
            self.services.jobs.finish(
                JobRun("end_of_period", period, told_at, {"mails": 1, "malfunctions": 1, "to_do": 1, "calls": 2})
            )
            self.write_mails(period, told_at, WHOLE_LIST)
            self.hand_over(period, WHOLE_LIST, told_at)
        self.settle_days()
        self.freeze_october()

    def write_mails(self, period: str, at: datetime, *lists: str) -> None:
        for list_id in lists:
            ref = mail_ref(period, list_id)
            mail = Notice(ref.owner, ref.key, NoticeKind.MAIL, "astreinte@habitat70.example", at, body_key="mail.eml")
            FakeNotices(self.store).put_job_notices([mail])

    def hand_over(self, period: str, list_id: str, at: datetime, refused_for: str = "") -> None:
        """The mail service takes a mail, or refuses it."""
        ref, notices = mail_ref(period, list_id), FakeNotices(self.store)
        mail = self.store.notices[ref.owner, ref.key]
        if refused_for:
            notices.failed(mail, refused_for, at)
        else:
            notices.sent(mail, "ses-1", at)

    def settle_all_days(self) -> None:
        services = self.services
        while settle_days(SettlingDays(services.contract, services.calls, services.settled_days), self.now).left:
            pass

    def freeze_october(self) -> None:
        """Two hundred calls, 172 answered, 168 of them before 40 s: more than the table knows."""
        waits = [9.0] * 168 + [40.0] * 4 + [None] * 28
        at, rules = datetime(2026, 11, 3, 5, tzinfo=UTC), self.services.contract.rules
        frozen = FrozenMonth("2026-10", at, rules, tuple(_october(n, wait) for n, wait in enumerate(waits)))
        self.services.settled_days.freeze(frozen_figures(frozen))
        counts = {"n": 200, "n40": 168, "nr": 172, "target_percent": 85}
        self.services.reports.put("reports/2026-10/permanence-2026-10.xlsx", b"PK the workbook", EXCEL)
        self.services.jobs.finish(JobRun("monthly", "2026-10", at, counts))


def _october(number: int, wait_s: float | None) -> CallFact:
    at = datetime(2026, 10, 5, 8, tzinfo=UTC) + timedelta(hours=number)
    answered = None if wait_s is None else at + timedelta(seconds=wait_s)
    ended = at + timedelta(minutes=3)
    return CallFact(f"OC{number}", Service.ASTREINTE, at, None, answered, ended, "", "", "")


def after_the_night(contract: Contract) -> ExtranetWorld:
    """On Monday, when all of it has been told."""
    world = ExtranetWorld(contract)
    world.tell_the_night()
    world.tell_the_morning()
    return world


def words(answer: dict[str, Any]) -> str:
    """The page as it is read: no tags, plain spaces."""
    assert answer["statusCode"] == 200, answer["statusCode"]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer["body"]))


def rows_of(answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of an Excel answer, header included."""
    assert answer["statusCode"] == 200
    assert answer["isBase64Encoded"]
    page = load_workbook(BytesIO(base64.b64decode(answer["body"]))).active
    assert page is not None
    return list(page.iter_rows(values_only=True))
