"""A call is a fold of neutral events: any order and any duplication give the same call (R10)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from permanence.domain.reference.calendar import Service


class Line(StrEnum):
    """What a call was to us. Only what tenants call is counted (R60)."""

    TENANTS = "tenants"
    DESK = "desk"  # the number that contractors are given
    TEST = "test"  # our own number calls the tenants' one, to see that it answers


NO_KEY = "no_key"
"""Why a call was released whose agent's phone was picked up by nobody who pressed a key: a mailbox does not."""


class CallEventKind(StrEnum):
    """What can happen to a call, in no provider's words."""

    PRESENTED = "presented"  # service, hours, called, [caller], [forwarded_from], [line: desk | test]
    TOLD_AFTERWARDS = "told_afterwards"  # as presented: the provider told of the call only when it was over
    QUEUED = "queued"  # the welcome message has ended
    LEFT_QUEUE = "left_queue"  # result: bridged | hangup | redirected | error
    TAKEN = "taken"  # agent, agent_name, attempt
    RELEASED = "released"  # attempt, reason: the agent's phone did not answer, or nobody pressed a key there
    ANSWERED = "answered"  # attempt: a human is on the line (R61)
    COMING_OVER = "coming_over"  # attempt: the caller has been told to join the agent
    CONNECTED = "connected"  # attempt: caller and agent are in one conversation
    AGENT_LEFT = "agent_left"  # attempt, talked: yes | no, the agent was gone before the caller had come over
    HELD = "held"
    RESUMED = "resumed"
    ENDED = "ended"
    RECORDING_STARTED = "recording_started"  # recording
    RECORDING_READY = "recording_ready"  # recording, duration_s
    RECORDING_STORED = "recording_stored"  # recording, object_key
    RECORDING_ERASED = "recording_erased"  # recording, reason
    SENT_TO_FALLBACK = "sent_to_fallback"  # we could not serve the caller: the landlord's own numbers ring (R16)
    OBJECTION_RAISED = "objection_raised"  # recording stops; what exists stays until the objection is confirmed
    OBJECTED = "objected"  # the caller does not want to be recorded (R14): what exists goes too


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One fact about one call.

    `key` names the fact: the same fact told twice has the same key, and only the first telling counts.
    `at` is in UTC.
    """

    call_id: str
    key: str
    kind: CallEventKind
    at: datetime
    data: Mapping[str, str] = field(default_factory=dict)


class CallStatus(StrEnum):
    UNKNOWN = "unknown"  # events came before the presentation
    PRESENTED = "presented"
    WAITING = "waiting"
    TAKEN = "taken"  # an agent's phone is ringing
    IN_PROGRESS = "in_progress"
    SENT_TO_FALLBACK = "sent_to_fallback"  # with the landlord's own numbers: nobody of ours takes it out of there
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Take:
    """An agent's claim on a waiting call; attempt counts from 1."""

    attempt: int
    agent: str
    agent_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recording:
    recording_id: str
    object_key: str | None
    duration_s: int | None
    erased: bool


