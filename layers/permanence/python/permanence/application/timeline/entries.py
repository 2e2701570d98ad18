"""The entries of the main courante that are a line each: calls, news, the end of the chain, the work on site."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from permanence.application.timeline.french import clock, spell_duration, spell_minutes
from permanence.application.timeline.lines import RESULT_STATES, Family, Line, Mark, State, ended
from permanence.application.timeline.mail_states import list_name, mail_state, worst_state
from permanence.application.timeline.period_runs import mail_ref
from permanence.domain.calls.call import Call
from permanence.domain.dispatch.actions import ResponderNews, TenantNews
from permanence.domain.dispatch.dispatch import ChannelStatus, ReportResult
from permanence.domain.dispatch.notices import Notice, NoticeRef
from permanence.domain.french_names import of_name, of_place
from permanence.domain.main_courante.log import Entry, EntryKind
from permanence.domain.reference.calendar import Service

_TENANT_NEWS = {
    TenantNews.ACCEPTED: "accord donné",
    TenantNews.ARRIVAL: "heure d’arrivée",
    TenantNews.ON_SITE: "intervenant sur place",
}
_RESPONDER_NEWS = {
    ResponderNews.TAKEN_BY_ANOTHER: "mission prise par un autre",
    ResponderNews.CANCELLED: "mission annulée",
}


def line_of(
    entry: Entry,
    *,
    arrival: datetime | None,
    receipts: Sequence[str],
    call: Call | None,
    mails: Mapping[NoticeRef, Notice],
    was_called: bool,
) -> Line:
    """An entry that is a line by itself. `arrival` (UTC) is what was announced last, `receipts` the statuses of its
    messages, `call` the record of the call it speaks of, `mails` the notices of its mails, where they are known;
    `was_called` when anybody of the chain has been called."""
    match entry.kind:
        case EntryKind.CALL_LINKED | EntryKind.FICHE_CLOSED:
            return _call_linked(entry, call)
        case EntryKind.ARRIVAL_ANNOUNCED:
            return _announced(entry, arrival)
        case EntryKind.ON_SITE:
            return _on_site(entry, arrival)
        case EntryKind.TENANT_TOLD:
            return _tenant_told(entry, receipts)
        case EntryKind.RESPONDER_TOLD:
            return _responder_told(entry, receipts)
        case EntryKind.CHAIN_EXHAUSTED:
            return _exhausted(entry, was_called)
        case EntryKind.SUPERVISOR_CALLED:
            return _supervisor_called(entry, receipts)
        case EntryKind.MAIL_WRITTEN:
            return _mail_written(entry, mails)
        case kind:
            return _SINGLE[kind](entry)


def _announced(entry: Entry, arrival: datetime | None) -> Line:
    title = f"Arrivée annoncée : {clock(arrival)}" if arrival else "Arrivée annoncée"
    return Line(entry.at, Family.INTERVENTION, Mark.PAST, "clock", title, aside=entry.data.get("name", ""))


def _on_site(entry: Entry, arrival: datetime | None) -> Line:
    aside = entry.data.get("name", "")
    if arrival is not None:
        minutes = int((entry.at - arrival) / timedelta(minutes=1))
        if minutes < 0:
            aside = f"{spell_minutes(-minutes)} avant l’heure annoncée"
        elif minutes > 0:
            aside = f"{spell_minutes(minutes)} après l’heure annoncée"
        else:
            aside = "à l’heure annoncée"
    return Line(entry.at, Family.INTERVENTION, Mark.OK, "map-pin", "Sur place", aside=aside)


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
        f"Appel {of_name(name)}" if name else "Appel, nom non donné",
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
    versions = f"Référentiel, par versions : {data['versions']}." if data.get("versions") else ""
    reason = data.get("direct_to_staff_reason", "")
    direct = f"Directement au technicien d’astreinte : {reason}" if reason else ""
    title = f"Dysfonctionnement ouvert : {data.get('motif', '')}".removesuffix(" : ")
    sentences = _optional(guide) + _optional(versions) + _optional(direct)
    return Line(entry.at, Family.FILE, Mark.PAST, "clipboard-list", title, sentences=sentences)


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


def _exhausted(entry: Entry, was_called: bool) -> Line:
    return Line(
        entry.at,
        Family.OUTGOING,
        Mark.BAD,
        "triangle-alert",
        "Personne n’a accepté",
        state=State("Alarme au plateau", "bad", "bell-ring"),
        sentences=("Toute la chaîne a été appelée." if was_called else "Personne n’est à appeler pour ce lieu.",),
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
        "Appel du superviseur de permanence",
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
        sentences=(
            "Les premiers appels sont restés sans confirmation.",
            "Un nouvel appel part toutes les 10 minutes tant que personne n’a la mission.",
        ),
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
        aside=f"par {entry.data['by']}" if entry.data.get("by") else "",
        quote=entry.data.get("reason", ""),
    )


def _notice_delivered(entry: Entry) -> Line:
    state = _received([entry.data.get("status", "")])
    return Line(entry.at, Family.MESSAGE, Mark.PAST, "message-square", "SMS", state=state)


def _mail_written(entry: Entry, mails: Mapping[NoticeRef, Notice]) -> Line:
    """What became of the mails is said of those whose notices are known."""
    data = entry.data
    agency = f", agence {of_place(data['agency'])}" if data.get("agency") else ""
    count = len([r for r in data.get("recipients", "").split(",") if r.strip()])
    states = {
        list_name(list_id, data.get("agency", "")): mail_state(mails[ref])
        for list_id, ref in mails_told_of(entry)
        if ref in mails
    }
    state = worst_state(states.values())
    return Line(
        entry.at,
        Family.MESSAGE,
        Mark.BAD if state is not None and state.tone == "bad" else Mark.PAST,
        "mail",
        f"Courriel de fin {of_name(data.get('service', Service.ASTREINTE))} écrit{agency}",
        aside=f"{count} adresse{'s' if count > 1 else ''}" if count else "",
        state=state,
        sentences=_apart(states) if len(set(states.values())) > 1 else (),
    )


def mails_told_of(entry: Entry) -> list[tuple[str, NoticeRef]]:
    """The lists that the mails of this entry were written for, with their notices."""
    lists = [list_id for list_id in entry.data.get("lists", "").split(",") if list_id]
    return [(list_id, mail_ref(entry.data["period"], list_id)) for list_id in lists]


def _apart(states: Mapping[str, State]) -> tuple[str, ...]:
    return tuple(
        f"{name[:1].upper()}{name[1:]} : {state.word[:1].lower()}{state.word[1:]}." for name, state in states.items()
    )


_SINGLE = {
    EntryKind.OPENED: _opened,
    EntryKind.DISPATCH_STARTED: _dispatch_started,
    EntryKind.LATE_ACCEPTANCE: _late_acceptance,
    EntryKind.SUPERVISOR_TOLD: _supervisor_told,
    EntryKind.SUPERVISOR_UNREACHED: _supervisor_unreached,
    EntryKind.REPORTED: _reported,
    EntryKind.CANCELLED: _cancelled,
    EntryKind.NOTICE_DELIVERED: _notice_delivered,
}


def _optional(sentence: str) -> tuple[str, ...]:
    return (ended(sentence),) if sentence else ()
