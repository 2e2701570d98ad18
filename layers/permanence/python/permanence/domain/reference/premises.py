"""What the files say of one place: instructions, who maintains what, whom an Affaire goes to (R83, R85, R89)."""

from datetime import date

from permanence.domain.frozen import dataclass
from permanence.domain.reference.annuaire import Annuaire
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.instructions import Instruction
from permanence.domain.reference.patrimoine import InternalContact, Patrimoine
from permanence.domain.reference.places import Somewhere, Where, is_in

_WIDEST_FIRST = (Where.EVERYWHERE, Where.AGENCY, Where.COMMUNE, Where.RESIDENCE, Where.BUILDING)


@dataclass(frozen=True)
class Maintainer:
    """A company that tenants may be given, and what it maintains in a building; `phone` in E.164."""

    domain: str
    company: str
    phone: str
    reference: str


@dataclass(frozen=True)
class AffaireContact:
    """Who of Habitat 70 an Affaire of a domain goes to; `name` is empty where the file names a service only."""

    domain: str
    service: str
    name: str


def instructions_for(patrimoine: Patrimoine, building_id: str | None, motif: str) -> tuple[Instruction, ...]:
    """Those of a building for a motif and for all motifs, in the order of the file; none at a free address (R85).

    Before a motif is known (empty), only those for all motifs.
    """
    if not building_id:
        return ()
    return tuple(one for one in patrimoine.instructions if one.building_id == building_id and one.motif in ("", motif))


def maintainers_at(
    patrimoine: Patrimoine, entreprises: Entreprises, building_id: str | None, day: date
) -> tuple[Maintainer, ...]:
    """Whose contract holds in a building on a Paris-local day, in the order of the file. A company that Entreprises
    does not know cannot be called, and is left out."""
    companies = {one.contractor_id: one for one in entreprises.contractors}
    return tuple(
        Maintainer(one.domain, companies[one.contractor_id].name, companies[one.contractor_id].phone, one.reference)
        for one in patrimoine.maintenance
        if building_id
        and one.building_id == building_id
        and one.contractor_id in companies
        and one.starts_on <= day
        and (one.ends_before is None or day < one.ends_before)
    )


def affaire_contacts(patrimoine: Patrimoine, annuaire: Annuaire, place: Somewhere) -> tuple[AffaireContact, ...]:
    """Of each domain the contact of the narrowest zone that covers the place, by the name of the domain (R89)."""
    people = {one.person_id: one.name for one in annuaire.people}
    nearest: dict[str, InternalContact] = {}
    for contact in patrimoine.contacts:
        before = nearest.get(contact.domain)
        if is_in(place, contact.where, contact.place) and (before is None or _is_narrower(contact, before)):
            nearest[contact.domain] = contact
    return tuple(
        AffaireContact(domain, one.service, people.get(one.person_id, "")) for domain, one in sorted(nearest.items())
    )


def _is_narrower(one: InternalContact, other: InternalContact) -> bool:
    return _WIDEST_FIRST.index(one.where) > _WIDEST_FIRST.index(other.where)
