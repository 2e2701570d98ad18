"""The Poste page: who waits, what is open, which wrap-ups are missing. Primitives only, from one query of open work."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from permanence.application.dispatch.ports import OpenWork
from permanence.application.reception.answering import ringing_take
from permanence.application.reception.calls import REFUSAL_WORDS
from permanence.application.timeline.calls import caller_name
from permanence.application.timeline.lines import State
from permanence.application.timeline.malfunctions import dispatch_state
from permanence.domain.calls.call import Call, CallStatus
from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import DispatchStatus
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.frozen import dataclass
from permanence.domain.instants import to_paris
from permanence.domain.main_courante.fiche import CallForm, Place
from permanence.domain.reference.announced import expected
from permanence.domain.reference.calendar import Service, next_astreinte, next_change, opening_words, service_at
from permanence.domain.reference.exceptional import Takeover, agency_openings, takeover_at
from permanence.domain.reference.rota import Duty, OnCallRole

EVENING = 18
MORNING = 5
PEAKS_AHEAD = timedelta(days=4)
_WAITING = frozenset({CallStatus.PRESENTED, CallStatus.WAITING, CallStatus.TAKEN})


@dataclass(frozen=True)
class Reader:
    """The agent at the page."""

    agent_id: str
    first_name: str


@dataclass(frozen=True)
class ServiceNow:
    """The band of a page: the service in force and until when, in words."""

    service: Service
    until: str
    greeting: str


@dataclass(frozen=True)
class WaitingCall:
    """`caller` is None for a withheld number; `taken_by` is the agent whose phone rings for it, or empty.
    `on_desk_line` is a call to the number that contractors are given. `is_alarming` once the caller has waited as long
    as alarms the desk (R17)."""

    call_id: str
    caller: str | None
    service: Service
    presented_at: datetime
    waited_s: int
    taken_by: str
    is_readers: bool
    on_desk_line: bool
    is_alarming: bool


@dataclass(frozen=True)
class Conversation:
    call_id: str
    agent_name: str
    talking_s: int
    on_hold: bool
    is_readers: bool


@dataclass(frozen=True)
class MissingWrapUp:
    """`phone` as the fiche has it; `request` is the motif, else the decision of the guide, else what the caller said;
    `number` is the malfunction's while it is open."""

    call_id: str
    opened_at: datetime
    caller: str
    phone: str
    request: str
    place: str
    number: str
    agent_name: str
    is_readers: bool


@dataclass(frozen=True)
class OpenMalfunction:
    """`place` is one line; `state` and `at` say how far the dispatch is; the page of `call_id` follows it. `was_called`
    when somebody of a chain was."""

    malfunction_id: str
    number: str
    motif: str
    place: str
    state: State
    at: datetime | None
    callers: int
    needs_help: bool
    was_called: bool
    call_id: str


@dataclass(frozen=True)
class OwnCall:
    """The call that the reader's phone rings for (`talks` is false) or that he is talking on."""

    call_id: str
    caller: str | None
    talks: bool


@dataclass(frozen=True)
class ExpectedPeak:
    """More calls than usual over [start, end), UTC; it `goes_on` once it has begun."""

    what: str
    start: datetime
    end: datetime
    goes_on: bool


@dataclass(frozen=True)
class OpenAgency:
    """An agency whose doors are open out of the ordinary over [start, end), UTC."""

    agency: str
    reason: str
    start: datetime
    end: datetime
    goes_on: bool


@dataclass(frozen=True)
class Post:
    """`takeover` goes on, or is None."""

    now: ServiceNow
    takeover: Takeover | None
    peaks: tuple[ExpectedPeak, ...]
    agencies: tuple[OpenAgency, ...]
    waiting: tuple[WaitingCall, ...]
    conversations: tuple[Conversation, ...]
    own_call: OwnCall | None
    wrap_ups: tuple[MissingWrapUp, ...]
    malfunctions: tuple[OpenMalfunction, ...]


@dataclass(frozen=True)
class OnCall:
    """Someone of Habitat 70 on call now; `phone` in E.164; `sectors` as the rota names them."""

    name: str
    phone: str
    role: OnCallRole
    sectors: tuple[str, ...]


def post(work: OpenWork, contract: Contract, reader: Reader, now: datetime) -> Post:
    """What the Poste page shows at an instant (UTC)."""
    live = {call.call_id for call in work.calls}
    open_malfunctions = {known.malfunction_id: known for known in work.malfunctions}
    return Post(
        now=service_now(contract, reader, now),
        peaks=tuple(
            ExpectedPeak(peak.what, peak.start, peak.end, peak.start <= now)
            for peak in expected(contract.peaks, now, PEAKS_AHEAD)
        ),
        takeover=takeover_at(contract.takeovers, now),
        agencies=tuple(
            OpenAgency(contract.agencies[one.agency].name, one.reason, one.start, one.end, one.start <= now)
            for one in agency_openings(contract.openings, now, PEAKS_AHEAD)
        ),
        waiting=waiting_calls(work.calls, reader, now, contract.alarm_after_wait_s),
        conversations=tuple(
            Conversation(
                call.call_id,
                call.answered_by_name or "",
                int((now - call.answered_at).total_seconds()),
                call.on_hold,
                call.answered_by == reader.agent_id,
            )
            for call in work.calls
            if call.status is CallStatus.IN_PROGRESS and call.answered_at
        ),
        own_call=own_call(work.calls, reader),
        wrap_ups=tuple(
            _wrap_up(form, open_malfunctions.get(form.malfunction_id or ""), contract, reader)
            for form in work.forms
            if form.call_id not in live
        ),
        malfunctions=tuple(open_malfunction(known) for known in reversed(work.malfunctions)),
    )


