"""From a decision of an agent to people who are called, one after another, until one has said yes (R40-R46).

Each use case reads the malfunction, asks the pure domain, and saves what it decided in one transaction: the state, the
lines of the main courante, the messages (the outbox) and the timers. Who loses the race reads and decides again.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from permanence.application.mission_links import key_of_token, new_token
from permanence.application.ports import (
    AlreadyExists,
    Decision,
    Malfunctions,
    MissionLink,
    PastRetention,
    ReferenceData,
    Timer,
    VersionConflict,
)
from permanence.domain.calls import Call
from permanence.domain.contract import Contract
from permanence.domain.dispatch import (
    Advance,
    AlarmDesk,
    CallResponder,
    CallSupervisor,
    Dispatch,
    DispatchEvent,
    DispatchStatus,
    Log,
    Outcome,
    Start,
    StartTimer,
    Step,
    TellResponder,
    TellTenant,
    TenantNews,
)
from permanence.domain.dispatch_chain import freeze_chain
from permanence.domain.dispatch_rules import advance, answer_before
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_month, to_paris
from permanence.domain.main_courante import Contact, Entry, EntryKind, Malfunction, MalfunctionStatus, Place
from permanence.domain.notice_words import mission_sms, responder_sms, tenant_sms
from permanence.domain.notices import Notice, NoticeKind

MOST_ATTEMPTS = 8
"""A lost race means that somebody else got on: more racers than this on one malfunction have other troubles."""

MOST_TOLD = 20
"""Callers who get an SMS of one news: one transaction must hold them, and a whole building calls in a storm."""

SUPERVISOR_VOICE = "supervisor-voice"
"""What the keys of the calls to the duty supervisor begin with; the number of the call follows."""

CLIENT_MADE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
MOBILE = re.compile(r"\+33[67]\d{8}")

T = TypeVar("T")


def new_reference() -> str:
    """What a contractor quotes on the phone: random, so that it tells nothing of how many there are."""
    return f"{secrets.randbelow(900) + 100}-{secrets.randbelow(1000):03}"


@dataclass(frozen=True)
class Dispatching:
    """What every decision is written with. `link_base` is the address that a link's token is appended to."""

    contract: Contract
    link_base: str
    new_token: Callable[[], str] = new_token
    new_reference: Callable[[], str] = new_reference


@dataclass(frozen=True)
class CallLink:
    """A call about a malfunction: who called, how to tell them, and who took the call."""

    contact: Contact
    agent_name: str
    description: str
    call: Call | None = None


@dataclass(frozen=True)
class DispatchRequest:
    """« Envoyer en intervention »: `malfunction_id` is made by the client, so that a repeat is the same request.

    `motif` is an id of the contract; `path` the answered tree. `direct_to_staff_reason` says why no contractor is
    called for a motif that is in both lists (R23 [A]).
    """

    malfunction_id: str
    motif: str
    place: Place
    link: CallLink
    tree_version: str
    path: Sequence[tuple[str, str]]
    direct_to_staff_reason: str = ""


class MissionOver(Exception):
    """The malfunction is closed: nobody is on his way for it."""


@dataclass(frozen=True)
class Acted:
    """What to tell the one who acted, the malfunction as it stands now, and whether anything had to be saved."""

    outcome: Outcome
    malfunction: Malfunction
    saved: bool


