"""What the files of each kind mean, beside what they may name (R30)."""

from collections.abc import Callable, Mapping
from typing import Any

from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.annuaire_file import annuaire_form
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.patrimoine_file import patrimoine_form
from permanence.domain.reference.planning_coverage import sectors_of
from permanence.domain.reference.planning_file import planning_form
from permanence.domain.reference.table_forms import FileForm

FORMS: Mapping[str, Callable[[Circumstances], FileForm[Any]]] = {
    "annuaire": lambda circumstances: annuaire_form(circumstances.signed.agencies),
    "patrimoine": lambda circumstances: patrimoine_form(circumstances.signed.agencies),
    "planning": lambda circumstances: planning_form(
        circumstances.others.get("annuaire", Annuaire()), sectors_of(circumstances.others.get("patrimoine"))
    ),
}
"""By the name of the kind; of kinds that are sent by file."""
