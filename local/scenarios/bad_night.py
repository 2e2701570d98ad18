"""A stormy Tuesday night: five calls, four malfunctions, and everything that can fail does. In the morning every call,
message and dispatch is accounted for: what the story did on one side, what was kept and sent on the other.
"""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from local.operator.calls import CallStatus
from local.operator.faults import Mishap
from local.operator.phones import Answering, SmsReception
from local.operator.views import CallView
from local.scenarios import load
from local.scenarios.agent import Agent, call_in
from local.scenarios.bad_night_accounts import Counted, Kept, tell_accounts
from local.scenarios.patrimoine import made_up_entreprises, rota_of_year
from local.scenarios.phone_book import phone_book
from local.scenarios.telling import Teller, until
from local.scenarios.visitor import Visitor, mission_link
from local.scenarios.world import World
from permanence.application.desk.place import place_of_dwelling
from permanence.domain.dispatch.chain import freeze_chain
from permanence.domain.dispatch.dispatch import ChannelStatus, Dispatch, DispatchStatus, Responder
from permanence.domain.instants import PARIS, paris_month
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine

TUESDAY_NIGHT = datetime(2026, 11, 24, 22, 47, tzinfo=PARIS)
WEDNESDAY = datetime(2026, 11, 25, 8, 30, 20, tzinfo=PARIS)
SWEPT_AFTER = timedelta(seconds=30)
NO_ANSWER_WITHIN = timedelta(seconds=270)  # 240 s of the contract, and what the sweep leaves the queue
WITHIN_S = 60.0
NOTICES = "/telephony/notices"
RECEIPTS = f"{NOTICES} /status"
GIVES_UP, TENANTS = "+33639981305", ("+33639981301", "+33639981302", "+33639981303", "+33639981304")
NEIGHBOUR = "+33639981306"


@dataclass(frozen=True, slots=True)
class Mission:
    """`call` is the first call about it; `responders` are in the order of the frozen chain."""

    call: CallView
    malfunction_id: str
    responders: tuple[Responder, ...]