def start_dispatch(
    malfunctions: Malfunctions,
    reference_data: ReferenceData,
    request: DispatchRequest,
    now: datetime,
    dispatching: Dispatching,
) -> Malfunction:
    """Open a malfunction, freeze its chain and call the first responder: 4 requests; a repeat returns the first.

    Raises ValueError on a malformed id, or on a reason to skip a contractor who cannot be skipped; KeyError on a motif
    that the contract does not know; VersionConflict when the race was lost too often.
    """
    if not CLIENT_MADE_ID.fullmatch(request.malfunction_id):
        raise ValueError("a malfunction is named by 8 to 64 letters, digits and hyphens")
    contract = dispatching.contract
    motif = contract.motifs[request.motif]
    if request.direct_to_staff_reason and not motif.may_skip_contractor:
        raise ValueError(f"{motif.motif_id} is not in both lists: nobody of its chain can be skipped")
    chain = freeze_chain(
        contract.dispatch,
        motif,
        request.place,
        reference_data.patrimoine(),
        reference_data.duties(paris_month(now)),
        at=now,
        direct_to_staff_reason=request.direct_to_staff_reason,
    )
    idle = Dispatch(dispatching.new_reference(), tuple(Step(responder) for responder in chain))
    opened = Malfunction(
        malfunction_id=request.malfunction_id,
        number=malfunctions.next_number(to_paris(now).year),
        version=1,
        status=MalfunctionStatus.OPEN,
        opened_at=now,
        motif=motif.motif_id,
        motif_label=motif.label,
        description=request.link.description,
        place=request.place,
        contacts=(request.link.contact,),
        dispatch=idle,
    )
    path = " > ".join(f"{node}:{answer}" for node, answer in request.path)
    opening = {"motif": motif.label, "tree_version": request.tree_version, "path": path}
    if request.direct_to_staff_reason:
        opening["direct_to_staff_reason"] = request.direct_to_staff_reason
    first_lines = (_call_linked(request.link), Log(EntryKind.OPENED, opening))
    moved = advance(idle, Start(), now, contract.dispatch)
    decision = _decision(opened, moved, now, dispatching, first_lines)
    for _ in range(MOST_ATTEMPTS):
        try:
            malfunctions.add(replace(decision, linked_calls=(request.link.contact.call_id,)))
        except AlreadyExists:
            return _known(malfunctions, request.malfunction_id)
        except VersionConflict:
            # Somebody is adding it at this moment, and may still fail: there may be nothing to read yet.
            continue
        return decision.malfunction
    raise VersionConflict(request.malfunction_id)


def act_on_dispatch(
    malfunctions: Malfunctions,
    malfunction_id: str,
    event: DispatchEvent,
    now: datetime,
    dispatching: Dispatching,
    obeyed: Timer | None = None,
) -> Acted:
    """What happened moves the dispatch on: 2 requests, 2 more after each lost race.

    `obeyed` is the timer that told the event, forgotten with it. Raises PastRetention when there is no such dispatch
    (any more), VersionConflict when the race was lost too often.
    """
    timers = (obeyed,) if obeyed else ()

    def decide(malfunction: Malfunction) -> tuple[Decision | None, Acted]:
        if malfunction.dispatch is None:
            raise PastRetention(malfunction_id)
        moved = advance(malfunction.dispatch, event, now, dispatching.contract.dispatch)
        if moved.dispatch == malfunction.dispatch and not moved.actions:
            return None, Acted(moved.outcome, malfunction, saved=False)
        following = replace(malfunction, version=malfunction.version + 1)
        decision = replace(_decision(following, moved, now, dispatching), obeyed=timers)
        return decision, Acted(moved.outcome, decision.malfunction, saved=True)

    return _decide(malfunctions, malfunction_id, decide)


def join_call(malfunctions: Malfunctions, malfunction_id: str, link: CallLink, now: datetime) -> Malfunction:
    """A repeat call, or a neighbour's, joins the main courante and its caller is told from now on (R46): 2 requests.

    Joining twice is joining once. Raises MissionOver, and PastRetention and VersionConflict as `act_on_dispatch`.
    """

    def decide(malfunction: Malfunction) -> tuple[Decision | None, Malfunction]:
        if link.contact.call_id in {contact.call_id for contact in malfunction.contacts}:
            return None, malfunction
        if malfunction.status is MalfunctionStatus.CLOSED:
            raise MissionOver(malfunction_id)
        joined = replace(malfunction, version=malfunction.version + 1, contacts=(*malfunction.contacts, link.contact))
        entries = _entries(joined.version, (_call_linked(link),), now)
        return Decision(joined, entries, linked_calls=(link.contact.call_id,)), joined

    return _decide(malfunctions, malfunction_id, decide)


