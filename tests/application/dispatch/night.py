"""A Saturday night in Vesoul: the reference data, a request to send somebody, and the world around it in memory."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from permanence.application.dispatch.acting import Acted, act_on_dispatch
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.duty_supervisor import DutySupervisor
from permanence.application.dispatch.joining import CallLink
from permanence.application.dispatch.notifying import Providers, Sent, send_notice
from permanence.application.dispatch.starting import DispatchRequest, start_dispatch
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import Dispatch
from permanence.domain.dispatch.events import DispatchEvent
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.notices import Notice
from permanence.domain.main_courante.fiche import Contact, Place
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.places import Where
from permanence.domain.reference.rota import Duty, OnCallPerson, OnCallRole
from tests.fakes.providers import FakeMailer, FakeObjects, FakePhone, FakeQueue
from tests.fakes.received_mails import FakeRotaUpdates
from tests.fakes.registers import FakeReferenceData
from tests.fakes.store import FakeCalls, FakeDueItems, FakeMalfunctions, FakeNotices, FakeOpenItems, FakeStore

SATURDAY_NIGHT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
MALFUNCTION_ID = "0b5a7c1e-2f4d-4a6b-9c8d-1e2f3a4b5c6d"
TENANT = "+33639980102"
DAVAL_MOBILE, DAVAL_LANDLINE = "+33639982105", "+33353010140"
ROUSSEL_MOBILE, TECHNICIEN_MOBILE, CADRE_MOBILE = "+33639984730", "+33639985501", "+33639985502"
PLUMBING = "plomberie_logement"
DWELLING = Dwelling(
    "D104", "B12", "70-4412", "Les Tilleuls", "B", "12", "rue Baron Bouvier", "70000", "Vesoul", "2", "1", "104",
    "vesoul", "vesoul",
)  # fmt: skip
PLACE = Place(
    "D104", "B12", "12 rue Baron Bouvier", "bât. B, 1er étage", "70000", "Vesoul", "Les Tilleuls", "vesoul", "vesoul"
)
PATRIMOINE = Patrimoine(dwellings=(DWELLING,))
ENTREPRISES = Entreprises(
    (
        Contractor("daval", "Plomberie Daval", "plomberie", DAVAL_MOBILE, DAVAL_LANDLINE),
        Contractor("roussel", "Sanitaires Roussel", "plomberie", ROUSSEL_MOBILE),
    ),
    (
        ContractorAssignment(PLUMBING, "daval", 1, date(2026, 1, 1), where=Where.BUILDING, place="B12"),
        ContractorAssignment(PLUMBING, "roussel", 2, date(2026, 1, 1), where=Where.COMMUNE, place="Vesoul"),
    ),
)


def on_call(role: OnCallRole, sector: str, phone: str) -> Duty:
    person = OnCallPerson(role.value, f"{role.value} de garde", phone)
    return Duty(sector, role, person, SATURDAY_NIGHT - timedelta(days=1), SATURDAY_NIGHT + timedelta(days=1))


DUTIES = (
    on_call(OnCallRole.TECHNICIEN, "vesoul", TECHNICIEN_MOBILE),
    on_call(OnCallRole.CADRE, "*", CADRE_MOBILE),
)


def caller(call_id: str, phone: str | None = TENANT, *, told_by_sms: bool = True) -> CallLink:
    contact = Contact(call_id, "Mme Corinne Jeannin", phone, told_by_sms)
    return CallLink(contact, "Camille", "De l’eau coule du plafond")


def burst_pipe(malfunction_id: str = MALFUNCTION_ID, **changes: Any) -> DispatchRequest:
    told: dict[str, Any] = {
        "motif": PLUMBING,
        "place": PLACE,
        "link": caller("CA1"),
        "tree_version": "2026-11-23",
        "path": (("danger", "non"), ("lieu", "logement")),
    }
    return DispatchRequest(malfunction_id, **(told | changes))


@dataclass
class Night:
    """Everything that happens happens at `now`."""

    contract: Contract
    now: datetime = SATURDAY_NIGHT
    store: FakeStore = field(default_factory=FakeStore)
    outbox: FakeQueue = field(default_factory=FakeQueue)
    deadlines: FakeQueue = field(default_factory=FakeQueue)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    bodies: FakeObjects = field(default_factory=FakeObjects)

    def __post_init__(self) -> None:
        self.malfunctions = FakeMalfunctions(self.store)
        self.notices = FakeNotices(self.store)
        self.due_items = FakeDueItems(self.store)
        self.rota_updates = FakeRotaUpdates()
        self.phone = FakePhone(lambda: self.now)
        self.reference = FakeReferenceData(PATRIMOINE, ENTREPRISES, DUTIES)
        tokens = count(1)
        self.dispatching = Dispatching(
            self.contract, "https://permanence.example/m/", lambda: f"TOKEN{next(tokens):05}", lambda: "482-913"
        )
        self.providers = Providers(
            lambda: self.phone,
            lambda: self.mailer,
            lambda: self.bodies,
            TelephonyUrls("https://permanence.example"),
            "astreinte@permanence.example",
        )

    def start(self, request: DispatchRequest | None = None) -> Malfunction:
        return start_dispatch(self.malfunctions, self.reference, request or burst_pipe(), self.now, self.dispatching)

    def happen(self, event: DispatchEvent) -> Acted:
        return act_on_dispatch(self.malfunctions, MALFUNCTION_ID, event, self.now, self.dispatching)

    def send(self, key: str, owner: str = MALFUNCTION_ID) -> Sent:
        return send_notice(
            owner,
            key,
            self.now,
            notices=self.notices,
            malfunctions=self.malfunctions,
            open_items=self.open_items,
            providers=self.providers,
            dispatching=self.dispatching,
            duty_supervisor=self.duty_supervisor,
        )

    @property
    def duty_supervisor(self) -> DutySupervisor:
        return DutySupervisor(lambda: self.reference, self.contract.numbers)

    @property
    def open_items(self) -> FakeOpenItems:
        return FakeOpenItems(self.store)

    @property
    def calls(self) -> FakeCalls:
        return FakeCalls(self.store)

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    @property
    def malfunction(self) -> Malfunction:
        return self.store.malfunctions[MALFUNCTION_ID]

    @property
    def dispatch(self) -> Dispatch:
        assert self.malfunction.dispatch is not None
        return self.malfunction.dispatch

    def notice(self, key: str, owner: str = MALFUNCTION_ID) -> Notice:
        return self.store.notices[owner, key]

    def lines(self, kind: EntryKind) -> list[dict[str, str]]:
        return [dict(entry.data) for entry in self.store.entries[MALFUNCTION_ID] if entry.kind is kind]
