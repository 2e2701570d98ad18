"""A reception with any number of past calls, and the work of one evening: what pages and decisions cost at any size.

The functions run with their own adapters and a real client; only the table behind it is in memory.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any
from urllib.parse import quote

from botocore.awsrequest import AWSResponse

from desk import handler as desk
from desk.services import LiveServices as DeskServices
from extranet import handler as extranet
from extranet.services import LiveServices as ExtranetServices
from local.scenarios.past_calls import PastCall, past_calls
from permanence.adapters import aws
from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.documents import DynamoDocuments
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.jobs import DynamoJobs
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.members import DynamoMembers
from permanence.adapters.dynamodb.notices import DynamoNotices
from permanence.adapters.dynamodb.sessions import DynamoSessions
from permanence.adapters.dynamodb.settled_days import DynamoSettledDays
from permanence.adapters.dynamodb.timetable import DynamoReceptionTimetable
from permanence.application.access.members import Member, Person
from permanence.application.access.signing_in import Session, key_of
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.ports import Decision, MalfunctionLog
from permanence.application.dispatch.starting import start_dispatch
from permanence.application.reference.in_force import InForce
from permanence.application.reports.settling_days import SettlingDays, settle_days
from permanence.application.timeline.period_runs import JOB, WHOLE_LIST, mail_ref, period_id
from permanence.application.timeline.ports import JobRun
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.dispatch.actions import Outcome
from permanence.domain.dispatch.dispatch import ReportResult
from permanence.domain.dispatch.events import Accept, AnnounceArrival, Arrive, DispatchEvent, Report
from permanence.domain.dispatch.malfunction import MalfunctionStatus
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.instants import paris_month
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.calendar import told_periods_ended
from permanence.live.in_force import LiveInForce
from permanence.web.session import SESSION_COOKIE
from tests.application.dispatch.night import DUTIES, DWELLING, ENTREPRISES, PATRIMOINE, burst_pipe, caller
from tests.fakes.indexed_table import Attributes, IndexedTable, Request, updated
from tests.fakes.providers import FakeObjects
from tests.fakes.reference import bodies_of, put_in_force
from tests.fakes.registers import FakeReferenceData
from tests.functions.http_events import http_event
from tests.infra.table_requests import TableRequests

NOW = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)  # Monday, 18 h in Paris: the month is as full as it gets
A_DAY = 180  # calls; 64,612 in a year
CALLS_FOR_ONE_MISSION = 10
WAITING, TALKING, MISSIONS = 3, 3, 4
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "eu-west-3",
    "TABLE_NAME": "permanence",
    "PUBLIC_BASE_URL": "https://permanence.example",
    "RECORDINGS_BUCKET": "recordings",
    "REPORTS_BUCKET": "reports",
    "POWERTOOLS_SERVICE_NAME": "reception",
}
AGENT = Person("u1", "nadege@reception.example", "Nadège", "Roussel", "+33639980101", ("teleconseiller",))
READER = Person("u70", "claire@habitat70.example", "Claire", "Humbert", "", ("habitat70",))
SHOWN_CALL, SHOWN_MISSION = "CAwaiting0", "mission-0"
CALLS_CURSOR, MISSIONS_CURSOR = "2026-11-30T16:00:00.000000Z#CA0#CALL", "2026-11-30T16:45:00.000000Z#mission-0"
EXTRANET_PAGES = {
    "Aujourd’hui": "/extranet",
    "Appels": "/extranet/appels",
    "Appels, page suivante": f"/extranet/appels?mois=2026-11&suite={quote(CALLS_CURSOR)}",
    "Mains courantes": "/extranet/mains-courantes",
    "Mains courantes, page suivante": f"/extranet/mains-courantes?mois=2026-11&suite={quote(MISSIONS_CURSOR)}",
    "Mains courantes, un choix": "/extranet/mains-courantes?agence=vesoul&etat=ouvertes",
    "Une main courante": f"/extranet/mains-courantes/{SHOWN_MISSION}",
    "Une main courante, Excel": f"/extranet/mains-courantes/{SHOWN_MISSION}/lignes.xlsx",
    "Indicateurs": "/extranet/indicateurs",
    "Indicateurs, mois passé": "/extranet/indicateurs?mois=2026-10",
    "Rapports": "/extranet/rapports",
    "Registre": "/extranet/registre",
    "Écoute d’un enregistrement": "/extranet/enregistrements/CArecorded/RE1",
}
EXTRANET_FILES = {
    "Appels, Excel": "/extranet/appels.xlsx",
    "Mains courantes, Excel": "/extranet/mains-courantes.xlsx",
}
"""What holds a whole month, as its name says, and reads it."""

DESK_PAGES = {"Poste, entière": "/desk", "Appel, entière": f"/desk/appels/{SHOWN_CALL}"}
DESK_REFRESHES = {"Poste": f"/desk/direct?vu=.ASTREINTE-{NOW:%Y-%m-%d}", "Appel": f"/desk/appels/{SHOWN_CALL}/direct"}


class _ClockStandsStill(LiveInForce):
    """What is asked every 30 s is asked once."""

    @cached_property
    def in_force(self) -> InForce:
        return InForce(DynamoReceptionTimetable(self._table), self.contract, lambda: 0.0)


class _Extranet(_ClockStandsStill, ExtranetServices):
    pass


class _Desk(_ClockStandsStill, DeskServices):
    """The desk's services; large bodies come from memory."""

    @cached_property
    def documents(self) -> DynamoDocuments:
        return DynamoDocuments(self._table, FakeObjects())


