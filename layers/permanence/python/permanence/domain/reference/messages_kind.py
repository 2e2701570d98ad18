"""The messages as a living document: what is checked of them, and what changes (R11, R12, R87)."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_day
from permanence.domain.reference.calendar import Service
from permanence.domain.reference.documents import Change, Circumstances, Kind, Point
from permanence.domain.reference.messages import CallerMessages, Messages, ServiceMessages
from permanence.domain.reference.spoken_texts import caller_text_faults, greeting_faults

DESK_LINE = "desk_line"
RECORDING = "recording"
LONGEST_NAME = 80


class AgreementCode(StrEnum):
    """What a check says of the agreement on a greeting."""

    HALF = "agreement_half"  # with whom and when go together
    TO_COME = "agreement_to_come"
    TOO_LONG = "agreement_too_long"


@dataclass(frozen=True)
class Text:
    """One text: `where` is the value of a service, `DESK_LINE` or `RECORDING`; `name` that of its field; `words` also
    a day, in ISO."""

    where: str
    name: str
    words: str

    @property
    def entry(self) -> str:
        return "text"

    @property
    def key(self) -> str:
        return f"{self.where}.{self.name}"


def texts_of(messages: Messages) -> tuple[Text, ...]:
    """All of them, in the order in which they are shown."""
    return (
        *(text for service in Service for text in _texts(service, messages.by_service.get(service, ServiceMessages()))),
        *_texts(DESK_LINE, messages.desk_line),
        Text(RECORDING, "notice", messages.recording_notice),
    )


def with_text(messages: Messages, text: Text) -> Messages:
    """That text in the place of the one there. Raises KeyError for a place that there is not."""
    if text.where == RECORDING:
        return replace(messages, recording_notice=text.words)
    told = {text.name: _day(text.words) if text.name == "agreed_on" else text.words}
    if text.where == DESK_LINE:
        return replace(messages, desk_line=_with(messages.desk_line, told))
    service = next((one for one in Service if one == text.where), None)
    if service is None:
        raise KeyError(text.where)
    known = messages.by_service.get(service, ServiceMessages())
    return replace(messages, by_service={**messages.by_service, service: _with(known, told)})


def brought_over(in_force_then: Messages, proposed: Messages, in_force: Messages) -> Messages:
    """The same texts changed, in what others have put in force meanwhile."""
    for change in changes(in_force_then, proposed):
        in_force = with_text(in_force, change.after)
    return in_force


def changes(in_force: Messages, proposed: Messages) -> tuple[Change, ...]:
    pairs = zip(texts_of(in_force), texts_of(proposed), strict=True)
    return tuple(Change(before, after) for before, after in pairs if before != after)


def checks(_: Messages, proposed: Messages, circumstances: Circumstances) -> tuple[Point, ...]:
    """All that is wrong with the whole: each text is heard, whoever wrote it."""
    return tuple(_points(proposed, circumstances))


MESSAGES = Kind(
    name="messages",
    schema=Messages,
    proposed_by=("habitat70", "superviseur"),
    approved_by=("habitat70", "superviseur"),
    carried=lambda _, proposed, __: proposed,
    restored=lambda _, older, __: older,
    brought_over=brought_over,
    checks=checks,
    changes=changes,
    counts=lambda messages: {"texts": sum(text.words != "" for text in texts_of(messages))},
    obeyed=lambda messages, _: messages,
)


def _texts(where: str, messages: CallerMessages) -> Iterator[Text]:
    for field in fields(messages):
        value = getattr(messages, field.name)
        yield Text(where, field.name, value.isoformat() if isinstance(value, date) else value or "")


def _with(messages: Any, told: Mapping[str, Any]) -> Any:
    if not told.keys() <= {field.name for field in fields(messages)}:
        raise KeyError(*told)
    return replace(messages, **told)


def _day(words: str) -> date | None:
    return date.fromisoformat(words) if words else None


def _points(messages: Messages, circumstances: Circumstances) -> Iterator[Point]:
    for text in texts_of(messages):
        if text.name in ("agreed_with", "agreed_on"):
            continue
        if text.where == RECORDING and not text.words and not circumstances.signed.records_calls:
            continue
        faults = greeting_faults if text.name == "greeting" else caller_text_faults
        for fault in faults(text.words):
            yield Point(fault.code, text.key, {"name": fault.name} if fault.name else {}, blocks=True)
    for service, told in messages.by_service.items():
        for code in _agreement_codes(told, circumstances):
            yield Point(code, f"{service}.agreed_with", {}, blocks=True)


def _agreement_codes(told: ServiceMessages, circumstances: Circumstances) -> Iterator[AgreementCode]:
    if bool(told.agreed_with.strip()) != bool(told.agreed_on):
        yield AgreementCode.HALF
    if told.agreed_on and told.agreed_on > paris_day(circumstances.now):
        yield AgreementCode.TO_COME
    if len(told.agreed_with) > LONGEST_NAME:
        yield AgreementCode.TOO_LONG
