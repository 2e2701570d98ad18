"""The main courante as a reader wants it: grouped by person called, in French, every time on the clocks of Paris.

The extranet, its Excel and the mail of the end of a period all tell the same lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from permanence.application.dispatching import SUPERVISOR_VOICE
from permanence.application.french import clock, spell_duration, telephone
from permanence.domain.calls import Call
from permanence.domain.dispatch import Channel, ChannelStatus, ReportResult, ResponderNews, Role, TenantNews
from permanence.domain.instants import parse_instant
from permanence.domain.main_courante import Entry, EntryKind


class Family(StrEnum):
    """What a reader filters on."""

    INCOMING = "recus"
    OUTGOING = "emis"
    MESSAGE = "messages"
    INTERVENTION = "intervention"
    FILE = "dossier"


class Mark(StrEnum):
    """How the dot of a line looks on « le fil »."""

    PAST = "past"
    OK = "ok"
    BAD = "bad"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class State:
    """A state in a word; `tone` and `icon` only repeat what the word says. Tone ``""`` is neutral grey."""

    word: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline; `at` in UTC; `call_id` leads to the call a line speaks of."""

    at: datetime
    family: Family
    mark: Mark
    icon: str
    title: str
    aside: str = ""
    state: State | None = None
    sentences: tuple[str, ...] = ()
    quote: str = ""
    call_id: str | None = None

    @property
    def text(self) -> str:
        """The whole line without its time, in plain sentences (mail)."""
        head = f"{self.title} : {self.state.word.lower()}" if self.state else self.title
        return " ".join(part for part in (_ended(head), self.detail) if part)

    @property
    def detail(self) -> str:
        """What the line says beyond its title and state, in plain sentences."""
        aside = self.aside[:1].upper() + self.aside[1:]
        quote = f"« {self.quote} »" if self.quote else ""
        return " ".join(_ended(part) for part in (aside, *self.sentences, quote) if part)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "»", "!", "?")) else f"{sentence}."


ROLE_WORDS: Mapping[Role, str] = {
    Role.CONTRACTOR: "prestataire",
    Role.CONTRACTOR_SECOND_NUMBER: "2e numéro",
    Role.SECOND_CONTRACTOR: "second prestataire",
    Role.TECHNICIEN: "technicien d’astreinte",
    Role.CADRE: "cadre d’astreinte",
}
RESULT_STATES: Mapping[ReportResult, State] = {
    ReportResult.REALISEE: State("Réalisée", "ok", "circle-check"),
    ReportResult.MISE_EN_SECURITE: State("Mise en sécurité", "info", "shield-check"),
    ReportResult.A_SUIVRE: State("À suivre", "info", "pencil"),
    ReportResult.ACCES_IMPOSSIBLE: State("Accès impossible", "wait", "lock"),
    ReportResult.REPARATION_LOCATIVE: State("Réparation locative", "", "house"),
    ReportResult.ANNULEE: State("Annulée", "", "ban"),
}
VOICEMAIL = State("Répondeur", "", "voicemail")
NO_ANSWER = State("Sans réponse", "", "phone-missed")
_TENANT_NEWS = {
    TenantNews.ACCEPTED: "accord donné",
    TenantNews.ARRIVAL: "heure d’arrivée",
    TenantNews.ON_SITE: "intervenant sur place",
}
_RESPONDER_NEWS = {
    ResponderNews.TAKEN_BY_ANOTHER: "mission prise par un autre",
    ResponderNews.CANCELLED: "mission annulée",
}
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
_STEP_KINDS = frozenset(
    {
        EntryKind.STEP_STARTED,
        EntryKind.RECEIPT,
        EntryKind.LINK_OPENED,
        EntryKind.DECLINED,
        EntryKind.NO_ANSWER,
        EntryKind.STEP_FAILED,
        EntryKind.ACCEPTED,
    }
)


@dataclass(slots=True)
class _Turn:
    """What the log tells of one person's turn in the chain."""

    first: Entry
    name: str
    role: str = ""
    phone: str = ""
    told: list[str] = field(default_factory=list)
    verdict: Entry | None = None
    voicemail: bool = False


