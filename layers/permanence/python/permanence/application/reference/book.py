"""What a page that asks again and again reads of the reference data."""

from collections.abc import Sequence

from permanence.application.reference.dwelling_search import DwellingIndex, build_index
from permanence.application.reference.ports import NothingLoaded, ReferenceData
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.rota import Duty


class ReferenceBook:
    """The patrimoine and the rota in force, and the search index of the former, built again for a new version.

    Before the first import all are empty: calls come in all the same, and go on with a free address (R28).
    """

    def __init__(self, data: ReferenceData) -> None:
        self._data = data
        self._indexed: tuple[str, DwellingIndex] | None = None
        self._rota: tuple[str, str, Sequence[Duty]] | None = None

    def patrimoine(self) -> Patrimoine:
        try:
            return self._data.patrimoine()
        except NothingLoaded:
            return Patrimoine("", (), (), ())

    def duties(self, month: str) -> Sequence[Duty]:
        """A version's rota never changes: it is read once, so that a page that refreshes does not ask for it again."""
        version = self.patrimoine().version
        if self._rota is None or self._rota[:2] != (version, month):
            try:
                self._rota = (version, month, self._data.duties(month))
            except NothingLoaded:
                return ()
        return self._rota[2]

    def index(self) -> DwellingIndex:
        patrimoine = self.patrimoine()
        if self._indexed is None or self._indexed[0] != patrimoine.version:
            self._indexed = (patrimoine.version, build_index(patrimoine))
        return self._indexed[1]