def own_call(calls: Iterable[Call], reader: Reader) -> OwnCall | None:
    return next(
        (
            OwnCall(call.call_id, call.caller, call.status is CallStatus.IN_PROGRESS)
            for call in calls
            if call.holder and call.holder[0] == reader.agent_id and not call.is_out_of_reach
        ),
        None,
    )


def waiting_calls(
    calls: Iterable[Call], reader: Reader, now: datetime, alarm_after_wait_s: int
) -> tuple[WaitingCall, ...]:
    """The queue, who waits longest first; a call whose agent's phone still rings is in it."""
    waiting = [
        WaitingCall(
            call.call_id,
            call.caller,
            call.service,
            call.presented_at,
            max(0, int((now - call.presented_at).total_seconds())),
            take.agent_name if take else "",
            take is not None and take.agent == reader.agent_id,
            call.on_desk_line,
            now - call.presented_at >= timedelta(seconds=alarm_after_wait_s),
        )
        for call, take in ((call, ringing_take(call, now)) for call in calls)
        if call.status in _WAITING and not call.is_out_of_reach and call.presented_at and call.service
    ]
    return tuple(sorted(waiting, key=lambda call: (call.presented_at, call.call_id)))


def service_now(contract: Contract, reader: Reader, now: datetime) -> ServiceNow:
    service = service_at(now, contract.hours)
    return ServiceNow(service, until(contract, now), greeting(contract, service, reader.first_name, now))


def until(contract: Contract, now: datetime) -> str:
    """« jusqu’à lundi 8 h 30 »: when the service changes next."""
    return f"jusqu’à {opening_words(next_change(now, contract.hours), now)}"


def greeting(contract: Contract, service: Service, first_name: str, now: datetime) -> str:
    """The agreed formula (R12), with the agent's first name and the salutation of the hour in Paris."""
    salutation = "bonjour" if MORNING <= to_paris(now).hour < EVENING else "bonsoir"
    return contract.messages[service].greeting.format(agent=first_name, salutation=salutation)


def open_malfunction(known: Malfunction) -> OpenMalfunction:
    state, at = dispatch_state(known.dispatch)
    return OpenMalfunction(
        known.malfunction_id,
        known.number,
        known.motif_label,
        place_line(known.place),
        state,
        at,
        len(known.contacts),
        known.dispatch is not None and known.dispatch.status is DispatchStatus.EXHAUSTED,
        known.dispatch is not None and known.dispatch.was_called,
        known.contacts[0].call_id if known.contacts else "",
    )


def place_line(place: Place) -> str:
    """12 rue Baron Bouvier, bât. B, Vesoul: without the door, for lists."""
    building = place.details.split(",")[0] if place.details.startswith("bât.") else ""
    return ", ".join(part for part in (place.address, building, place.commune) if part)


def on_call_now(duties: Iterable[Duty], now: datetime) -> tuple[OnCall, ...]:
    """Who of Habitat 70 is on call at an instant (UTC), the cadre first, each person once with every sector."""
    found: dict[tuple[str, OnCallRole], OnCall] = {}
    for duty in duties:
        if duty.role is OnCallRole.SUPERVISEUR or not duty.start <= now < duty.end:
            continue
        key = (duty.person.person_id, duty.role)
        sectors = () if duty.sector == "*" else (duty.sector,)
        known = found.get(key)
        if known is None or not set(sectors) <= set(known.sectors):
            found[key] = OnCall(
                duty.person.name, duty.person.phone, duty.role, (known.sectors if known else ()) + sectors
            )
    return tuple(sorted(found.values(), key=lambda person: (person.role is not OnCallRole.CADRE, person.sectors)))


def duty_at(contract: Contract, now: datetime) -> datetime:
    """The instant (UTC) whose on-call people concern the desk: now, or in opening hours when the astreinte begins."""
    return next_astreinte(now, contract.hours)


def _wrap_up(form: CallForm, known: Malfunction | None, contract: Contract, reader: Reader) -> MissingWrapUp:
    decided = contract.motifs.get(form.motif) or contract.guide.outcomes.get(form.outcome)
    phones = (form.fields.get("mobile", ""), form.fields.get("landline", ""))
    return MissingWrapUp(
        call_id=form.call_id,
        opened_at=form.opened_at,
        caller=caller_name(form),
        phone=next((phone for phone in phones if phone and phone not in REFUSAL_WORDS), ""),
        request=decided.label if decided else form.fields.get("description", ""),
        place=place_line(known.place) if known else form.fields.get("address", "") or form.free_address,
        number=known.number if known else "",
        agent_name=form.agent_name,
        is_readers=form.agent == reader.agent_id,
    )