def timeline(entries: Iterable[Entry], calls: Iterable[Call] = ()) -> tuple[Line, ...]:
    """The entries of one main courante, in any order, to its lines in order of time.

    A call is told when it was presented, where its record is among `calls`; else when it was linked. Its line holds the
    fiche as it was closed: the caller, the description, the answer given (R27).
    """
    ordered = _with_fiches(sorted(entries, key=_told_in_order))
    receipts = _receipts_of_news(ordered)
    known = {call.call_id: call for call in calls}
    turns: dict[str, _Turn] = {}
    lines: list[tuple[Line, Entry]] = []
    arrival: datetime | None = None
    for entry in ordered:
        if entry.kind in _STEP_KINDS:
            _follow_turn(turns, entry)
            continue
        if entry.kind is EntryKind.NOTICE_DELIVERED and _group(entry) in receipts:
            continue
        if entry.kind is EntryKind.ARRIVAL_ANNOUNCED:
            arrival = _instant(entry.data.get("arrival"))
        lines.append((_line(entry, arrival, receipts, known), entry))
    lines.extend((_turn_line(turn), turn.verdict or turn.first) for turn in turns.values())
    return tuple(line for line, _ in sorted(lines, key=lambda pair: (pair[0].at, pair[1].version, pair[1].n)))


def _told_in_order(entry: Entry) -> tuple[datetime, int, int]:
    return entry.at, entry.version, entry.n


def _with_fiches(entries: Sequence[Entry]) -> list[Entry]:
    """Each call with what its fiche says; the fiche of a call that is not linked tells the call itself."""
    fiches = {entry.data.get("call"): entry for entry in entries if entry.kind is EntryKind.FICHE_CLOSED}
    linked = {entry.data.get("call") for entry in entries if entry.kind is EntryKind.CALL_LINKED}
    return [
        _completed(entry, fiches.get(entry.data.get("call"))) if entry.kind is EntryKind.CALL_LINKED else entry
        for entry in entries
        if entry.kind is not EntryKind.FICHE_CLOSED or entry.data.get("call") not in linked
    ]


def _completed(linked: Entry, fiche: Entry | None) -> Entry:
    told = {name: value for name, value in fiche.data.items() if value} if fiche else {}
    return replace(linked, data={**linked.data, **told})


def _line(entry: Entry, arrival: datetime | None, receipts: Mapping[str, list[str]], calls: Mapping[str, Call]) -> Line:
    match entry.kind:
        case EntryKind.CALL_LINKED | EntryKind.FICHE_CLOSED:
            return _call_linked(entry, calls.get(entry.data.get("call", "")))
        case EntryKind.ARRIVAL_ANNOUNCED:
            return _announced(entry, arrival)
        case EntryKind.ON_SITE:
            return _on_site(entry, arrival)
        case EntryKind.TENANT_TOLD:
            return _tenant_told(entry, receipts[_news_key(entry)])
        case EntryKind.RESPONDER_TOLD:
            return _responder_told(entry, receipts[_news_key(entry)])
        case EntryKind.SUPERVISOR_CALLED:
            return _supervisor_called(entry, receipts[_news_key(entry)])
        case kind:
            return _SINGLE[kind](entry)


def _follow_turn(turns: dict[str, _Turn], entry: Entry) -> None:
    data = entry.data
    step = data.get("step", "")
    turn = turns.setdefault(step, _Turn(entry, data.get("name", "")))
    if entry.kind is EntryKind.STEP_STARTED:
        turn.first, turn.name, turn.role = entry, data.get("name", ""), data.get("role", "")
        turn.phone = telephone(data.get("phone"))
    elif entry.kind is EntryKind.RECEIPT:
        words = _SMS_WORDS if data.get("channel") == Channel.SMS else _VOICE_WORDS
        status = ChannelStatus(data.get("status", ChannelStatus.PENDING))
        turn.voicemail = turn.voicemail or status is ChannelStatus.VOICEMAIL
        if status in words:
            turn.told.append(f"{words[status]} à {clock(entry.at)}")
    elif entry.kind is EntryKind.LINK_OPENED:
        turn.told.append(f"lien ouvert à {clock(entry.at)}")
    else:
        turn.verdict = entry


def _turn_line(turn: _Turn) -> Line:
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


def _announced(entry: Entry, arrival: datetime | None) -> Line:
    title = f"Arrivée annoncée : {clock(arrival)}" if arrival else "Arrivée annoncée"
    return Line(entry.at, Family.INTERVENTION, Mark.PAST, "clock", title, aside=entry.data.get("name", ""))


