"""One person's turn in the chain, from the first call to the answer: one line of the main courante, two when he was
passed over or has refused, and more was told of him afterwards."""

from dataclasses import dataclass, field

from permanence.application.timeline.french import clock, telephone
from permanence.application.timeline.lines import (
    NO_ANSWER,
    PASSED_OVER,
    ROLE_WORDS,
    VOICEMAIL,
    Family,
    Line,
    Mark,
    State,
)
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, Role
from permanence.domain.main_courante.log import Entry, EntryKind

_SMS_WORDS = {
    ChannelStatus.SENT: "SMS envoyé",
    ChannelStatus.DELIVERED: "SMS délivré",
    ChannelStatus.FAILED: "SMS non délivré",
}
_VOICE_WORDS = {
    ChannelStatus.RINGING: "sonnerie",
    ChannelStatus.DELIVERED: "décroché",
    ChannelStatus.VOICEMAIL: "répondeur",
    ChannelStatus.NO_ANSWER: "sans réponse",
    ChannelStatus.FAILED: "appel impossible",
}
CALLED = State("Appelé", "wait", "phone-outgoing")
ASKED = State("Appel demandé", "wait", "phone-outgoing")
_LASTING = frozenset({EntryKind.DECLINED, EntryKind.PASSED_OVER})
"""What stays told, whatever comes after: a refusal, and who did not wait."""

STEP_KINDS = frozenset(
    {
        EntryKind.STEP_STARTED,
        EntryKind.RECEIPT,
        EntryKind.DECLINED,
        EntryKind.NO_ANSWER,
        EntryKind.PASSED_OVER,
        EntryKind.STEP_FAILED,
        EntryKind.ACCEPTED,
    }
)


@dataclass(slots=True)
class _Part:
    """What was told up to a verdict that stays, or to the end; `led_on` when the next one was called at once, `is_out`
    once the provider has told of a message."""

    told: list[str] = field(default_factory=list)
    verdict: Entry | None = None
    led_on: bool = False
    voicemail: bool = False
    is_out: bool = False


@dataclass(slots=True)
class Turn:
    """What the log tells of one person's turn in the chain."""

    first: Entry
    name: str
    role: str = ""
    phone: str = ""
    parts: list[_Part] = field(default_factory=lambda: [_Part()])


def follow_turn(turns: dict[str, Turn], entry: Entry) -> None:
    data = entry.data
    step = data.get("step", "")
    turn = turns.setdefault(step, Turn(entry, data.get("name", "")))
    part = turn.parts[-1]
    if entry.kind is EntryKind.STEP_STARTED:
        turn.first, turn.name, turn.role = entry, data.get("name", ""), data.get("role", "")
        turn.phone = telephone(data.get("phone"))
        for left in (part for one in turns.values() for part in one.parts):
            left.led_on = left.led_on or (left.verdict is not None and left.verdict.version == entry.version)
    elif entry.kind is EntryKind.RECEIPT:
        words = _SMS_WORDS if data.get("channel") == Channel.SMS else _VOICE_WORDS
        status = ChannelStatus(data.get("status", ChannelStatus.PENDING))
        part.is_out = part.is_out or status is not ChannelStatus.PENDING
        part.voicemail = part.voicemail or status is ChannelStatus.VOICEMAIL
        if status in words:
            part.told.append(f"{words[status]} à {clock(entry.at)}")
    elif part.verdict is not None and part.verdict.kind in _LASTING:
        turn.parts.append(_Part(verdict=entry))
    else:
        part.verdict = entry


def lines_of_turn(turn: Turn) -> list[tuple[Line, Entry]]:
    """A turn is one line, and one more for what follows a refusal or a « Suivant »: each with the entry it ends on."""
    before: Entry | None = None
    lines = []
    for part in turn.parts:
        lines.append((_line(turn, part, before), part.verdict or turn.first))
        before = part.verdict
    return lines


def _line(turn: Turn, part: _Part, before: Entry | None) -> Line:
    told = list(part.told)
    verdict = part.verdict
    quote = ""
    begun = part.verdict.at if before is not None and part.verdict is not None else turn.first.at
    at, mark, icon, state = begun, Mark.PAST, "phone-outgoing", CALLED if part.is_out else ASKED
    after = ""
    if part.voicemail:
        state = VOICEMAIL
    match verdict.kind if verdict else None:
        case EntryKind.ACCEPTED if verdict:
            at, mark, icon, state = verdict.at, Mark.OK, "check", State("Accepté", "ok", "circle-check")
            told.append(f"{_way(verdict.data.get('by', ''), accepted=True)} à {clock(verdict.at)}")
            quote = verdict.data.get("reason", "")
            if before is not None and before.kind is EntryKind.DECLINED:
                after = f"Revient sur son refus de {clock(before.at)}."
        case EntryKind.DECLINED if verdict:
            at, mark, icon, state = verdict.at, Mark.BAD, "x", State("Refusé", "bad", "circle-x")
            told.append(f"{_way(verdict.data.get('by', ''), accepted=False)} à {clock(verdict.at)}")
            quote, after = verdict.data.get("note", ""), "Suivant appelé aussitôt." if part.led_on else ""
        case EntryKind.PASSED_OVER if verdict:
            state = PASSED_OVER
            by = verdict.data.get("by", "")
            after = f"« Suivant »{f' par {by}' if by else ''} à {clock(verdict.at)}, sans attendre l’échéance."
        case EntryKind.STEP_FAILED:
            mark, icon, state = Mark.BAD, "phone-off", State("Injoignable", "bad", "phone-off")
            after = "Suivant appelé aussitôt." if part.led_on else ""
        case EntryKind.NO_ANSWER if verdict:
            state = VOICEMAIL if part.voicemail else NO_ANSWER
            after = f"Sans accord à {clock(verdict.at)}{' : au suivant' if part.led_on else ''}."
    if part.voicemail and state is VOICEMAIL:
        after = f"Un répondeur ne vaut pas accord. {after}".strip()
    return Line(
        at,
        Family.OUTGOING,
        mark,
        icon,
        _person(turn.name, turn.role),
        state=state,
        sentences=_sentences("" if before else turn.phone, told, after),
        quote=quote,
    )


def _sentences(phone: str, told: list[str], after: str) -> tuple[str, ...]:
    facts = ", ".join(told)
    sentences = [f"{phone}." if phone else "", f"{facts[:1].upper()}{facts[1:]}." if facts else "", after]
    return tuple(sentence for sentence in sentences if sentence)


def _person(name: str, role: str) -> str:
    if not role or role in (Role.CONTRACTOR, Role.SECOND_CONTRACTOR):
        return name
    return f"{name}, {ROLE_WORDS[Role(role)]}"


def _way(by: str, accepted: bool) -> str:
    if by == "keys":
        return "touche 1, confirmée," if accepted else "touche 2"
    if by == "page":
        return "accord sur la page" if accepted else "refus sur la page"
    return "accord donné au téléconseiller" if accepted else "refus donné au téléconseiller"
