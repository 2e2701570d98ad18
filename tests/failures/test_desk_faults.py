"""« Envoyer en intervention » and what overlaps it, with a fault at each of its calls: one malfunction (R21, R46)."""

from dataclasses import replace
from types import SimpleNamespace

from botocore.exceptions import BotoCoreError

from desk import handler as desk
from permanence.adapters.dynamodb.items import owner_of
from permanence.application.desk.fiche import malfunction_id_of
from permanence.application.reference.book import ReferenceBook
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.main_courante.fiche import CallForm
from tests.application.dispatch.night import DAVAL_MOBILE, PATRIMOINE, TENANT
from tests.failures.deeds import Deed, suffers_every_fault
from tests.failures.faults import Fate
from tests.failures.house import House
from tests.fakes.registers import FakeSessions
from tests.functions.desk.desk_world import BURST_PIPE, CALL, agent, frame
from tests.web.browser import Browser

PAGE = f"/desk/appels/{CALL}"
SENDING = ["Query", "PutItem", "UpdateItem", "TransactWriteItems", "PutItem"]


def at_the_desk(house: House) -> Browser:
    """An agent signed in, in a new window: whatever an error has left of the last one is gone."""
    sessions = FakeSessions()
    services = SimpleNamespace(
        frame=frame(),
        sessions=sessions,
        contract=house.contract,
        contract_at=lambda _: house.contract,
        calls=house.calls,
        open_items=house.notify.open_items,
        malfunctions=house.malfunctions,
        reference=house.reference,
        phones=house.phones,
        urls=house.urls,
        dispatching=house.dispatching,
        book=ReferenceBook(house.reference),
    )
    cookie = sessions.signed_in(agent(), "csrf", house.now)
    return Browser(lambda event: desk.handle(event, None, services, house.now), cookies={"__Host-session": cookie})


def ready_to_send(house: House) -> None:
    """On the line, the guide answered, the place known."""
    told = {"agent": agent().user_id, "agent_name": agent().name, "attempt": "1"}
    for key, kind, data in (
        ("presented", CallEventKind.PRESENTED, {"caller": TENANT}),
        ("taken#1", CallEventKind.TAKEN, told),
        ("answered#1", CallEventKind.ANSWERED, {"attempt": "1"}),
    ):
        house.calls.record(CallEvent(CALL, key, kind, house.now, data), house.now)
    dwelling = PATRIMOINE.dwellings[0].dwelling_id
    form = CallForm(CALL, agent().user_id, agent().name, house.now, {}, house.contract.guide.version, BURST_PIPE)
    house.calls.save_form(replace(form, motif="plomberie_logement"), house.now)
    at_the_desk(house).post(f"{PAGE}/fiche", {"dwelling": dwelling}, csrf="csrf")


def send(house: House) -> None:
    at_the_desk(house).post(f"{PAGE}/intervention", {}, csrf="csrf")


def opened(house: House) -> list[str]:
    return [owner_of(item["pk"]) for item in house.items() if item["sk"] == "META"]


def form_of(house: House) -> CallForm:
    record = house.calls.get(CALL)
    assert record is not None
    assert record.form is not None
    return record.form


def send_again_while_it_is_offered(house: House) -> None:
    """What an agent does whose page said that something went wrong: he loads it again."""
    if at_the_desk(house).get(PAGE).page.find(id="b-envoyer"):
        send(house)
    house.run(seconds=90)


def one_mission(house: House) -> None:
    assert opened(house) == [malfunction_id_of(CALL)]
    assert form_of(house).malfunction_id == malfunction_id_of(CALL)
    assert (len(house.texts_to(DAVAL_MOBILE)), house.rings(DAVAL_MOBILE)) == (1, 1)
    assert at_the_desk(house).get(PAGE).page.find(id="b-envoyer") is None


def test_sending_that_fails_anywhere_and_is_pressed_again_starts_one_dispatch(contract: Contract) -> None:
    deed = Deed(
        before=ready_to_send,
        act=send,
        after=send_again_while_it_is_offered,
        survives=(BotoCoreError,),
        fates=(Fate.DIED_BEFORE, Fate.DIED_AFTER),
    )
    assert suffers_every_fault(contract, deed, one_mission) == SENDING