@dataclass(frozen=True, slots=True)
class Call:
    """Everything known of a call; all instants in UTC, None while unknown. A withheld number is `caller` None.

    `service` was decided once, when the call was presented, by the hours of a version of the contract (R5), and stays
    whatever these become. It is None while the presentation is unknown; a presentation that names none, as none of ours
    does, is astreinte, like every moment that is not one of opening (R1).

    `came_over_at` and `agent_left` speak of the agent of `take`: the caller was told to join him, and his leg is over.
    `met` are the attempts whose agent and caller were in one conversation, `no_key` those at which a phone was picked
    up and no human pressed a key. `answered_by` is the first to answer, or who talks now with a caller whom that one
    had lost.
    """

    call_id: str
    status: CallStatus
    presented_at: datetime | None = None
    caller: str | None = None
    called: str | None = None
    line: Line = Line.TENANTS
    service: Service | None = None
    hours_version: str | None = None
    queued_at: datetime | None = None
    take: Take | None = None
    next_attempt: int = 1
    answered_at: datetime | None = None
    answered_by: str | None = None
    answered_by_name: str | None = None
    came_over_at: datetime | None = None
    agent_left: bool = False
    met: frozenset[int] = frozenset()
    no_key: frozenset[int] = frozenset()
    on_hold: bool = False
    hold: timedelta = timedelta(0)
    sent_to_fallback_at: datetime | None = None
    ended_at: datetime | None = None
    recordings: tuple[Recording, ...] = ()
    objection_raised_at: datetime | None = None
    objected: bool = False

    @property
    def is_counted(self) -> bool:
        """In the landlord's figures (R60)."""
        return self.line is Line.TENANTS

    @property
    def on_desk_line(self) -> bool:
        return self.line is Line.DESK

    @property
    def is_test(self) -> bool:
        return self.line is Line.TEST

    @property
    def is_never_recorded_again(self) -> bool:
        """From the first word of an objection, confirmed or not (R14)."""
        return self.objected or self.objection_raised_at is not None

    @property
    def is_out_of_reach(self) -> bool:
        """Nobody of ours can take it: it is over, the landlord's fallback numbers have it (R16), or it is a test."""
        return self.is_test or self.status in (CallStatus.SENT_TO_FALLBACK, CallStatus.ENDED)

    @property
    def is_waiting(self) -> bool:
        """For a human: for the first one, or anew when the one who had answered was gone too soon."""
        return self.status in (CallStatus.UNKNOWN, CallStatus.PRESENTED, CallStatus.WAITING, CallStatus.TAKEN)

    @property
    def holder(self) -> tuple[str, str] | None:
        """The id and the name of who talks with the caller, or whose phone rings for him; of a call that is over, of
        who answered. None when that is nobody."""
        if not self.is_waiting and self.answered_by is not None and self.answered_by_name is not None:
            return self.answered_by, self.answered_by_name
        return (self.take.agent, self.take.agent_name) if self.take else None

    @property
    def was_rerouted(self) -> bool:
        """Sent to the landlord without a human of ours on the line: no answer of ours, and no abandon (R67)."""
        return self.sent_to_fallback_at is not None and self.answered_at is None

    @property
    def wait(self) -> timedelta | None:
        """First human answer minus presentation (R61), None when nobody answered."""
        if self.presented_at is None or self.answered_at is None:
            return None
        return max(timedelta(0), self.answered_at - self.presented_at)

    @property
    def wait_after_welcome(self) -> timedelta | None:
        """First human answer minus the end of the welcome message (the other reading of R61)."""
        if self.queued_at is None or self.answered_at is None:
            return None
        return max(timedelta(0), self.answered_at - self.queued_at)

    @property
    def talk(self) -> timedelta | None:
        """From the answer to the end of the call."""
        if self.answered_at is None or self.ended_at is None:
            return None
        return max(timedelta(0), self.ended_at - self.answered_at)


