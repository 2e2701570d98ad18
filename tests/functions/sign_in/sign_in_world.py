"""The way in and the team's pages over one register and one user pool, all in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from contracts.schema import load
from infra.settings import ROOT
from permanence.application.access.members import Person
from permanence.application.access.sign_in_gate import Gate
from permanence.application.access.signing_in import CODE_REMEMBERED, Door, IdentityProvider
from permanence.domain.contract import Charter, contract_from_plain
from permanence.web.frame import Frame, answer
from sign_in import handler as sign_in
from team import handler as team
from tests.fakes.registers import FakeAudit, FakeSessions, FakeTries
from tests.fakes.sign_in import FakeAccount, FakeIdentity
from tests.web.browser import Browser

PASSWORD = "Dix-sept chaises 70"
NEW_PASSWORD = "Quatre pommes 70"
GROUPS = ("teleconseiller", "superviseur", "habitat70", "stagiaire")


@cache
def charter() -> Charter:
    return contract_from_plain(load(ROOT / "contracts" / "habitat70")).charter


@cache
def frame(function: str) -> Frame:
    return Frame(ROOT / "functions" / function / "templates")


def person(group: str) -> Person:
    return Person(f"id-{group}", f"{group}@reception.example", "Nadège", "Roussel", "+33639980101", (group,))


@dataclass
class SignInWorld:
    """One account for each group, enrolled, its charter signed; `nouveau` has a temporary password and nothing else.
    `answering` is who is asked at the door in the place of `identity`."""

    now: datetime = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
    sessions: FakeSessions = field(default_factory=FakeSessions)
    identity: FakeIdentity = field(default_factory=FakeIdentity)
    audit: FakeAudit = field(default_factory=FakeAudit)
    tries: FakeTries = field(default_factory=FakeTries)
    answering: IdentityProvider | None = None

    def __post_init__(self) -> None:
        self.charter = charter()
        self.members = self.sessions.members
        for group in GROUPS:
            account = FakeAccount(person(group), PASSWORD)
            self.identity.accounts[account.person.email] = account
            self.members.came_in(account.person, self.now)
            self.members.sign_charter(account.person.user_id, self.charter.version, self.now)
        new = Person("id-nouveau", "nouveau@reception.example", "Inès", "Lambert", "+33639980102", ("teleconseiller",))
        self.identity.accounts[new.email] = FakeAccount(new, PASSWORD, is_enrolled=False, is_temporary=True)

    def browser(self, as_on_aws: bool = False, origin: str = "192.0.2.1") -> Browser:
        """Anybody's, at that address."""

        def handle(event: dict[str, Any]) -> dict[str, Any]:
            event["requestContext"]["http"]["sourceIp"] = origin
            return self.handle(event)

        return Browser(handle, as_on_aws)

    def handle(self, event: dict[str, Any]) -> dict[str, Any]:
        """One event to the function behind its path."""
        common = {"sessions": self.sessions, "audit": self.audit, "now": self.now}
        if event["rawPath"].startswith("/equipe"):
            rooms = {"members": self.members, "accounts": self.identity, "charter_version": self.charter.version}
            return answer(team.app, event, None, team.logger, frame=frame("team"), **common, **rooms)
        door = Door(self.answering or self.identity, self.sessions, self.members, self.charter.version)
        rooms = {"door": door, "gate": Gate(self.tries), "charter": self.charter}
        return answer(sign_in.app, event, None, sign_in.logger, frame=frame("sign_in"), **common, **rooms)

    def signed_in(self, group: str = "teleconseiller", code: str = "123456", origin: str = "192.0.2.1") -> Browser:
        """A browser that came the whole way in."""
        return give_code(give_password(self.browser(origin=origin), group), code)

    def pass_codes(self) -> None:
        """Time goes by until the codes that were used are forgotten."""
        self.now += CODE_REMEMBERED

    def outcomes(self) -> list[tuple[str, str]]:
        """Who did what, by the audit."""
        return [(line["who"], line["action"]) for line in self.audit.lines.values()]


def give_password(browser: Browser, who: str = "teleconseiller", password: str = PASSWORD, suite: str = "") -> Browser:
    browser.get(f"/connexion?suite={suite}" if suite else "/connexion")
    fields = {"email": f"{who}@reception.example", "password": password, "suite": suite}
    return browser.post("/connexion", fields)


def give_code(browser: Browser, code: str = "123456") -> Browser:
    return browser.get("/connexion/code").post("/connexion/code", {"code": code})
