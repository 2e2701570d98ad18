"""The mission panel of the call page: what to say, who is called now, until when, who comes next. Primitives only."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from permanence.application.desk.turns import called_name, turn_shown
from permanence.application.timeline.french import clock, telephone
from permanence.application.timeline.lines import NO_ANSWER, PASSED_OVER, ROLE_WORDS, VOICEMAIL, Mark, State
from permanence.application.timeline.malfunctions import dispatch_state
from permanence.domain.dispatch.chain import rota_changes
from permanence.domain.dispatch.dispatch import (
    ChannelStatus,
    Dispatch,
    DispatchStatus,
    ReportResult,
    Responder,
    Role,
    Step,
    StepStatus,
)
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.standing import SAID_NO, mission_standing, standing_of
from permanence.domain.dispatch.supervisor import CALLS_AT_FIRST
from permanence.domain.frozen import dataclass
from permanence.domain.reference.instructions import Instruction
from permanence.domain.reference.rota import Duty

_STATUS_STATES: Mapping[StepStatus, State] = {
    StepStatus.ACCEPTED: State("Accepté", "ok", "circle-check"),
    StepStatus.DECLINED: State("Refusé", "bad", "circle-x"),
    StepStatus.NO_ANSWER: NO_ANSWER,
    StepStatus.PASSED_OVER: PASSED_OVER,
    StepStatus.FAILED: State("Injoignable", "bad", "phone-off"),
    StepStatus.TAKEN_BY_ANOTHER: State("Prise par un autre", "", "users"),
    StepStatus.CANCELLED: State("Annulée", "", "ban"),
}
_MARKS: Mapping[StepStatus, Mark] = {StepStatus.ACCEPTED: Mark.OK}
_SMS_WORDS: Mapping[ChannelStatus | None, str] = {
    ChannelStatus.SENT: "SMS envoyé",
    ChannelStatus.DELIVERED: "SMS délivré",
    ChannelStatus.FAILED: "SMS non délivré",
}
_VOICE_WORDS: Mapping[ChannelStatus | None, str] = {
    ChannelStatus.SENT: "appel lancé",
    ChannelStatus.RINGING: "sonne",
    ChannelStatus.DELIVERED: "décroché",
    ChannelStatus.VOICEMAIL: "répondeur",
    ChannelStatus.NO_ANSWER: "ne répond pas",
    ChannelStatus.FAILED: "appel impossible",
}
_CANNOT_RING = (ChannelStatus.FAILED, ChannelStatus.NO_ANSWER)
_STAFF = frozenset({Role.TECHNICIEN, Role.CADRE})


@dataclass(frozen=True)
class ChainLine:
    """One person of the chain. `mark` is past, now, next, ok or bad; `told` says in words what was tried.

    `brief` is what of it a list of numbers has room for: why he refused, or which agent did not wait, and when; `at`
    (UTC) is when his turn ended otherwise.
    """

    mark: str
    name: str
    role: str
    phone: str
    reason: str
    state: State
    told: str
    note: str
    brief: str
    at: datetime | None


@dataclass(frozen=True)
class Due:
    """The deadline of the person being called (UTC), whether it is the latest one, seconds left, and who comes after.

    `counted` says what the seconds are. Until the telephone rings they stand still at what the person is given from
    then on, so that the figure goes on from there.
    """

    at: datetime
    is_at_latest: bool
    left_s: int
    counted: str
    then: str


@dataclass(frozen=True)
class Called:
    """Somebody who was called and may say yes to an agent by telephone; `turn` is his as it stands.

    Only of who is being called a yes is expected.
    """

    turn: str
    words: str
    is_expected: bool
    line: ChainLine


@dataclass(frozen=True)
class MissionPanel:
    """`turn` is what its buttons say of whom the mission hangs on. `say` is read to the tenant; `current` is the step
    being called, None when nobody is. `called` are those whose yes can be noted, who was called last first, empty once
    somebody has the mission; their numbers are there to `dial` once nobody is called any more. `supervisor` says how
    far the duty supervisor knows that, empty before. `to_tell_by_voice` is called off, and no SMS reaches him.
    `instructions` are those of the place when it was sent.
    """

    malfunction_id: str
    turn: str
    number: str
    reference: str
    motif: str
    place: str
    status: DispatchStatus
    state: State
    state_at: datetime | None
    say: str
    due: Due | None
    current: int | None
    chain: tuple[ChainLine, ...]
    called: tuple[Called, ...]
    dial: bool
    can_be_taken_in_hand: bool
    can_be_cancelled: bool
    awaits_arrival: bool
    awaits_report: bool
    report_note: str
    supervisor: str
    to_tell_by_voice: Responder | None
    rota_changes: tuple[str, ...]
    instructions: tuple[Instruction, ...]


def mission_panel(
    malfunction: Malfunction, dispatch: Dispatch, now: datetime, duties: Iterable[Duty] = ()
) -> MissionPanel:
    """A dispatch as the agent follows it at an instant (UTC); `duties` tell who would be called if it started now."""
    calling = dispatch.status is DispatchStatus.CALLING
    current = dispatch.current if calling and 0 <= dispatch.current < len(dispatch.steps) else None
    state, state_at = dispatch_state(dispatch)
    return MissionPanel(
        malfunction_id=malfunction.malfunction_id,
        turn=turn_shown(malfunction.malfunction_id, mission_standing(dispatch)),
        number=malfunction.number,
        reference=dispatch.reference,
        motif=malfunction.motif_label,
        place=", ".join(part for part in (malfunction.place.address, malfunction.place.commune) if part),
        status=dispatch.status,
        state=state,
        state_at=state_at,
        say=_words_for_tenant(dispatch),
        due=_due(dispatch, current, now) if current is not None else None,
        current=current,
        chain=tuple(_line(dispatch, index, step) for index, step in enumerate(dispatch.steps)),
        called=(called := _called(malfunction.malfunction_id, dispatch)),
        dial=bool(called) and dispatch.status is DispatchStatus.EXHAUSTED,
        can_be_taken_in_hand=dispatch.status is DispatchStatus.EXHAUSTED,
        can_be_cancelled=dispatch.status not in (DispatchStatus.REPORTED, DispatchStatus.CANCELLED),
        awaits_arrival=dispatch.status is DispatchStatus.ACCEPTED,
        awaits_report=dispatch.status in (DispatchStatus.ACCEPTED, DispatchStatus.ON_SITE),
        report_note=dispatch.report_note,
        supervisor=_supervisor(dispatch),
        to_tell_by_voice=_to_tell_by_voice(dispatch),
        rota_changes=_rota_changes(malfunction, dispatch, now, duties),
        instructions=malfunction.instructions,
    )


def _called(malfunction_id: str, dispatch: Dispatch) -> tuple[Called, ...]:
    if dispatch.status not in (DispatchStatus.CALLING, DispatchStatus.EXHAUSTED):
        return ()
    called = [(index, step) for index, step in enumerate(dispatch.steps) if step.started_at is not None]
    return tuple(
        Called(
            turn_shown(malfunction_id, standing_of(dispatch, index)),
            _called_words(step),
            step.status is StepStatus.CALLING,
            _line(dispatch, index, step),
        )
        for index, step in reversed(called)
    )


def _called_words(step: Step) -> str:
    words = called_name(step)
    if step.status not in SAID_NO:
        return words
    if step.status is StepStatus.DECLINED and step.declined_at:
        return f"{words} (refus à {clock(step.declined_at)})"
    return f"{words} (passé au suivant)"


def _rota_changes(
    malfunction: Malfunction, dispatch: Dispatch, now: datetime, duties: Iterable[Duty]
) -> tuple[str, ...]:
    if dispatch.status not in (DispatchStatus.CALLING, DispatchStatus.EXHAUSTED):
        return ()
    changes = rota_changes(dispatch, malfunction.place.sector, duties, now)
    return tuple(f"{person.name}, {ROLE_WORDS[role]}, {telephone(person.phone)}" for role, person in changes)


def _to_tell_by_voice(dispatch: Dispatch) -> Responder | None:
    if dispatch.status is not DispatchStatus.CANCELLED or dispatch.winner is None:
        return None
    winner = dispatch.steps[dispatch.winner].responder
    return winner if winner.sms_phone is None else None


def _supervisor(dispatch: Dispatch) -> str:
    if dispatch.status is not DispatchStatus.EXHAUSTED:
        return ""
    if dispatch.supervisor_told_at:
        return f"bien reçu à {clock(dispatch.supervisor_told_at)}"
    if dispatch.supervisor_deadline and dispatch.supervisor_calls > CALLS_AT_FIRST:
        return (
            f"injoignable après {dispatch.supervisor_calls} appels, rappelé toutes les 10 minutes ; composez son numéro"
        )
    if dispatch.supervisor_deadline:
        return f"appel n° {dispatch.supervisor_calls} en cours, rappelé sans confirmation"
    return "n’a pas confirmé : composez son numéro"


def _due(dispatch: Dispatch, current: int, now: datetime) -> Due | None:
    step = dispatch.steps[current]
    if step.deadline is None:
        return None
    following = next((step for step in dispatch.steps[current + 1 :] if step.status is StepStatus.PLANNED), None)
    then = f"{following.responder.name}, {_role(following)}" if following else "alarme au superviseur"
    left_s = max(0, int((step.deadline - now).total_seconds()))
    if step.ringing_at is not None:
        return Due(step.deadline, False, left_s, f"pour répondre : sonne depuis {clock(step.ringing_at)}", then)
    if step.voice in _CANNOT_RING:
        return Due(step.deadline, False, left_s, "pour répondre au SMS", then)
    given_s = min(left_s, step.responder.answer_within_s)
    return Due(step.deadline, True, given_s, "pour répondre dès la sonnerie", then)


def _line(dispatch: Dispatch, index: int, step: Step) -> ChainLine:
    return ChainLine(
        mark=_mark(dispatch, index, step),
        name=step.responder.name,
        role=_role(step),
        phone=step.responder.phone,
        reason=step.responder.reason,
        state=_step_state(step, dispatch.status),
        told=" · ".join(_told(step)),
        note=step.note,
        brief=_brief(step),
        at=_shown_at(step),
    )


def _brief(step: Step) -> str:
    if step.status is StepStatus.PASSED_OVER and step.ended_at:
        first, _, rest = step.passed_over_by.partition(" ")
        agent = f"{first[:1]}. {rest}" if rest else first
        return ", ".join(part for part in (agent, clock(step.ended_at)) if part)
    return f"« {step.note} »" if step.note else ""


def _shown_at(step: Step) -> datetime | None:
    if step.status is StepStatus.PASSED_OVER:
        return None
    return step.declined_at if step.status is StepStatus.DECLINED else step.ended_at


def _mark(dispatch: Dispatch, index: int, step: Step) -> str:
    if step.status is StepStatus.CALLING:
        return "now" if index == dispatch.current else "past"
    if step.status is StepStatus.PLANNED:
        return "next"
    return _MARKS.get(step.status, Mark.PAST).value


def _step_state(step: Step, status: DispatchStatus) -> State:
    if step.status is StepStatus.CALLING:
        if step.voice in (None, ChannelStatus.PENDING):
            return State("Appel demandé", "info", "phone-outgoing")
        if step.voice is ChannelStatus.RINGING:
            return State("Sonne", "info", "bell-ring")
        if step.voice is ChannelStatus.VOICEMAIL:
            return VOICEMAIL
        if step.voice is ChannelStatus.DELIVERED:
            return State("En ligne", "info", "phone-outgoing")
        return State("Appelé", "info", "phone-outgoing")
    if step.status is StepStatus.PLANNED:
        return State("Ensuite" if status is DispatchStatus.CALLING else "Pas appelé", "plan", "clock")
    if step.status is StepStatus.NO_ANSWER and step.voice is ChannelStatus.VOICEMAIL:
        return VOICEMAIL
    return _STATUS_STATES[step.status]


def _told(step: Step) -> list[str]:
    called_at = None if step.responder.role is Role.OUTSIDE else step.started_at
    told = [f"appel demandé à {clock(called_at)}"] if called_at else []
    told += [_SMS_WORDS[step.sms]] if step.sms in _SMS_WORDS else []
    told += [_VOICE_WORDS[step.voice]] if step.voice in _VOICE_WORDS else []
    if step.passed_over_by:
        told.append(f"« Suivant » par {step.passed_over_by}")
    if step.declined_at:
        told.append(f"refus à {clock(step.declined_at)}")
    if step.ended_at and step.status is not StepStatus.DECLINED:
        verdict = "accord" if step.status is StepStatus.ACCEPTED else "sans accord"
        told.append(f"{verdict} à {clock(step.ended_at)}")
    return told


def _role(step: Step) -> str:
    return ROLE_WORDS[step.responder.role]


def _words_for_tenant(dispatch: Dispatch) -> str:
    """Who comes is said by trade, never by name."""
    winner = dispatch.steps[dispatch.winner] if dispatch.winner is not None else None
    who = _who_comes(winner.responder.role) if winner else ""
    match dispatch.status:
        case DispatchStatus.CALLING if dispatch.current >= 0:
            return _words_while_calling(dispatch.steps[: dispatch.current + 1])
        case DispatchStatus.ACCEPTED if dispatch.announced_arrival_at:
            return f"{who} a accepté et annonce son arrivée vers {clock(dispatch.announced_arrival_at)}."
        case DispatchStatus.ACCEPTED:
            return f"{who} a accepté. Son heure d’arrivée n’est pas encore annoncée."
        case DispatchStatus.ON_SITE if dispatch.on_site_at:
            return f"{who} est sur place depuis {clock(dispatch.on_site_at)}."
        case DispatchStatus.REPORTED if dispatch.result:
            return _words_of_result(dispatch.result, who)
        case DispatchStatus.CANCELLED:
            return "L’intervention est annulée."
        case _ if dispatch.supervisor_told_at:
            return "Je n’ai pas encore d’accord. Un responsable prend la suite ; restez joignable, je vous rappelle."
        case _:
            return "Je n’ai pas encore d’accord. Je continue d’appeler ; restez joignable, je vous rappelle."


def _words_of_result(result: ReportResult, who: str) -> str:
    match result:
        case ReportResult.REALISEE:
            return "L’intervention est terminée. Si cela recommence, rappelez tout de suite."
        case ReportResult.MISE_EN_SECURITE:
            return f"{who} dit avoir mis les lieux en sécurité. Si cela s’aggrave, rappelez tout de suite."
        case ReportResult.A_SUIVRE:
            return f"{who} dit qu’un autre passage est à prévoir. Si cela s’aggrave, rappelez tout de suite."
        case ReportResult.ACCES_IMPOSSIBLE:
            return f"{who} dit n’avoir pas pu entrer. Le problème dure-t-il ?"
        case ReportResult.REPARATION_LOCATIVE:
            return f"{who} dit que cette réparation est à la charge de l’occupant."
        case ReportResult.ANNULEE:
            return f"{who} dit qu’il n’y a plus rien à faire. Si cela recommence, rappelez tout de suite."


def _who_comes(role: Role) -> str:
    if role is Role.OUTSIDE:
        return "Un intervenant"
    return f"Le {role.value} d’astreinte" if role in _STAFF else "L’entreprise"


def _words_while_calling(called: tuple[Step, ...]) -> str:
    last = called[-1].responder
    companies_before = {step.responder.person_id for step in called[:-1]} - {last.person_id}
    if last.role in _STAFF:
        return f"J’appelle le {last.role.value} d’astreinte et je vous préviens dès qu’il accepte."
    if companies_before:
        return "Une première entreprise n’a pas donné son accord. Une autre est appelée en ce moment."
    return "J’appelle l’entreprise et je vous préviens dès que quelqu’un accepte."
