"""The landlord's reference data as it is in force: the `ReferenceData` port on the living documents (R30)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from permanence.application.reference.living import Living
from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.annuaire_checks import ANNUAIRE
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.entreprises_kind import ENTREPRISES
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.patrimoine_kind import PATRIMOINE
from permanence.domain.reference.planning import Planning, duties_of
from permanence.domain.reference.planning_checks import PLANNING
from permanence.domain.reference.rota import Duty

DECIDE_A_DISPATCH = (PATRIMOINE, ENTREPRISES, ANNUAIRE, PLANNING)


class LivingReferenceData:
    """What a warm function has read stands until another version is in force."""

    def __init__(self, living: Living) -> None:
        self._living = living
        self._resolved: tuple[Planning, Annuaire, dict[str, Sequence[Duty]]] | None = None

    def patrimoine(self, now: datetime) -> Patrimoine:
        return cast(Patrimoine, self._living.body(PATRIMOINE, now))

    def entreprises(self, now: datetime) -> Entreprises:
        return cast(Entreprises, self._living.body(ENTREPRISES, now))

    def annuaire(self, now: datetime) -> Annuaire:
        return cast(Annuaire, self._living.body(ANNUAIRE, now))

    def duties(self, month: str, now: datetime) -> Sequence[Duty]:
        planning, annuaire = self._living.body(PLANNING, now), self.annuaire(now)
        if self._resolved is None or self._resolved[0] is not planning or self._resolved[1] is not annuaire:
            self._resolved = (planning, annuaire, {})
        months = self._resolved[2]
        if month not in months:
            months[month] = duties_of(planning, annuaire, month)
        return months[month]

    def versions(self, now: datetime) -> Mapping[str, int]:
        return {kind.name: self._living.number(kind, now) for kind in DECIDE_A_DISPATCH}
