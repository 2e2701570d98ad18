"""« Envoyer en intervention »: a malfunction is opened, its chain frozen, the first responder called (R40-R43)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from permanence.application.dispatch.deciding import MOST_ATTEMPTS, decision_of, known_malfunction
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.joining import CallLink, call_linked
from permanence.application.dispatch.ports import Malfunctions
from permanence.application.reception.ports import AlreadyExists, VersionConflict
from permanence.application.reference.ports import ReferenceData
from permanence.domain.dispatch.actions import (
    Log,
)
from permanence.domain.dispatch.chain import freeze_chain
from permanence.domain.dispatch.dispatch import Dispatch, Step
from permanence.domain.dispatch.events import Start
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus
from permanence.domain.dispatch.rules import advance
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_month, to_paris
from permanence.domain.main_courante.fiche import Place
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.reference.in_force import SEED
from permanence.domain.reference.premises import instructions_for

CLIENT_MADE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True)
class DispatchRequest:
    """« Envoyer en intervention »: `malfunction_id` is made by the client, so that a repeat is the same request.

    `motif` is an id of the contract; `path` the answered tree. `direct_to_staff_reason` says why no contractor is
    called for a motif that is in both lists (R23 [A]).
    """

    malfunction_id: str
    motif: str
    place: Place
    link: CallLink
    tree_version: str
    path: Sequence[tuple[str, str]]
    direct_to_staff_reason: str = ""


def start_dispatch(
    malfunctions: Malfunctions,
    reference_data: ReferenceData,
    request: DispatchRequest,
    now: datetime,
    dispatching: Dispatching,
) -> Malfunction:
    """Open a malfunction, freeze its chain and call the first responder: 2 requests, 3 when the timetable is due, more
    where a version was not read yet; a repeat returns the first.

    Raises ValueError on a malformed id, or on a reason to skip a contractor who cannot be skipped; KeyError on a motif
    that the contract does not know; VersionConflict when the race was lost too often.
    """
    if not CLIENT_MADE_ID.fullmatch(request.malfunction_id):
        raise ValueError("a malfunction is named by 8 to 64 letters, digits and hyphens")
    contract = dispatching.contract
    motif = contract.motifs[request.motif]
    if request.direct_to_staff_reason and not motif.may_skip_contractor:
        raise ValueError(f"{motif.motif_id} is not in both lists: nobody of its chain can be skipped")
    patrimoine = reference_data.patrimoine(now)
    chain = freeze_chain(
        contract.dispatch,
        motif,
        request.place,
        patrimoine,
        reference_data.entreprises(now),
        reference_data.duties(paris_month(now), now),
        at=now,
        direct_to_staff_reason=request.direct_to_staff_reason,
    )
    idle = Dispatch(dispatching.new_reference(), tuple(Step(responder) for responder in chain))
    opened = Malfunction(
        malfunction_id=request.malfunction_id,
        number=malfunctions.next_number(to_paris(now).year),
        version=1,
        status=MalfunctionStatus.OPEN,
        opened_at=now,
        motif=motif.motif_id,
        motif_label=motif.label,
        description=request.link.description,
        place=request.place,
        contacts=(request.link.contact,),
        dispatch=idle,
        decided_by=reference_data.versions(now),
        instructions=instructions_for(patrimoine, request.place.building_id, motif.motif_id),
    )
    path = " > ".join(f"{node}:{answer}" for node, answer in request.path)
    opening = {"motif": motif.label, "tree_version": request.tree_version, "path": path}
    opening["versions"] = ", ".join(f"{kind} {number}" for kind, number in opened.decided_by.items() if number > SEED)
    if request.direct_to_staff_reason:
        opening["direct_to_staff_reason"] = request.direct_to_staff_reason
    first_lines = (call_linked(request.link), Log(EntryKind.OPENED, opening))
    moved = advance(idle, Start(), now, contract.dispatch)
    decision = decision_of(opened, moved, now, dispatching, first_lines)
    for _ in range(MOST_ATTEMPTS):
        try:
            malfunctions.add(replace(decision, linked_calls=(request.link.contact.call_id,)))
        except AlreadyExists:
            return known_malfunction(malfunctions, request.malfunction_id)
        except VersionConflict:
            # Somebody is adding it at this moment, and may still fail: there may be nothing to read yet.
            continue
        return decision.malfunction
    raise VersionConflict(request.malfunction_id)