def _on_site(entry: Entry, arrival: datetime | None) -> Line:
    aside = entry.data.get("name", "")
    if arrival is not None:
        minutes = int((entry.at - arrival) / timedelta(minutes=1))
        if minutes < 0:
            aside = f"{-minutes} min avant l’heure annoncée"
        elif minutes > 0:
            aside = f"{minutes} min après l’heure annoncée"
        else:
            aside = "à l’heure annoncée"
    return Line(entry.at, Family.INTERVENTION, Mark.OK, "map-pin", "Sur place", aside=aside)


def _news_key(entry: Entry) -> str:
    """What the keys of the messages of one news begin with (see dispatching)."""
    news = entry.data.get("news", "")
    if entry.kind is EntryKind.SUPERVISOR_CALLED:
        return f"{SUPERVISOR_VOICE}-{entry.data.get('attempt', '')}"
    if entry.kind is EntryKind.TENANT_TOLD:
        return f"tenant-{news}-{entry.version}"
    return f"told-{entry.data.get('step', '')}-{news}"


def _group(entry: Entry) -> str:
    """A tenant's message ends with a counter of the callers, a responder's does not."""
    key = entry.data.get("key", "")
    return key.rpartition("-")[0] if key.startswith("tenant-") else key


def _receipts_of_news(entries: Iterable[Entry]) -> dict[str, list[str]]:
    told = (EntryKind.TENANT_TOLD, EntryKind.RESPONDER_TOLD, EntryKind.SUPERVISOR_CALLED)
    receipts: dict[str, list[str]] = {_news_key(entry): [] for entry in entries if entry.kind in told}
    for entry in entries:
        if entry.kind is EntryKind.NOTICE_DELIVERED and _group(entry) in receipts:
            receipts[_group(entry)].append(entry.data.get("status", ""))
    return receipts


def _received(statuses: Sequence[str]) -> State | None:
    if not statuses:
        return None
    if any(status != ChannelStatus.DELIVERED for status in statuses):
        return State("Non délivré", "bad", "circle-x")
    return State("Délivrés" if len(statuses) > 1 else "Délivré", "ok", "check-check")


def _call_linked(entry: Entry, call: Call | None) -> Line:
    data = entry.data
    aside = [f"pris par {data['agent_name']}"] if data.get("agent_name") else []
    wait = call.wait if call else timedelta(seconds=float(data["wait_s"])) if data.get("wait_s") else None
    if wait is not None:
        aside.append(f"attente {spell_duration(wait)}")
    name = data.get("caller_name", "")
    return Line(
        (call.presented_at if call else None) or entry.at,
        Family.INCOMING,
        Mark.PAST,
        "phone-incoming",
        f"Appel de {name}" if name else "Appel, nom non donné",
        aside=", ".join(aside),
        sentences=_optional(data.get("description", "")) + _optional(_answer(data)),
        call_id=data.get("call") or None,
    )


def _answer(data: Mapping[str, str]) -> str:
    answer = data.get("answer_given", "")
    return f"Réponse apportée : {answer}" if answer else ""


def _opened(entry: Entry) -> Line:
    data = entry.data
    guide = f"Guide de traitement, version {data['tree_version']}." if data.get("tree_version") else ""
    reason = data.get("direct_to_staff_reason", "")
    direct = f"Directement au technicien d’astreinte : {reason}" if reason else ""
    title = f"Dysfonctionnement ouvert : {data.get('motif', '')}".removesuffix(" : ")
    return Line(
        entry.at, Family.FILE, Mark.PAST, "clipboard-list", title, sentences=_optional(guide) + _optional(direct)
    )


def _dispatch_started(entry: Entry) -> Line:
    data = entry.data
    names = ", puis ".join(dict.fromkeys(data.get("chain", "").split(", ")))
    chain = f"Chaîne figée : {names}." if names else ""
    return Line(
        entry.at,
        Family.FILE,
        Mark.PAST,
        "send",
        "Envoi en intervention",
        aside=f"référence {data['reference']}" if data.get("reference") else "",
        sentences=_optional(chain),
    )


def _late_acceptance(entry: Entry) -> Line:
    winner = entry.data.get("winner", "")
    return Line(
        entry.at,
        Family.OUTGOING,
        Mark.PAST,
        "phone-outgoing",
        entry.data.get("name", ""),
        state=State("Accord après un autre", "", "info"),
        sentences=_optional(f"La mission était déjà à {winner}." if winner else ""),
    )


