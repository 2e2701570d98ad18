"""Habitat 70 and a supervisor at the référentiel, over fakes; the clock moves when a test says so."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from decisions import handler as decisions
from decisions.services import TEMPLATES
from permanence.adapters.contract_file import load_contract
from permanence.application.access.members import Person
from permanence.domain.contract import Contract
from permanence.domain.reference.calendrier import CALENDRIER, Calendrier
from permanence.web.frame import Frame
from permanence.web.session import SESSION_COOKIE
from tests.fakes.documents import FakeDocuments
from tests.fakes.imports import FakeFilesToRead, FakeImportFiles, FakeImports
from tests.fakes.received_mails import FakeReceivedMails
from tests.fakes.registers import FakeAudit, FakeMembers, FakeSessions, FakeUnknownAddresses
from tests.fakes.store import FakeOpenItems, FakeStore
from tests.web.browser import Browser

MONDAY = datetime(2026, 11, 30, 8, 5, tzinfo=UTC)  # 9 h 05 in Paris
CLAIRE = Person("u70", "claire.humbert@habitat70.example", "Claire", "Humbert", "", ("habitat70",))
NADEGE = Person("u2", "nadege@permanence.example", "Nadège", "Roux", "", ("superviseur",))
PAGE = "/referentiel/calendrier"
MEETING = {
    "account": "meeting",
    "day": "2026-12-03",
    "opens": "08:30",
    "closes": "11:00",
    "reason": "réunion de service",
}
PEAK = {
    "peak_what": "avis d’échéance",
    "peak_from_day": "2026-12-01",
    "peak_from_clock": "09:00",
    "peak_to_day": "2026-12-02",
    "peak_to_clock": "11:30",
}
WORKS = {
    "works_where": "residence",
    "works_place": "Les Tilleuls",
    "works_what": "ascenseur remplacé",
    "works_from_day": "2026-11-16",
    "works_to_day": "2026-12-18",
}
OPENING = {
    "opening_agency": "",
    "opening_day": "2026-12-05",
    "opening_opens": "09:00",
    "opening_closes": "12:00",
    "opening_why": "portes ouvertes",
}
TAKEOVER = {"takeover_why": "crise sanitaire", "takeover_to_day": "2026-12-18", "takeover_to_clock": "18:00"}
LINE = {"section": "ligne", "welcome": "Bienvenue.", "waiting": "Un instant.", "closing": "Au revoir."}


@dataclass
class World:
    now: datetime = MONDAY
    contract: Contract = field(default_factory=load_contract)
    documents: FakeDocuments = field(default_factory=FakeDocuments)
    sessions: FakeSessions = field(default_factory=FakeSessions)
    audit: FakeAudit = field(default_factory=FakeAudit)
    unknown_addresses: FakeUnknownAddresses = field(default_factory=FakeUnknownAddresses)
    import_files: FakeImportFiles = field(default_factory=FakeImportFiles)
    files_to_read: FakeFilesToRead = field(default_factory=FakeFilesToRead)
    open_items: FakeOpenItems = field(default_factory=lambda: FakeOpenItems(FakeStore()))
    received_mails: FakeReceivedMails = field(default_factory=FakeReceivedMails)

    @cached_property
    def frame(self) -> Frame:
        return Frame(TEMPLATES)

    @property
    def files_received(self) -> FakeImports:
        return self.documents.imports

    @property
    def members(self) -> FakeMembers:
        return self.sessions.members

    def browser(self, person: Person = CLAIRE) -> Browser:
        """A browser that is already signed in, on the calendrier."""
        cookie = self.sessions.signed_in(person, f"csrf of {person.user_id}", self.now)
        return Browser(self.handle, cookies={SESSION_COOKIE: cookie})

    def handle(self, event: dict[str, Any]) -> dict[str, Any]:
        return decisions.handle(event, None, self, self.now)

    def in_force(self) -> Calendrier:
        number = self.documents.timetable(CALENDRIER).at(self.now)
        body: Calendrier = self.documents.get(CALENDRIER, number).body if number else Calendrier()
        return body


def proposed(world: World, person: Person = CLAIRE, **typed: str) -> Browser:
    """One closure, previewed and proposed."""
    browser = world.browser(person).get(PAGE).post(f"{PAGE}/fermeture", MEETING | typed)
    return browser.post(f"{PAGE}/fermeture", {**MEETING, **typed, "deed": "proposer"})


def announced(world: World, **typed: str) -> Browser:
    """One peak, proposed."""
    return world.browser().get(PAGE).post(f"{PAGE}/pic", {**PEAK, **typed, "deed": "proposer"})


def under_way(world: World, **typed: str) -> Browser:
    """Works announced, proposed."""
    return world.browser().get(PAGE).post(f"{PAGE}/travaux", {**WORKS, **typed, "deed": "proposer"})


def assert_refused(world: World, browser: Browser, said: str) -> None:
    """What was typed is answered with this sentence, and nothing is kept."""
    assert browser.status == 422
    assert said in browser.text
    assert world.documents.kept == {}


def approved(world: World, number: int = 1, person: Person = NADEGE) -> Browser:
    return world.browser(person).get(PAGE).post(f"{PAGE}/{number}/approuver", {})
