"""What is wrong with an annuaire that is proposed; who is still named elsewhere cannot leave it (R25, R30, R92)."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from permanence.domain.instants import paris_day
from permanence.domain.reference.annuaire import (
    MOBILES,
    Annuaire,
    Person,
    ReceptionFunction,
    ReceptionPerson,
    StaffRole,
    Vip,
)
from permanence.domain.reference.documents import Change, Circumstances, Point, whole
from permanence.domain.reference.planning import Planning
from permanence.domain.reference.planning_effects import annuaire_effects
from permanence.domain.writable_text import writable

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_ON_CALL = {StaffRole.CADRE, StaffRole.TECHNICIEN}


Entry = Person | Vip | ReceptionPerson


class AnnuaireCode(StrEnum):
    """The subject is the id of the person, or the name of the VIP; detail: name."""

    WITHOUT_ID = "annuaire_without_id"
    WITHOUT_NAME = "annuaire_without_name"
    NOT_WRITABLE = "annuaire_not_writable"
    TWICE = "annuaire_twice"  # the same id, or the same VIP
    UNKNOWN_AGENCY = "annuaire_unknown_agency"  # detail: agency
    NOT_A_NUMBER = "annuaire_not_a_number"  # detail: phone
    NOT_A_MAIL = "annuaire_not_a_mail"  # detail: mail
    MISSING_NUMBER = "annuaire_missing_number"  # detail: role
    STILL_ON_CALL = "annuaire_still_on_call"  # dropped, and named by the planning; detail: until, count
    MUTE_ON_CALL = "annuaire_mute_on_call"  # without a number, and named by the planning; detail: until, count
    STILL_CONTACT = "annuaire_still_contact"  # dropped, and a contact of the patrimoine; detail: places, count
    TRAINED_LATER = "annuaire_trained_later"  # a day to come
    MISSING_MAIL = "annuaire_missing_mail"  # only said; detail: role
    LANDLINE = "annuaire_landline"  # only said: on call without a mobile, no SMS
    SAME_NUMBER = "annuaire_same_number"  # only said; detail: phone, others
    NO_MANAGER = "annuaire_no_manager"  # only said; detail: agency
    NO_CADRE = "annuaire_no_cadre"  # only said
    NO_TREATMENT = "annuaire_no_treatment"  # only said: the rule of R25 alone
    UNKNOWN_CALLER = "annuaire_unknown_caller"  # only said: a VIP without a number
    NOT_TRAINED = "annuaire_not_trained"  # only said; detail: missing, what of date and trainer
    NO_GRC_ID = "annuaire_no_grc_id"  # only said
    SAME_GRC_ID = "annuaire_same_grc_id"  # only said: an identifier is of one person; detail: grc_id, others


def annuaire_points(_: Annuaire, proposed: Annuaire, circumstances: Circumstances) -> tuple[Point, ...]:
    """What blocks, then what is only said: staff, VIP, reception, each in the order of the file."""
    told = [
        *_texts(proposed),
        *_twice(proposed),
        *(point for one in proposed.people for point in _of_person(one, circumstances)),
        *(point for one in proposed.vips for point in _of_vip(one)),
        *(point for one in proposed.reception for point in _of_reception(one, circumstances)),
        *_named_by_planning(proposed, circumstances),
        *_named_by_patrimoine(proposed, circumstances.others.get("patrimoine")),
        *_same_numbers(proposed),
        *_same_identifiers(proposed),
        *_nobody_for(proposed, circumstances),
    ]
    return (*(point for point in told if point.blocks), *(point for point in told if not point.blocks))


def annuaire_changes(in_force: Annuaire, proposed: Annuaire) -> tuple[Change, ...]:
    """Who is added, changed and removed: staff, VIP, reception."""
    sorts = (
        (in_force.people, proposed.people),
        (in_force.vips, proposed.vips),
        (in_force.reception, proposed.reception),
    )
    return tuple(change for before, after in sorts for change in _changes(before, after))


def _changes(before: Iterable[Any], after: Iterable[Any]) -> Iterator[Change]:
    was, becomes = {_key(one): one for one in before}, {_key(one): one for one in after}
    for key in dict.fromkeys((*becomes, *was)):
        if was.get(key) != becomes.get(key):
            yield Change(was.get(key), becomes.get(key))


def _key(entry: Entry) -> tuple[str, ...]:
    return (entry.name, entry.organisation) if isinstance(entry, Vip) else (entry.person_id,)


def _texts(annuaire: Annuaire) -> Iterator[Point]:
    entries: tuple[Entry, ...] = (*annuaire.people, *annuaire.vips, *annuaire.reception)
    for one in entries:
        values = [value for value in vars(one).values() if isinstance(value, str)]
        if any(writable(value) != value for value in values):
            yield _point(AnnuaireCode.NOT_WRITABLE, one)
        if not one.name.strip():
            yield _point(AnnuaireCode.WITHOUT_NAME, one)
        if not isinstance(one, Vip) and not one.person_id.strip():
            yield _point(AnnuaireCode.WITHOUT_ID, one)


def _twice(annuaire: Annuaire) -> Iterator[Point]:
    """An id is of one person, of the staff or of the reception: a planning names either by it."""
    sorts: tuple[tuple[Entry, ...], ...] = ((*annuaire.people, *annuaire.reception), annuaire.vips)
    for entries in sorts:
        counted = Counter(_key(one) for one in entries)
        first = {_key(one): one for one in reversed(entries)}
        yield from (_point(AnnuaireCode.TWICE, first[key]) for key, count in counted.items() if count > 1)


def _of_person(one: Person, circumstances: Circumstances) -> Iterator[Point]:
    if one.agency and one.agency not in circumstances.signed.agencies:
        yield _point(AnnuaireCode.UNKNOWN_AGENCY, one, agency=one.agency)
    yield from _of_numbers(one, (one.mobile, one.landline), one.mail)
    for role in one.roles:
        if not one.phone:
            yield _point(AnnuaireCode.MISSING_NUMBER, one, role=role.value)
        elif role in _ON_CALL and not one.phone.startswith(MOBILES):
            yield _said(AnnuaireCode.LANDLINE, one)
    if StaffRole.AGENCY_MANAGER in one.roles and not one.mail:
        yield _said(AnnuaireCode.MISSING_MAIL, one, role=StaffRole.AGENCY_MANAGER.value)


def _of_vip(one: Vip) -> Iterator[Point]:
    yield from _of_numbers(one, (one.phone,), "")
    if not one.treatment.strip():
        yield _said(AnnuaireCode.NO_TREATMENT, one)
    if not one.phone:
        yield _said(AnnuaireCode.UNKNOWN_CALLER, one)


def _of_reception(one: ReceptionPerson, circumstances: Circumstances) -> Iterator[Point]:
    yield from _of_numbers(one, (one.mobile,), one.mail)
    if one.function is ReceptionFunction.DUTY_SUPERVISOR and not one.mobile:
        yield _point(AnnuaireCode.MISSING_NUMBER, one, role=one.function.value)
    if one.trained_on and one.trained_on > paris_day(circumstances.now):
        yield _point(AnnuaireCode.TRAINED_LATER, one, day=one.trained_on.isoformat())
    missing = [name for name in ("trained_on", "trained_by") if not getattr(one, name)]
    if missing:
        yield _said(AnnuaireCode.NOT_TRAINED, one, missing=" ".join(missing))
    if not one.grc_id:
        yield _said(AnnuaireCode.NO_GRC_ID, one)


def _of_numbers(one: Entry, phones: Iterable[str], mail: str) -> Iterator[Point]:
    for phone in phones:
        if phone and not _E164.fullmatch(phone):
            yield _point(AnnuaireCode.NOT_A_NUMBER, one, phone=phone)
    if mail and not _MAIL.fullmatch(mail):
        yield _point(AnnuaireCode.NOT_A_MAIL, one, mail=mail)


def _named_by_planning(annuaire: Annuaire, circumstances: Circumstances) -> Iterator[Point]:
    planning: Planning = circumstances.others.get("planning", Planning())
    known, ends = annuaire.on_call, defaultdict[str, list[datetime]](list)
    for duty in planning.duties:
        if duty.end > circumstances.now:
            ends[duty.person_id].append(duty.end)
    for person_id, theirs in ends.items():
        person, told = known.get(person_id), {"until": max(theirs).isoformat(), "count": str(len(theirs))}
        if person is None:
            yield Point(AnnuaireCode.STILL_ON_CALL, person_id, {"name": person_id, **told}, blocks=True)
        elif not person.phone:
            yield Point(AnnuaireCode.MUTE_ON_CALL, person_id, {"name": person.name, **told}, blocks=True)


def _named_by_patrimoine(annuaire: Annuaire, patrimoine: Any) -> Iterator[Point]:
    known, places = annuaire.on_call, defaultdict[str, list[str]](list)
    for contact in patrimoine.contacts if patrimoine else ():
        if contact.person_id and contact.person_id not in known:
            places[contact.person_id].append(contact.place)
    for person_id, named in places.items():
        told = {"name": person_id, "places": ", ".join(sorted(set(filter(None, named)))[:3]), "count": str(len(named))}
        yield Point(AnnuaireCode.STILL_CONTACT, person_id, told, blocks=True)


def _same_numbers(annuaire: Annuaire) -> Iterator[Point]:
    holders = defaultdict[str, dict[str, str]](dict)
    for one in annuaire.people:
        for phone in filter(None, (one.mobile, one.landline)):
            holders[phone][one.person_id] = one.name
    for member in annuaire.reception:
        if member.mobile:
            holders[member.mobile][member.person_id] = member.name
    for phone, who in holders.items():
        if len(who) > 1:
            (person_id, name), *others = who.items()
            told = {"name": name, "phone": phone, "others": ", ".join(other for _, other in others)}
            yield Point(AnnuaireCode.SAME_NUMBER, person_id, told, blocks=False)


def _same_identifiers(annuaire: Annuaire) -> Iterator[Point]:
    holders = defaultdict[str, list[ReceptionPerson]](list)
    for one in annuaire.reception:
        if one.grc_id:
            holders[one.grc_id].append(one)
    for grc_id, (first, *others) in holders.items():
        if others:
            yield _said(AnnuaireCode.SAME_GRC_ID, first, grc_id=grc_id, others=", ".join(one.name for one in others))


def _nobody_for(annuaire: Annuaire, circumstances: Circumstances) -> Iterator[Point]:
    for agency, name in circumstances.signed.agencies.items():
        if not annuaire.managers_of(agency):
            yield Point(AnnuaireCode.NO_MANAGER, agency, {"name": name, "agency": name}, blocks=False)
    if not any(StaffRole.CADRE in one.roles for one in annuaire.people):
        yield Point(AnnuaireCode.NO_CADRE, "", {}, blocks=False)


def _point(code: AnnuaireCode, one: Entry, **detail: str) -> Point:
    return Point(code, _key(one)[0], {"name": one.name, **detail}, blocks=True)


def _said(code: AnnuaireCode, one: Entry, **detail: str) -> Point:
    return Point(code, _key(one)[0], {"name": one.name, **detail}, blocks=False)


ANNUAIRE = whole(
    "annuaire",
    Annuaire,
    proposed_by=("habitat70", "superviseur"),
    approved_by=("habitat70", "superviseur"),
    checks=annuaire_points,
    changes=annuaire_changes,
    counts=lambda annuaire: {
        "people": len(annuaire.people),
        "vips": len(annuaire.vips),
        "reception": len(annuaire.reception),
    },
    looks_at=("planning", "patrimoine"),
    effects=annuaire_effects,
)
