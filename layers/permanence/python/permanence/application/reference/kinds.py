"""The kinds of living documents, in the order in which they are shown."""

from collections.abc import Mapping
from typing import Any

from permanence.domain.reference.annuaire_checks import ANNUAIRE
from permanence.domain.reference.calendrier import CALENDRIER
from permanence.domain.reference.documents import Kind
from permanence.domain.reference.entreprises_kind import ENTREPRISES
from permanence.domain.reference.listes_kind import LISTES
from permanence.domain.reference.messages_kind import MESSAGES
from permanence.domain.reference.patrimoine_kind import PATRIMOINE
from permanence.domain.reference.planning_checks import PLANNING

KINDS: Mapping[str, Kind[Any]] = {
    kind.name: kind for kind in (PATRIMOINE, ENTREPRISES, ANNUAIRE, PLANNING, CALENDRIER, MESSAGES, LISTES)
}
