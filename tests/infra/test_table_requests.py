"""What functions really ask of the table, held to their rights: as in the nights of tests/failures, in the busy
reception and in the scheduled work."""

from datetime import timedelta
from typing import Any

import pytest

from permanence.adapters.dynamodb.calls import DynamoCalls
from permanence.adapters.dynamodb.documents import DynamoDocuments
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.malfunctions import DynamoMalfunctions
from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.adapters.dynamodb.timetable import DynamoReceptionTimetable
from permanence.application.reference.book import ReferenceBook
from permanence.application.reference.in_force import InForce
from permanence.application.reference.living import Living
from permanence.application.reference.reference_data import LivingReferenceData
from permanence.domain.calls.call import CallEventKind
from permanence.domain.contract import Contract
from tests.fakes.indexed_table import IndexedTable
from tests.fakes.providers import FakeObjects
from tests.fakes.reference import bodies_of, put_in_force
from tests.fakes.table import make_client
from tests.functions.desk import desk_world
from tests.functions.mission.mission_world import DAVAL, MissionWorld
from tests.infra.table_requests import Asked, TableRequests, asked, may

OPENED = [asked("GetItem", f"LINK#{'0' * 64}"), asked("GetItem", "habitat70#MC#01JD")]
DECIDED = [asked("PutItem", "habitat70#MC#01JD"), asked("PutItem", f"LINK#{'0' * 64}")]
NOBODYS = [
    asked("GetItem", "habitat70#USERS"),
    asked("PutItem", "habitat70#USERS"),
    asked("GetItem", f"S#{'0' * 64}"),
    asked("PutItem", f"S#{'0' * 64}"),
    asked("PutItem", "habitat70#AUD#2026-11"),
    asked("Query", "habitat70#AUD#2026-11"),
    asked("DeleteItem", "habitat70#MC#01JD"),
    asked("DeleteItem", "habitat70#CALL#CA1"),
    asked("Query", "habitat70#OPEN", index="open"),
    asked("Query", "habitat70#CALL#2026-11", index="month"),
    asked("Query", "habitat70#P#2027-05-11", index="purge"),
    asked("Query", "DUE#0", index="due"),
    asked("Scan", ""),
    asked("GetItem", "vesoul#MC#01JD"),
]


class Clients:
    """Real clients over one table in memory, watched."""

    def __init__(self) -> None:
        self.rights = TableRequests()
        self.client: Any = make_client("dynamodb")
        IndexedTable().attach(self.client)
        self.rights.watch(self.client)


def test_what_a_contractor_does_on_his_page_is_within_the_rights_of_the_page(contract: Contract) -> None:
    clients = Clients()
    malfunctions = DynamoMalfunctions(Table(clients.client, "permanence", "habitat70", contract.retention))
    world = MissionWorld(contract, malfunctions)  # type: ignore[arg-type]
    assert clients.rights.by_function == {}  # nothing yet that a function asked for
    assert world.get(f"/m/{DAVAL}")["statusCode"] == 200
    for action in ("refuser", "accepter"):
        world.post(f"/m/{DAVAL}/{action}", {"motif": "autre"})
    actions = {(one.action, key.split("#")[0]) for one in clients.rights.by_function["mission"] for key in one.keys}
    assert {("GetItem", "LINK"), ("GetItem", "habitat70"), ("PutItem", "habitat70")} <= actions
    assert clients.rights.forbidden == []


class StoredDesk(desk_world.World):
    """The desk of the other tests; its calls, fiches, missions and reference data are in the table."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.clients = Clients()
        table = Table(self.clients.client, "permanence", "habitat70", self.contract.retention)
        self.calls = DynamoCalls(table)  # type: ignore[assignment]
        self.malfunctions = DynamoMalfunctions(table)  # type: ignore[assignment]
        self.open_items = DynamoOpenItems(table)  # type: ignore[assignment]
        documents = DynamoDocuments(table, FakeObjects())
        bodies = bodies_of(desk_world.PATRIMOINE, desk_world.ENTREPRISES, desk_world.ROTA)
        put_in_force(documents, self.now - timedelta(days=1), **bodies)
        in_force = InForce(DynamoReceptionTimetable(table), self.contract, lambda: 0.0)
        self.reference = LivingReferenceData(Living(in_force, documents, {}))  # type: ignore[assignment]
        self.book = ReferenceBook(self.reference)


def test_what_an_agent_does_from_the_ring_to_the_closed_fiche_is_within_the_rights_of_the_desk() -> None:
    world = StoredDesk()
    page = f"/desk/appels/{desk_world.CALL}"
    browser = world.answers(world.taken(world.browser()))
    browser.post(f"{page}/fiche", {**desk_world.COMPLETE, "dwelling": "D104"})
    assert browser.get(page).post(f"{page}/intervention", {}).location == f"{page}#mission"
    for action in ("brouillon", "suivant", "attente"):
        browser.get(page).post(f"{page}/{action}", {})
    world.tell(CallEventKind.ENDED)
    browser.get(page).post(f"{page}/clore", desk_world.COMPLETE)
    browser.get("/desk").get("/desk/direct")
    kinds = {
        (one.action, key.removeprefix("habitat70#").split("#")[0], one.index)
        for one in world.clients.rights.by_function["desk"]
        for key in one.keys
    }
    assert kinds == {
        ("Query", "CALL", None),
        ("UpdateItem", "CALL", None),
        ("PutItem", "CALL", None),
        ("GetItem", "MC", None),
        ("PutItem", "MC", None),
        ("PutItem", "LINK", None),
        ("UpdateItem", "REF", None),  # the number of the mission
        ("GetItem", "REF", None),
        ("GetItem", "DOC", None),
        ("Query", "OPEN", "open"),
    }
    assert world.clients.rights.forbidden == []


@pytest.mark.parametrize("function", ["call_webhook", "mission"])
@pytest.mark.parametrize("one", NOBODYS)
def test_whoever_breaks_into_what_anybody_reaches_finds_no_list_and_nobodys_account(function: str, one: Asked) -> None:
    assert not may(function, one)


@pytest.mark.parametrize("one", [*OPENED, *DECIDED])
def test_the_same_rights_let_a_mission_be_opened_and_decided(one: Asked) -> None:
    assert may("mission", one)
