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
from permanence.domain.reference.entreprises import ContractorAssignment, Entreprises
from permanence.domain.reference.patrimoine import Patrimoine, sector_of_commune
from permanence.domain.reference.places import is_in
from permanence.domain.reference.planning import Cell, Planning, resolved
from permanence.domain.reference.rota import EVERY_SECTOR, Duty, OnCallRole, on_duty

_STAFF = ((Role.TECHNICIEN, OnCallRole.TECHNICIEN), (Role.CADRE, OnCallRole.CADRE))
_FARTHEST = timedelta(days=400)


class LeftOut(StrEnum):
    """Why a link is not in the chain."""

    ENDED = "ended"  # its contract: `day` is the first without it
    NOT_BEGUN = "not_begun"  # `day` is its first
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
            _contractors_left_out(known.entreprises, motif, place, at, responders),
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


def _contractors_left_out(
    entreprises: Entreprises, motif: Motif, place: Place, at: datetime, called: Sequence[Responder]
) -> tuple[Missing, ...]:
    """Those whose contract covers the place, and not the day."""
    if not motif.contractor_first:
        return ()
    day, known = paris_day(at), {one.contractor_id: one for one in entreprises.contractors}
    there = {responder.person_id for responder in called}
    latest: dict[str, ContractorAssignment] = {}
    for one in entreprises.assignments:
        if one.motif == motif.motif_id and not one.holds_on(day) and is_in(place, one.where, one.place):
            before = latest.get(one.contractor_id)
            if before is None or one.starts_on > before.starts_on:
                latest[one.contractor_id] = one
    return tuple(
        Missing(
            Role.CONTRACTOR if one.rank == 1 else Role.SECOND_CONTRACTOR,
            LeftOut.NOT_BEGUN if one.starts_on > day else LeftOut.ENDED,
            known[one.contractor_id].name,
            known[one.contractor_id].trade,
            one.starts_on if one.starts_on > day else one.ends_before,
        )
        for one in sorted(latest.values(), key=lambda one: (one.rank, one.contractor_id))
        if one.contractor_id in known and one.contractor_id not in there
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
