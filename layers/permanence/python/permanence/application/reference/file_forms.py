"""What the files of each kind mean, beside what they may name (R30)."""

from collections.abc import Callable, Mapping
from typing import Any

from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.annuaire_file import annuaire_form
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.entreprises_file import entreprises_form
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.patrimoine_file import patrimoine_form
from permanence.domain.reference.planning_coverage import sectors_of
from permanence.domain.reference.planning_file import planning_form
from permanence.domain.reference.table_forms import FileForm


def _patrimoine(circumstances: Circumstances) -> FileForm[Patrimoine]:
    signed, others = circumstances.signed, circumstances.others
    entreprises, annuaire = others.get("entreprises", Entreprises()), others.get("annuaire", Annuaire())
    contractors = {one.contractor_id: one.name for one in entreprises.contractors}
    return patrimoine_form(
        signed.agencies, signed.motifs, contractors, {one.person_id: one.name for one in annuaire.people}
    )


FORMS: Mapping[str, Callable[[Circumstances], FileForm[Any]]] = {
    "annuaire": lambda circumstances: annuaire_form(circumstances.signed.agencies),
    "entreprises": lambda circumstances: entreprises_form(circumstances.signed.agencies, circumstances.signed.motifs),
    "patrimoine": _patrimoine,
    "planning": lambda circumstances: planning_form(
        circumstances.others.get("annuaire", Annuaire()), sectors_of(circumstances.others.get("patrimoine"))
    ),
}
"""By the name of the kind; of kinds that are sent by file."""
