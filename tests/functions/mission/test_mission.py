"""The contractor's page behind a one-time link (R41, R41a, R44, R45)."""

import re
from importlib.resources import files
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from permanence.domain.contract import Contract
from permanence.domain.dispatch.dispatch import DispatchStatus, ReportResult, StepStatus
from permanence.domain.dispatch.events import Accept, CallNext, Cancel, DeadlineReached, Decline
from tests.functions.mission.mission_world import DAVAL, PUBLIC_URL, ROUSSEL, MissionWorld


@pytest.fixture
def world(contract: Contract) -> MissionWorld:
    return MissionWorld(contract)


def words(answer: dict[str, Any]) -> str:
    """The page as it is read: no tags, plain spaces."""
    body = re.sub(r"<(head|style)>.*?</\1>", " ", answer["body"], flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("&#39;", "’")


def accepted(world: MissionWorld) -> MissionWorld:
    world.pass_time(minutes=1)
    world.post(f"/m/{DAVAL}/accepter")
    return world


# --- before acceptance -----------------------------------------------------------------------------------------------


def test_before_acceptance_the_page_tells_what_where_and_until_when(world: MissionWorld) -> None:
    read = words(world.get(f"/m/{DAVAL}"))
    assert "Fuite ou panne de plomberie dans le logement" in read
    assert "Rue Baron Bouvier" in read
    assert "Vesoul" in read
    assert "2026-1187" in read
    assert "482-913" in read
    assert re.search(r"Répondez avant 23 h \d\d", read)
    assert "J’accepte" in read


@pytest.mark.parametrize(
    "secret", ["Jeannin", "39983384", "06 39 98 33 84", "12 bis", "porte 104", "Tilleuls", "plafond", "24B10"]
)
def test_nothing_personal_is_shown_before_acceptance(world: MissionWorld, secret: str) -> None:
    for path in (f"/m/{DAVAL}", f"/m/{DAVAL}/refuser", f"/m/{DAVAL}/retard", f"/m/{DAVAL}/compte-rendu"):
        body = world.get(path)["body"].replace("\u00a0", " ")
        assert secret not in body


def test_opening_the_link_any_number_of_times_changes_nothing(world: MissionWorld) -> None:
    before = (world.dispatch, world.version)
    for path in ("", "/refuser", "/retard", "/compte-rendu"):
        for _ in range(3):
            assert world.get(f"/m/{DAVAL}{path}")["statusCode"] == 200
    assert (world.dispatch, world.version) == before


def test_a_get_of_an_action_is_no_action(world: MissionWorld) -> None:
    before = world.dispatch
    for action in ("accepter", "arrivee", "sur-place"):
        assert world.get(f"/m/{DAVAL}/{action}")["statusCode"] in (404, 405)
    assert world.dispatch == before


def test_an_hour_that_has_passed_is_said_and_the_agreement_still_counts(world: MissionWorld) -> None:
    world.pass_time(minutes=11)
    world.happen(DeadlineReached(0))
    assert "L’heure de réponse est passée" in words(world.get(f"/m/{DAVAL}"))
    world.post(f"/m/{DAVAL}/accepter")
    assert world.dispatch.winner == 0


def test_who_was_not_waited_for_is_told_so_and_his_agreement_still_counts(world: MissionWorld) -> None:
    world.happen(CallNext(0, "Camille"))
    read = words(world.get(f"/m/{DAVAL}"))
    assert "Un téléconseiller a fait appeler le suivant" in read
    assert "Camille" not in read
    assert "passée" not in read
    world.post(f"/m/{DAVAL}/accepter")
    assert world.dispatch.winner == 0


# --- answering -------------------------------------------------------------------------------------------------------


def test_accepting_gives_the_mission_and_shows_tenant_number_and_exact_place(world: MissionWorld) -> None:
    answer = world.post(f"/m/{DAVAL}/accepter")
    assert answer["statusCode"] == 303
    assert answer["headers"]["Location"] == f"/m/{DAVAL}"
    assert world.dispatch.status is DispatchStatus.ACCEPTED
    page = world.get(f"/m/{DAVAL}")
    read = words(page)
    assert "Accord noté à 23 h 12. La mission est à vous." in read
    place = ("12 bis rue Baron Bouvier, 70000 Vesoul", "porte 104", "Code d’accès Digicode 24B10")
    for shown in ("Mme Corinne Jeannin", "06 39 98 33 84", *place):
        assert shown in read
    assert 'href="tel:+33639983384"' in page["body"]


def test_accepting_twice_counts_once_and_shows_the_present_state(world: MissionWorld) -> None:
    world.post(f"/m/{DAVAL}/accepter")
    after_one = (world.dispatch, world.version)
    world.pass_time(minutes=3)
    assert world.post(f"/m/{DAVAL}/accepter")["statusCode"] == 303
    assert (world.dispatch, world.version) == after_one
    assert "Accord noté à 23 h 12" in words(world.get(f"/m/{DAVAL}"))


def test_who_comes_second_is_told_the_name_of_the_winner_and_nothing_else(world: MissionWorld) -> None:
    world.happen(CallNext(0))
    world.post(f"/m/{ROUSSEL}/accepter")
    world.post(f"/m/{DAVAL}/accepter")
    read = words(world.get(f"/m/{DAVAL}"))
    assert "Sanitaires Roussel l’a acceptée à 23 h 12. Ne vous déplacez pas." in read
    assert "Jeannin" not in read
    assert "24B10" not in read
    assert world.dispatch.winner == 1


def test_refusing_asks_once_more_on_its_own_page(world: MissionWorld) -> None:
    page = world.get(f"/m/{DAVAL}/refuser")
    assert "Pourquoi refusez-vous ?" in words(page)
    assert world.dispatch.steps[0].status is StepStatus.CALLING


def test_a_refusal_is_noted_with_its_reason_and_the_next_is_called(world: MissionWorld) -> None:
    world.post(f"/m/{DAVAL}/refuser", {"raison": "Trop loin"})
    assert world.dispatch.steps[0].status is StepStatus.DECLINED
    assert world.dispatch.steps[0].note == "Trop loin"
    assert world.dispatch.current == 1
    assert "Refus noté à 23 h 12" in words(world.get(f"/m/{DAVAL}"))


def test_a_refusal_says_when_it_was_told_not_when_the_turn_had_ended(world: MissionWorld) -> None:
    world.happen(CallNext(0, "Camille"))
    world.pass_time(minutes=5)
    world.post(f"/m/{DAVAL}/refuser", {"raison": "Trop loin"})
    assert "Refus noté à 23 h 17" in words(world.get(f"/m/{DAVAL}"))


def test_a_refusal_needs_no_reason_and_takes_none_of_its_own(world: MissionWorld) -> None:
    world.post(f"/m/{DAVAL}/refuser", {"raison": "<script>alert(1)</script>"})
    assert world.dispatch.steps[0].status is StepStatus.DECLINED
    assert world.dispatch.steps[0].note == ""


def test_an_answer_that_could_not_be_recorded_never_sounds_like_an_agreement(world: MissionWorld) -> None:
    world.malfunctions.outage = EndpointConnectionError(endpoint_url="https://dynamodb.example")
    answer = world.post(f"/m/{DAVAL}/accepter")
    assert answer["statusCode"] == 503
    assert "Votre réponse n’a pas pu être enregistrée" in words(answer)
    assert "Appeler la permanence" in words(answer)
    assert world.dispatch.winner is None


def test_a_page_that_cannot_be_read_still_offers_the_desk(world: MissionWorld) -> None:
    world.malfunctions.store.is_down = True
    answer = world.get(f"/m/{DAVAL}")
    assert answer["statusCode"] == 500
    assert "La page n’a pas pu être préparée" in words(answer)
    assert "03 53 01 70 70" in words(answer)


# --- after acceptance ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "told"), [("15", "23 h 28"), ("30", "23 h 43"), ("90", "0 h 43")])
def test_an_announced_arrival_is_shown_as_an_hour(world: MissionWorld, minutes: str, told: str) -> None:
    accepted(world).post(f"/m/{DAVAL}/arrivee", {"minutes": minutes})
    read = words(world.get(f"/m/{DAVAL}"))
    assert f"Arrivée annoncée : {told}" in read
    assert "En route vers Vesoul" in read


@pytest.mark.parametrize("minutes", ["", "0", "-5", "721", "vingt", "1e9"])
def test_a_missing_or_absurd_delay_is_asked_again(world: MissionWorld, minutes: str) -> None:
    before = accepted(world).dispatch
    answer = world.post(f"/m/{DAVAL}/arrivee", {"minutes": minutes})
    assert answer["statusCode"] == 422
    assert "Il manque le délai" in words(answer)
    assert world.dispatch == before


def test_a_delay_can_be_announced_again(world: MissionWorld) -> None:
    accepted(world).post(f"/m/{DAVAL}/arrivee", {"minutes": "15"})
    assert "Quelle est la nouvelle heure ?" in words(world.get(f"/m/{DAVAL}/retard"))
    world.post(f"/m/{DAVAL}/arrivee", {"minutes": "60"})
    assert "Arrivée annoncée : 0 h 13" in words(world.get(f"/m/{DAVAL}"))


@pytest.mark.parametrize("result", list(ReportResult))
def test_every_result_ends_the_mission(world: MissionWorld, result: ReportResult) -> None:
    accepted(world).post(f"/m/{DAVAL}/sur-place")
    assert "Sur place à 23 h 13" in words(world.get(f"/m/{DAVAL}"))
    world.pass_time(minutes=40)
    world.post(f"/m/{DAVAL}/compte-rendu", {"resultat": result.value, "texte": "Joint changé."})
    assert world.dispatch.result is result
    assert world.dispatch.report_note == "Joint changé."
    read = words(world.get(f"/m/{DAVAL}"))
    assert f"Compte rendu noté à 23 h 53 : {result.value}" in read
    assert "Jeannin" not in read


def test_a_report_without_result_says_so_and_keeps_what_was_typed(world: MissionWorld) -> None:
    accepted(world).post(f"/m/{DAVAL}/sur-place")
    answer = world.post(f"/m/{DAVAL}/compte-rendu", {"texte": "Racines <dans> le collecteur"})
    assert answer["statusCode"] == 422
    assert "Il manque le résultat" in words(answer)
    assert "Racines &lt;dans&gt; le collecteur" in answer["body"]
    assert world.dispatch.status is DispatchStatus.ON_SITE


@pytest.mark.parametrize("action", ["arrivee", "compte-rendu"])
def test_what_is_missing_is_not_asked_for_once_the_mission_is_over(world: MissionWorld, action: str) -> None:
    accepted(world).happen(Cancel("la lumière est revenue"))
    answer = world.post(f"/m/{DAVAL}/{action}")
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, f"/m/{DAVAL}")
    assert "Mission annulée" in words(world.get(f"/m/{DAVAL}"))


