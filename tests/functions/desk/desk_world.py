"""Saturday 21 November 2026, 23 h 12, at the desk: agents, a caller of Vesoul, a patrimoine, a rota, all in memory."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from contracts.schema import load
from desk import handler as desk
from infra.settings import ROOT
from permanence.application.access.members import Person
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.application.reference.book import ReferenceBook
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract, contract_from_plain, contract_in_force
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.in_force import ReceptionPart
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.places import Where
from permanence.domain.reference.rota import Duty, OnCallPerson, OnCallRole
from permanence.web.frame import Frame
from tests.fakes.providers import FakePhone, FakeQueue
from tests.fakes.registers import FakeReferenceData, FakeSessions, FakeUnknownAddresses
from tests.fakes.store import FakeCalls, FakeMalfunctions, FakeOpenItems, FakeStore
from tests.web.browser import Browser

SATURDAY_NIGHT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
CALLER = "+33639981247"
CALL = "CA0123"
BURST_PIPE = (
    ("danger", "non"),
    ("qui", "adresse_connue"),
    ("quoi", "logement"),
    ("logement", "eau"),
    ("eau", "plafond"),
)
COMPLETE = {
    "last_name": "Vauthier",
    "first_name": "Corinne",
    "address": "12 rue Baron Bouvier, Vesoul",
    "mobile": "06 39 98 12 47",
    "landline": "",
    "landline__absent": "sans objet",
    "mail": "",
    "mail__absent": "refusé",
    "description": "L’eau coule du plafond.",
    "follow_up": "Entreprise appelée.",
    "answer_given": "Robinet d’arrêt indiqué.",
}
"""A fiche that can be closed."""
TEMPLATES = Path(desk.__file__).parent / "templates"


@cache
def habitat70() -> Contract:
    return contract_from_plain(load(ROOT / "contracts" / "habitat70"))


@cache
def frame() -> Frame:
    return Frame(TEMPLATES)


def dwelling(dwelling_id: str, building: str, floor: str, door: str) -> Dwelling:
    return Dwelling(
        dwelling_id=dwelling_id,
        building_id=f"BOUVIER-{building}",
        file_number=f"04128{door}",
        residence="Les Tilleuls",
        building=building,
        street_number="12",
        street="rue Baron Bouvier",
        postcode="70000",
        commune="Vesoul",
        stair="",
        floor=floor,
        door=door,
        agency="vesoul",
        sector="Vesoul",
    )


PATRIMOINE = Patrimoine(
    dwellings=(dwelling("D104", "B", "1", "104"), dwelling("D112", "B", "2", "112"), dwelling("D002", "A", "0", "002"))
)
ENTREPRISES = Entreprises(
    contractors=(
        Contractor("DAVAL", "Plomberie Daval", "plomberie", "+33639982105", "+33353014410"),
        Contractor("ROUSSEL", "Sanitaires Roussel", "plomberie", "+33639984730"),
    ),
    assignments=tuple(
        ContractorAssignment(
            "plomberie_logement", contractor, rank, date(2026, 1, 1), where=Where.COMMUNE, place="Vesoul"
        )
        for contractor, rank in (("DAVAL", 1), ("ROUSSEL", 2))
    ),
)
_NOVEMBER = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
ROTA = (
    Duty("Vesoul", OnCallRole.TECHNICIEN, OnCallPerson("BENALI", "Malika Benali", "+33639980547"), *_NOVEMBER),
    Duty("*", OnCallRole.CADRE, OnCallPerson("MOUROT", "Sylvie Mourot", "+33639980218"), *_NOVEMBER),
)


def agent(first_name: str = "Nadège", last_name: str = "Roussel", group: str = "teleconseiller") -> Person:
    phone = "+33639980101" if first_name == "Nadège" else "+33639980102"
    return Person(f"id-{first_name}", f"{first_name}@reception.example", first_name, last_name, phone, (group,))


@dataclass
class World:
    """`services` of the desk over one store; the clock moves when a test says so."""

    now: datetime = SATURDAY_NIGHT
    store: FakeStore = field(default_factory=FakeStore)
    sessions: FakeSessions = field(default_factory=FakeSessions)
    reference: FakeReferenceData = field(default_factory=lambda: FakeReferenceData(PATRIMOINE, ENTREPRISES, ROTA))

    def __post_init__(self) -> None:
        self.frame = frame()
        self.unknown_addresses = FakeUnknownAddresses()
        self.contract = habitat70()
        self.part = ReceptionPart()
        self.calls = FakeCalls(self.store)
        self.open_items = FakeOpenItems(self.store)
        self.malfunctions = FakeMalfunctions(self.store)
        self.phones = FakePhone(lambda: self.now)
        self.imports = FakeQueue()
        self.urls = TelephonyUrls("https://permanence.test")
        self.dispatching = Dispatching(self.contract, "https://permanence.test/m/")
        self.book = ReferenceBook(self.reference)

    def contract_at(self, now: datetime) -> Contract:
        return contract_in_force(self.contract, self.part, now)

    def browser(self, person: Person | None = None) -> Browser:
        """A browser that is already signed in."""
        person = person or agent()
        cookie = self.sessions.signed_in(person, f"csrf of {person.user_id}", self.now)
        return Browser(self._handle, cookies={"__Host-session": cookie})

    def anyone(self) -> Browser:
        """A browser that is not signed in."""
        return Browser(self._handle)

    def _handle(self, event: dict[str, Any]) -> dict[str, Any]:
        return desk.handle(event, None, self, self.now)

    def call_comes_in(self, call_id: str = CALL, caller: str | None = CALLER, ago_s: int = 18) -> None:
        """A call that has waited so long."""
        at = self.now - timedelta(seconds=ago_s)
        data = {"called": "+33353017000"} | ({"caller": caller} if caller else {})
        self.tell(CallEventKind.PRESENTED, call_id, at, **data)
        self.tell(CallEventKind.QUEUED, call_id, at + timedelta(seconds=6))

    def tell(self, kind: CallEventKind, call_id: str = CALL, at: datetime | None = None, **data: str) -> None:
        key = (
            kind.value if "attempt" not in data or kind is CallEventKind.ANSWERED else f"{kind.value}#{data['attempt']}"
        )
        self.calls.record(CallEvent(call_id, key, kind, at or self.now, data), at or self.now)

    def taken(self, browser: Browser, call_id: str = CALL) -> Browser:
        """The call comes in, the agent takes it and picks up."""
        self.call_comes_in(call_id)
        browser.get("/desk").post(f"/desk/appels/{call_id}/prendre", {})
        self.tell(CallEventKind.ANSWERED, call_id, attempt="1")
        return browser.get(f"/desk/appels/{call_id}")

    def answers(self, browser: Browser, path: tuple[tuple[str, str], ...] = BURST_PIPE, call_id: str = CALL) -> Browser:
        """The agent walks the guide."""
        for question, answer in path:
            browser.post(f"/desk/appels/{call_id}/reponse", {"question": question, "answer": answer})
            browser.get(f"/desk/appels/{call_id}")
        return browser
