"""Reference data put in force as people do it: proposed, then approved."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from permanence.adapters.contract_file import load_contract
from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.ports import Documents
from permanence.application.reference.signed import signed_of
from permanence.domain.reference.annuaire import Annuaire, Person
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.planning import PlannedDuty, Planning
from permanence.domain.reference.rota import Duty
from tests.fakes.registers import FakeAudit

_ORDER = ("annuaire", "entreprises", "patrimoine", "planning", "calendrier", "messages", "listes")
BY_HABITAT_70 = Decider("claire", ("habitat70",))


def put_in_force(documents: Documents, now: datetime, **bodies: Any) -> None:
    """Bodies by the names of their kinds; who is named comes before who names him."""
    deciding = Deciding(documents, FakeAudit(), signed_of(load_contract()), {}, BY_HABITAT_70)
    for name in sorted(bodies, key=_ORDER.index):
        proposed = deciding.propose(KINDS[name], bodies[name], now)
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
