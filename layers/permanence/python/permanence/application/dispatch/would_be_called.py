"""Who would be called for a malfunction at an instant, and who would not: the dispatch's own chain (R40, R42, R43)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from permanence.domain.contract import Contract, Motif
from permanence.domain.dispatch.chain import freeze_chain
from permanence.domain.dispatch.dispatch import Responder, Role
from permanence.domain.dispatch.supervisor import Supervisor, supervisor_at
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_day
from permanence.domain.main_courante.fiche import Place
from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.calendar import Service, service_at
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.patrimoine import Patrimoine, sector_of_commune
from permanence.domain.reference.planning import Cell, Planning, resolved
from permanence.domain.reference.resolver import Absence, Resolver
from permanence.domain.reference.resolver import LeftOut as Candidate
from permanence.domain.reference.rota import EVERY_SECTOR, Duty, OnCallRole, on_duty

_STAFF = ((Role.TECHNICIEN, OnCallRole.TECHNICIEN), (Role.CADRE, OnCallRole.CADRE))
_FARTHEST = timedelta(days=400)


class LeftOut(StrEnum):
    """Why a link is not in the chain."""

    ENDED = "ended"  # its contract: `day` is its last
    NOT_BEGUN = "not_begun"  # `day` is its first
    UNKNOWN = "unknown"  # the entreprises know nobody of this id
    REPLACED = "replaced"  # another holds its rank there: by a narrower zone, or by a newer contract
    NOBODY = "nobody"  # a hole of the planning, from `start` until `end`


@dataclass(frozen=True)
class Link:
    """One number that would be called at an instant (UTC), when nobody before it has accepted."""

    responder: Responder
    at: datetime


@dataclass(frozen=True)
class Missing:
    """One that would not; `name` of the contractor, or empty for a hole of the planning."""

    role: Role
    why: LeftOut
    name: str = ""
    trade: str = ""
    day: date | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class WouldBeCalled:
    """In the order of the chain; the alarm sounds when all of them were silent. `is_open`: at that hour no call goes to
    the astreinte."""

    place: Place
    motif: Motif
    at: datetime
    is_open: bool
    chain: tuple[Link | Missing, ...]
    alarm_at: datetime
    supervisor: Supervisor


@dataclass(frozen=True)
class Known:
    """What a dispatch would be decided by."""

    patrimoine: Patrimoine
    entreprises: Entreprises
    annuaire: Annuaire
    planning: Planning


def would_be_called(contract: Contract, known: Known, motif: Motif, place: Place, at: datetime) -> WouldBeCalled:
    """At an instant (UTC), if a dispatch started then. No request, and nobody is called."""
    duties = resolved(known.planning, known.annuaire)
    responders = freeze_chain(contract.dispatch, motif, place, known.patrimoine, known.entreprises, duties, at=at)
    sector = place.sector or sector_of_commune(known.patrimoine, place.commune) or ""
    links, starts = [], at
    for responder in responders:
        links.append(Link(responder, starts))
        starts += timedelta(seconds=responder.answer_within_s)
    return WouldBeCalled(
        place=place,
        motif=motif,
        at=at,
        is_open=service_at(at, contract.hours) is not Service.ASTREINTE,
        chain=_with_missing(
            links,
            _contractors_left_out(known, motif, place, paris_day(at)),
            _holes(known.planning, duties, sector, at),
        ),
        alarm_at=starts,
        supervisor=supervisor_at(contract.numbers, duties, starts),
    )


def _with_missing(
    links: Sequence[Link], contractors: Sequence[Missing], holes: Sequence[Missing]
) -> tuple[Link | Missing, ...]:
    """Contractors that are left out after those that are called, each hole where its role would be."""
    staff = [role for role, _ in _STAFF]
    of_contractors = [link for link in links if link.responder.role not in staff]
    found: list[Link | Missing] = [*of_contractors, *contractors]
    for role in staff:
        found += [link for link in links if link.responder.role is role]
        found += [hole for hole in holes if hole.role is role]
    return tuple(found)


def _contractors_left_out(known: Known, motif: Motif, place: Place, day: date) -> tuple[Missing, ...]:
    """As the dispatch's own resolver leaves them out."""
    if not motif.contractor_first:
        return ()
    resolver = Resolver(known.patrimoine, known.entreprises, (motif.motif_id,))
    return tuple(_left_out(one) for one in resolver.resolve(motif.motif_id, place, day).left_out)


def _left_out(one: Candidate) -> Missing:
    ground, last_day = one.ground, None
    if one.absence is Absence.ENDED and ground.ends_before:
        last_day = ground.ends_before - timedelta(days=1)
    return Missing(
        Role.CONTRACTOR if ground.rank == 1 else Role.SECOND_CONTRACTOR,
        LeftOut(one.absence.value),
        one.contractor.name if one.contractor else ground.contractor_id,
        one.contractor.trade if one.contractor else "",
        ground.starts_on if one.absence is Absence.NOT_BEGUN else last_day,
    )


def _holes(planning: Planning, duties: Sequence[Duty], sector: str, at: datetime) -> tuple[Missing, ...]:
    found = []
    for role, on_call in _STAFF:
        if on_duty(duties, sector, on_call, at) is not None:
            continue
        cell = Cell(sector if on_call is OnCallRole.TECHNICIEN else EVERY_SECTOR, on_call)
        pieces = planning.pieces(cell, at - _FARTHEST, at + _FARTHEST)
        hole = next(piece for piece in pieces if piece.start <= at < piece.end)
        found.append(Missing(role, LeftOut.NOBODY, start=hole.start, end=hole.end))
    return tuple(found)