def test_a_repeated_report_changes_nothing(world: MissionWorld) -> None:
    accepted(world).post(f"/m/{DAVAL}/sur-place")
    world.post(f"/m/{DAVAL}/compte-rendu", {"resultat": "réalisée", "texte": "Fini."})
    before = (world.dispatch, world.version)
    world.post(f"/m/{DAVAL}/compte-rendu", {"resultat": "annulée", "texte": "Non."})
    assert (world.dispatch, world.version) == before


def test_a_cancelled_mission_says_not_to_come(world: MissionWorld) -> None:
    accepted(world).happen(Cancel("la lumière est revenue"))
    assert "Mission annulée" in words(world.get(f"/m/{DAVAL}"))
    assert "Jeannin" not in words(world.get(f"/m/{DAVAL}"))


def test_who_lost_the_mission_cannot_act_on_it(world: MissionWorld) -> None:
    world.happen(Decline(0, by="keys"))
    world.happen(Accept(1, by="keys"))
    before = (world.dispatch, world.version)
    world.post(f"/m/{DAVAL}/sur-place")
    world.post(f"/m/{DAVAL}/compte-rendu", {"resultat": "réalisée", "texte": ""})
    assert (world.dispatch, world.version) == before


# --- links and requests that are none of ours ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/m/K7R4XD9MPA4", "/m/", "/m/x", "/m/K7R4XD9MPA3/effacer", "/m/%2e%2e", "/m/" + "A" * 500, "/m/<script>"],
)
def test_an_altered_link_is_answered_politely_and_changes_nothing(world: MissionWorld, path: str) -> None:
    before = world.dispatch
    answer = world.get(path)
    assert answer["statusCode"] == 404
    assert "Ce lien ne mène à aucune mission" in words(answer)
    assert world.post(f"{path}/accepter")["statusCode"] == 404
    assert world.dispatch == before


