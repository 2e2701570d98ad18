"""A closure approved, or taken back, with a fault at each of its calls: version, timetable and what calls obey agree at
every moment (R2)."""

from datetime import timedelta
from types import SimpleNamespace

from botocore.exceptions import BotoCoreError

from decisions import handler as decisions
from decisions.services import TEMPLATES
from permanence.adapters.dynamodb.audit import DynamoAuditLog
from permanence.adapters.dynamodb.open_items import DynamoOpenItems
from permanence.adapters.dynamodb.timetable import DynamoReceptionTimetable
from permanence.domain.contract import Contract
from permanence.domain.reference.calendrier import CALENDRIER
from permanence.domain.reference.documents import in_force_at
from permanence.domain.reference.in_force import SEED, obeyed_at
from permanence.web.frame import Frame
from tests.failures.deeds import Deed, suffers_every_fault
from tests.failures.faults import Fate
from tests.failures.house import House
from tests.fakes.registers import FakeSessions
from tests.functions.decisions.decisions_world import CLAIRE, MEETING, PAGE
from tests.web.browser import Browser

FATES = (Fate.DIED_BEFORE, Fate.DIED_AFTER)


def at_the_calendrier(house: House) -> Browser:
    sessions = FakeSessions()
    services = SimpleNamespace(
        frame=Frame(TEMPLATES),
        sessions=sessions,
        contract=house.contract,
        documents=house.documents,
        members=sessions.members,
        open_items=DynamoOpenItems(house.table),
        audit=DynamoAuditLog(house.table),
    )
    cookie = sessions.signed_in(CLAIRE, "csrf", house.now)
    return Browser(lambda event: decisions.handle(event, None, services, house.now), cookies={"__Host-session": cookie})


def propose(house: House) -> None:
    day = f"{house.now + timedelta(days=10):%Y-%m-%d}"
    at_the_calendrier(house).post(f"{PAGE}/fermeture", {**MEETING, "day": day, "deed": "proposer"}, csrf="csrf")


def press(house: House, deed: str) -> None:
    at_the_calendrier(house).post(f"{PAGE}/{deed}", {}, csrf="csrf")


def press_again_while_it_is_offered(house: House, deed: str) -> None:
    if at_the_calendrier(house).get(PAGE).page.select(f'form[action="{PAGE}/{deed}"]'):
        press(house, deed)


def all_agree(house: House) -> None:
    documents = house.documents
    number = in_force_at(documents.versions(CALENDRIER, 9), house.now)
    obeyed = obeyed_at(DynamoReceptionTimetable(house.table).read().calendrier, house.now)
    assert documents.timetable(CALENDRIER).at(house.now) == number
    assert (obeyed.number if obeyed else SEED) == number
    if obeyed:
        assert obeyed.obeyed == documents.get(CALENDRIER, number).body.obeyed_from(house.now)
        assert [item for item in house.items() if f"calendrier {number}" in item.get("body", "")]


def in_force(house: House) -> tuple[int, int]:
    """The number in force, and how many closures are obeyed."""
    obeyed = obeyed_at(DynamoReceptionTimetable(house.table).read().calendrier, house.now)
    return (obeyed.number, len(obeyed.obeyed.closures)) if obeyed else (SEED, 0)


def test_an_approval_that_fails_anywhere_is_whole_or_nothing_and_pressed_again_stands_once(contract: Contract) -> None:
    def it_stands(house: House) -> None:
        all_agree(house)
        assert in_force(house) == (1, 1)

    deed = Deed(
        before=propose,
        act=lambda house: press(house, "1/approuver"),
        at_once=all_agree,
        after=lambda house: press_again_while_it_is_offered(house, "1/approuver"),
        survives=(BotoCoreError,),
        fates=FATES,
    )
    assert suffers_every_fault(contract, deed, it_stands) == ["GetItem", "GetItem", "PutItem", "TransactWriteItems"]


def test_a_roll_back_that_fails_anywhere_is_whole_or_nothing(contract: Contract) -> None:
    def two_in_force_in_turn(house: House) -> None:
        propose(house)
        press(house, "1/approuver")
        start = at_the_calendrier(house).get(PAGE).page.select("input[name=start]")[0]["value"]
        at_the_calendrier(house).post(f"{PAGE}/ouverture", {"start": str(start)}, csrf="csrf")
        press(house, "2/approuver")

    def back_or_as_before(house: House) -> None:
        all_agree(house)
        assert in_force(house) in ((2, 0), (3, 1))

    deed = Deed(
        before=two_in_force_in_turn,
        act=lambda house: press(house, "1/revenir"),
        at_once=all_agree,
        survives=(BotoCoreError,),
        fates=FATES,
    )
    calls = suffers_every_fault(contract, deed, back_or_as_before)
    assert calls[-2:] == ["PutItem", "TransactWriteItems"]
