"""A recording is heard with a reason, by who asked, for a quarter of an hour (R14)."""

import re
from typing import Any

import pytest

from permanence.domain.contract import Contract
from tests.application.dispatch.night import MALFUNCTION_ID
from tests.functions.extranet.extranet_world import MAIN_COURANTE, SUPERVISOR, ExtranetWorld, after_the_night, words

SOUND = "/extranet/enregistrements/CA1/RE1"


@pytest.fixture
def world(contract: Contract) -> ExtranetWorld:
    return after_the_night(contract)


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
    assert sound["headers"]["Location"].startswith("https://objects.example/2026-11/CA1/RE1.wav?valid_s=444")
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


def test_a_recording_that_has_expired_is_a_sentence_at_every_step(world: ExtranetWorld) -> None:
    asked = world.post(SOUND, {"motif": "qualite"})
    path, _, query = asked["headers"]["Location"].partition("?")
    sound, ticket = player_of(world.get(path, query))
    world.services.recordings.objects.clear()
    for answer in (world.post(SOUND, {"motif": "qualite"}), world.get(path, query), world.get(sound, ticket)):
        assert answer["statusCode"] == 404
        assert "Cet enregistrement ne peut pas être écouté." in answer["body"]
    assert [line["action"] for line in world.services.audit.lines.values()] == ["recording_listening"]


def test_sound_may_come_from_the_bucket_and_from_nowhere_else(world: ExtranetWorld) -> None:
    policy = world.get(MAIN_COURANTE)["headers"]["Content-Security-Policy"]
    assert "media-src 'self' https://recordings.example" in policy
    assert "default-src 'self'" in policy