def _exhausted(entry: Entry) -> Line:
    return Line(
        entry.at,
        Family.OUTGOING,
        Mark.BAD,
        "triangle-alert",
        "Personne n’a accepté",
        state=State("Alarme au plateau", "bad", "bell-ring"),
        sentences=("Toute la chaîne a été appelée ; le superviseur prend la suite.",),
    )


def _supervisor_called(entry: Entry, receipts: Sequence[str]) -> Line:
    attempt = entry.data.get("attempt", "")
    state = None
    if receipts:
        picked_up = ChannelStatus.DELIVERED in receipts
        state = State("Décroché", "info", "phone-outgoing") if picked_up else State("Injoignable", "bad", "phone-off")
    return Line(
        entry.at,
        Family.OUTGOING,
        Mark.PAST,
        "phone-outgoing",
        "Superviseur de permanence appelé",
        aside=f"appel n° {attempt}" if attempt else "",
        state=state,
    )


def _supervisor_told(entry: Entry) -> Line:
    return Line(
        entry.at,
        Family.OUTGOING,
        Mark.OK,
        "check",
        "Superviseur de permanence",
        state=State("Bien reçu", "ok", "circle-check"),
        sentences=("Touche 1 : il prend la suite.",),
    )


def _supervisor_unreached(entry: Entry) -> Line:
    return Line(
        entry.at,
        Family.OUTGOING,
        Mark.BAD,
        "phone-off",
        "Superviseur de permanence",
        state=State("Injoignable", "bad", "phone-off"),
        sentences=("Tous les appels sont restés sans confirmation. L’alarme reste affichée au plateau.",),
    )


def _tenant_told(entry: Entry, receipts: Sequence[str]) -> Line:
    news = _TENANT_NEWS.get(TenantNews(entry.data["news"]), "") if entry.data.get("news") else ""
    return Line(
        entry.at,
        Family.MESSAGE,
        Mark.PAST,
        "message-square",
        "SMS aux appelants",
        aside=news,
        state=_received(receipts),
        quote=entry.data.get("text", ""),
    )


def _responder_told(entry: Entry, receipts: Sequence[str]) -> Line:
    news = _RESPONDER_NEWS.get(ResponderNews(entry.data["news"]), "") if entry.data.get("news") else ""
    title = f"SMS à {entry.data.get('name', '')}"
    return Line(entry.at, Family.MESSAGE, Mark.PAST, "message-square", title, aside=news, state=_received(receipts))


def _reported(entry: Entry) -> Line:
    result = entry.data.get("result", "")
    return Line(
        entry.at,
        Family.INTERVENTION,
        Mark.OK,
        "wrench",
        "Compte rendu",
        aside=entry.data.get("name", ""),
        state=RESULT_STATES[ReportResult(result)] if result else None,
        quote=entry.data.get("note", ""),
    )


def _cancelled(entry: Entry) -> Line:
    return Line(
        entry.at,
        Family.INTERVENTION,
        Mark.PAST,
        "ban",
        "Mission annulée",
        quote=entry.data.get("reason", ""),
    )


def _notice_delivered(entry: Entry) -> Line:
    state = _received([entry.data.get("status", "")])
    return Line(entry.at, Family.MESSAGE, Mark.PAST, "message-square", "SMS", state=state)


def _mail_sent(entry: Entry) -> Line:
    data = entry.data
    agency = f", agence de {data['agency']}" if data.get("agency") else ""
    count = len([r for r in data.get("recipients", "").split(",") if r.strip()])
    return Line(
        entry.at,
        Family.MESSAGE,
        Mark.PAST,
        "mail",
        f"Courriel de fin d’astreinte{agency}",
        aside=f"{count} adresse{'s' if count > 1 else ''}" if count else "",
    )


_SINGLE = {
    EntryKind.OPENED: _opened,
    EntryKind.DISPATCH_STARTED: _dispatch_started,
    EntryKind.LATE_ACCEPTANCE: _late_acceptance,
    EntryKind.CHAIN_EXHAUSTED: _exhausted,
    EntryKind.SUPERVISOR_TOLD: _supervisor_told,
    EntryKind.SUPERVISOR_UNREACHED: _supervisor_unreached,
    EntryKind.REPORTED: _reported,
    EntryKind.CANCELLED: _cancelled,
    EntryKind.NOTICE_DELIVERED: _notice_delivered,
    EntryKind.MAIL_SENT: _mail_sent,
}


def _optional(sentence: str) -> tuple[str, ...]:
    return (_ended(sentence),) if sentence else ()


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None
