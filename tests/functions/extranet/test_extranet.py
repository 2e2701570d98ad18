"""Habitat 70 reads its day on the extranet; who may read what, and what it costs (R53, R74)."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from permanence.application.access.members import Member, Person
from permanence.application.timeline.ports import JobRun
from permanence.domain.calls.call import CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.dispatch.events import Accept, CallNext
from permanence.domain.reference.announced import Peak
from permanence.domain.reference.calendrier import Calendrier
from permanence.domain.reference.exceptional import Opening, Takeover
from tests.application.dispatch.night import SATURDAY_NIGHT
from tests.fakes.documents import announced, closed
from tests.functions.extranet.extranet_world import (
    MAIN_COURANTE,
    MONDAY,
    SUPERVISOR,
    ExtranetWorld,
    after_the_night,
    words,
)

AGENT = Person("u1", "camille@permanence.example", "Camille", "Roy", "", ("teleconseiller",))
PAGES = (
    "/extranet",
    "/extranet/indicateurs",
    "/extranet/appels",
    "/extranet/mains-courantes",
    MAIN_COURANTE,
    "/extranet/rapports",
    "/extranet/registre",
    "/extranet/enregistrements/CA1/RE1",
)


@pytest.fixture
def world(contract: Contract) -> ExtranetWorld:
    return after_the_night(contract)


def test_the_register_shows_who_signed_the_charter_and_when(world: ExtranetWorld) -> None:
    members = world.services.members
    members.put(Member(AGENT, MONDAY, charter_version="une autre", charter_signed_at=MONDAY))
    members.sign_charter("u70", world.services.contract.charter.version, MONDAY)
    members.put(Member(SUPERVISOR, MONDAY, disabled_at=MONDAY))
    said = words(world.get("/extranet/registre"))
    assert re.search(r"Claire Humbert Habitat 70 Ouvert Signée lundi 23 novembre 2026, 14 h 32", said)
    assert re.search(r"Camille Roy Téléconseiller Jamais connecté Version dépassée .* une autre", said)
    assert re.search(r"Nadège Roux Superviseur Fermé À signer –", said)
    assert "register" in [line["what"] for line in world.services.audit.lines.values()]


# --- who may read, and what it costs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_habitat_70_and_supervisors_read_every_page(world: ExtranetWorld, path: str) -> None:
    assert world.get(path)["statusCode"] == 200
    world.sign_in(SUPERVISOR)
    assert world.get(path)["statusCode"] == 200


@pytest.mark.parametrize("path", [*PAGES, "/extranet/appels.xlsx", "/extranet/rapports/2026-10.xlsx"])
def test_nobody_else_reads_any(world: ExtranetWorld, path: str) -> None:
    world.sign_in(AGENT)
    refused = world.get(path)
    assert refused["statusCode"] == 403
    world.cookie = "__Host-session=someone"
    stranger = world.get(path)
    assert stranger["statusCode"] == 303
    assert stranger["headers"]["Location"].startswith("/connexion")
    assert "Jeannin" not in refused["body"] + stranger["body"]


@pytest.mark.parametrize(
    ("path", "most"),
    [("/extranet", 3), ("/extranet/appels", 1), ("/extranet/mains-courantes", 1), (MAIN_COURANTE, 2)],
)
def test_a_page_costs_few_requests_whatever_the_size_of_the_table(world: ExtranetWorld, path: str, most: int) -> None:
    """Session and register add two at most: never more than four."""
    before = world.store.requests
    world.get(path)
    assert world.store.requests - before <= most


@pytest.mark.parametrize("path", ["/extranet/appels", "/extranet/mains-courantes", MAIN_COURANTE])
def test_a_reading_is_noted_once_a_quarter_of_an_hour(world: ExtranetWorld, path: str) -> None:
    world.get(path)
    world.pass_time(minutes=1)
    world.get(path)
    (line,) = [line for line in world.services.audit.lines.values() if line["action"] == "read"]
    assert line["who"] == "claire.humbert@habitat70.example"
    world.pass_time(minutes=15)
    world.get(path)
    assert len(world.services.audit.lines) == 2


@pytest.mark.parametrize(
    "path", ["/extranet/appels?mois=2026-13", "/extranet/appels?mois=hier", "/extranet/nulle-part"]
)
def test_what_does_not_exist_is_said_politely(world: ExtranetWorld, path: str) -> None:
    path, _, query = path.partition("?")
    answer = world.get(path, query)
    assert answer["statusCode"] == 404
    assert "Il n’y a rien à cette adresse." in answer["body"]


def test_an_unknown_main_courante_is_not_noted_as_read(world: ExtranetWorld) -> None:
    assert world.get("/extranet/mains-courantes/00000000-0000")["statusCode"] == 404
    assert world.services.audit.lines == {}


# --- today -----------------------------------------------------------------------------------------------------------


def test_today_tells_the_closures_to_come_and_ends_its_opening_where_they_begin(world: ExtranetWorld) -> None:
    world.services.part = closed(MONDAY + timedelta(minutes=28), MONDAY + timedelta(hours=1))

    page = words(world.get("/extranet"))

    assert "réunion de service lun. 23 nov. de 15 h 00 à 15 h 32" in page
    assert "jusqu’à 15 h" in page


def test_today_tells_the_peaks_announced_that_are_not_over(world: ExtranetWorld) -> None:
    over = Peak(MONDAY - timedelta(hours=2), MONDAY, "tempête")
    storm = Peak(MONDAY + timedelta(hours=2), MONDAY + timedelta(hours=3), "campagne de SMS")
    world.services.part = announced(Calendrier(peaks=(over, storm)), since=MONDAY - timedelta(days=1))

    page = words(world.get("/extranet"))

    assert "Pics annoncés campagne de SMS lun. 23 nov., de" in page
    assert "tempête" not in page


def test_today_says_what_is_taken_over_why_and_until_when_and_what_opens_out_of_the_ordinary(
    world: ExtranetWorld,
) -> None:
    takeover = Takeover(MONDAY - timedelta(hours=1), MONDAY + timedelta(days=20), "crise sanitaire")
    saturday = MONDAY + timedelta(days=5)
    opening = Opening(saturday, saturday + timedelta(hours=2), "portes ouvertes", "gray")
    part = announced(Calendrier(takeovers=(takeover,), openings=(opening,)), since=MONDAY - timedelta(days=1))
    world.services.part = part

    page = words(world.get("/extranet"))

    assert "Prise en charge totale : le prestataire répond à tous les appels du CRC." in page
    assert "pour crise sanitaire. Fin prévue le" in page
    assert "Ouvertures exceptionnelles portes ouvertes Agence de Gray, sam. 28 nov." in page


def test_today_tells_a_closure_that_lasts_the_whole_day_as_such(world: ExtranetWorld) -> None:
    friday = datetime(2026, 12, 17, 23, 0, tzinfo=UTC)
    world.services.part = closed(friday, friday + timedelta(days=1), "journée d’entreprise")

    assert "journée d’entreprise ven. 18 déc. toute la journée" in words(world.get("/extranet"))


def test_today_tells_the_calls_since_midnight_and_no_others(world: ExtranetWorld) -> None:
    read = words(world.get("/extranet"))
    assert "Lundi 23 novembre 2026" in read
    assert "Appels reçus 19" in read
    assert "16 avant 40 s, 2 après" in read
    assert "la plus longue : 1 min 08" in read
    assert "Remis au service de courriel 13 h 31 Liste du contrat" in read
    assert "2 appels, 1 dysfonctionnement, 1 à suivre." in read


@pytest.mark.parametrize(
    ("line", "listed"), [("desk", "Ligne des intervenants"), ("test", "Appel d’essai")], ids=["desk", "test"]
)
def test_a_call_on_the_contractors_line_or_a_test_is_listed_as_such_and_counted_nowhere(
    world: ExtranetWorld, line: str, listed: str
) -> None:
    before = words(world.get("/extranet"))
    at = world.now - timedelta(minutes=5)
    world.tell("CA-line", CallEventKind.PRESENTED, at, at, line=line)
    world.tell("CA-line", CallEventKind.ENDED, at + timedelta(seconds=3), at)

    assert words(world.get("/extranet")) == before
    assert listed in words(world.get("/extranet/appels"))


def test_a_call_sent_to_the_landlords_numbers_is_listed_as_what_it_is(world: ExtranetWorld) -> None:
    at = world.now - timedelta(minutes=5)
    world.tell("CA-away", CallEventKind.PRESENTED, at, at)
    world.tell("CA-away", CallEventKind.SENT_TO_FALLBACK, at + timedelta(seconds=20), at)
    assert "Renvoyé vers Habitat 70" in words(world.get("/extranet/appels"))
    world.tell("CA-away", CallEventKind.ENDED, at + timedelta(seconds=90), at)
    assert "Renvoyé vers Habitat 70" in words(world.get("/extranet/appels"))


def test_today_names_no_tenant_and_no_house(world: ExtranetWorld) -> None:
    world.night.now = MONDAY
    read = words(world.get("/extranet"))
    assert "Jeannin" not in read
    assert "12 rue Baron Bouvier" not in read


def test_a_mission_that_nobody_accepts_stands_first(contract: Contract) -> None:
    world = ExtranetWorld(contract)
    world.night.now = MONDAY - timedelta(hours=1)
    world.night.start()
    for step in range(len(world.night.dispatch.steps)):
        world.night.happen(CallNext(step))
    read = words(world.get("/extranet"))
    assert "Personne n’a accepté la mission 2026-0001." in read
    world.night.happen(Accept(0, by="agent", confirmed=True))
    assert "Personne n’a accepté" not in words(world.get("/extranet"))


@pytest.mark.parametrize(("minutes", "is_said"), [(10, False), (11, True)])
def test_mails_that_did_not_leave_are_said_after_ten_minutes(contract: Contract, minutes: int, is_said: bool) -> None:
    world = ExtranetWorld(contract)
    world.now = datetime.fromisoformat("2026-11-23T08:30:00+01:00") + timedelta(minutes=minutes)
    world.sign_in(SUPERVISOR)
    assert ("Le courriel de fin d’astreinte est en retard." in words(world.get("/extranet"))) is is_said


def test_a_period_before_the_first_run_ever_is_no_alarm(contract: Contract) -> None:
    world = ExtranetWorld(contract)
    world.now = SATURDAY_NIGHT
    world.sign_in(SUPERVISOR)
    assert "est en retard" not in words(world.get("/extranet"))
    world.services.jobs.finish(JobRun("end_of_period", "2026-11-19T1330", SATURDAY_NIGHT - timedelta(days=2), {}))
    assert "est en retard" in words(world.get("/extranet"))


def test_a_page_that_failed_keeps_the_way_out(world: ExtranetWorld) -> None:
    world.store.is_down = True
    failed = world.get("/extranet/appels")
    assert failed["statusCode"] == 500
    assert "Claire Humbert" in failed["body"]
    assert 'action="/deconnexion"' in failed["body"]


def test_an_empty_day_says_so(contract: Contract) -> None:
    read = words(ExtranetWorld(contract).get("/extranet"))
    assert "Aucun appel depuis minuit." in read
    assert "Aucun dysfonctionnement ouvert." in read
