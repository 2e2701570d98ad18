"""From the records of calls to facts with their agency: what mails, reports and the purge count."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cached_property

from permanence.application.dispatch.ports import Malfunctions
from permanence.application.reception.ports import CallRecord
from permanence.application.reference.ports import ReferenceData
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.service_level.facts import CallFact, call_fact


class AgencyOfCall:
    """The agency a call concerns: that of its malfunction, else that of the dwelling on its form, else none.

    Malfunctions are made known first, those of many calls together; the patrimoine in force at `now` is asked once,
    when a form first names a dwelling.
    """

    def __init__(self, malfunctions: Malfunctions, reference: ReferenceData, now: datetime) -> None:
        self._malfunctions = malfunctions
        self._reference = reference
        self._now = now
        self._of_malfunction: dict[str, str] = {}

    def know(self, malfunction_id: str, agency: str) -> None:
        self._of_malfunction[malfunction_id] = agency

    def know_those_of(self, forms: Iterable[CallForm | None]) -> None:
        """1 request for each 100 malfunctions that are not known yet."""
        ids = {form.malfunction_id for form in forms if form is not None and form.malfunction_id}
        unknown = sorted(ids - self._of_malfunction.keys())
        self._of_malfunction |= dict.fromkeys(unknown, "")
        for found in self._malfunctions.get_many(unknown) if unknown else ():
            self.know(found.malfunction_id, found.place.agency)

    def of(self, form: CallForm | None) -> str:
        """An id of the contract, or empty. Raises KeyError for a malfunction that was never made known."""
        if form is None:
            return ""
        if form.malfunction_id:
            return self._of_malfunction[form.malfunction_id]
        return self._dwellings.get(form.dwelling_id, "") if form.dwelling_id else ""

    @cached_property
    def _dwellings(self) -> dict[str, str]:
        return {dwelling.dwelling_id: dwelling.agency for dwelling in self._reference.patrimoine(self._now).dwellings}


def _no_agency(_: CallForm | None) -> str:
    return ""


def facts_of(
    records: Iterable[CallRecord], agency_of: Callable[[CallForm | None], str] = _no_agency
) -> Iterator[CallFact]:
    """The facts of the calls that count, in their order: not of those on the contractors' line, nor of those whose
    presentation is unknown. Without `agency_of`, for what counts no agencies, no fact names one and nothing is read.
    """
    for record in records:
        fact = call_fact(record.call, record.form, agency_of(record.form))
        if fact is not None:
            yield fact
