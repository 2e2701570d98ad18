"""The guide on the call page: where the answers lead, and what is said aloud (R20)."""

from dataclasses import replace
from datetime import datetime

from permanence.domain.contract import Contract
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.calendar import next_opening, opening_words
from permanence.domain.triage.guide import Guide, InvalidPath, Position, walk


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
