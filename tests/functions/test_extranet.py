"""Habitat 70 reads its calls, its mains courantes and its reports (R53, R74)."""

import base64
import html
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from permanence.application.members import Member, Person
from permanence.application.ports import JobRun
from permanence.domain.calls import CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.dispatch import Accept, CallNext
from permanence.domain.main_courante import MalfunctionStatus
from tests.application.night import MALFUNCTION_ID, SATURDAY_NIGHT
from tests.functions.extranet_world import MONDAY, ExtranetWorld

SUPERVISOR = Person("u2", "nadege@permanence.example", "Nadège", "Roux", "", ("superviseur",))
AGENT = Person("u1", "camille@permanence.example", "Camille", "Roy", "", ("teleconseiller",))
MAIN_COURANTE = f"/extranet/mains-courantes/{MALFUNCTION_ID}"
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
    told = ExtranetWorld(contract)
    told.tell_the_night()
    told.tell_the_morning()
    return told


def words(answer: dict[str, Any]) -> str:
    """The page as it is read: no tags, plain spaces."""
    assert answer["statusCode"] == 200, answer["statusCode"]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer["body"]))


def rows_of(answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of an Excel answer, header included."""
    assert answer["statusCode"] == 200
    assert answer["isBase64Encoded"]
    page = load_workbook(BytesIO(base64.b64decode(answer["body"]))).active
    assert page is not None
    return list(page.iter_rows(values_only=True))


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
    [("/extranet", 2), ("/extranet/appels", 1), ("/extranet/mains-courantes", 1), (MAIN_COURANTE, 2)],
)
def test_a_page_costs_few_requests_whatever_the_size_of_the_table(world: ExtranetWorld, path: str, most: int) -> None:
    """Session, register and jobs add two at most: never more than four."""
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


def test_today_tells_the_calls_since_midnight_and_no_others(world: ExtranetWorld) -> None:
    read = words(world.get("/extranet"))
    assert "Lundi 23 novembre 2026" in read
    assert "Appels reçus 19" in read
    assert "16 avant 40 s, 2 après" in read
    assert "la plus longue : 1 min 08" in read
    assert "Courriels partis : 13 h 31" in read
    assert "2 appels, 1 dysfonctionnement, 1 à suivre." in read


def test_a_call_on_the_contractors_line_is_listed_as_such_and_counted_nowhere(world: ExtranetWorld) -> None:
    before = words(world.get("/extranet"))
    at = world.now - timedelta(minutes=5)
    world.tell("CA-line", CallEventKind.PRESENTED, at, at, line="desk")
    world.tell("CA-line", CallEventKind.ENDED, at + timedelta(seconds=3), at)

    assert words(world.get("/extranet")) == before
    assert "Ligne des intervenants" in words(world.get("/extranet/appels"))


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
    world.night.happen(Accept(0, by="agent"))
    assert "Personne n’a accepté" not in words(world.get("/extranet"))


@pytest.mark.parametrize(("minutes", "is_said"), [(10, False), (11, True)])
def test_mails_that_did_not_leave_are_said_after_ten_minutes(contract: Contract, minutes: int, is_said: bool) -> None:
    world = ExtranetWorld(contract)
    world.now = datetime.fromisoformat("2026-11-23T08:30:00+01:00") + timedelta(minutes=minutes)
    world.sign_in(SUPERVISOR)
    assert ("Le courriel de fin d’astreinte n’est pas parti." in words(world.get("/extranet"))) is is_said


def test_a_period_before_the_first_run_ever_is_no_alarm(contract: Contract) -> None:
    world = ExtranetWorld(contract)
    world.now = SATURDAY_NIGHT
    world.sign_in(SUPERVISOR)
    assert "n’est pas parti" not in words(world.get("/extranet"))
    world.services.jobs.finish(JobRun("end_of_period", "2026-11-19T1330", SATURDAY_NIGHT - timedelta(days=2), {}))
    assert "n’est pas parti" in words(world.get("/extranet"))


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


def test_the_month_is_told_as_the_contract_counts_it(world: ExtranetWorld) -> None:
    read = words(world.get("/extranet/indicateurs"))
    assert "85,71 %" in read
    assert "18 sur 21. Plus aucune marge." in read
    assert "95,24 %" in read
    assert "Encore 2 appels perdus possibles." in read
    part = world.get("/extranet/indicateurs", headers={"hx-request": "true"})
    assert "<html" not in part["body"]
    assert "18 sur 21." in words(part)
    assert "Mois en cours" in read
    assert "incomplets" not in read


def test_a_frozen_month_says_when_and_offers_its_report(world: ExtranetWorld) -> None:
    frozen = world.get("/extranet/indicateurs", "mois=2026-10")
    assert "Mois figé le dim. 1er nov." in words(frozen)
    assert "/extranet/rapports/2026-10.xlsx" in frozen["body"]
    assert "La courbe se dessine à partir de deux mois figés." in words(frozen)
    world.services.jobs.finish(JobRun("monthly", "2026-09", MONDAY, {"n": 100, "n40": 90, "nr": 95}))
    assert "QS2 86,00 %" in words(world.get("/extranet/indicateurs"))


def test_without_a_call_nothing_is_kept_nor_missed(contract: Contract) -> None:
    world = ExtranetWorld(contract)
    world.settle_days()
    read = words(world.get("/extranet/indicateurs"))
    assert "Aucun appel présenté en novembre 2026." in read
    assert "Tenu" not in read
    assert "Manqué" not in read


def test_figures_without_a_day_say_which_one_they_lack(world: ExtranetWorld) -> None:
    """Saturday is settled no more: its two calls are in no figure, and the page says so, whole or in part."""
    del world.services.settled_days.days[date(2026, 11, 21)]
    for headers in ({}, {"hx-request": "true"}):
        read = words(world.get("/extranet/indicateurs", headers=headers))
        assert "Les chiffres sont incomplets. Il y manque 1 jour de ce mois : le 21." in read
        assert "16 sur 19." in read


def test_figures_by_older_rules_say_so(world: ExtranetWorld) -> None:
    days = world.services.settled_days.days
    days[date(2026, 11, 2)] = replace(days[date(2026, 11, 2)], rules="2026-10-01")
    said = "Des jours sont comptés selon une version précédente des règles du contrat : 2026-10-01."
    assert said in words(world.get("/extranet/indicateurs"))


def test_a_month_before_everything_is_not_told_as_empty(world: ExtranetWorld) -> None:
    read = words(world.get("/extranet/indicateurs", "mois=2025-02"))
    assert "Il y manque 28 jours de ce mois : du 1er au 28." in read
    assert "Aucun appel dans les jours comptés de février 2025." in read
    assert "Aucun appel présenté" not in read


# --- calls -----------------------------------------------------------------------------------------------------------


def test_the_list_tells_each_call_newest_first(world: ExtranetWorld) -> None:
    read = words(world.get("/extranet/appels", "mois=2026-11"))
    assert read.index("lun. 23 nov., 13 h 05") < read.index("sam. 21 nov., 23 h 12")
    assert "Corinne Jeannin" in read
    assert "06 39 98 01 02" in read
    assert "Non décroché" in read


def test_an_excel_file_holds_exactly_the_calls_of_the_month(world: ExtranetWorld) -> None:
    rows = rows_of(world.get("/extranet/appels.xlsx", "mois=2026-11"))
    assert len(rows) == 1 + 21
    assert rows[0][:3] == ("Présenté", "Service", "Numéro")
    assert rows[-1][0].isoformat() == "2026-11-21T23:12:00"
    assert rows[-1][3] == "Corinne Jeannin"
    assert rows[-1][5] == timedelta(seconds=11)
    assert len(rows_of(world.get("/extranet/appels.xlsx", "mois=2026-10"))) == 1


def test_a_file_that_leaves_is_noted_each_time(world: ExtranetWorld) -> None:
    world.get("/extranet/appels.xlsx")
    world.get("/extranet/appels.xlsx")
    exported = [line["what"] for line in world.services.audit.lines.values() if line["action"] == "export"]
    assert exported == ["calls:2026-11", "calls:2026-11"]


def test_a_name_that_looks_like_a_formula_stays_text(world: ExtranetWorld) -> None:
    world.call("EVIL", MONDAY - timedelta(minutes=5))
    world.fill_in("EVIL", MONDAY, first='=HYPERLINK("http://evil")', last="\x07+1", malfunction_id=None)
    answer = world.get("/extranet/appels.xlsx")
    page = load_workbook(BytesIO(base64.b64decode(answer["body"]))).active
    assert page is not None
    cell = page["D2"]
    assert cell.value == '=HYPERLINK("http://evil") +1'
    assert cell.data_type == "s"
    assert "<script" not in words(world.get("/extranet/appels"))


def test_a_withheld_number_is_a_normal_case(world: ExtranetWorld) -> None:
    world.call("ANON", MONDAY - timedelta(minutes=5), caller=None)
    assert "numéro masqué" in words(world.get("/extranet/appels")).lower()


def test_a_month_without_calls_says_so(world: ExtranetWorld) -> None:
    assert "Aucun appel ce mois-là." in words(world.get("/extranet/appels", "mois=2026-09"))


def test_every_call_of_a_long_month_is_on_exactly_one_page(contract: Contract) -> None:
    world = ExtranetWorld(contract)
    for number in range(120):
        world.call(f"CALL{number:03}", MONDAY - timedelta(minutes=number), caller=f"+3363998{number:04}")
    seen: list[str] = []
    query = "mois=2026-11"
    for _ in range(3):
        body = world.get("/extranet/appels", query)["body"]
        seen += re.findall(r"06\u00a039\u00a098(?:\u00a0\d\d){2}", body)
        following = re.search(r'href="/extranet/appels\?([^"]*suite=[^"]*)"', body)
        query = following[1].replace("&amp;", "&") if following else ""
    assert query == ""
    assert len(seen) == len(set(seen)) == 120


# --- mains courantes -------------------------------------------------------------------------------------------------


def test_a_main_courante_tells_the_whole_night(world: ExtranetWorld) -> None:
    read = words(world.get(MAIN_COURANTE))
    told = [
        "23 h 12",
        "Appel de Mme Corinne Jeannin",
        "attente 11 s",
        "Plomberie Daval",
        "Répondeur",
        "Un répondeur ne vaut pas accord.",
        "Appel de M. Lucas Vauthier",
        "Enregistrement effacé :",
        "Accepté",
        "touche 1, confirmée, à 23 h 24",
        "Sur place",
        "7 min avant l’heure annoncée",
        "Compte rendu",
        "Raccord changé sous l’évier, plafond à reprendre.",
    ]
    places = [read.find(fact) for fact in told]
    assert -1 not in places, told[places.index(-1)]
    assert places == sorted(places)


def test_delays_are_told_from_the_first_call(world: ExtranetWorld) -> None:
    read = words(world.get(MAIN_COURANTE))
    assert "Premier appel au prestataire 5 min 00 Accord 12 min 05 Arrivée 50 min 45 Fin des travaux 1 h 47 min" in read
    assert "Comptés depuis le premier appel, 23 h 12." in read


def test_the_day_of_erasure_is_on_the_page_and_on_the_print(world: ExtranetWorld) -> None:
    read = words(world.get(MAIN_COURANTE))
    assert "mercredi 12 mai 2027" in read
    assert "Imprimé par Claire Humbert le lundi 23 novembre 2026 à 14 h 32. Document nominatif" in read
    assert "détruire avant le mardi 11 mai 2027" in read


def test_a_reader_chooses_what_to_see_and_the_excel_holds_just_that(world: ExtranetWorld) -> None:
    everything = rows_of(world.get(f"{MAIN_COURANTE}/lignes.xlsx"))
    messages = rows_of(world.get(f"{MAIN_COURANTE}/lignes.xlsx", "a=messages"))
    facts = [row[1] for row in messages[1:]]
    assert "SMS aux appelants" in facts
    assert not [fact for fact in facts if fact.startswith("Appel de")]
    assert len(messages) < len(everything)
    read = words(world.get(MAIN_COURANTE, "a=messages&a=recus"))
    assert "Appel de Mme Corinne Jeannin" in read
    assert "Un répondeur" not in read


def test_the_list_filters_and_its_excel_holds_what_it_shows(world: ExtranetWorld) -> None:
    assert "2026-0001" in words(world.get("/extranet/mains-courantes"))
    for query in ("agence=gray", "etat=ouvertes", "mois=2026-10"):
        assert "Aucune main courante pour ce choix." in words(world.get("/extranet/mains-courantes", query))
        assert len(rows_of(world.get("/extranet/mains-courantes.xlsx", query))) == 1
    rows = rows_of(world.get("/extranet/mains-courantes.xlsx", "agence=vesoul&mois=2026-11"))
    assert rows[1][0] == "2026-0001"
    assert rows[1][10] == "Mise en sécurité"


def many_malfunctions(world: ExtranetWorld, count: int, agency: str = "vesoul") -> None:
    """Copies of the night's, one a minute before it; every other one is open."""
    store, told = world.store, world.night.malfunction
    for number in range(count):
        status = MalfunctionStatus.OPEN if number % 2 else MalfunctionStatus.CLOSED
        malfunction_id, at = f"copy-{number:04}", told.opened_at - timedelta(minutes=1 + number)
        place = replace(told.place, agency=agency)
        store.malfunctions[malfunction_id] = replace(
            told, malfunction_id=malfunction_id, number=f"2026-9{number:03}", opened_at=at, status=status, place=place
        )


def pages_of(world: ExtranetWorld, path: str, query: str) -> list[list[str]]:
    """The numbers of the mains courantes on each page, by following the links."""
    pages: list[list[str]] = []
    while True:
        body = world.get(path, query)["body"]
        pages.append(re.findall(r'<th scope="row"[^>]*><a [^>]*>(2026-\d{4})</a>', body))
        following = re.search(rf'href="{path}\?([^"]*suite=[^"]*)"', body)
        if following is None:
            return pages
        query = html.unescape(following[1])


@pytest.mark.parametrize(("copies", "sizes"), [(49, [50]), (50, [50, 1]), (120, [50, 50, 21])])
def test_every_main_courante_of_a_long_month_is_on_exactly_one_page(
    world: ExtranetWorld, copies: int, sizes: list[int]
) -> None:
    many_malfunctions(world, copies)
    pages = pages_of(world, "/extranet/mains-courantes", "mois=2026-11")
    assert [len(page) for page in pages] == sizes
    shown = [number for page in pages for number in page]
    assert shown == ["2026-0001", *(f"2026-9{number:03}" for number in range(copies))]
    rows = rows_of(world.get("/extranet/mains-courantes.xlsx", "mois=2026-11"))
    assert [row[0] for row in rows[1:]] == shown


def test_a_choice_stays_from_page_to_page_and_its_excel_holds_all_of_it(world: ExtranetWorld) -> None:
    many_malfunctions(world, 110, agency="gray")
    query = "mois=2026-11&agence=gray&etat=ouvertes"
    pages = pages_of(world, "/extranet/mains-courantes", query)
    assert [len(page) for page in pages] == [50, 5]
    rows = rows_of(world.get("/extranet/mains-courantes.xlsx", query))
    assert [row[0] for row in rows[1:]] == [number for page in pages for number in page]
    assert "Excel de ce choix" in words(world.get("/extranet/mains-courantes", query))


def test_a_choice_far_back_in_a_month_is_found_by_going_on(world: ExtranetWorld) -> None:
    many_malfunctions(world, 20)
    world.night.malfunctions.looked_through = 8
    rarest = world.store.malfunctions["copy-0015"]
    world.store.malfunctions["copy-0015"] = replace(rarest, place=replace(rarest.place, agency="gray"))
    query = "mois=2026-11&agence=gray"
    assert "Il en reste de plus anciennes à parcourir." in words(world.get("/extranet/mains-courantes", query))
    assert pages_of(world, "/extranet/mains-courantes", query) == [[], [], ["2026-9015"]]


def test_the_way_back_to_the_newest_is_on_every_later_page(world: ExtranetWorld) -> None:
    many_malfunctions(world, 60)
    first = world.get("/extranet/mains-courantes", "mois=2026-11")["body"]
    following = re.search(r'href="/extranet/mains-courantes\?([^"]*suite=[^"]*)"', first)
    assert following is not None
    assert "Revenir aux plus récentes" not in first
    second = world.get("/extranet/mains-courantes", html.unescape(following[1]))["body"]
    assert 'href="/extranet/mains-courantes?mois=2026-11">Revenir aux plus récentes</a>' in second


@pytest.mark.parametrize("path", ["/extranet/appels", "/extranet/mains-courantes"])
def test_a_made_up_cursor_leads_nowhere(world: ExtranetWorld, path: str) -> None:
    assert world.get(path, "suite=hier")["statusCode"] == 404


# --- recordings ------------------------------------------------------------------------------------------------------

SOUND = "/extranet/enregistrements/CA1/RE1"


def player_of(answer: dict[str, Any]) -> tuple[str, str]:
    """Path and query of the sound a page plays."""
    source = re.search(r'<audio[^>]* src="([^"]+)"', answer["body"])
    assert source is not None
    path, _, query = source[1].partition("?")
    return path, query


def test_a_reason_comes_first_then_the_player_whose_sound_is_noted(world: ExtranetWorld) -> None:
    asked = world.get(SOUND)
    assert "<audio" not in asked["body"]
    assert "Écoute de l’appel du samedi 21 novembre 2026, 23 h 12" in words(asked)
    part = world.post(SOUND, {"motif": "reclamation"}, headers={"hx-request": "true"})
    assert "Écoute de Claire Humbert, réclamation, inscrite à 14 h 32." in words(part)
    sound = world.get(*player_of(part))
    assert sound["statusCode"] == 302
    assert sound["headers"]["Location"].startswith("https://objects.example/2026-11/CA1/RE1.wav?valid_s=60")
    assert [line["action"] for line in world.services.audit.lines.values()] == ["recording_listening", "recording_play"]


def test_without_script_the_player_has_its_own_page(world: ExtranetWorld) -> None:
    asked = world.post(SOUND, {"motif": "qualite", "retour": MALFUNCTION_ID})
    assert asked["statusCode"] == 303
    path, _, query = asked["headers"]["Location"].partition("?")
    page = world.get(path, query)
    assert page["statusCode"] == 200
    assert MAIN_COURANTE in page["body"]
    assert world.get(*player_of(page))["statusCode"] == 302


def test_without_a_reason_nothing_is_heard_and_the_page_says_what_is_missing(world: ExtranetWorld) -> None:
    answer = world.post(SOUND, {"motif": ""})
    assert answer["statusCode"] == 422
    assert "Il manque le motif." in answer["body"]
    assert world.services.audit.lines == {}


def test_the_sound_is_refused_to_another_reader_and_after_a_quarter_of_an_hour(world: ExtranetWorld) -> None:
    path, query = player_of(world.post(SOUND, {"motif": "qualite"}, headers={"hx-request": "true"}))
    world.sign_in(SUPERVISOR, mark="another-browser")
    assert world.get(path, query)["statusCode"] == 403
    world.cookie = world.cookie.replace("another browser", "a browser's token")
    world.pass_time(minutes=15)
    assert world.get(path, query)["statusCode"] == 403
    assert [line["action"] for line in world.services.audit.lines.values()] == ["recording_listening"]


def test_a_form_without_our_token_opens_nothing(world: ExtranetWorld) -> None:
    assert world.post(SOUND, {"motif": "qualite", "csrf": "forged"})["statusCode"] == 403
    assert world.services.audit.lines == {}


@pytest.mark.parametrize("path", ["/extranet/enregistrements/CA2/RE2", "/extranet/enregistrements/CA9/RE1"])
def test_what_was_erased_or_never_was_cannot_be_heard(world: ExtranetWorld, path: str) -> None:
    assert world.get(path)["statusCode"] == 404
    assert world.post(path, {"motif": "qualite"})["statusCode"] == 404
    assert world.services.audit.lines == {}


def test_sound_may_come_from_the_bucket_and_from_nowhere_else(world: ExtranetWorld) -> None:
    policy = world.get(MAIN_COURANTE)["headers"]["Content-Security-Policy"]
    assert "media-src 'self' https://recordings.example" in policy
    assert "default-src 'self'" in policy


# --- reports ---------------------------------------------------------------------------------------------------------


def test_a_frozen_report_is_listed_with_its_rates_and_leaves_by_a_noted_short_lived_address(
    world: ExtranetWorld,
) -> None:
    read = words(world.get("/extranet/rapports"))
    assert "Octobre 2026" in read
    assert "84,00 %" in read
    assert "86,00 %" in read
    answer = world.get("/extranet/rapports/2026-10.xlsx")
    assert answer["statusCode"] == 302
    assert "2026-10" in answer["headers"]["Location"]
    assert "valid_s=60" in answer["headers"]["Location"]
    assert [line["what"] for line in world.services.audit.lines.values()] == ["report:2026-10"]


@pytest.mark.parametrize("name", ["2026-09.xlsx", "..%2f..%2fmails", "x"])
def test_a_report_that_was_not_frozen_does_not_leave(world: ExtranetWorld, name: str) -> None:
    assert world.get(f"/extranet/rapports/{name}")["statusCode"] == 404
    assert world.services.audit.lines == {}


def test_a_month_without_calls_has_no_rate(contract: Contract) -> None:
    world = ExtranetWorld(contract)
    assert "Aucun rapport figé." in words(world.get("/extranet/rapports"))
    world.services.jobs.finish(JobRun("monthly", "2026-10", SATURDAY_NIGHT, {"n": 0, "n40": 0, "nr": 0}))
    assert "sans objet" in words(world.get("/extranet/rapports"))
