"""Where the malfunction is: a dwelling that was chosen, or a free address (R28, R33)."""

from collections.abc import Iterable
from dataclasses import replace

from permanence.application.desk.guide import position_of
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.main_courante.fiche import CallForm, Place
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine, sector_of_commune
from permanence.domain.reference.places import normalise
from permanence.domain.triage.guide import Guide


def place_of(form: CallForm, patrimoine: Patrimoine, guide: Guide) -> Place | None:
    """Where the call is about: the dwelling chosen, or its building when the guide says common parts, else the free
    address (R28), else None."""
    dwelling = find_dwelling(patrimoine, form.dwelling_id)
    if dwelling is not None:
        place = place_of_dwelling(dwelling)
        in_common = position_of(guide, form).is_in_common_parts
        return replace(place, details=dwelling.building_details) if in_common else place
    if not form.free_address.strip():
        return None
    return _free_place(form.free_address, patrimoine)


def place_of_dwelling(dwelling: Dwelling) -> Place:
    return Place(
        dwelling_id=dwelling.dwelling_id,
        building_id=dwelling.building_id,
        address=dwelling.address,
        details=dwelling.details,
        postcode=dwelling.postcode,
        commune=dwelling.commune,
        residence=dwelling.residence,
        agency=dwelling.agency,
        sector=dwelling.sector,
    )


def unknown_address(form: CallForm, guide: Guide) -> str | None:
    """The free address that Habitat 70 is to add to its files, None when the fiche names a dwelling, no place, or the
    place of another landlord (R28, R86)."""
    address = form.free_address.strip()
    if form.dwelling_id or not address or position_of(guide, form).is_of_another_landlord:
        return None
    return address


def find_dwelling(patrimoine: Patrimoine, dwelling_id: str | None) -> Dwelling | None:
    if not dwelling_id:
        return None
    return next((dwelling for dwelling in patrimoine.dwellings if dwelling.dwelling_id == dwelling_id), None)


def _free_place(typed: str, patrimoine: Patrimoine) -> Place:
    """« 6 impasse des Forges, Héricourt »: the commune is the last one of the base that the text names, else what
    stands after the last comma."""
    street, _, last = typed.rpartition(",")
    known = next(
        (d for d in patrimoine.dwellings if normalise(d.commune) and normalise(typed).endswith(normalise(d.commune))),
        None,
    )
    commune = known.commune if known else last.strip()
    return Place(
        dwelling_id=None,
        building_id=None,
        address=street.strip() or typed.strip(),
        details="",
        postcode=known.postcode if known else "",
        commune=commune,
        residence="",
        agency=known.agency if known else "",
        sector=sector_of_commune(patrimoine, commune) or "",
    )


def same_building(malfunctions: Iterable[Malfunction], place: Place | None, but: str | None) -> tuple[Malfunction, ...]:
    """The open malfunctions of a place's building, or of the same free address, but for the one named."""
    if place is None:
        return ()
    return tuple(
        known for known in malfunctions if known.malfunction_id != but and _is_same_building(known.place, place)
    )


def _is_same_building(one: Place, other: Place) -> bool:
    if one.building_id and other.building_id:
        return one.building_id == other.building_id
    return normalise(f"{one.address} {one.commune}") == normalise(f"{other.address} {other.commune}")


def choose_place(form: CallForm, dwelling: Dwelling | None, free_address: str) -> CallForm:
    """The form at a dwelling, or at a free address. The field « Adresse » follows, unless the agent wrote in it."""
    before = form.fields.get("address", "")
    if dwelling is None:
        return replace(form, dwelling_id=None, free_address=free_address.strip()[:200])
    line = dwelling_line(dwelling)
    address = line if not before or before == form.free_address or form.dwelling_id else before
    return replace(form, dwelling_id=dwelling.dwelling_id, free_address="", fields={**form.fields, "address": address})


def dwelling_line(dwelling: Dwelling) -> str:
    """14 rue des Tanneurs, bât. B, 1er étage, porte 104, 70100 Gray."""
    parts = (dwelling.address, dwelling.details, f"{dwelling.postcode} {dwelling.commune}".strip())
    return ", ".join(part for part in parts if part)
