"""The call page: who is on the line, what the guide asks, where it is, what the fiche still misses. Primitives only."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from permanence.application.calls import missing_fields
from permanence.application.desk import Reader, greeting, until
from permanence.application.dispatching import CallLink
from permanence.application.extranet import caller_name
from permanence.domain.calendar import Service, next_opening, opening_words, service_at
from permanence.domain.calls import Call, CallStatus
from permanence.domain.contract import Contract, FormField
from permanence.domain.frozen import dataclass
from permanence.domain.main_courante import CallForm, Contact, Malfunction, Place
from permanence.domain.patrimoine import Dwelling, Patrimoine, normalise, sector_of_commune
from permanence.domain.triage import AnswerMeaning, Guide, InvalidPath, Position, walk

ABSENT_WORDS = ("refusé", "inconnu", "sans objet")
LONGEST_VALUE = 2000
_MALFUNCTIONS = UUID("6f1d7c5e-3c1b-4f0e-9a53-0a4b7c2de970")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


# --- the line --------------------------------------------------------------------------------------------------------


class RecordingState(StrEnum):
    NONE = "none"
    RUNNING = "running"
    DONE = "done"
    STOPPING = "stopping"  # asked for, and the provider has not told its end yet
    STOPPED = "stopped"  # what was recorded before is kept until the objection is confirmed
    OBJECTED = "objected"  # erased as soon as the provider gives it up
    ERASED = "erased"


@dataclass(frozen=True)
class Banner:
    """The call itself; durations in whole seconds, instants in UTC. `holder` answers it, or his phone rings for it."""

    call_id: str
    status: CallStatus
    service: Service
    until: str
    caller: str | None
    greeting: str
    presented_at: datetime | None
    wait_s: int
    talk_s: int
    ended_at: datetime | None
    was_answered: bool
    on_hold: bool
    recording: RecordingState
    holder: str
    is_readers: bool
    on_desk_line: bool
    sent_to_fallback_at: datetime | None


def banner(call: Call, contract: Contract, reader: Reader, now: datetime) -> Banner:
    presented = call.presented_at or now
    # A caller whose presentation nobody has told yet is greeted in the words of the moment.
    service = call.service or service_at(now, contract.hours)
    end = call.ended_at or now
    answered_at = None if call.is_waiting else call.answered_at
    holder_id, holder = call.holder or ("", "")
    return Banner(
        call_id=call.call_id,
        status=call.status,
        service=service,
        until=until(contract, now),
        caller=call.caller,
        greeting=greeting(contract, service, reader.first_name, now),
        presented_at=call.presented_at,
        wait_s=int(((answered_at or end) - presented).total_seconds()),
        talk_s=int((end - answered_at).total_seconds()) if answered_at else 0,
        ended_at=call.ended_at,
        was_answered=answered_at is not None,
        on_hold=call.on_hold,
        recording=_recording_state(call),
        holder=holder,
        is_readers=holder_id == reader.agent_id,
        on_desk_line=call.on_desk_line,
        sent_to_fallback_at=call.sent_to_fallback_at if call.was_rerouted else None,
    )


def _recording_state(call: Call) -> RecordingState:
    if call.objected:
        is_gone = bool(call.recordings) and all(recording.erased for recording in call.recordings)
        return RecordingState.ERASED if is_gone else RecordingState.OBJECTED
    if not call.recordings:
        return RecordingState.NONE
    if call.objection_raised_at is not None:
        has_ended = call.ended_at is not None or all(known.duration_s is not None for known in call.recordings)
        return RecordingState.STOPPED if has_ended else RecordingState.STOPPING
    return RecordingState.DONE if call.ended_at else RecordingState.RUNNING


# --- the guide -------------------------------------------------------------------------------------------------------


def position_of(guide: Guide, form: CallForm) -> Position:
    """Where the saved answers lead; the start again when they come from another version of the guide."""
    try:
        return walk(guide, form.path)
    except InvalidPath:
        return walk(guide, ())


def answer_question(guide: Guide, form: CallForm, node_id: str, answer_id: str) -> CallForm:
    """The form with one more answer. An answer to a question that is not the one asked changes nothing: a double click,
    a page left open."""
    here = position_of(guide, form)
    if here.question is None or here.question.node_id != node_id:
        return form
    path = (*((question.node_id, answer.answer_id) for question, answer in here.answered), (node_id, answer_id))
    try:
        reached = walk(guide, path)
    except InvalidPath:
        return form
    return _led_to(form, guide, path, reached)


def answer_that_the_address_is_found(guide: Guide, form: CallForm) -> CallForm:
    """The form of a chosen dwelling, with the answer it gives to the question of the address when that one is asked."""
    question = position_of(guide, form).question
    found = next((a for a in question.answers if a.means is AnswerMeaning.ADDRESS_FOUND), None) if question else None
    if question is None or found is None or form.dwelling_id is None:
        return form
    return answer_question(guide, form, question.node_id, found.answer_id)


def take_back_answer(guide: Guide, form: CallForm) -> CallForm:
    """The form without its last answer."""
    path = tuple((question.node_id, answer.answer_id) for question, answer in position_of(guide, form).answered)[:-1]
    return _led_to(form, guide, path, walk(guide, path))


def _led_to(form: CallForm, guide: Guide, path: tuple[tuple[str, str], ...], reached: Position) -> CallForm:
    return replace(
        form,
        tree_version=guide.version,
        path=path,
        outcome=reached.outcome.outcome_id if reached.outcome else "",
        motif=(reached.outcome.motif or "") if reached.outcome else "",
    )


def spoken(text: str, contract: Contract, now: datetime) -> str:
    """The words of the guide, with the next opening where they name it."""
    if "{next_opening}" not in text:
        return text
    return text.replace("{next_opening}", opening_words(next_opening(now, contract.hours), now))


# --- the place -------------------------------------------------------------------------------------------------------


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


# --- the fiche -------------------------------------------------------------------------------------------------------


class Problem(StrEnum):
    MISSING = "missing"
    NOT_A_PHONE = "not_a_phone"
    NOT_A_MAIL = "not_a_mail"


@dataclass(frozen=True)
class FieldView:
    """One field of the fiche: what was typed, or the word that stands for it."""

    field_id: str
    label: str
    kind: str
    refusable: bool
    typed: str
    absent: str
    problem: Problem | None


def problems_of(form: CallForm, fields: Sequence[FormField]) -> dict[str, Problem]:
    """What keeps the fiche from being closed, by field id: missing (R27), or a number or an address that is none."""
    problems = dict.fromkeys((field.field_id for field in missing_fields(form, fields)), Problem.MISSING)
    for field in fields:
        value = form.fields.get(field.field_id, "").strip()
        if field.field_id in problems or value.casefold() in ABSENT_WORDS:
            continue
        if field.kind == "tel" and read_phone(value) is None:
            problems[field.field_id] = Problem.NOT_A_PHONE
        elif field.kind == "email" and not _MAIL.fullmatch(value):
            problems[field.field_id] = Problem.NOT_A_MAIL
    return problems


def read_phone(typed: str) -> str | None:
    """What someone typed to E.164, a French number unless it names a country; None when it is no telephone number."""
    import phonenumbers  # noqa: PLC0415  (of a fiche that is saved: too slow for every cold start)

    try:
        number = phonenumbers.parse(typed, "FR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def malfunction_id_of(call_id: str, cancelled_before: int = 0) -> str:
    """The malfunction that a call may open: the same whoever sends it, and however often (R46); another one after each
    mission of the call that was cancelled before."""
    return uuid5(_MALFUNCTIONS, f"{call_id}/{cancelled_before}" if cancelled_before else call_id).hex


def contact_of(form: CallForm, call: Call) -> Contact:
    """Who called and how to tell them: the mobile given, else the other number given, else the one that called."""
    given = (read_phone(form.fields.get("mobile", "")), read_phone(form.fields.get("landline", "")), call.caller)
    return Contact(form.call_id, caller_name(form), next((phone for phone in given if phone), None))


def call_link(form: CallForm, call: Call) -> CallLink:
    """The call as the main courante keeps it: who called, who took it, what was said."""
    return CallLink(contact_of(form, call), form.agent_name, form.fields.get("description", ""), call)


def fields_of(form: CallForm, fields: Sequence[FormField], problems: Mapping[str, Problem]) -> tuple[FieldView, ...]:
    views = []
    for field in fields:
        value = form.fields.get(field.field_id, "")
        is_word = value in ABSENT_WORDS and field.refusable
        views.append(
            FieldView(
                field.field_id,
                field.label,
                field.kind,
                field.refusable,
                "" if is_word else value,
                value if is_word else "",
                problems.get(field.field_id),
            )
        )
    return tuple(views)


def fill_in(form: CallForm, fields: Sequence[FormField], typed: Mapping[str, tuple[str, str]]) -> CallForm:
    """The form with what was typed: (text, word) by field id. A text counts before « refusé », so that nothing typed is
    lost; a field that the page did not send stays as it was."""
    values = dict(form.fields)
    for field in fields:
        if field.field_id not in typed:
            continue
        text, word = typed[field.field_id]
        text = text.replace("\r\n", "\n").strip()[:LONGEST_VALUE]
        values[field.field_id] = text or (word if field.refusable and word in ABSENT_WORDS else "")
    return replace(form, fields=values)


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
