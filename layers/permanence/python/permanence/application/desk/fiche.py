"""The fiche of a call: what was typed, what it still misses, and what of it a mission takes over (R27)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from uuid import UUID, uuid5

from permanence.application.desk.guide import answer_question, position_of
from permanence.application.dispatch.joining import CallLink
from permanence.application.reception.calls import missing_fields
from permanence.application.timeline.calls import caller_name
from permanence.domain.calls.call import Call
from permanence.domain.contract import FormField
from permanence.domain.frozen import dataclass
from permanence.domain.main_courante.fiche import CallForm, Contact
from permanence.domain.triage.guide import AnswerMeaning, Guide

ABSENT_WORDS = ("refusé", "inconnu", "sans objet")


LONGEST_VALUE = 2000


_MALFUNCTIONS = UUID("6f1d7c5e-3c1b-4f0e-9a53-0a4b7c2de970")


_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def answer_that_the_address_is_found(guide: Guide, form: CallForm) -> CallForm:
    """The form of a chosen dwelling, with the answer it gives to the question of the address when that one is asked."""
    question = position_of(guide, form).question
    found = next((a for a in question.answers if a.means is AnswerMeaning.ADDRESS_FOUND), None) if question else None
    if question is None or found is None or form.dwelling_id is None:
        return form
    return answer_question(guide, form, question.node_id, found.answer_id)


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