@pytest.mark.parametrize("typed", [DAVAL.lower(), DAVAL.replace("D", "0"), DAVAL.lower().replace("d", "o")])
def test_a_link_typed_in_any_case_or_with_a_look_alike_is_the_same_link(world: MissionWorld, typed: str) -> None:
    assert "Mission 482-913" in words(world.get(f"/m/{typed}"))
    assert world.post(f"/m/{typed}/accepter")["headers"]["Location"] == f"/m/{typed}"
    assert world.dispatch.status is DispatchStatus.ACCEPTED


def test_a_link_ends_with_its_validity_and_not_before(world: MissionWorld) -> None:
    world.pass_time(hours=72, microseconds=-1)
    assert world.get(f"/m/{DAVAL}")["statusCode"] == 200
    world.pass_time(microseconds=1)
    gone = world.get(f"/m/{DAVAL}")
    assert gone["statusCode"] == 410
    # Nobody has closed this mission: the link alone is over.
    assert world.dispatch.status is DispatchStatus.CALLING
    assert "close" not in words(gone)
    before = world.dispatch
    assert world.post(f"/m/{DAVAL}/accepter")["statusCode"] == 410
    assert world.dispatch == before


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": PUBLIC_URL, "sec-fetch-site": "cross-site"},
    ],
)
def test_a_form_sent_by_another_site_changes_nothing(world: MissionWorld, headers: dict[str, str]) -> None:
    before = world.dispatch
    assert world.post(f"/m/{DAVAL}/accepter", headers=headers)["statusCode"] == 403
    assert world.dispatch == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"origin": "null"},
        {"origin": PUBLIC_URL},
    ],
)
def test_our_own_form_is_taken_under_our_own_referrer_policy(world: MissionWorld, headers: dict[str, str]) -> None:
    assert world.post(f"/m/{DAVAL}/accepter", headers=headers)["statusCode"] == 303
    assert world.dispatch.winner == 0


