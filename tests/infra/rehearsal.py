"""Every function at work, each wired as on AWS: from the first sign-in to the purge of what one night left."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.metrics import EphemeralMetrics

from astreinte_dispatch import handler as astreinte_dispatch
from astreinte_dispatch.live_services import LiveServices as DispatchServices
from call_webhook.handler import respond
from call_webhook.live_services import LiveServices as WebhookServices
from decisions import handler as decisions
from decisions.services import LiveServices as DecisionsServices
from desk import handler as desk
from desk.services import LiveServices as DeskServices
from extranet import handler as extranet
from extranet.services import LiveServices as ExtranetServices
from imports import handler as imports
from imports.live_services import live_work
from imports.mails import Work
from mission.routes import Services as MissionServices
from mission.routes import make_app
from notify import handler as notify
from notify.live_services import LiveServices as NotifyServices
from outbox_relay.handler import relay
from permanence.adapters.dynamodb import documents
from permanence.adapters.twilio.signature import sign
from permanence.application.access.signing_in import TOUCH_AFTER
from permanence.application.reference.deciding import Decider
from permanence.domain.reference.imports import ImportState, Origin, received
from permanence.domain.reference.listes_kind import LISTES
from permanence.live.dispatches import LiveDispatches
from permanence.live.documents import LiveDocuments
from permanence.live.queues import LiveQueues
from recording_import import handler as recording_import
from recording_import.live_services import LiveServices as ImportServices
from reports import handler as reports
from reports.live_services import live_services as live_reports
from retention import handler as retention
from retention.live_services import live_purge
from sign_in import handler as sign_in
from team import handler as team
from tests.adapters.mails import KNOWN, kept, letter
from tests.fakes.reference import bodies_of, put_in_force
from tests.fakes.registers import FakeAudit
from tests.functions.decisions.files_world import MENDABLE, WHOLE
from tests.functions.desk.desk_world import BURST_PIPE, COMPLETE, ENTREPRISES, PATRIMOINE, ROTA
from tests.functions.queue_events import queue_event, stream_record
from tests.functions.telephony import ACCOUNT, BASE_URL, CALL_ID, CALLER, TOKEN, http_event
from tests.infra.recorded_requests import Recording
from tests.infra.stage import LEG, Stage
from tests.web.browser import Browser
from tests.web.browser import http_event as page_event

SATURDAY_NIGHT = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
FIRST, CHOSEN, NEXT = "Dix-sept chaises 70", "Quatre pommes 70", "Trois fois rien 70"
CODES = iter(f"{number:06}" for number in range(100_000, 1_000_000))
PAGE = f"/desk/appels/{CALL_ID}"
LONG_AND_MENDABLE = MENDABLE + "".join(f"L{n};GRAY-A;rue des Tanneurs;70100;Gray;Gray;Gray;1\n" for n in range(1_000))
"""So long that progress is told."""
OTHER_CALL, LATE_CALL, MISSED_CALL = "CA" + "8" * 32, "CA" + "9" * 32, "CA" + "7" * 32


class Rehearsal:
    """`recording` holds whatever was asked of AWS."""

    def __init__(self, stage: Stage) -> None:
        self.now = SATURDAY_NIGHT
        self.stage, self.environ, self.recording = stage, stage.environ, Recording()
        self._told: set[tuple[str, str]] = set()
        self._delivered = 0
        self._waiting: list[tuple[datetime, str, str]] = []

    def play(self) -> None:
        """The whole story, by clients that are made for it."""
        for rooms in (sign_in._rooms, team._rooms):
            rooms.cache_clear()
        with self.recording.of_new_clients():
            self._play()
        for rooms in (sign_in._rooms, team._rooms):
            rooms.cache_clear()

    def _play(self) -> None:
        bodies = bodies_of(PATRIMOINE, ENTREPRISES, ROTA)
        put_in_force(LiveDocuments(self.environ).documents, self.now - timedelta(days=1), **bodies)
        self.way_in()
        self.call()
        self.night()
        self.recordings()
        self.what_is_told()
        self.what_is_read()
        self.what_is_decided()
        self.what_is_sent()
        self.what_comes_by_mail()
        self.purge()

    # --- what happens ----------------------------------------------------------------------------------------------

    def way_in(self) -> None:
        """A supervisor comes in, lets an agent and a reader in, and does to accounts whatever a supervisor can."""
        self.stage.add_account(_details("superviseur")["email"], "superviseur", FIRST)
        self.supervisor = self._first_sign_in("superviseur", FIRST)
        stranger = self.browser()
        for _ in range(3):
            self._password(stranger, "superviseur", "faux")
        self._password(self.browser(), "superviseur", FIRST)
        people = {}
        for group in ("teleconseiller", "habitat70"):
            self.supervisor.get("/equipe/nouveau").post("/equipe/nouveau", _details(group))
            (page,) = set(re.findall(r"/equipe/[\w-]{20,}", self.supervisor.html)) - {"/equipe/nouveau"}
            people[group] = (page.removesuffix("/corriger"), _shown_password(self.supervisor))
        self.agent = self._first_sign_in("teleconseiller", people["teleconseiller"][1], CHOSEN)
        self._first_sign_in("habitat70", people["habitat70"][1], CHOSEN)
        self._own_password(self.agent)
        person, _ = people["habitat70"]
        self.supervisor.get("/equipe").get(person)
        for group in ("teleconseiller", "habitat70"):
            changed = _details("habitat70") | {"group": group}
            self.supervisor.get(f"{person}/corriger").post(f"{person}/corriger", changed)
        for deed in ("deconnexion", "fermeture", "ouverture", "mot-de-passe", "second-facteur"):
            self.supervisor.get(person).post(f"{person}/{deed}", {})
        self._first_sign_in("habitat70", _shown_password(self.supervisor), NEXT)
        leaving = self._sign_in("superviseur", FIRST)
        leaving.get("/equipe").post("/deconnexion", {})

    def call(self) -> None:
        """From the ring to an agent who speaks. Another call is over before it is told to have come, and one while the
        table is out."""
        number = self._webhook.contract.numbers.inbound
        incoming = {"From": CALLER, "To": number, "CallStatus": "ringing", "Direction": "inbound"}
        over = {"To": number, "CallStatus": "completed", "CallDuration": "9", "Timestamp": format_datetime(self.now)}
        self.told("/telephony/calls/status", over, OTHER_CALL)
        self.pass_time(2)
        self.told("/telephony/calls/incoming", incoming, OTHER_CALL)
        self.told_without_table("/telephony/calls/incoming", incoming, LATE_CALL)
        self.told("/telephony/calls/incoming", incoming)
        born = {"born": str(int(self.now.timestamp()))}
        self.told("/telephony/calls/waiting", {"To": number, "QueueTime": "3"}, query=born)
        self.pass_time(12)
        self.agent.get("/desk").post(f"{PAGE}/prendre", {})
        self.leg = {**born, "call": CALL_ID, "attempt": "1"}
        self.told("/telephony/agents/answer", {"AnsweredBy": "human"}, LEG, self.leg)
        self.told("/telephony/agents/key", {"Digits": "1"}, LEG, self.leg)
        self.work()

    def night(self) -> None:
        """A mission that one contractor refuses on his page, and that somebody accepts by telephone, late."""
        self.agent.get(PAGE)
        for question, said in BURST_PIPE:
            self.agent.post(f"{PAGE}/reponse", {"question": question, "answer": said})
            self.agent.get(PAGE)
        for deed, fields in (
            ("logements", {"q": "bouvier"}),
            ("logement", {"dwelling": "D104"}),
            ("brouillon", COMPLETE),
            ("fiche", {**COMPLETE, "dwelling": "D104"}),
            ("intervention", {}),
        ):
            self.agent.post(f"{PAGE}/{deed}", fields).get(PAGE)
        self.work()
        (link,) = {link for text in self.stage.texts for link in re.findall(r"/m/\w+", text)}
        contractor = self.browser()
        contractor.get(link).get(f"{link}/refuser").post(f"{link}/refuser", {"motif": "autre"})
        self.work()
        for _ in range(20):
            self.pass_time(60)
            self.wake({"job": "sweep"})
            self.work()
        self._accept_by_telephone()
        self.agent.get("/desk/direct").get(f"{PAGE}/direct").get("/desk").get(PAGE).post(f"{PAGE}/clore", COMPLETE)
        other = f"/desk/appels/{OTHER_CALL}"
        self.agent.get(other).post(f"{other}/clore", {"free_address": "6 impasse des Forges, Héricourt"})

    def _accept_by_telephone(self) -> None:
        """Whoever was called last presses 1 twice."""
        pk, sk = max((key for key in self.stage.items() if key[1].endswith("-voice")), key=lambda key: key[1])
        ref = {"born": self.leg["born"], "notice": f"{pk.rpartition('#')[2]}.{sk.removeprefix('N#')}"}
        self.told("/telephony/notices/voice", {"AnsweredBy": "human"}, LEG, ref)
        for stage in ("choice", "confirm"):
            self.told("/telephony/notices/voice/keys", {"Digits": "1"}, LEG, {**ref, "stage": stage, "heard": "1"})
        self.told("/telephony/notices/voice/status", {"CallStatus": "completed"}, LEG, ref)
        self.work()

    def recordings(self) -> None:
        """One is imported, the provider is asked for others; hours later, whether the calls are over."""
        told = {"RecordingSid": "RE1", "RecordingStatus": "completed", "RecordingDuration": "61"}
        self.told("/telephony/recordings", told, query=self.leg)
        self.work()
        recording_import.run_job({"job": "held_recordings"}, self._import, self.now)
        self.pass_time(4 * 3600)
        self.wake({"job": "sweep"})
        self.work()

    def what_is_told(self) -> None:
        """The mail of Monday, the days of the month, its figures once they are frozen."""
        for job, at in (
            ("end_of_period", datetime(2026, 11, 23, 7, 30, tzinfo=UTC)),
            ("settle_days", datetime(2026, 11, 24, 5, tzinfo=UTC)),
            ("monthly", datetime(2026, 12, 3, 5, tzinfo=UTC)),
        ):
            self.now = at
            reports.run_job({"job": job}, live_reports(self.environ), at)
            self.work()

    def what_is_read(self) -> None:
        """Every page of the extranet; then what was listened to is erased at the caller's word."""
        reader = self._sign_in("habitat70", NEXT)
        self.now += 2 * TOUCH_AFTER  # so that the session is seen again
        for file in ("appels.xlsx?mois=2026-11", "mains-courantes.xlsx?mois=2026-11", "rapports/2026-11.xlsx"):
            self._handle(page_event("GET", f"/extranet/{file}", cookies=reader.cookies))
        for page in (
            "",
            "/indicateurs",
            "/indicateurs?mois=2026-11",
            "/appels?mois=2026-11",
            "/rapports",
            "/registre",
            "/mains-courantes?mois=2026-11",
        ):
            reader.get(f"/extranet{page}")
        (found, *_) = re.findall(r"/extranet/mains-courantes/[\w-]{20,}", reader.html)
        reader.get(found)
        self._handle(page_event("GET", f"{found}/lignes.xlsx", cookies=reader.cookies))
        sound = f"/extranet/enregistrements/{CALL_ID}/RE1"
        reader.get(sound).post(sound, {"motif": "reclamation"})
        reader.get(reader.location)
        (ticket, *_) = re.findall(r'ecoute=([^"&]+)', reader.html)
        reader.get(f"{sound}?ecoute={ticket}")
        agent = self._sign_in("teleconseiller", NEXT).get(PAGE)
        for pressed in ({}, {"objection": "effacer"}):
            agent.post(f"{PAGE}/objection", pressed).get(PAGE)
            self.pass_time(5)
        self.work()

    def what_is_decided(self) -> None:
        """Two closures are proposed at once: one is approved, the other compared again and withdrawn; then back."""
        page, day = "/referentiel/calendrier", f"{self.now + timedelta(days=20):%Y-%m-%d}"
        typed = {"account": "meeting", "opens": "08:30", "closes": "10:00", "reason": "réunion", "deed": "proposer"}
        decider = (
            self._sign_in("habitat70", NEXT)
            .get("/referentiel")
            .get("/referentiel/adresses")
            .get("/referentiel/courriels")
            .get(page)
        )
        for one in (day, f"{self.now + timedelta(days=21):%Y-%m-%d}"):
            decider.post(f"{page}/fermeture", {**typed, "day": one}).get(page)
        for deed in ("1/approuver", "2/comparer", "3/retirer"):
            decider.post(f"{page}/{deed}", {}).get(page)
        (start, *_) = re.findall(r'name="start" value="([^"]+)"', decider.html)
        decider.post(f"{page}/ouverture", {"start": start}).get(page)
        with patch.object(documents, "LONGEST_INLINE", 0):  # as if they were large
            for deed in ("4/approuver", "1/revenir"):
                decider.post(f"{page}/{deed}", {}).get(page)

    def what_is_sent(self) -> None:
        """A file is read, its columns said, mended, read again and put in force; another is refused, and the patrimoine
        before comes back."""
        files = "/referentiel/fichiers"
        sender = self._sign_in("habitat70", NEXT).get(files)
        sender.upload(files, "patrimoine.csv", LONG_AND_MENDABLE.encode(), {"kind": "patrimoine"})
        page = sender.location.partition("?")[0]
        for deed, fields in (
            ("colonnes", {"c0.7": ""}),
            ("corriger", {"reading": "2", "g0": "0", "t1": "rue des Tanneurs", "g2": "0"}),
            ("relire", {}),
            ("vigueur", {"day": "", "hour": ""}),
        ):
            self.work()
            sender.get(page).post(f"{page}/{deed}", fields)
        for file in ("recu", "corrige.xlsx"):
            self._handle(page_event("GET", f"{page}/{file}", cookies=sender.cookies))
        sender.get(files).upload(files, "autre.csv", WHOLE.encode(), {"kind": "patrimoine"})
        page = sender.location.partition("?")[0]
        self.work()
        sender.get(page).post(f"{page}/refuser", {"why": "fichier de novembre"})
        sender.get("/referentiel/patrimoine").post("/referentiel/patrimoine/1/revenir", {})

    def what_comes_by_mail(self) -> None:
        """A mail is kept apart, the file of another is read and its sender answered; then an update of the rota, for
        which the duty supervisor is rung, and which nobody looks at for 45 minutes."""
        deciding = replace(self._work.reading.as_decider(Decider("u70", ("habitat70",))), register=FakeAudit())
        _, listes = deciding.in_force(LISTES, self.now)
        deciding.approve(LISTES, deciding.propose(LISTES, replace(listes, senders=(KNOWN,)), self.now).number, self.now)
        for key, mail in (
            ("mails/forged", kept(letter(), dmarc="fail")),
            ("mails/true", kept(letter(files=[("patrimoine.csv", WHOLE.encode())]))),
        ):
            self.stage.objects.put_object(Bucket=self.environ["IMPORTS_BUCKET"], Key=key, Body=mail)
            imports.read_all(queue_event({"Records": [{"s3": {"object": {"key": key}}}]}), self._work, self.now, None)
        self.work()
        rota = received("planning", Origin.MAIL, KNOWN, "planning.xlsx", self.now, b"PK", "true")
        rota = replace(rota, state=ImportState.PROPOSED, version=1)
        self._work.mails.after_reading(rota, self.now)
        self.work()
        ref = {"born": str(int(self.now.timestamp())), "notice": f"job:planning:{rota.import_id}.supervisor-voice"}
        self.told("/telephony/notices/voice", {"AnsweredBy": "human"}, LEG, ref)
        self.told("/telephony/notices/voice/status", {"CallStatus": "completed"}, LEG, ref)
        self.pass_time(46 * 60)
        self.wake({"job": "sweep"})

    def purge(self) -> None:
        """Of one more call, the evening before, the provider's log alone can tell."""
        self.now += timedelta(days=self._webhook.contract.retention.items + 3)
        at = format_datetime(self.now - timedelta(days=1))
        missed = {
            "direction": "inbound",
            "to": self._webhook.contract.numbers.inbound,
            "from": CALLER,
            "sid": MISSED_CALL,
        }
        self.stage.logged.append(missed | {"status": "completed", "start_time": at, "end_time": at})
        retention.run_job({"job": "purge"}, live_purge(self.environ), self.now)

    # --- stream and queues -----------------------------------------------------------------------------------------

    def work(self) -> None:
        """What stream and queues hold now reaches its function, until there is nothing left to do at this instant."""
        while any([self._relay(), self._deliver()]):
            pass

    def _relay(self) -> bool:
        """New notices and timers, as the stream tells them."""
        if new := {key for key in self.stage.items() if key[1][:2] in ("N#", "T#")} - self._told:
            queues = LiveQueues(self.environ)
            relay([stream_record(*key) for key in sorted(new)], queues.outbox, queues.deadlines, self.now)
            self._told |= new
        return bool(new)

    def _deliver(self) -> bool:
        """What was sent since."""
        sent = [one for one in self.recording.requests if one.operation == "SendMessageBatch"]
        new, self._delivered = sent[self._delivered :], len(sent)
        for one in new:
            for entry in one.params["Entries"]:
                self._waiting.append(
                    (
                        self.now + timedelta(seconds=entry["DelaySeconds"]),
                        self.stage.names[one.params["QueueUrl"]],
                        entry["MessageBody"],
                    )
                )
        due = [one for one in self._waiting if one[0] <= self.now]
        self._waiting = [one for one in self._waiting if one[0] > self.now]
        for _, queue, body in due:
            event = queue_event(body)
            if queue == "Outbox":
                notify.send_all(event, self._notify, self.now, None)
            elif queue == "FilesToRead":
                imports.read_all(event, self._work, self.now, None)
            elif queue == "RecordingsToImport":
                recording_import.import_all(event, self._import, self.now, None)
            else:
                self.wake(event)
        return bool(new or due)

    def wake(self, event: dict[str, Any]) -> None:
        astreinte_dispatch.wake(event, self._dispatch, self.now, None)

    # --- who comes in ----------------------------------------------------------------------------------------------

    def browser(self) -> Browser:
        return Browser(self._handle)

    def _first_sign_in(self, group: str, password: str, chosen: str = "") -> Browser:
        browser = self._password(self.browser(), group, password)
        if chosen:
            page = "/connexion/nouveau-mot-de-passe"
            browser.get(page).post(page, {"password": chosen, "again": chosen})
        page = "/connexion/second-facteur"
        browser.get(page).post(page, {"code": next(CODES)})
        if browser.location == "/connexion/charte":
            browser.get(browser.location).post("/connexion/charte", {})
        return _inside(browser)

    def _sign_in(self, group: str, password: str) -> Browser:
        browser = self._password(self.browser(), group, password)
        return _inside(browser.get("/connexion/code").post("/connexion/code", {"code": next(CODES)}))

    def _password(self, browser: Browser, group: str, password: str) -> Browser:
        fields = {"email": _details(group)["email"], "password": password, "suite": ""}
        return browser.get("/connexion").post("/connexion", fields)

    def _own_password(self, browser: Browser) -> None:
        asked = {"current": CHOSEN, "password": NEXT, "again": NEXT, "code": next(CODES)}
        browser.get("/connexion/compte").post("/connexion/compte/mot-de-passe", asked)

    # --- the functions ---------------------------------------------------------------------------------------------

    def _handle(self, event: dict[str, Any]) -> dict[str, Any]:
        path = event["rawPath"]
        if path.startswith("/desk"):
            return desk.handle(event, None, self._desk, self.now)
        if path.startswith("/referentiel"):
            return decisions.handle(event, None, self._decisions, self.now)
        if path.startswith("/extranet"):
            return extranet.handle(event, None, self._extranet, self.now)
        if path.startswith("/m/"):
            answered: dict[str, Any] = self._mission.resolve(event, None)
            return answered
        module: Any = team if path.startswith("/equipe") else sign_in
        with patch.object(module, "clock_now", lambda _: self.now):
            told: dict[str, Any] = module.handler(event, CONTEXT)
        return told

    def told(
        self, path: str, fields: Mapping[str, str], call_id: str = CALL_ID, query: Mapping[str, str] | None = None
    ) -> str:
        """The provider posts; what is answered."""
        url = BASE_URL + path + (f"?{urlencode(query)}" if query else "")
        pairs = list({"AccountSid": ACCOUNT, "CallSid": call_id, **fields}.items())
        event = http_event(url, urlencode(pairs), sign(TOKEN, url, pairs))
        status = respond(event, self._webhook, self.now, SILENT, METRICS)["statusCode"]
        if status >= HTTPStatus.BAD_REQUEST:
            raise AssertionError(f"{path} is refused: {status}")

    def told_without_table(self, path: str, fields: Mapping[str, str], call_id: str) -> None:
        known, self._webhook = self._webhook, WebhookServices(self.environ | {"TABLE_NAME": "gone"}, SILENT, METRICS)
        self.told(path, fields, call_id)
        self._webhook = known

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @cached_property
    def _desk(self) -> DeskServices:
        return DeskServices(self.environ)

    @cached_property
    def _extranet(self) -> ExtranetServices:
        return ExtranetServices(self.environ)

    @cached_property
    def _decisions(self) -> DecisionsServices:
        return DecisionsServices(self.environ)

    @cached_property
    def _mission(self) -> APIGatewayHttpResolver:
        live = LiveDispatches(self.environ)
        services = MissionServices(live.malfunctions, live.dispatching, live.public_url, lambda: self.now)
        return make_app(services, SILENT)

    @cached_property
    def _notify(self) -> NotifyServices:
        return NotifyServices(self.environ)

    @cached_property
    def _import(self) -> ImportServices:
        return ImportServices(self.environ)

    @cached_property
    def _work(self) -> Work:
        return live_work(self.environ)

    @cached_property
    def _dispatch(self) -> DispatchServices:
        return DispatchServices(self.environ)

    @cached_property
    def _webhook(self) -> WebhookServices:
        return WebhookServices(self.environ, SILENT, METRICS)


SILENT = Logger(service="silent", level="CRITICAL")
CONTEXT = SimpleNamespace(function_name="rehearsal")
METRICS = EphemeralMetrics(namespace="tests", service="rehearsal")


def _details(group: str) -> dict[str, str]:
    return {
        "first_name": "Nadège",
        "last_name": group.title(),
        "email": f"{group}@reception.example",
        "group": group,
        "phone": "06 39 98 01 01",
    }


def _shown_password(browser: Browser) -> str:
    (once,) = browser.page.select(".once")
    return str(once.get_text(strip=True))


def _inside(browser: Browser) -> Browser:
    if "__Host-session" not in browser.cookies:
        raise AssertionError(f"still outside: {browser.asked}, {browser.status}")
    return browser
