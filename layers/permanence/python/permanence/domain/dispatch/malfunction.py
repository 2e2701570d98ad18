"""One malfunction: its place, its callers, its dispatch, and how long the intervention took (R46, R51)."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from permanence.domain.dispatch.dispatch import Dispatch
from permanence.domain.frozen import dataclass
from permanence.domain.main_courante.fiche import Contact, Place
from permanence.domain.reference.instructions import Instruction


class MalfunctionStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Malfunction:
    """A dysfonctionnement: its place, its callers, its dispatch. `version` counts saved decisions, from 1; `decided_by`
    are the versions of the living documents that its chain was made of, by kind; `instructions` are those of the place
    as they were in force then (R85)."""

    malfunction_id: str
    number: str  # 2026-1187
    version: int
    status: MalfunctionStatus
    opened_at: datetime
    motif: str
    motif_label: str
    description: str
    place: Place
    contacts: tuple[Contact, ...]
    dispatch: Dispatch | None
    decided_by: Mapping[str, int] = field(default_factory=dict)
    instructions: tuple[Instruction, ...] = ()


@dataclass(frozen=True)
class Delays:
    """How long an intervention took, each counted from the first call; None while it has not happened (R51)."""

    since: datetime
    first_call_out: timedelta | None
    accepted: timedelta | None
    on_site: timedelta | None
    reported: timedelta | None


def delays(malfunction: Malfunction, first_presented_at: datetime | None) -> Delays:
    """`first_presented_at` (UTC) is when the first call about it reached us, None when that call is no longer known:
    then the opening of the malfunction counts."""
    since = min(malfunction.opened_at, first_presented_at or malfunction.opened_at)
    dispatch = malfunction.dispatch
    if dispatch is None:
        return Delays(since, None, None, None, None)
    called = min((step.started_at for step in dispatch.steps if step.started_at), default=None)

    def after(instant: datetime | None) -> timedelta | None:
        return None if instant is None else instant - since

    return Delays(
        since, after(called), after(dispatch.accepted_at), after(dispatch.on_site_at), after(dispatch.reported_at)
    )