@dataclass
class BadNight:
    """One playing of the story; what it does is counted as it does it."""

    world: World
    tell: Teller
    scale: load.Scale = load.FULL
    did: Counter[Counted] = field(default_factory=Counter)
    missions: list[Mission] = field(default_factory=list)

    def play(self) -> None:
        self._prepare()
        self._failing_provider()
        self._silent_provider()
        self._two_acceptances()
        self._nobody()
        self._caller_gives_up()
        self._morning()

    # --- before ------------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        world, tell = self.world, self.tell
        world.set_now(TUESDAY_NIGHT)
        tell.now = world.now
        self._patrimoine, self._past = load.load_all(world, tell, TUESDAY_NIGHT, self.scale)
        self._entreprises = made_up_entreprises(self._patrimoine)
        self._kept = Kept(world, TUESDAY_NIGHT, self._past.days)
        self._expect_what_was_before()
        rota = rota_of_year(TUESDAY_NIGHT.year)
        world.operator.name_numbers(phone_book(world.contract, self._entreprises, rota))
        with tell.busy("Léa et Karim se connectent"):
            self._lea = Agent.on_duty(world, world.user("teleconseiller"))
            self._karim = Agent.on_duty(world, world.user("teleconseiller", 1))

    def _expect_what_was_before(self) -> None:
        calls = self._past.calls
        self._expect({Counted.PAST_CALLS: len(calls), Counted.PAST_FORMS: sum(call.form is not None for call in calls)})
        self._expect({Counted.PAST_MISSIONS: len(self._past.missions), Counted.PAST_SOUNDS: len(self._past.recordings)})

    # --- four malfunctions -------------------------------------------------------------------------------------------

    def _failing_provider(self) -> None:
        """5xx, slow answers, callbacks in triple and out of order; busy with a dead SMS; a neighbour."""
        operator, tell = self.world.operator, self.tell
        home, next_door = _dwellings(self._patrimoine, "Vesoul", 2)
        first, second, *_ = self._chain_of(home)
        operator.set_behaviour(first, Answering.BUSY, after_s=0.05, sms=SmsReception.UNDELIVERED)
        operator.add_fault(f"POST /Calls.json To={first}", status=503)
        operator.add_fault("POST /Messages.json", delay_s=1.5, times=2)
        operator.add_webhook_fault(f"{NOTICES}/sms MessageStatus=sent", Mishap.REORDERED, times=2)
        operator.add_webhook_fault(RECEIPTS, Mishap.DUPLICATE, times=1000)
        story = "Fuite à Vesoul ; l’opérateur refuse (503), traîne, et répète tout trois fois"
        mission = self._send(self._lea, TENANTS[0], home, story)
        with tell.busy("Le premier plombier est occupé, son SMS n’arrive pas : le second sonne aussitôt"):
            self._later(SWEPT_AFTER)
            operator.wait_for_message(first, "/m/", WITHIN_S)
            self._rings_and_agrees(second)
        self._expect(
            {Counted.OFFERS: 2, Counted.RINGS: 2, Counted.ACCEPTED: 1, Counted.TOLD_TENANTS: 1, Counted.TOLD_OTHERS: 1}
        )
        tell.step("Accord par les touches 1, puis 1, malgré tout")
        self._neighbour(next_door)
        self._ends(mission, second, callers=2)
        operator.clear_faults()

    def _neighbour(self, home: Dwelling) -> None:
        with self.tell.busy("Un voisin appelle : Karim rattache son appel à la même main courante"):
            call = self._takes(self._karim, NEIGHBOUR)
            self._karim.walk_the_guide()
            self._karim.choose(_address(home), home)
            self._karim.desk.press("Rattacher l’appel")
            self._closes(self._karim, call)
        self._expect({Counted.LINKED: 1})

    def _silent_provider(self) -> None:
        """A time-out after acceptance, then no callback at all; voicemail; a refusal by key."""
        operator, tell = self.world.operator, self.tell
        (home,) = _dwellings(self._patrimoine, "Gray", 1)
        first, landline, reserve, technicien, *_ = self._chain_of(home)
        operator.set_behaviour(first, Answering.NO_ANSWER, after_s=0.05, sms=SmsReception.UNDELIVERED)
        operator.set_behaviour(landline, Answering.VOICEMAIL, after_s=0.05)
        operator.add_fault(f"POST /Calls.json To={first}", status=504, after=True, delay_s=2.5)
        operator.add_webhook_fault(RECEIPTS, Mishap.LOST, times=1000)
        story = "Fuite à Gray ; l’opérateur prend l’appel sans le dire, puis ne donne plus aucune nouvelle"
        mission = self._send(self._lea, TENANTS[1], home, story)
        with tell.busy("On la lui demande : personne n’a répondu, la ligne fixe du plombier sonne à son tour"):
            self._rang_out(first)
            self._sent(mission)
            self._later(SWEPT_AFTER * 2)
            self._answers(landline, "Une mission urgente")
        operator.clear_faults()
        with tell.busy("Un répondeur n’est pas un accord : le prestataire de réserve sonne, et refuse par la touche 2"):
            sid = self._answers(reserve, "Pour refuser")
            operator.press_on_call(sid, "2")
            operator.wait_for_words(sid, "Votre refus est noté", WITHIN_S)
        with tell.busy("Le technicien d’astreinte accepte"):
            self._rings_and_agrees(technicien)
        self._expect(
            {
                Counted.OFFERS: 3,
                Counted.RINGS: 4,
                Counted.DECLINED: 1,
                Counted.ACCEPTED: 1,
                Counted.TOLD_TENANTS: 1,
                Counted.TOLD_OTHERS: 1,
            }
        )
        self._ends(mission, technicien)

    def _two_acceptances(self) -> None:
        """The first by the link, the second by the key, at the same moment."""
        world, operator, tell = self.world, self.world.operator, self.tell
        (home,) = _dwellings(self._patrimoine, "Échenoz-la-Méline", 1)
        first, second, *_ = self._chain_of(home)
        operator.set_behaviour(first, Answering.NO_ANSWER, after_s=0.05)
        story = "Fuite à Échenoz ; le premier plombier ne décroche pas, mais il a lu le SMS"
        mission = self._send(self._karim, TENANTS[2], home, story, close=False)
        with tell.busy("Karim n’attend pas : « Suivant ». Le lien et la touche 1 arrivent au même moment"):
            page = Visitor(world.outputs["public_url"]).open(self._link(first, mission))
            self._rang_out(first)
            self._karim.go_back_to(mission.call)
            self._karim.desk.press("Suivant")
            sid = self._answers(second, "Pour accepter")
            operator.press_on_call(sid, "1")
            operator.wait_for_words(sid, "tapez encore 1", WITHIN_S)
            with ThreadPoolExecutor(2) as both:
                pressed = both.submit(operator.press_on_call, sid, "1")
                both.submit(page.press, "J’accepte").result()
                pressed.result()
            self._until_is(mission, DispatchStatus.ACCEPTED)
        dispatch = self._dispatch(mission)
        winner = mission.responders[dispatch.winner or 0]
        tell.step(f"Un seul l’emporte : {winner.name} ; l’autre apprend qui, de vive voix ou sur la page")
        with tell.busy("Karim raccroche et clôt la fiche"):
            self._closes(self._karim, mission.call)
        self._expect(
            {
                Counted.OFFERS: 2,
                Counted.RINGS: 2,
                Counted.ACCEPTED: 1,
                Counted.TOO_LATE: 1,
                Counted.TOLD_TENANTS: 1,
                Counted.TOLD_OTHERS: 1,
            }
        )
        self._ends(mission, winner.phone)

    def _nobody(self) -> None:
        """A chain that stays silent to its end; the supervisor; a late yes."""
        world, operator, tell = self.world, self.world.operator, self.tell
        (home,) = _dwellings(self._patrimoine, "Rioz", 1)
        phones = self._chain_of(home)
        for number in phones:
            operator.set_behaviour(number, Answering.NO_ANSWER, after_s=0.05)
        operator.set_behaviour(phones[1], Answering.UNREACHABLE, after_s=0.05, sms=SmsReception.OPTED_OUT)
        operator.set_behaviour(world.contract.numbers.duty_supervisor, Answering.ANSWER, after_s=0.05, keys=["1"])
        mission = self._send(self._lea, TENANTS[3], home, "Fuite à Rioz ; cette fois, personne ne décroche")
        for step, responder in enumerate(mission.responders):
            if step == 1:
                tell.step(f"{responder.name} : numéro hors service, désinscrit des SMS")
                continue
            with tell.busy(f"{responder.name} ne répond pas"):
                self._link(responder.phone, mission)
                self._rang_out(responder.phone)
                self._is_told(mission, step, ChannelStatus.NO_ANSWER)
                self._later(NO_ANSWER_WITHIN)
        with tell.busy("Toute la chaîne est restée muette : alarme au poste, le superviseur est appelé et tape 1"):
            self._until_is(mission, DispatchStatus.EXHAUSTED)
            until(lambda: self._is_known_to_the_supervisor(mission), what="supervisor", within_s=WITHIN_S)
            alarm = self._lea.desk.open("/desk").text
            if "Personne n’a accepté" not in alarm:
                raise AssertionError(f"no alarm on the desk: {alarm[:400]}")
        last = mission.responders[-1]
        with tell.busy(f"{last.name} voit enfin le SMS : un accord tardif vaut mieux que pas d’accord"):
            Visitor(world.outputs["public_url"]).open(self._link(last.phone, mission)).press("J’accepte")
            self._until_is(mission, DispatchStatus.ACCEPTED)
        many = len(mission.responders)
        self._expect(
            {
                Counted.OFFERS: many - 1,
                Counted.RINGS: many + 1,
                Counted.REFUSED: 1,
                Counted.EXHAUSTED: 1,
                Counted.SUPERVISOR: 1,
            }
        )
        self._expect({Counted.ACCEPTED: 1, Counted.TOLD_TENANTS: 1, Counted.TOLD_OTHERS: many - 2, Counted.REFUSED: 1})
        self._ends(mission, last.phone)

    def _caller_gives_up(self) -> None:
        """A call that nobody takes, and whose end the provider never tells."""
        operator = self.world.operator
        operator.add_webhook_fault("/telephony/calls/status", Mishap.LOST)
        operator.add_webhook_fault("/telephony/calls/left-queue", Mishap.LOST)
        with self.tell.busy("Un appelant raccroche avant qu’on décroche, et l’opérateur oublie de le dire"):
            call = call_in(self.world, GIVES_UP)
            operator.hang_up_call(call.sid)
            operator.wait_for_end(call.sid, WITHIN_S)
            operator.wait_for(lambda: not operator.faults().webhooks, WITHIN_S, "lost callbacks")
        self._expect({Counted.CALLS: 1, Counted.ENDED: 1, Counted.LATE_ENDS: 1})

    def _morning(self) -> None:
        world, tell = self.world, self.tell
        with tell.busy("Tout ce qui a été décidé finit de partir"):
            for mission in self.missions:
                self._sent(mission)
        self._unheard = self._kept.unheard()
        world.set_now(WEDNESDAY)
        with tell.busy("Mercredi 8 h 30 : la relève demande ce qui manque, puis les courriels partent"):
            self._later(SWEPT_AFTER)
            until(lambda: not self._kept.unheard(), what="end of every call", within_s=WITHIN_S)
            world.run_job("reports", "end_of_period")
            world.operator.wait_for(
                lambda: self._kept.mailed(self._ids) >= len(self.missions), WITHIN_S, "mails of the morning"
            )
        self._expect({Counted.MAILED: len(self.missions)})

    # --- what people do ----------------------------------------------------------------------------------------------

    def _takes(self, agent: Agent, caller: str) -> CallView:
        call = call_in(self.world, caller)
        agent.take(call)
        self._expect({Counted.CALLS: 1, Counted.ANSWERED: 1, Counted.ENDED: 1, Counted.FORMS: 1})
        return call

    def _closes(self, agent: Agent, call: CallView) -> None:
        agent.hang_up(call)
        agent.close("Pernot", "Gérard", "L’eau coule encore sous l’évier.")

    def _send(self, agent: Agent, caller: str, home: Dwelling, story: str, *, close: bool = True) -> Mission:
        """A burst pipe, from the ringing to « Envoyer en intervention »."""
        with self.tell.busy(story):
            call = self._takes(agent, caller)
            agent.walk_the_guide()
            agent.choose(_address(home), home)
            self._before = {known.sid for known in self.world.operator.calls()}
            agent.send()
            malfunction_id = until(lambda: self.world.malfunction_of_call(call.sid), "malfunction", WITHIN_S)
            dispatch = self._kept.log(malfunction_id).malfunction.dispatch
            responders = tuple(step.responder for step in dispatch.steps) if dispatch else ()
            mission = Mission(call, malfunction_id, responders)
            self.missions.append(mission)
            if close:
                self._closes(agent, call)
        self._expect({Counted.OPENED: 1, Counted.LINKED: 1, Counted.OVER: 1})
        return mission

    def _answers(self, number: str, words: str) -> str:
        """The phone is called, somebody or something picks up and hears these words; the call."""
        operator = self.world.operator
        sid = operator.wait_for(lambda: self._call_to(number), WITHIN_S, f"call to {number}").sid
        operator.wait_for_call(sid, lambda call: call.status is not CallStatus.QUEUED, WITHIN_S, "ringing")
        phone = operator.phone(number)
        if phone is not None and phone.behaviour.answering is Answering.MANUAL:
            operator.answer(number)
        operator.wait_for_words(sid, words, WITHIN_S)
        return sid

    def _call_to(self, number: str) -> CallView | None:
        """Of the mission that was sent last."""
        calls = self.world.operator.calls()
        return next((call for call in calls if call.phone == number and call.sid not in self._before), None)

    def _rings_and_agrees(self, number: str) -> None:
        operator = self.world.operator
        sid = self._answers(number, "Pour accepter")
        operator.press_on_call(sid, "1")
        operator.wait_for_words(sid, "tapez encore 1", WITHIN_S)
        operator.press_on_call(sid, "1")
        operator.wait_for_words(sid, "la mission est à vous", WITHIN_S)
        operator.hang_up_call(sid)

    def _rang_out(self, number: str) -> None:
        def missed() -> bool:
            call = self._call_to(number)
            return call is not None and not call.live

        self.world.operator.wait_for(missed, WITHIN_S, f"end of the ringing on {number}")

    def _link(self, number: str, mission: Mission) -> str:
        reference = self._dispatch(mission).reference
        sms = self.world.operator.wait_for_message(number, reference, WITHIN_S)
        return mission_link(sms.body)

    def _ends(self, mission: Mission, number: str, callers: int = 1) -> None:
        """Who accepted comes and reports."""
        world = self.world
        with self.tell.busy("Sur place, puis « Réalisée »"):
            link = self._link(number, mission)
            page = Visitor(world.outputs["public_url"]).open(link)
            world.set_now(world.now() + timedelta(minutes=9))
            page.press("sur place")
            page.open(link).press("Terminer", resultat="réalisée", texte="Flexible remplacé.")
            self._until_is(mission, DispatchStatus.REPORTED)
        self._expect({Counted.TOLD_TENANTS: callers})

    def _later(self, span: timedelta) -> None:
        self.world.set_now(self.world.now() + span)
        self.world.run_job("astreinte_dispatch", "sweep")

    def _expect(self, what: Mapping[Counted, int]) -> None:
        self.did.update(what)

    def found(self) -> dict[Counted, int]:
        """What is there in the morning, counted on its own, beside what the story `did`."""
        return self._kept.found(self._ids, {*TENANTS, NEIGHBOUR}) | {Counted.LATE_ENDS: self._unheard}

    @property
    def _ids(self) -> list[str]:
        return [mission.malfunction_id for mission in self.missions]

    def _dispatch(self, mission: Mission) -> Dispatch:
        dispatch = self._kept.log(mission.malfunction_id).malfunction.dispatch
        if dispatch is None:
            raise LookupError(mission.malfunction_id)
        return dispatch

    def _until_is(self, mission: Mission, status: DispatchStatus) -> None:
        until(lambda: self._dispatch(mission).status is status, what=status.value, within_s=WITHIN_S)

    def _is_told(self, mission: Mission, step: int, voice: ChannelStatus) -> None:
        """The time may move on only after the end of a call has been told."""
        until(lambda: self._dispatch(mission).steps[step].voice is voice, what=voice.value, within_s=WITHIN_S)

    def _sent(self, mission: Mission) -> None:
        until(lambda: self._kept.is_sent(mission.malfunction_id), what="end of the sending", within_s=WITHIN_S)

    def _is_known_to_the_supervisor(self, mission: Mission) -> bool:
        return any(entry.kind is EntryKind.SUPERVISOR_TOLD for entry in self._kept.log(mission.malfunction_id).entries)

    def _chain_of(self, home: Dwelling) -> tuple[str, ...]:
        """The numbers that a burst pipe there calls now, in their order."""
        world, now = self.world, self.world.now()
        duties = world.reference_data.duties(paris_month(now), now)
        motif, place = world.contract.motifs["plomberie_logement"], place_of_dwelling(home)
        chain = freeze_chain(world.contract.dispatch, motif, place, self._patrimoine, self._entreprises, duties, at=now)
        return tuple(responder.phone for responder in chain)


def _dwellings(patrimoine: Patrimoine, commune: str, many: int) -> list[Dwelling]:
    """Neighbours: the first building of a commune that has so many dwellings."""
    buildings: dict[str | None, list[Dwelling]] = {}
    for dwelling in patrimoine.dwellings:
        if dwelling.commune == commune:
            buildings.setdefault(dwelling.building_id, []).append(dwelling)
    return next(homes for homes in buildings.values() if len(homes) >= many)[:many]


def _address(home: Dwelling) -> str:
    return f"{home.street_number} {home.street} {home.commune}"


def tell_the_story(world: World, tell: Teller) -> bool:
    """Play it on a running system that has not seen it yet; whether nothing is missing and nothing too much."""
    night = BadNight(world, tell)
    night.play()
    return tell_accounts(tell, night.did, night.found())
