"""Who is called for a malfunction, in which order, and why: decided once, when the dispatch starts (R40, R42, R43)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from permanence.domain.contract import DispatchTerms, Motif
from permanence.domain.dispatch.dispatch import Dispatch, Responder, Role
from permanence.domain.french_dates import MONTHS, day_of_month
from permanence.domain.french_names import elided, of_place
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_day
from permanence.domain.main_courante.fiche import Place
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.patrimoine import Patrimoine, sector_of_commune
from permanence.domain.reference.places import Where
from permanence.domain.reference.resolver import ContractorChoice, contractors_for
from permanence.domain.reference.rota import Duty, OnCallPerson, OnCallRole, on_duty

_MOBILE_PREFIXES = ("+336", "+337")


@dataclass(frozen=True)
class _Candidate:
    person_id: str
    name: str
    role: Role
    phone: str | None
    reason: str
    trade: str


def freeze_chain(
    terms: DispatchTerms,
    motif: Motif,
    place: Place,
    patrimoine: Patrimoine,
    entreprises: Entreprises,
    duties: Iterable[Duty],
    *,
    at: datetime,
    direct_to_staff_reason: str = "",
) -> tuple[Responder, ...]:
    """The chain for a motif at a place, at an instant (UTC), each responder with the reason in French.

    Contractor, its second number, second contractor, technicien of the sector, cadre; a motif of Habitat 70's staff
    skips the contractors, and so does one of both lists when an agent gives a reason (R23 [A]). A missing number is
    skipped; a number already in the chain is not called twice, and the reason of its first holder names the other.
    Empty when nobody can be called.
    """
    sector = place.sector or sector_of_commune(patrimoine, place.commune) or ""
    choices: tuple[ContractorChoice, ...] = ()
    if motif.contractor_first and not direct_to_staff_reason:
        choices = contractors_for(patrimoine, entreprises, motif.motif_id, place, paris_day(at))
    candidates = [
        *_contractors(choices, motif, place),
        *_staff(tuple(duties), sector, at, _why_staff(motif, direct_to_staff_reason, has_contractor=bool(choices))),
    ]
    by_phone: dict[str, _Candidate] = {}
    for candidate in candidates:
        if not candidate.phone:
            continue
        first = by_phone.get(candidate.phone)
        if first is None:
            by_phone[candidate.phone] = candidate
        elif first.name != candidate.name:
            by_phone[candidate.phone] = replace(
                first, reason=f"{first.reason} ; même numéro {elided('que', candidate.name)}"
            )
    return tuple(
        Responder(
            person_id=candidate.person_id,
            name=candidate.name,
            role=candidate.role,
            phone=phone,
            sms_phone=phone if phone.startswith(_MOBILE_PREFIXES) else None,
            answer_within_s=terms.answer_within_s.get(candidate.role.value, terms.answer_within_s["default"]),
            reason=candidate.reason,
            trade=candidate.trade,
        )
        for phone, candidate in by_phone.items()
    )


def rota_changes(
    dispatch: Dispatch, sector: str, duties: Iterable[Duty], at: datetime
) -> tuple[tuple[Role, OnCallPerson], ...]:
    """Who is on call at an instant (UTC) in the place of somebody of the frozen chain: shown, never applied (R43)."""
    held = {step.responder.role: step.responder.person_id for step in dispatch.steps}
    duties = tuple(duties)
    now_on_duty = (
        (role, on_duty(duties, sector, on_call_role, at))
        for role, on_call_role in ((Role.TECHNICIEN, OnCallRole.TECHNICIEN), (Role.CADRE, OnCallRole.CADRE))
        if role in held
    )
    return tuple((role, person) for role, person in now_on_duty if person and person.person_id != held[role])


def _contractors(choices: Iterable[ContractorChoice], motif: Motif, place: Place) -> Iterable[_Candidate]:
    for position, choice in enumerate(choices):
        contractor = choice.contractor
        role = Role.CONTRACTOR if position == 0 else Role.SECOND_CONTRACTOR
        second_role = Role.CONTRACTOR_SECOND_NUMBER if position == 0 else Role.SECOND_CONTRACTOR
        reason = _why_contractor(choice, position, motif, place)
        for number_role, phone in ((role, contractor.phone), (second_role, contractor.second_phone)):
            yield _Candidate(contractor.contractor_id, contractor.name, number_role, phone, reason, contractor.trade)


def _staff(duties: tuple[Duty, ...], sector: str, at: datetime, why: str) -> Iterable[_Candidate]:
    technicien = on_duty(duties, sector, OnCallRole.TECHNICIEN, at)
    if technicien is not None:
        reason = f"{why} : technicien d’astreinte, secteur {sector}" if sector else f"{why} : technicien d’astreinte"
        yield _Candidate(
            technicien.person_id, technicien.name, Role.TECHNICIEN, technicien.phone, reason, "technicien d’astreinte"
        )
    cadre = on_duty(duties, sector, OnCallRole.CADRE, at)
    if cadre is not None:
        yield _Candidate(
            cadre.person_id,
            cadre.name,
            Role.CADRE,
            cadre.phone,
            "Dernier de la chaîne : cadre d’astreinte",
            "cadre d’astreinte",
        )


def _why_contractor(choice: ContractorChoice, position: int, motif: Motif, place: Place) -> str:
    ground = choice.ground
    building = f"bâtiment {place.residence or place.address}"
    zones = {
        None: f"{building}, prestataire nommé au patrimoine",
        Where.EVERYWHERE: "tout le patrimoine",
        Where.AGENCY: "toute l’agence",
        Where.COMMUNE: f"commune {of_place(place.commune)}",
        Where.RESIDENCE: f"résidence {place.residence}",
        Where.BUILDING: building,
    }
    since = f", contrat en vigueur depuis le {_french_date(ground.starts_on)}" if ground.starts_on else ""
    rank = f", {position + 1}e prestataire" if position else ""
    return f"Motif « {motif.label} », {zones[ground.where]}{since}{rank}"


def _why_staff(motif: Motif, direct_reason: str, *, has_contractor: bool) -> str:
    if direct_reason:
        return f"Motif « {motif.label} », sans prestataire, {direct_reason}"
    if has_contractor:
        return "À défaut du prestataire"
    if motif.contractor_first:
        return f"Motif « {motif.label} », aucun prestataire sous contrat à cette adresse"
    return f"Motif « {motif.label} », appel direct de l’astreinte Habitat 70"


def _french_date(day: date) -> str:
    return f"{day_of_month(day)} {MONTHS[day.month - 1]} {day.year}"