def test_a_body_that_no_page_of_ours_sends_is_refused(world: MissionWorld) -> None:
    answer = world.post(f"/m/{DAVAL}/compte-rendu", {"texte": "\x00"})
    assert answer["statusCode"] == 400
    assert world.dispatch.status is DispatchStatus.CALLING


def test_the_token_is_never_logged(world: MissionWorld, caplog: pytest.LogCaptureFixture) -> None:
    world.get(f"/m/{DAVAL}")
    world.post(f"/m/{DAVAL}/accepter")
    world.malfunctions.outage = EndpointConnectionError(endpoint_url="https://dynamodb.example")
    world.post(f"/m/{DAVAL}/sur-place")
    world.malfunctions.store.is_down = True
    world.get(f"/m/{DAVAL}")
    told = "".join(str(vars(record)) for record in caplog.records)
    assert "answered on the page" in told
    assert "page failed" in told
    assert DAVAL not in told


def test_every_answer_forbids_storing_sniffing_and_referring(world: MissionWorld) -> None:
    for answer in (world.get(f"/m/{DAVAL}"), world.get("/m/nothing"), world.post(f"/m/{DAVAL}/accepter")):
        assert answer["headers"]["Referrer-Policy"] == "no-referrer"
        assert answer["headers"]["Cache-Control"] == "no-store"
        assert "default-src 'self'" in answer["headers"]["Content-Security-Policy"]


def test_a_page_and_its_style_weigh_at_most_nine_kilobytes(world: MissionWorld) -> None:
    style = len(files("permanence.web").joinpath("assets", "mission.css").read_bytes())
    accepted(world).post(f"/m/{DAVAL}/sur-place")
    assert style + len(world.get(f"/m/{DAVAL}")["body"].encode()) <= 9 * 1024


def test_a_page_costs_two_requests_to_the_table(world: MissionWorld) -> None:
    before = world.malfunctions.store.requests
    world.get(f"/m/{DAVAL}")
    assert world.malfunctions.store.requests - before == 2


def test_a_lost_race_shows_the_state_that_won(world: MissionWorld) -> None:
    world.malfunctions.conflicts = 2
    assert world.post(f"/m/{DAVAL}/accepter")["statusCode"] == 303
    assert world.dispatch.winner == 0
