"""What the files of each kind mean, beside what they may name (R30)."""

from collections.abc import Callable, Mapping
from typing import Any

from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.patrimoine_file import patrimoine_form
from permanence.domain.reference.table_forms import FileForm

FORMS: Mapping[str, Callable[[Circumstances], FileForm[Any]]] = {
    "patrimoine": lambda circumstances: patrimoine_form(circumstances.signed.agencies),
}
"""By the name of the kind; of kinds that are sent by file."""
