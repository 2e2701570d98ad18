"""The missions of the days before: about what somebody called, who was called and who came. The use cases decide as
they do on any night. Their messages and timers are left out: those of the past have arrived and mean nothing any more,
and whatever appears in the outbox is sent.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import cast

from local.scenarios.past_calls import PastCall
from permanence.application.desk.place import place_of_dwelling
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.joining import CallLink, complete_call
from permanence.application.dispatch.ports import Decision, Malfunctions
from permanence.application.dispatch.starting import DispatchRequest, start_dispatch
from permanence.application.reference.ports import ReferenceData
from permanence.domain.calls.call import fold
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, Dispatch, ReportResult
from permanence.domain.dispatch.events import (
    Accept,
    AnnounceArrival,
    Arrive,
    DeadlineReached,
    Decline,
    DispatchEvent,
    Receipt,
    Report,
)
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.main_courante.fiche import CallForm, Contact
from permanence.domain.reference.calendar import Service
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.rota import Duty
from permanence.domain.triage.guide import Guide

MISSIONS_OF_CALLS = 0.4
"""How many of the answered calls of the astreinte send somebody; the tender does not say."""

AGREES, REFUSES = 0.8, 0.1  # the others do not answer
BY_PAGE = 0.4
LONGEST_MISSION = timedelta(hours=3)
"""A call of less than so long ago has sent nobody: every mission of the past is over."""

Path = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What is said about a motif, how often beside the others, and what was done."""

    weight: int
    said: str
    done: str


_TROUBLES = {
    "plomberie_logement": _Trouble(34, "L’eau coule sous l’évier, impossible de l’arrêter.", "Flexible remplacé."),
    "electricite_logement": _Trouble(22, "Plus de courant, le disjoncteur saute.", "Prise en défaut isolée."),
    "porte_hall_bloquee": _Trouble(13, "La porte du hall ne s’ouvre plus.", "Gâche réglée, porte rouverte."),
    "colonne_bouchee": _Trouble(12, "Les eaux usées remontent dans la douche.", "Colonne débouchée au furet."),
    "eclairage_communs": _Trouble(9, "Plus de lumière dans tout l’escalier.", "Minuterie remplacée."),
    "portail_bloque": _Trouble(7, "Le portail du parking reste fermé.", "Vantail débrayé, à revoir de jour."),
    "skydome_ouvert": _Trouble(3, "Le skydome est ouvert, il pleut dans la cage.", "Skydome refermé."),
}
_RESULTS = {
    ReportResult.REALISEE: 70,
    ReportResult.MISE_EN_SECURITE: 14,
    ReportResult.A_SUIVRE: 10,
    ReportResult.ACCES_IMPOSSIBLE: 4,
    ReportResult.REPARATION_LOCATIVE: 2,
}


@dataclass(frozen=True, slots=True)
class PastMission:
    """The call that it began with, its form filled in to the end, and all that was decided."""

    call: PastCall
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Landlord:
    """What missions are decided with, before any version was in force: the rota is the year's."""

    dispatching: Dispatching
    known: Patrimoine
    companies: Entreprises
    rota: Sequence[Duty]

    def patrimoine(self, _: datetime) -> Patrimoine:
        return self.known

    def entreprises(self, _: datetime) -> Entreprises:
        return self.companies

    def duties(self, _: str, __: datetime) -> Sequence[Duty]:
        return self.rota

    def versions(self, _: datetime) -> Mapping[str, int]:
        return {}


def past_missions(
    calls: Sequence[PastCall], landlord: Landlord, numbers: Iterator[str], until: datetime
) -> Iterator[PastMission]:
    """Of the calls, oldest first, those that sent somebody and are over by `until` (UTC). Each takes a number."""
    contract = landlord.dispatching.contract
    roads = roads_to_motifs(contract.guide)
    homes = {dwelling.dwelling_id: dwelling for dwelling in landlord.known.dwellings}
    for call in calls:
        chance = Random(call.call_id)  # noqa: S311 - made-up missions, not secrets
        if call.form is None or call.service is not Service.ASTREINTE or chance.random() >= MISSIONS_OF_CALLS:
            continue
        if call.born > until - LONGEST_MISSION:
            continue
        motif = chance.choices(tuple(_TROUBLES), [trouble.weight for trouble in _TROUBLES.values()])[0]
        path, outcome = roads[motif]
        form = replace(
            call.form,
            fields={
                **call.form.fields,
                "description": _TROUBLES[motif].said,
                "answer_given": "Un prestataire est envoyé.",
            },
            tree_version=contract.guide.version,
            path=path,
            outcome=outcome,
            motif=motif,
            malfunction_id=f"{chance.getrandbits(128):032x}",
        )
        mission = _Mission(replace(call, form=form), form, homes[form.dwelling_id or ""], landlord, numbers, chance)
        yield mission.played()