def fold(call_id: str, events: Iterable[CallEvent]) -> Call:
    """All events of one call, in any order and any number of times, to the call they tell.

    Of two events with the same key the earlier by (at, kind, data) counts, but no hang-up is ever untold. An ended call
    never comes back to life: an agent's phone that picks up after the caller has gone is no answer (R62), nor is one
    that was hung up before the caller had come over: the caller waits again. Nobody answers a caller who was sent to
    the landlord's own numbers, where a call goes too of which nothing is known but that it has been: we answered the
    provider nothing. A conversation is an answer, whatever is told of the agent's leg: the word of the answer
    may be late, and so may that of the conversation.
    """
    told = list(events)
    facts = sorted(_first_tellings(call_id, told).values(), key=_order)
    of_kind: dict[CallEventKind, list[CallEvent]] = defaultdict(list)
    for event in facts:
        of_kind[event.kind].append(event)
    presented = _first(of_kind[CallEventKind.PRESENTED] or of_kind[CallEventKind.TOLD_AFTERWARDS])
    ended = _first(of_kind[CallEventKind.ENDED]) or _hung_up_in_queue(told)
    talks = {_attempt(e): e for e in reversed(of_kind[CallEventKind.CONNECTED])}
    left = {_attempt(e): e for e in reversed(of_kind[CallEventKind.AGENT_LEFT])}
    left_alone = {attempt for attempt, event in left.items() if event.data.get("talked") == "no"}
    takes = {_attempt(e): e for e in reversed(of_kind[CallEventKind.TAKEN])}
    given_back = {_attempt(e) for e in of_kind[CallEventKind.RELEASED]}
    answers = [e for e in of_kind[CallEventKind.ANSWERED] if _attempt(e) not in left_alone - talks.keys()]
    sent = _sent_to_fallback(of_kind)
    if sent and not talks:
        answers = []
    unheard = talks.keys() - {_attempt(e) for e in answers}
    answers += [talks[attempt] for attempt in unheard if attempt in left or attempt not in given_back]
    answers.sort(key=_order)
    standing = [e for e in answers if _attempt(e) not in left_alone]
    queued = _first(of_kind[CallEventKind.QUEUED])
    raised = _first(of_kind[CallEventKind.OBJECTION_RAISED])
    released = given_back | left_alone
    last_attempt = max({*takes, *released}, default=0)
    current = takes.get(last_attempt) if last_attempt not in released else None
    answered = _in_time(_first(answers), ended)
    answering = takes.get(_attempt(standing[0] if standing else answered)) if answered else None
    came_over = [e for e in of_kind[CallEventKind.COMING_OVER] if current and _attempt(e) == last_attempt]
    holds = sorted(of_kind[CallEventKind.HELD] + of_kind[CallEventKind.RESUMED], key=_order)
    return Call(
        call_id=call_id,
        status=_status(presented, queued, current, _first(standing), ended, sent_away=_is_away(sent, of_kind)),
        presented_at=presented.at if presented else None,
        caller=presented.data.get("caller") if presented else None,
        called=presented.data.get("called") if presented else None,
        line=_line(presented),
        service=Service(presented.data.get("service", Service.ASTREINTE)) if presented else None,
        hours_version=presented.data.get("hours") if presented else None,
        queued_at=queued.at if queued else None,
        take=Take(last_attempt, current.data["agent"], current.data["agent_name"], current.at) if current else None,
        next_attempt=last_attempt + 1,
        answered_at=answered.at if answered else None,
        answered_by=answering.data["agent"] if answering else None,
        answered_by_name=answering.data["agent_name"] if answering else None,
        came_over_at=came_over[0].at if came_over else None,
        agent_left=current is not None and last_attempt in left,
        met=frozenset(talks),
        no_key=frozenset(_attempt(e) for e in of_kind[CallEventKind.RELEASED] if _is_no_key(e)),
        on_hold=bool(holds) and holds[-1].kind is CallEventKind.HELD and ended is None,
        hold=_held_for(holds, ended),
        sent_to_fallback_at=sent.at if sent else None,
        ended_at=ended.at if ended else None,
        recordings=_recordings(facts),
        objection_raised_at=raised.at if raised else None,
        objected=bool(of_kind[CallEventKind.OBJECTED]),
    )


def _line(presented: CallEvent | None) -> Line:
    told = presented.data.get("line") if presented else None
    return Line(told) if told in set(Line) else Line.TENANTS


def _first_tellings(call_id: str, events: Iterable[CallEvent]) -> dict[str, CallEvent]:
    told: dict[str, CallEvent] = {}
    for event in events:
        if event.call_id != call_id:
            raise ValueError(f"event {event.key} is of call {event.call_id}, not of {call_id}")
        known = told.get(event.key)
        if known is None or _order(event) < _order(known):
            told[event.key] = event
    return told


