"""What a page that asks again and again reads of the reference data."""

from collections.abc import Sequence
from datetime import datetime

from permanence.application.reference.dwelling_search import DwellingIndex, build_index
from permanence.application.reference.ports import ReferenceData
from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.rota import Duty


class ReferenceBook:
    """The patrimoine and the rota in force, and the search index of the former, built again for a new version.

    Before the first version all are empty: calls come in all the same, and go on with a free address (R28).
    """

    def __init__(self, data: ReferenceData) -> None:
        self._data = data
        self._indexed: tuple[Patrimoine, DwellingIndex] | None = None

    def patrimoine(self, now: datetime) -> Patrimoine:
        return self._data.patrimoine(now)

    def entreprises(self, now: datetime) -> Entreprises:
        return self._data.entreprises(now)

    def annuaire(self, now: datetime) -> Annuaire:
        return self._data.annuaire(now)

    def duties(self, month: str, now: datetime) -> Sequence[Duty]:
        return self._data.duties(month, now)

    def index(self, now: datetime) -> DwellingIndex:
        patrimoine = self.patrimoine(now)
        if self._indexed is None or self._indexed[0] is not patrimoine:
            self._indexed = (patrimoine, build_index(patrimoine))
        return self._indexed[1]
