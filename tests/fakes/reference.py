"""Reference data put in force as people do it: proposed, then approved."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.ports import Documents
from permanence.domain.reference.annuaire import Annuaire, Person
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.planning import PlannedDuty, Planning
from permanence.domain.reference.rota import Duty
from tests.domain.reference.test_calendar import WEEK
from tests.fakes.documents import signed
from tests.fakes.registers import FakeAudit

BY_HABITAT_70 = Decider("claire", ("habitat70",))


def put_in_force(documents: Documents, now: datetime, **bodies: Any) -> None:
    """Bodies by the names of their kinds."""
    deciding = Deciding(documents, FakeAudit(), signed(WEEK), {}, BY_HABITAT_70)
    for name, body in bodies.items():
        proposed = deciding.propose(KINDS[name], body, now)
        assert not proposed.is_blocked, proposed.points
        deciding.approve(KINDS[name], proposed.number, now)


def bodies_of(patrimoine: Patrimoine, entreprises: Entreprises, duties: Iterable[Duty]) -> Mapping[str, Any]:
    """All that a dispatch is decided by."""
    known = tuple(duties)
    people = {duty.person.person_id: duty.person for duty in known}
    return {
        "patrimoine": patrimoine,
        "entreprises": entreprises,
        "annuaire": Annuaire(tuple(Person(one.person_id, one.name, mobile=one.phone) for one in people.values())),
        "planning": Planning(
            tuple(PlannedDuty(one.sector, one.role, one.person.person_id, one.start, one.end) for one in known)
        ),
    }
