"""Saturday 23 h 12: a pipe has burst in Vesoul. Then Habitat 70 reads it on Monday, and what is old is forgotten.

Everybody acts as they would: callers and contractors on the operator's phones, agents and Habitat 70 on the pages.
Where AWS goes by real time (schedules, delays of queues), the scenario moves the clock and invokes the job itself.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO

import openpyxl

from local.operator.calls import CallStatus
from local.operator.phones import Answering
from local.operator.views import MailView
from local.scenarios import load
from local.scenarios.agent import Agent, call_in
from local.scenarios.patrimoine import made_up_entreprises, rota_of_year
from local.scenarios.phone_book import free_phones, phone_book
from local.scenarios.telling import PATIENCE_S, Teller, until
from local.scenarios.visitor import Visitor, mission_link
from local.scenarios.world import World
from permanence.adapters.dynamodb.settled_days import DynamoSettledDays
from permanence.domain.calls.call import Call
from permanence.domain.dispatch.dispatch import Dispatch, DispatchStatus
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.instants import PARIS, paris_month
from permanence.domain.main_courante.log import EntryKind
from permanence.domain.reference.calendar import Service
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine

SATURDAY = datetime(2026, 11, 21, 23, 12, tzinfo=PARIS)
MONDAY = datetime(2026, 11, 23, 8, 30, 20, tzinfo=PARIS)
THIRD_OF_DECEMBER = datetime(2026, 12, 3, 6, 0, 20, tzinfo=PARIS)
NEXT_NIGHT = datetime(2026, 12, 3, 3, 0, 20, tzinfo=PARIS) + timedelta(days=1)
SEVEN_MONTHS_BEFORE = date(2026, 4, 21)

TENANT, NEIGHBOUR = "+33639981247", "+33639983384"
STREET, COMMUNE = "rue Baron Bouvier", "Vesoul"
MAILS_TAKEN = "Remis au service de courriel"
ANSWER_WITHIN = timedelta(seconds=270)  # 240 s of the contract, and what the sweep leaves the queue


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that must be so when the story is over."""

    where: str
    what: str
    expected: object
    found: object

    @property
    def holds(self) -> bool:
        return self.expected == self.found


