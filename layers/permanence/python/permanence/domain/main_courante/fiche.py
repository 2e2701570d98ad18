"""The fiche of a call: who called, about what, where, and what was answered (R27, R28)."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from permanence.domain.frozen import dataclass


@dataclass(frozen=True)
class Place:
    """Where the malfunction is: a dwelling of the patrimoine, or a free address (R28, `dwelling_id` None)."""

    dwelling_id: str | None
    building_id: str | None
    address: str  # 12 rue Baron Bouvier
    details: str  # bât. B, escalier 2, 1er étage, porte 104
    postcode: str
    commune: str
    residence: str
    agency: str
    sector: str


@dataclass(frozen=True)
class Contact:
    """Someone who called about the malfunction and wants to be told (R45); `phone` in E.164 or None.

    `is_complete` once the fiche of the call is closed.
    """

    call_id: str
    name: str
    phone: str | None
    told_by_sms: bool = True
    is_complete: bool = False


@dataclass(frozen=True)
class CallForm:
    """The fiche of a call (R27): `fields` hold what was typed, or « refusé », « inconnu », « sans objet ».

    `path` is the answered tree: node id and answer id pairs; `outcome` the id of the outcome it led to.
    `cancelled_before` are the malfunctions whose mission was cancelled before the call needed another one.
    `closed_at` is None while the wrap-up is missing. `version` counts the times it was saved.
    """

    call_id: str
    agent: str
    agent_name: str
    opened_at: datetime
    fields: Mapping[str, str] = field(default_factory=dict)
    tree_version: str = ""
    path: tuple[tuple[str, str], ...] = ()
    outcome: str = ""
    motif: str = ""
    dwelling_id: str | None = None
    free_address: str = ""
    malfunction_id: str | None = None
    cancelled_before: tuple[str, ...] = ()
    closed_at: datetime | None = None
    version: int = 0
