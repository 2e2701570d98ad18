"""One person's turn in the chain, from the first call to the answer: one line of the main courante."""

from dataclasses import dataclass, field

from permanence.application.french import clock, telephone
from permanence.application.timeline_line import NO_ANSWER, ROLE_WORDS, VOICEMAIL, Family, Line, Mark, State
from permanence.domain.dispatch import Channel, ChannelStatus, Role
from permanence.domain.main_courante import Entry, EntryKind

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
STEP_KINDS = frozenset(
    {
        EntryKind.STEP_STARTED,
        EntryKind.RECEIPT,
        EntryKind.DECLINED,
        EntryKind.NO_ANSWER,
        EntryKind.STEP_FAILED,
        EntryKind.ACCEPTED,
    }
)


@dataclass(slots=True)
class Turn:
    """What the log tells of one person's turn in the chain."""

    first: Entry
    name: str
    role: str = ""
    phone: str = ""
    told: list[str] = field(default_factory=list)
    verdict: Entry | None = None
    voicemail: bool = False


def follow_turn(turns: dict[str, Turn], entry: Entry) -> None:
    data = entry.data
    step = data.get("step", "")
    turn = turns.setdefault(step, Turn(entry, data.get("name", "")))
    if entry.kind is EntryKind.STEP_STARTED:
        turn.first, turn.name, turn.role = entry, data.get("name", ""), data.get("role", "")
        turn.phone = telephone(data.get("phone"))
    elif entry.kind is EntryKind.RECEIPT:
        words = _SMS_WORDS if data.get("channel") == Channel.SMS else _VOICE_WORDS
        status = ChannelStatus(data.get("status", ChannelStatus.PENDING))
        turn.voicemail = turn.voicemail or status is ChannelStatus.VOICEMAIL
        if status in words:
            turn.told.append(f"{words[status]} à {clock(entry.at)}")
    else:
        turn.verdict = entry


def line_of_turn(turn: Turn) -> Line:
    told = list(turn.told)
    quote = ""
    at, mark, icon, state = turn.first.at, Mark.PAST, "phone-outgoing", State("Appelé", "wait", "phone-outgoing")
    if turn.voicemail:
        state = VOICEMAIL
    verdict = turn.verdict
    after = ""
    if verdict is not None and verdict.kind is EntryKind.ACCEPTED:
        at, mark, icon, state = verdict.at, Mark.OK, "check", State("Accepté", "ok", "circle-check")
        told.append(f"{_way(verdict.data.get('by', ''), accepted=True)} à {clock(verdict.at)}")
        quote = verdict.data.get("reason", "")
    elif verdict is not None and verdict.kind is EntryKind.DECLINED:
        at, mark, icon, state = verdict.at, Mark.BAD, "x", State("Refusé", "bad", "circle-x")
        told.append(f"{_way(verdict.data.get('by', ''), accepted=False)} à {clock(verdict.at)}")
        quote, after = verdict.data.get("note", ""), "Suivant appelé aussitôt."
    elif verdict is not None and verdict.kind is EntryKind.STEP_FAILED:
        mark, icon, state = Mark.BAD, "phone-off", State("Injoignable", "bad", "phone-off")
        after = "Suivant appelé aussitôt."
    elif verdict is not None:
        state = VOICEMAIL if turn.voicemail else NO_ANSWER
        after = f"Sans accord à {clock(verdict.at)} : au suivant."
    if turn.voicemail and state is VOICEMAIL:
        after = f"Un répondeur ne vaut pas accord. {after}".strip()
    return Line(
        at,
        Family.OUTGOING,
        mark,
        icon,
        _person(turn.name, turn.role),
        state=state,
        sentences=_sentences(turn.phone, told, after),
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