def complete_call(
    malfunctions: Malfunctions, malfunction_id: str, link: CallLink, answer_given: str, now: datetime
) -> Malfunction:
    """The fiche of a call is closed: who called and the answer given join the main courante (R27, R46): 2 requests.

    What was typed after the call was linked counts for whoever is told from now on. A call is completed once, also
    after the mission has ended. Raises PastRetention and VersionConflict as `act_on_dispatch`.
    """

    def decide(malfunction: Malfunction) -> tuple[Decision | None, Malfunction]:
        contacts = {contact.call_id: contact for contact in malfunction.contacts}
        known = contacts.get(link.contact.call_id, link.contact)
        if known.is_complete:
            return None, malfunction
        contacts[known.call_id] = replace(link.contact, told_by_sms=known.told_by_sms, is_complete=True)
        completed = replace(
            malfunction,
            version=malfunction.version + 1,
            description=malfunction.description or link.description,
            contacts=tuple(contacts.values()),
        )
        line = Log(EntryKind.FICHE_CLOSED, {**_told_by_agent(link), "answer_given": answer_given})
        return Decision(completed, _entries(completed.version, (line,), now)), completed

    return _decide(malfunctions, malfunction_id, decide)


def note(malfunctions: Malfunctions, malfunction_id: str, line: Log, now: datetime) -> None:
    """One more line in the main courante: 2 requests. Raises PastRetention and VersionConflict as `act_on_dispatch`."""

    def decide(malfunction: Malfunction) -> tuple[Decision | None, None]:
        following = replace(malfunction, version=malfunction.version + 1)
        return Decision(following, _entries(following.version, (line,), now)), None

    _decide(malfunctions, malfunction_id, decide)


def _decide(
    malfunctions: Malfunctions, malfunction_id: str, decide: Callable[[Malfunction], tuple[Decision | None, T]]
) -> T:
    for _ in range(MOST_ATTEMPTS):
        decision, answer = decide(_known(malfunctions, malfunction_id))
        if decision is None:
            return answer
        try:
            malfunctions.save(decision)
        except VersionConflict:
            continue
        return answer
    raise VersionConflict(malfunction_id)


def _known(malfunctions: Malfunctions, malfunction_id: str) -> Malfunction:
    malfunction = malfunctions.get(malfunction_id)
    if malfunction is None:
        raise PastRetention(malfunction_id)
    return malfunction


# --- what the domain decided, as things to save -----------------------------------------------------------------------


def _decision(
    malfunction: Malfunction, moved: Advance, now: datetime, dispatching: Dispatching, first_lines: Sequence[Log] = ()
) -> Decision:
    """`malfunction` has its new version and still the old dispatch."""
    dispatch = moved.dispatch
    malfunction = replace(malfunction, dispatch=dispatch, status=_status_after(dispatch))
    lines: list[Log] = list(first_lines)
    notices: list[Notice] = []
    timers: list[Timer] = []
    links: list[MissionLink] = []
    for action in moved.actions:
        match action:
            case Log():
                lines.append(action)
            case CallResponder(step):
                link, called = _call_responder(malfunction, dispatch, step, now, dispatching)
                links += link
                notices += called
            case StartTimer(step, due):
                timers.append(Timer(step, due))
            case TellTenant(news):
                told = _tell_tenants(malfunction, dispatch, news, now, dispatching.contract)
                notices += told
                lines += [Log(EntryKind.TENANT_TOLD, {"news": news, "text": told[0].text})] if told else []
            case TellResponder():
                told = _tell_responder(malfunction, dispatch, action, now)
                notices += told
                name = dispatch.steps[action.step].responder.name
                data = {"step": str(action.step), "name": name, "news": action.news.value}
                lines += [Log(EntryKind.RESPONDER_TOLD, data)] if told else []
            case AlarmDesk():
                # The alarm is the state itself: an exhausted dispatch stays in the open index, where the desk rings.
                pass
            case CallSupervisor(attempt):
                notices.append(_call_supervisor(malfunction, attempt, now, dispatching.contract))
    entries = _entries(malfunction.version, lines, now)
    return Decision(malfunction, entries, tuple(notices), tuple(timers), tuple(links))