@dataclass
class BusyReception:
    """`calls` in the table at `A_DAY` a day up to now, one in ten with a mission; `table` counts every request."""

    contract: Contract
    calls: int
    table: IndexedTable = field(default_factory=IndexedTable)

    def __post_init__(self) -> None:
        aws._client.cache_clear()
        self.table.attach(aws.make_client("dynamodb", ENVIRONMENT))
        self._numbers = count(1)
        self._dispatching = Dispatching(self.contract, "https://permanence.example/m/")
        self._desk, self._extranet = _Desk(ENVIRONMENT), _Extranet(ENVIRONMENT)
        put_in_force(self._desk.documents, NOW - timedelta(days=30), **bodies_of(PATRIMOINE, ENTREPRISES, DUTIES))
        self._load(Table(self.table, "permanence", "habitat70", self.contract.retention))
        for person in (AGENT, READER):
            DynamoMembers(self._client_table).put(Member(person, NOW))
            session = Session(key_of(cookie_of(person)), person, "the csrf", NOW - timedelta(seconds=30), NOW)
            DynamoSessions(self._client_table).put_session(session)
        self.settle_days()
        # What a warm function has already: its clients, and what is in force.
        self._desk.book.index(NOW)
        self._desk.reference.entreprises(NOW)
        self._desk.book.duties(paris_month(NOW), NOW)
        self._extranet.in_force.read()
        self.rights = TableRequests()
        self.rights.watch(aws.make_client("dynamodb", ENVIRONMENT))

    @cached_property
    def _client_table(self) -> Table:
        client = aws.make_client("dynamodb", ENVIRONMENT)
        return Table(client, "permanence", "habitat70", self.contract.retention)

    def read(self, path: str) -> tuple[dict[str, Any], list[Request]]:
        """A page of the desk or of the extranet, and what it asked of the table."""
        path, _, query = path.partition("?")
        module, services, person = (
            (desk, self._desk, AGENT) if path.startswith("/desk") else (extranet, self._extranet, READER)
        )
        handle: Callable[..., dict[str, Any]] = module.handle
        event = http_event("GET", path, query=query, cookies=(f"{SESSION_COOKIE}={cookie_of(person)}",))
        with self.table.counted() as requests:
            answer = handle(event, None, services, NOW)
        if self.rights.forbidden:
            raise AssertionError(self.rights.forbidden)
        return answer, requests

    @contextmanager
    def answered_by(self, answer: Callable[..., AWSResponse]) -> Iterator[None]:
        """Requests are made whole, answered where they would leave the machine, and their answers parsed."""
        client = self._client_table.client
        self.table.detach(client)
        self.rights.look_away(client)
        client.meta.events.register("before-send.dynamodb", answer)
        try:
            yield
        finally:
            client.meta.events.unregister("before-send.dynamodb", answer)
            self.rights.watch(client)
            self.table.attach(client)

    @contextmanager
    def answers_kept(self) -> Iterator[list[bytes]]:
        """The bytes of every answer of the table, in order."""
        events, kept = self._client_table.client.meta.events, []

        def keep(parsed: dict[str, Any], **_: Any) -> None:
            kept.append(json.dumps(parsed).encode())

        events.register("after-call.dynamodb", keep)
        try:
            yield kept
        finally:
            events.unregister("after-call.dynamodb", keep)

    def settle_days(self) -> None:
        """What the morning's run has done."""
        days = DynamoSettledDays(self._client_table)
        settle_days(SettlingDays(self.contract, DynamoCalls(self._client_table), days), NOW)

    def tell_call(self) -> dict[str, list[Request]]:
        """One more call from ring to recording; what each event of it cost."""
        calls, call_id = DynamoCalls(self._client_table), f"CAtold{next(self._numbers)}"
        costs = {}
        for event in _whole_call(call_id, NOW):
            with self.table.counted() as requests:
                calls.record(event, NOW)
            costs[event.key] = requests
        return costs

    def decide(self) -> dict[str, list[Request]]:
        """One more mission: what its start cost, and each uncontended decision after it."""
        malfunctions, malfunction_id = DynamoMalfunctions(self._client_table), f"told-{next(self._numbers):06}"
        with self.table.counted() as requests:
            start_dispatch(malfunctions, self._desk.reference, burst_pipe(malfunction_id), NOW, self._dispatching)
        costs = {"start": requests}
        for event in _work():
            with self.table.counted() as requests:
                acted = act_on_dispatch(malfunctions, malfunction_id, event, NOW, self._dispatching)
            if acted.outcome is not Outcome.DONE:
                raise AssertionError(acted.outcome)
            costs[type(event).__name__] = requests
        return costs

    def _load(self, table: Table) -> None:
        """Straight into the table, without a client between."""
        mission = self._finished_mission()
        days = -(-self.calls // A_DAY)
        past = list(past_calls(self.contract, (DWELLING,), NOW, days + 1, A_DAY))[-self.calls :]
        for number, call in enumerate(past):
            _put_call(table, call)
            if number % CALLS_FOR_ONE_MISSION == 0:
                _put_mission(table, mission, f"past-{number:06}", call.born, MalfunctionStatus.CLOSED)
        for number in range(MISSIONS):
            opened = NOW - timedelta(minutes=10 * number)
            _put_mission(table, mission, f"mission-{number}", opened, MalfunctionStatus.OPEN)
        for kind, how_many, told in (("waiting", WAITING, 2), ("talking", TALKING, 4), ("recorded", 1, 7)):
            for number in range(how_many):
                call_id = f"CA{kind}{number}" if how_many > 1 else f"CA{kind}"
                began = NOW - timedelta(minutes=5, seconds=number)
                events = tuple(_whole_call(call_id, began))
                form = CallForm(call_id, "u1", "Nadège Roussel", began)
                _put_call(table, PastCall(began, events[:told], form if kind == "talking" else None))
        self._tell_periods(table)
        for month in range(1, 11):
            counts = {"n": 5400, "n40": 4700, "nr": 5100, "target_percent": 85}
            DynamoJobs(table).finish(JobRun("monthly", f"2026-{month:02}", NOW, counts))

    def _tell_periods(self, table: Table) -> None:
        """A week of mails, as the end of each astreinte period leaves them."""
        jobs, notices = DynamoJobs(table), DynamoNotices(table)
        for period in told_periods_ended(NOW - timedelta(days=7), NOW, self.contract.hours):
            told = period_id(period.end)
            jobs.finish(JobRun(JOB, told, period.end, {"mails": 6, "malfunctions": 9, "to_do": 4, "calls": 31}))
            refs = [mail_ref(told, list_id) for list_id in (WHOLE_LIST, *self.contract.agencies)]
            mails = [Notice(one.owner, one.key, NoticeKind.MAIL, "a@h.example", period.end) for one in refs]
            notices.put_job_notices(mails)
            for mail in mails:
                notices.sent(mail, "ses-1", period.end)

    def _finished_mission(self) -> MalfunctionLog:
        """A mission with its whole main courante, told by the use cases themselves."""
        table = Table(IndexedTable(), "permanence", "habitat70", self.contract.retention)
        malfunctions = DynamoMalfunctions(table)
        data = FakeReferenceData(PATRIMOINE, ENTREPRISES, DUTIES)
        opened = start_dispatch(malfunctions, data, burst_pipe("a-finished-one"), NOW, self._dispatching)
        for event in _work():
            act_on_dispatch(malfunctions, opened.malfunction_id, event, NOW, self._dispatching)
        log = malfunctions.log(opened.malfunction_id)
        if log is None:
            raise LookupError(opened.malfunction_id)
        return log


def _work() -> tuple[DispatchEvent, ...]:
    """What a contractor does with a mission."""
    done = Report(0, ReportResult.REALISEE, "Flexible remplacé, plafond du voisin à revoir.")
    return Accept(0, by="keys"), AnnounceArrival(0, 30), Arrive(0), done


def _whole_call(call_id: str, at: datetime) -> tuple[CallEvent, ...]:
    """In the order of a call that was answered, held and recorded."""
    kinds, agent = CallEventKind, {"agent": "u1", "agent_name": "Nadège Roussel", "attempt": "1"}
    told: tuple[tuple[str, CallEventKind, float, Mapping[str, str]], ...] = (
        ("presented", kinds.PRESENTED, 0, {"caller": "+33639982105", "called": "+33353017000"}),
        ("queued", kinds.QUEUED, 6.5, {}),
        ("taken#1", kinds.TAKEN, 14, agent),
        ("answered", kinds.ANSWERED, 18, {"attempt": "1"}),
        ("ended", kinds.ENDED, 240, {}),
        ("recording_ready#RE1", kinds.RECORDING_READY, 245, {"recording": "RE1", "duration_s": "222"}),
        ("recording_stored#RE1", kinds.RECORDING_STORED, 250, {"recording": "RE1", "object_key": "2026-11/RE1.wav"}),
    )
    return tuple(CallEvent(call_id, key, kind, at + timedelta(seconds=s), data) for key, kind, s, data in told)


def _put_call(table: Table, call: PastCall) -> None:
    """Event after event as they come, kept once: the table need not see every state of a call that is over."""
    draft = _Draft()
    calls = DynamoCalls(replace(table, client=draft))
    for event in call.events:
        calls.record(event, call.born)
    table.client.put_item(Item=draft.item)
    if call.form:
        DynamoCalls(table).save_form(call.form, call.born)


def _put_mission(
    table: Table, told: MalfunctionLog, malfunction_id: str, at: datetime, status: MalfunctionStatus
) -> None:
    contact = caller(f"CA{malfunction_id}").contact
    malfunction = replace(
        told.malfunction,
        malfunction_id=malfunction_id,
        number=f"2026-{malfunction_id[-4:]}",
        opened_at=at,
        status=status,
        contacts=(contact,),
    )
    malfunctions = DynamoMalfunctions(table)
    malfunctions.add(Decision(malfunction, told.entries, linked_calls=(contact.call_id,)))


class _Draft:
    """A client that holds one item, on its way to the table."""

    def __init__(self) -> None:
        self.item: Attributes = {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        self.item = updated(self.item or dict(request["Key"]), request)
        return {"Attributes": self.item}


def cookie_of(person: Person) -> str:
    """What the browser of somebody signed in holds."""
    return f"{person.user_id}.token"