def _order(event: CallEvent) -> tuple[datetime, str, list[tuple[str, str]], str]:
    return event.at, event.kind, sorted(event.data.items()), event.key


def _first(events: list[CallEvent]) -> CallEvent | None:
    return events[0] if events else None


def _hung_up_in_queue(told: list[CallEvent]) -> CallEvent | None:
    """The end of a caller who gave up waiting, should the provider never tell of the end itself."""
    left = (event for event in told if event.kind is CallEventKind.LEFT_QUEUE)
    return min((event for event in left if event.data.get("result") == "hangup"), key=_order, default=None)


def _sent_to_fallback(of_kind: Mapping[CallEventKind, list[CallEvent]]) -> CallEvent | None:
    """Also when the queue failed: what it tells then is answered with the fallback numbers. And a call that was over
    before we heard of it: to what we leave unanswered the provider answers with those numbers itself."""
    failed = [event for event in of_kind[CallEventKind.LEFT_QUEUE] if event.data.get("result") == "error"]
    sent = _first(sorted([*of_kind[CallEventKind.SENT_TO_FALLBACK], *failed], key=_order))
    known = {kind for kind, events in of_kind.items() if events}
    return sent or (_first(of_kind[CallEventKind.TOLD_AFTERWARDS]) if known <= _KNOWN_AFTERWARDS else None)


_KNOWN_AFTERWARDS = frozenset({CallEventKind.TOLD_AFTERWARDS, CallEventKind.ENDED})


def _is_away(sent: CallEvent | None, of_kind: Mapping[CallEventKind, list[CallEvent]]) -> bool:
    """An agent who pressed a key in the same moment may have brought the caller back: then the two are talking."""
    return sent is not None and not any(event.at > sent.at for event in of_kind[CallEventKind.CONNECTED])


def _in_time(answered: CallEvent | None, ended: CallEvent | None) -> CallEvent | None:
    """The provider stamps the end in whole seconds, rounded down."""
    if answered is not None and ended is not None and answered.at >= ended.at + timedelta(seconds=1):
        return None
    return answered


def _attempt(event: CallEvent) -> int:
    return int(event.data.get("attempt", "0"))


def _is_no_key(released: CallEvent) -> bool:
    return released.data.get("reason") == NO_KEY


def _status(
    presented: CallEvent | None,
    queued: CallEvent | None,
    current_take: CallEvent | None,
    talking: CallEvent | None,
    ended: CallEvent | None,
    *,
    sent_away: bool,
) -> CallStatus:
    if ended:
        return CallStatus.ENDED
    if sent_away:
        return CallStatus.SENT_TO_FALLBACK
    if talking:
        return CallStatus.IN_PROGRESS
    if current_take:
        return CallStatus.TAKEN
    if queued:
        return CallStatus.WAITING
    return CallStatus.PRESENTED if presented else CallStatus.UNKNOWN


def _held_for(holds: list[CallEvent], ended: CallEvent | None) -> timedelta:
    total, since = timedelta(0), None
    for event in holds:
        if event.kind is CallEventKind.HELD:
            since = since or event.at
        elif since is not None:
            total += event.at - since
            since = None
    if since is not None and ended is not None:
        total += max(timedelta(0), ended.at - since)
    return total


def _recordings(facts: list[CallEvent]) -> tuple[Recording, ...]:
    found: dict[str, Recording] = {}
    for event in facts:
        recording_id = event.data.get("recording")
        if recording_id is None:
            continue
        known = found.get(recording_id) or Recording(recording_id, None, None, erased=False)
        duration = event.data.get("duration_s")
        found[recording_id] = Recording(
            recording_id,
            object_key=event.data.get("object_key") or known.object_key,
            duration_s=int(duration) if duration else known.duration_s,
            erased=known.erased or event.kind is CallEventKind.RECORDING_ERASED,
        )
    return tuple(found[recording_id] for recording_id in sorted(found))