def _status_after(dispatch: Dispatch) -> MalfunctionStatus:
    over = dispatch.status in {DispatchStatus.REPORTED, DispatchStatus.CANCELLED}
    return MalfunctionStatus.CLOSED if over else MalfunctionStatus.OPEN


def _entries(version: int, lines: Sequence[Log], now: datetime) -> tuple[Entry, ...]:
    return tuple(Entry(version, n, now, EntryKind(line.kind), line.data) for n, line in enumerate(lines))


def _call_linked(link: CallLink) -> Log:
    wait = link.call.wait if link.call else None
    data = _told_by_agent(link)
    return Log(EntryKind.CALL_LINKED, data if wait is None else data | {"wait_s": str(round(wait.total_seconds()))})


def _told_by_agent(link: CallLink) -> dict[str, str]:
    return {
        "call": link.contact.call_id,
        "caller_name": link.contact.name,
        "agent_name": link.agent_name,
        "description": link.description,
    }


def _call_responder(
    malfunction: Malfunction, dispatch: Dispatch, index: int, now: datetime, dispatching: Dispatching
) -> tuple[list[MissionLink], list[Notice]]:
    """The SMS with the link and the voice call, at once (R41); a landline gets the call alone."""
    contract = dispatching.contract
    step = dispatch.steps[index]
    owner = malfunction.malfunction_id
    voice = Notice(owner, f"s{index}-voice", NoticeKind.VOICE, step.responder.phone, now, step=index)
    if step.responder.sms_phone is None:
        return [], [voice]
    token = dispatching.new_token()
    text = mission_sms(
        reference=dispatch.reference,
        motif=contract.motifs[malfunction.motif].sms_label,
        commune=malfunction.place.commune,
        address=malfunction.place.address,
        answer_before=answer_before(step) or now,
        link=dispatching.link_base + token,
        desk_line=contract.numbers.desk_line,
    )
    sms = Notice(owner, f"s{index}-sms", NoticeKind.SMS, step.responder.sms_phone, now, text=text, step=index)
    valid_until = now + timedelta(hours=contract.dispatch.link_valid_h)
    return [MissionLink(key_of_token(token), owner, index, valid_until)], [sms, voice]


def _call_supervisor(malfunction: Malfunction, attempt: int, now: datetime, contract: Contract) -> Notice:
    key = f"{SUPERVISOR_VOICE}-{attempt}"
    return Notice(malfunction.malfunction_id, key, NoticeKind.VOICE, contract.numbers.duty_supervisor, now)


def _tell_tenants(
    malfunction: Malfunction, dispatch: Dispatch, news: TenantNews, now: datetime, contract: Contract
) -> list[Notice]:
    """An SMS to each caller's mobile, once a number (R45)."""
    if dispatch.winner is None:
        return []
    winner = dispatch.steps[dispatch.winner].responder
    text = tenant_sms(
        news,
        role=winner.role,
        trade=winner.trade,
        arrival=dispatch.announced_arrival_at,
        number=malfunction.number,
        public_number=contract.numbers.landlord_public,
    )
    mobiles = [
        contact.phone
        for contact in malfunction.contacts
        if contact.told_by_sms and contact.phone and MOBILE.fullmatch(contact.phone)
    ]
    return [
        Notice(
            malfunction.malfunction_id,
            f"tenant-{news.value}-{malfunction.version}-{n}",
            NoticeKind.SMS,
            phone,
            now,
            text=text,
        )
        for n, phone in enumerate(list(dict.fromkeys(mobiles))[:MOST_TOLD])
    ]


def _tell_responder(malfunction: Malfunction, dispatch: Dispatch, action: TellResponder, now: datetime) -> list[Notice]:
    """An SMS to who was called and need not come; who has no mobile hears it when calling (R44)."""
    told = dispatch.steps[action.step].responder
    if told.sms_phone is None:
        return []
    winner = None if dispatch.winner is None else dispatch.steps[dispatch.winner].responder.role
    text = responder_sms(action.news, dispatch.reference, now, winner=winner, told=told.role)
    key = f"told-{action.step}-{action.news.value}"
    return [Notice(malfunction.malfunction_id, key, NoticeKind.SMS, told.sms_phone, now, text=text)]
