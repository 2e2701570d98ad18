"""A large document approved, or brought back, with a fault at each call to table and bucket: what is in force can be
read at every moment, and is what was approved (R11, R30)."""

from dataclasses import replace
from datetime import timedelta

from botocore.exceptions import BotoCoreError

from permanence.application.reference.deciding import Deciding
from permanence.application.reference.signed import signed_of
from permanence.domain.contract import Contract
from permanence.domain.reference.documents import in_force_at
from permanence.domain.reference.in_force import SEED
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.patrimoine_kind import PATRIMOINE as KIND
from tests.application.dispatch.night import DWELLING
from tests.failures.deeds import Deed, suffers_every_fault
from tests.failures.faults import Fate
from tests.failures.house import House
from tests.fakes.reference import BY_HABITAT_70, put_in_force
from tests.fakes.registers import FakeAudit

OLD, NEW = (
    Patrimoine(dwellings=tuple(replace(DWELLING, dwelling_id=f"D{n}", residence=name) for n in range(130)))
    for name in ("Les Tilleuls", "Le Belvédère")
)


def deciding(house: House) -> Deciding:
    return Deciding(house.documents, FakeAudit(), signed_of(house.contract), {}, BY_HABITAT_70)


def one_in_force_and_one_proposed(house: House) -> None:
    put_in_force(house.documents, house.now - timedelta(days=1), patrimoine=OLD)
    deciding(house).propose(KIND, NEW, house.now)


def two_in_turn(house: House) -> None:
    put_in_force(house.documents, house.now - timedelta(days=2), patrimoine=OLD)
    put_in_force(house.documents, house.now - timedelta(days=1), patrimoine=NEW)


def what_is_in_force_can_be_read(house: House) -> None:
    number = house.documents.timetable(KIND).at(house.now)
    assert number == in_force_at(house.documents.versions(KIND, 9), house.now) != SEED
    document = house.documents.get(KIND, number)
    assert document.body == (NEW if number == 2 else OLD)
    assert document.version.digest == house.documents.digest(document.body)


def test_a_large_document_whose_approval_fails_anywhere_is_in_force_whole_or_not_at_all(contract: Contract) -> None:
    deed = Deed(
        before=one_in_force_and_one_proposed,
        act=lambda house: deciding(house).approve(KIND, 2, house.now),
        survives=(BotoCoreError,),
        fates=(Fate.REFUSED,),
    )
    calls = suffers_every_fault(contract, deed, what_is_in_force_can_be_read)
    assert (calls.count("GetObject"), calls[-1]) == (2, "TransactWriteItems")


def test_a_large_document_that_is_brought_back_is_kept_before_anything_names_it(contract: Contract) -> None:
    deed = Deed(
        before=two_in_turn,
        act=lambda house: deciding(house).roll_back(KIND, 1, house.now),
        survives=(BotoCoreError,),
        fates=(Fate.DIED_AFTER,),
    )
    calls = suffers_every_fault(contract, deed, what_is_in_force_can_be_read)
    assert calls[-2:] == ["PutObject", "TransactWriteItems"]