def roads_to_motifs(guide: Guide) -> Mapping[str, tuple[Path, str]]:
    """The shortest path through the guide to each motif, and the outcome it leads to."""
    roads: dict[str, tuple[Path, str]] = {}
    ahead: deque[tuple[str, Path]] = deque([(guide.start, ())])
    seen = set()
    while ahead:
        node, path = ahead.popleft()
        if node in guide.outcomes:
            motif = guide.outcomes[node].motif
            roads.setdefault(motif or "", (path, node))
        elif node not in seen:
            seen.add(node)
            answers = guide.questions[node].answers
            ahead.extend((answer.goto, (*path, (node, answer.answer_id))) for answer in answers)
    return roads


@dataclass
class _Mission:
    """One mission from « Envoyer en intervention » to its report; also the store of what it decides."""

    call: PastCall
    form: CallForm
    home: Dwelling
    landlord: Landlord
    numbers: Iterator[str]
    chance: Random
    decisions: list[Decision] = field(default_factory=list)

    def played(self) -> PastMission:
        self._start()
        self._find_somebody()
        self._work()
        return PastMission(self.call, tuple(replace(d, notices=(), timers=()) for d in self.decisions))

    @property
    def _malfunctions(self) -> Malfunctions:
        """As much of the port as these use cases ask for."""
        return cast(Malfunctions, self)

    # --- the malfunctions that the use cases see ---------------------------------------------------------------------

    def next_number(self, year: int) -> str:
        return next(self.numbers)

    def add(self, decision: Decision) -> None:
        self.decisions.append(decision)

    def save(self, decision: Decision) -> None:
        self.decisions.append(decision)

    def get(self, malfunction_id: str) -> Malfunction:
        return self.decisions[-1].malfunction

    # --- what happens ------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        call = fold(self.form.call_id, self.call.events)
        fields = self.form.fields
        contact = Contact(call.call_id, f"{fields['first_name']} {fields['last_name']}", call.caller)
        self._link = CallLink(contact, self.form.agent_name, fields["description"], call)
        self._closed_at = self.form.closed_at
        request = DispatchRequest(
            self.form.malfunction_id or "",
            self.form.motif,
            place_of_dwelling(self.home),
            self._link,
            self.form.tree_version,
            self.form.path,
        )
        self._now = self.form.opened_at + (call.talk or timedelta()) * 0.8
        reference = cast(ReferenceData, self.landlord)
        start_dispatch(self._malfunctions, reference, request, self._now, self.landlord.dispatching)

    def _find_somebody(self) -> None:
        while self._dispatch.winner is None:
            step = self._dispatch.current
            is_last = step == len(self._dispatch.steps) - 1
            if self._dispatch.steps[step].responder.sms_phone:
                self._after(6, Receipt(step, Channel.SMS, ChannelStatus.DELIVERED))
            self._after(4, Receipt(step, Channel.VOICE, ChannelStatus.RINGING))
            luck = 0.0 if is_last else self.chance.random()
            if luck < AGREES:
                self._agree(step)
            elif luck < AGREES + REFUSES:
                self._after(12, Receipt(step, Channel.VOICE, ChannelStatus.DELIVERED))
                self._after(self.chance.uniform(9, 40), Decline(step, by="keys"))
            else:
                self._after(30, Receipt(step, Channel.VOICE, ChannelStatus.NO_ANSWER))
                deadline = self._dispatch.steps[step].deadline
                if self._dispatch.current == step and deadline is not None:
                    self._after((deadline - self._now).total_seconds(), DeadlineReached(step))

    def _agree(self, step: int) -> None:
        has_link = self._dispatch.steps[step].responder.sms_phone is not None
        if has_link and self.chance.random() < BY_PAGE:
            self._after(self.chance.uniform(20, 90) + self.chance.uniform(8, 60), Accept(step, by="page"))
        else:
            self._after(self.chance.uniform(6, 25), Receipt(step, Channel.VOICE, ChannelStatus.DELIVERED))
            self._after(self.chance.uniform(25, 60), Accept(step, by="keys"))

    def _work(self) -> None:
        step = self._dispatch.current if self._dispatch.winner is None else self._dispatch.winner
        minutes = self.chance.choice((15, 20, 30, 30, 45))
        self._after(20, AnnounceArrival(step, minutes))
        self._after(minutes * 60 * self.chance.uniform(0.7, 1.2), Arrive(step))
        result = self.chance.choices(tuple(_RESULTS), tuple(_RESULTS.values()))[0]
        done = _TROUBLES[self.form.motif].done if result is ReportResult.REALISEE else ""
        self._after(60 * self.chance.uniform(12, 70), Report(step, result, done))

    @property
    def _dispatch(self) -> Dispatch:
        dispatch = self.decisions[-1].malfunction.dispatch
        if dispatch is None:
            raise LookupError(self.form.malfunction_id)
        return dispatch

    def _after(self, seconds: float, event: DispatchEvent) -> None:
        self._now += timedelta(seconds=seconds)
        malfunction_id = self.form.malfunction_id or ""
        if self._closed_at is not None and self._closed_at <= self._now:
            answer = self.form.fields["answer_given"]
            complete_call(self._malfunctions, malfunction_id, self._link, answer, self._closed_at)
            self._closed_at = None
        act_on_dispatch(self._malfunctions, malfunction_id, event, self._now, self.landlord.dispatching)