@dataclass
class SaturdayNight:
    """One playing of the story; `facts` are looked up afterwards, each where it must be."""

    world: World
    tell: Teller
    scale: load.Scale = load.FULL
    facts: list[Fact] = field(default_factory=list)

    def play(self) -> None:
        self._prepare()
        self._burst_pipe()
        self._dispatch()
        self._neighbour()
        self._on_site()
        self._monday()
        self._third_of_the_month()
        self._purge()

    # --- before ------------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        world, tell = self.world, self.tell
        world.set_now(SATURDAY)
        tell.now = world.now
        self._patrimoine, self._past = load.load_all(world, tell, SATURDAY, self.scale)
        self._entreprises = made_up_entreprises(self._patrimoine)
        self._old = load.load_old_call(world, self._patrimoine, SEVEN_MONTHS_BEFORE)
        tell.step("Et un appel de sept mois, que la purge n’a pas encore vu")
        self._home, self._next_door = _two_dwellings(self._patrimoine)
        self._name_phones()

    def _name_phones(self) -> None:
        operator = self.world.operator
        operator.name_numbers(phone_book(self.world.contract, self._entreprises, rota_of_year(SATURDAY.year)))
        operator.name_phone(TENANT, "Corinne Vauthier, locataire")
        operator.name_phone(NEIGHBOUR, "Lucas Jeannin, voisin")

    # --- the call ----------------------------------------------------------------------------------------------------

    def _burst_pipe(self) -> None:
        world, tell = self.world, self.tell
        with tell.busy("Léa se connecte : mot de passe, puis code à usage unique"):
            self._lea = Agent.on_duty(world, world.user("teleconseiller"))
        with tell.busy("Mme Vauthier appelle Habitat 70 : une canalisation a éclaté dans sa cuisine"):
            self._call = call_in(world, TENANT)
        with tell.busy("L’appel s’affiche au poste : « Prendre », et le téléphone de Léa sonne"):
            self._lea.take(self._call)
        tell.step("Léa décroche ; les deux sont en ligne, l’enregistrement tourne")
        with tell.busy("Guide de traitement : « Coule encore » → fuite dans le logement, prestataire"):
            self._lea.walk_the_guide()
        with tell.busy(f"Recherche du logement : 12 {STREET}, {COMMUNE}"):
            self._lea.choose(f"12 {STREET} {COMMUNE}", self._home)

    # --- the dispatch ------------------------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        world, tell, operator = self.world, self.tell, self.world.operator
        chain = sorted(
            (a for a in self._entreprises.assignments if a.motif == "plomberie_logement" and a.place == COMMUNE),
            key=lambda assignment: assignment.rank,
        )
        contractors = {c.contractor_id: c for c in self._entreprises.contractors}
        first, self._second = (contractors[assignment.contractor_id] for assignment in chain)
        operator.set_behaviour(first.phone, Answering.NO_ANSWER, after_s=2)
        with tell.busy(f"« Envoyer en intervention » : SMS et appel vocal à {first.name}"):
            self._lea.send(last_name="Vauthier", first_name="Corinne")
            self._malfunction_id = until(lambda: world.malfunction_of_call(self._call.sid), "malfunction")
            operator.wait_for_message(first.phone, "Habitat 70")
            operator.wait_for(lambda: _rang_out(world, first.phone), PATIENCE_S, f"end of the ringing on {first.phone}")
        free_phones(operator)
        tell.step(f"{first.name} ne répond pas")
        with tell.busy("Léa raccroche et clôt la fiche ; la mission suit son cours sans elle"):
            self._lea.hang_up(self._call)
            self._lea.close("Vauthier", "Corinne", "Une canalisation a éclaté sous l’évier, l’eau coule encore.")
        world.set_now(world.now() + ANSWER_WITHIN)
        with tell.busy(f"Quatre minutes passent : {self._second.name} est appelé à son tour"):
            world.run_job("astreinte_dispatch", "sweep")
            operator.wait_for_ringing(self._second.phone)
        self._accept_by_keys()
        self._told_the_tenant("a accepté")

    def _accept_by_keys(self) -> None:
        operator, second = self.world.operator, self._second
        with self.tell.busy(f"{second.name} décroche, et tape 1, puis 1"):
            operator.answer(second.phone)
            operator.press(second.phone, "1")
            operator.press(second.phone, "1")
            until(lambda: self._mission().status is DispatchStatus.ACCEPTED, "acceptance")
            operator.press(second.phone, "25#")
            until(lambda: self._mission().announced_arrival_at, "announced arrival")
        self.tell.step("Mission acceptée, arrivée dans 25 minutes")

    def _told_the_tenant(self, words: str) -> None:
        told = self.world.operator.wait_for_message(TENANT, words)
        self.tell.step(f"SMS à Mme Vauthier : « {told.body} »")

    def _malfunction(self) -> Malfunction:
        malfunction = self.world.malfunctions.get(self._malfunction_id)
        if malfunction is None:
            raise LookupError(self._malfunction_id)
        return malfunction

    def _mission(self) -> Dispatch:
        dispatch = self._malfunction().dispatch
        if dispatch is None:
            raise LookupError(self._malfunction_id)
        return dispatch

    # --- the neighbour -----------------------------------------------------------------------------------------------

    def _neighbour(self) -> None:
        world, tell = self.world, self.tell
        with tell.busy("Le voisin appelle à son tour : l’eau tombe du plafond. Karim prend l’appel"):
            karim = Agent.on_duty(world, world.user("teleconseiller", 1))
            self._neighbours_call = call_in(world, NEIGHBOUR)
            karim.take(self._neighbours_call)
        with tell.busy("Le poste reconnaît l’adresse : Karim rattache l’appel à la même main courante"):
            karim.walk_the_guide()
            karim.choose(f"12 {STREET} {COMMUNE}", self._next_door)
            karim.desk.press("Rattacher l’appel")
            karim.hang_up(self._neighbours_call)
            karim.close("Jeannin", "Lucas", "L’eau tombe du plafond de la cuisine.")

    def _on_site(self) -> None:
        world, tell = self.world, self.tell
        sms = world.operator.wait_for_message(self._second.phone, "/m/")
        link = mission_link(sms.body)
        with tell.busy(f"{self._second.name} arrive en 22 minutes : « Sur place », depuis le lien du SMS"):
            mission = Visitor(world.outputs["public_url"]).open(link)
            world.set_now(world.now() + timedelta(minutes=22))
            mission.press("sur place")
            self._told_the_tenant("est sur place")
        world.set_now(world.now() + timedelta(minutes=48))
        with tell.busy("Compte rendu : « Réalisée »"):
            mission.open(link).press(
                "Terminer", resultat="réalisée", texte="Flexible remplacé, plafond du voisin à revoir."
            )
            until(lambda: self._mission().status is DispatchStatus.REPORTED, "report")
        with tell.busy("L’enregistrement de l’appel va de l’opérateur à notre coffre"):
            self._recording = until(self._stored_recording, "recording in the bucket")
            until(lambda: not world.operator.recordings(), "end of the provider’s copy")
        tell.step("Il est dans notre coffre, et effacé chez l’opérateur")

    def _stored_recording(self) -> str | None:
        record = self.world.calls.get(self._call.sid)
        kept = record.call.recordings if record else ()
        return next((recording.object_key for recording in kept if recording.object_key), None)

    # --- what Habitat 70 reads ---------------------------------------------------------------------------------------

    def _monday(self) -> None:
        world, tell = self.world, self.tell
        world.set_now(MONDAY)
        agency = world.contract.agencies["vesoul"]
        with tell.busy("Lundi 8 h 30 : les courriels de fin d’astreinte partent"):
            world.run_job("reports", "end_of_period")
            self._mail = world.operator.wait_for_mail(agency.mailing_list[0])
            self._whole_mail = world.operator.wait_for_mail(
                world.contract.default_mailing_list[0], self._malfunction().number
            )
        tell.step(f"Courriel à l’agence de {agency.name} : « {self._mail.subject} »")
        tell.step(f"À la liste du contrat : « {self._whole_mail.subject} »")
        paul = world.user("habitat70")
        with tell.busy("Paul, d’Habitat 70, se connecte à l’extranet"):
            visitor = Visitor(world.outputs["public_url"])
            visitor.sign_in(paul["email"], paul["password"], paul["totp_secret"])
            page = f"/extranet/mains-courantes/{self._malfunction_id}"
            self._extranet = until(lambda: _once_told(visitor.open(page).text), "mails taken by the mail service")
        tell.step("Il lit la main courante, de l’appel au compte rendu")

    def _third_of_the_month(self) -> None:
        world, tell = self.world, self.tell
        world.set_now(THIRD_OF_DECEMBER)
        with tell.busy("Le 3 décembre, 6 h : le bilan de novembre"):
            world.run_job("reports", "monthly")
            world.run_job("reports", "settle_days")
            mailing_list = world.contract.default_mailing_list
            self._report_mail = world.operator.wait_for_mail(mailing_list[0], "rapport de novembre")
        (excel,) = (a for a in self._report_mail.attachments if a.name.endswith(".xlsx"))
        self._report = world.operator.attachment(excel.url)
        tell.step(f"Bilan de novembre par courriel, avec « {excel.name} »")

    def _purge(self) -> None:
        world, tell = self.world, self.tell
        self._sms = world.operator.messages()
        world.set_now(NEXT_NIGHT)
        with tell.busy("La nuit suivante, 3 h : la purge"):
            world.run_job("retention", "purge")
        (self._purged,) = world.jobs.latest("purge", 1)
        counts = self._purged.counts
        tell.step(f"Purge de la nuit : {counts['calls']} appel, {counts['recordings']} enregistrement effacés")
        gone = f"{counts['provider_calls']} appels et {counts['provider_messages']} SMS"
        tell.step(f"Chez l’opérateur, {gone} effacés le lendemain de leur fin")

    # --- the facts ---------------------------------------------------------------------------------------------------

    def look_up_facts(self) -> list[Fact]:
        """Each fact of the story, looked up where it must be."""
        return [*self._facts_in_the_table(), *self._facts_that_were_sent(), *self._facts_in_reports()]

    def _facts_in_the_table(self) -> list[Fact]:
        world = self.world
        log = world.malfunctions.log(self._malfunction_id)
        if log is None or log.malfunction.dispatch is None:
            return [Fact("table", "main courante", "kept", "missing")]
        dispatch = log.malfunction.dispatch
        winner = dispatch.steps[dispatch.winner].responder.name if dispatch.winner is not None else None
        kinds = [entry.kind for entry in log.entries]
        tenant, neighbour = self._stored(self._call.sid), self._stored(self._neighbours_call.sid)
        return [
            Fact("table", "qui est venu", self._second.name, winner),
            Fact("table", "acceptations", 1, kinds.count(EntryKind.ACCEPTED)),
            Fact("table", "sans réponse", 1, kinds.count(EntryKind.NO_ANSWER)),
            Fact("table", "appels dans la main courante", 2, kinds.count(EntryKind.CALL_LINKED)),
            Fact("table", "résultat", "réalisée", dispatch.result and dispatch.result.value),
            Fact("table", "les deux appels décrochés", True, bool(tenant.answered_at and neighbour.answered_at)),
            Fact("coffre", "enregistrement", True, len(world.bucket("recordings_bucket").get(self._recording)) > 44),
            Fact("opérateur", "enregistrements restants", 0, len(world.operator.recordings())),
            Fact(
                "opérateur", "appels et SMS restants", 0, len(world.operator.calls()) + len(world.operator.messages())
            ),
            Fact("table", "appel de sept mois", None, world.calls.get(self._old.call_id)),
            Fact("coffre", "son enregistrement", "effacé", self._old_recording()),
            Fact("purge", "appels comptés", 1, self._purged.counts["calls"]),
            Fact("purge", "enregistrements comptés", 1, self._purged.counts["recordings"]),
        ]

    def _facts_that_were_sent(self) -> list[Fact]:
        to_tenant = [message.body for message in self._sms if message.to == TENANT]
        number = self._malfunction().number
        return [
            Fact("SMS", "la locataire apprend l’accord, une fois", 1, sum("a accepté" in told for told in to_tenant)),
            Fact("SMS", "et l’arrivée, une fois", 1, sum("est sur place" in told for told in to_tenant)),
            Fact("SMS", "en un seul segment chacun", True, all(m.segments == 1 for m in self._sms)),
            Fact("courriel", "porte la main courante", True, _says(self._mail, number)),
            Fact("courriel", "porte le prestataire", True, _says(self._mail, self._second.name)),
            Fact("courriel", "celui de la liste du contrat aussi", True, _says(self._whole_mail, number)),
            Fact("extranet", "montre l’accord", True, f"{self._second.name} Accepté" in self._extranet),
            Fact("extranet", "montre le voisin", True, "Jeannin" in self._extranet),
            Fact("extranet", "montre le compte rendu", True, "Flexible remplacé" in self._extranet),
            Fact("extranet", "dit les courriels remis", True, MAILS_TAKEN in self._extranet),
        ]

    def _facts_in_reports(self) -> list[Fact]:
        month = list(self.world.calls.of_month("2026-11"))
        loaded = {call.call_id for call in self._past.calls if paris_month(call.born) == "2026-11"}
        told = {self._call.sid, self._neighbours_call.sid}
        kept = (loaded | told) & {record.call.call_id for record in month}
        answered = [record for record in month if record.call.answered_at]
        book = openpyxl.load_workbook(BytesIO(self._report), data_only=True)
        listed = {str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
        (run,) = self.world.jobs.latest("monthly", 1)
        settled = DynamoSettledDays(self.world.table).of_month("2026-11")
        both = (Service.DEBORDEMENT, Service.ASTREINTE)
        presented = sum(day.counts[f"{service} presented"][0] for day in settled.days for service in both)
        return [
            Fact("table", "les appels de novembre, ceux d’avant et les deux de la nuit", len(loaded | told), len(kept)),
            Fact("Excel", "N, tous les appels de novembre", len(month), run.counts["n"]),
            Fact("extranet", "les indicateurs comptent tous ceux-là", len(month), presented),
            Fact("Excel", "NR, les appels décrochés", len(answered), run.counts["nr"]),
            Fact("Excel", "la liste a tous les appels", len(month), len({r.call.call_id for r in month} & listed)),
        ]

    def _stored(self, call_id: str) -> Call:
        record = self.world.calls.get(call_id)
        if record is None:
            raise LookupError(call_id)
        return record.call

    def _old_recording(self) -> str:
        try:
            self.world.bucket("recordings_bucket").get(self._old.recording_key)
        except KeyError:
            return "effacé"
        return "présent"


def _two_dwellings(patrimoine: Patrimoine) -> tuple[Dwelling, Dwelling]:
    first, second, *_ = (d for d in patrimoine.dwellings if d.street == STREET and d.commune == COMMUNE)
    return first, second


def _rang_out(world: World, number: str) -> bool:
    phone = world.operator.phone(number)
    return phone is not None and any(call.status is CallStatus.NO_ANSWER for call in phone.calls)


def _once_told(page: str) -> str | None:
    """The page once it tells that the mails are with the mail service, which answers a moment after it has them."""
    return page if MAILS_TAKEN in page else None


def _says(mail: MailView, words: str) -> bool:
    return words in mail.text and words in mail.html
