"""The purge of living documents with a fault at each of its calls: the next run finishes it, and what is in force can
be read at every moment (R70)."""

import json
from dataclasses import replace
from datetime import timedelta

from botocore.exceptions import BotoCoreError

from permanence.application.privacy.old_documents import DocumentErasure
from permanence.application.privacy.purge_certificate import Certificate
from permanence.application.reception.ports import ObjectKept
from permanence.domain.contract import Contract
from permanence.domain.reference.annuaire import Annuaire, Person
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.patrimoine_kind import PATRIMOINE as KIND
from permanence.domain.reference.planning import PlannedDuty, Planning
from permanence.domain.reference.planning_checks import PLANNING
from permanence.domain.reference.rota import EVERY_SECTOR, OnCallRole
from tests.application.dispatch.night import DWELLING
from tests.failures.deeds import Deed, suffers_every_fault
from tests.failures.faults import Fate
from tests.failures.house import House
from tests.fakes.reference import put_in_force

PEOPLE = Annuaire((Person("C1", "Sylvie Mourot", mobile="+33639980218"),))


def large(name: str) -> Patrimoine:
    dwellings: tuple[Dwelling, ...] = tuple(replace(DWELLING, dwelling_id=f"D{n}", residence=name) for n in range(130))
    return Patrimoine(dwellings=dwellings)


def planned(house: House, *ends: int) -> Planning:
    """The cadre, over [0, ends[0]), [ends[0], ends[1]) and so on, in days from now."""
    starts = (0, *ends)
    return Planning(
        tuple(
            PlannedDuty(
                EVERY_SECTOR, OnCallRole.CADRE, "C1", house.now + timedelta(days=start), house.now + timedelta(days=end)
            )
            for start, end in zip(starts, ends, strict=False)
        )
    )


def half_a_year_ago(house: House) -> None:
    put_in_force(house.documents, house.now, annuaire=PEOPLE, planning=planned(house, 1, 400))
    put_in_force(house.documents, house.now, patrimoine=large("Les Tilleuls"))
    house.now += timedelta(days=1)
    put_in_force(house.documents, house.now, patrimoine=large("Le Belvédère"))
    house.now += timedelta(days=house.contract.retention.items)


def run(house: House) -> None:
    certificate = Certificate(house.reports, "documents", house.now, {})
    erasure = DocumentErasure(house.documents, house.contract.retention)
    for failure in erasure.run((KIND, PLANNING), certificate, house.now):
        raise failure


def what_is_in_force_can_be_read(house: House) -> None:
    assert house.documents.get(KIND, house.documents.timetable(KIND).at(house.now)).body == large("Le Belvédère")
    planning = house.documents.get(PLANNING, house.documents.timetable(PLANNING).at(house.now))
    assert planning.body.duties[-1].end > house.now
    assert planning.version.digest == house.documents.digest(planning.body)


def test_old_versions_and_old_duties_are_gone_whatever_a_run_met(contract: Contract) -> None:
    def the_next_day(house: House) -> None:
        house.now += timedelta(days=1)
        run(house)

    def check(house: House) -> None:
        what_is_in_force_can_be_read(house)
        (kept,) = house.documents.every(KIND)
        assert (kept.number, len(set(house.objects("reference")))) == (2, 1)
        (planning,) = house.documents.every(PLANNING)
        assert len(house.documents.get(PLANNING, planning.number).body.duties) == 1
        proofs = [
            json.loads(house.reports.get(key))
            for key in set(house.objects("reports"))
            if key.startswith("certificates/")
        ]
        assert sum(proof["counts"].get("versions", 0) for proof in proofs) <= 1
        assert max(proof["announced"].get("versions", 0) for proof in proofs) == 1

    deed = Deed(
        before=half_a_year_ago,
        act=run,
        at_once=what_is_in_force_can_be_read,
        after=the_next_day,
        survives=(BotoCoreError, ObjectKept),
        fates=(Fate.REFUSED, Fate.DIED_AFTER),
    )
    calls = suffers_every_fault(contract, deed, check)
    assert calls.index("PutObject") < calls.index("DeleteItem") < calls.index("DeleteObjects")
