"""A message is edited on its page, seen before and after, proposed, approved, and obeyed (R11, R12, R87)."""

from datetime import date, timedelta
from typing import Any

import pytest

from permanence.application.reference.signed import seeds_of
from permanence.domain.reference.calendar import Service
from permanence.domain.reference.messages import Messages
from permanence.domain.reference.messages_kind import MESSAGES
from tests.functions.decisions.decisions_world import CLAIRE, NADEGE, World, assert_refused
from tests.web.browser import Browser

PAGE = "/referentiel/messages"
WELCOME = "Bienvenue chez Habitat 70. Ne quittez pas."


@pytest.fixture
def world() -> World:
    return World()


def typed(world: World, section: str = "debordement", **words: str) -> dict[str, str]:
    """The form of a section as its page shows it, with these words in the place of its own."""
    seed: Messages = seeds_of(world.contract)[MESSAGES.name]
    told: Any = {
        "debordement": seed.by_service[Service.DEBORDEMENT],
        "ligne": seed.desk_line,
    }.get(section)
    shown = {"notice": seed.recording_notice}
    if told is not None:
        shown = {name: value or "" for name, value in vars(told).items()}
    return {"section": section, **shown, **words}


def sent(world: World, form: dict[str, str], deed: str = "proposer") -> Browser:
    return world.browser(CLAIRE).get(PAGE).post(f"{PAGE}/textes", form | {"deed": deed})


def test_a_text_is_seen_before_and_after_then_proposed_then_approved_by_another_and_in_force(world: World) -> None:
    browser = sent(world, typed(world, welcome=WELCOME), "apercu")
    assert browser.status == 200
    before, after = (" ".join(browser.page.select(one)[0].text.split()) for one in ("del", "ins"))
    assert before.startswith("Bienvenue au Centre de relation client")
    assert after == WELCOME
    assert world.documents.kept == {}

    assert sent(world, typed(world, welcome=WELCOME)).location == f"{PAGE}?avis=proposee"
    assert world.browser(NADEGE).get(PAGE).post(f"{PAGE}/1/approuver", {}).location == f"{PAGE}?avis=approuvee"

    in_force: Messages = world.documents.get(MESSAGES, 1).body
    assert in_force.by_service[Service.DEBORDEMENT].welcome == WELCOME
    assert in_force.by_service[Service.ASTREINTE] == world.contract.messages[Service.ASTREINTE]


@pytest.mark.parametrize(
    ("section", "words", "said"),
    [
        ("debordement", {"welcome": " … "}, "Accueil, débordement : il manque le texte."),
        ("debordement", {"waiting": "a" * 601}, "plus de 600 caractères"),
        ("debordement", {"welcome": "Bonjour {agent}"}, "« {agent} » n’est pas connu ici"),
        ("debordement", {"greeting": "Habitat 70, {salutation}."}, "il manque {agent}"),
        ("debordement", {"greeting": "{agent}, {nom}"}, "« {nom} » n’est pas connu ici"),
        ("debordement", {"greeting": "{agent"}, "une accolade n’est pas refermée"),
        ("debordement", {"agreed_with": "Paul Rey"}, "avec qui et quand vont ensemble"),
        ("debordement", {"agreed_with": "Paul Rey", "agreed_on": "2026-12-24"}, "pas encore venue"),
        ("ligne", {"closing": ""}, "Fin d’appel, ligne des intervenants : il manque le texte."),
        ("enregistrement", {"notice": ""}, "Avis, avant tout enregistrement"),
    ],
)
def test_a_text_that_no_caller_should_hear_is_refused_with_its_reason(
    world: World, section: str, words: dict[str, str], said: str
) -> None:
    browser = sent(world, typed(world, section, **words))

    assert_refused(world, browser, said)
    assert browser.page.select("[aria-invalid]") or "agreed_with" in words


def test_a_date_that_does_not_exist_is_said_at_its_field_and_what_was_typed_stays(world: World) -> None:
    browser = sent(world, typed(world, agreed_with="Paul Rey", agreed_on="2026-02-31"))

    assert_refused(world, browser, "Cette date n’existe pas.")
    assert browser.page.select("#debordement-agreed_with")[0]["value"] == "Paul Rey"


def test_an_unknown_section_is_no_form_of_ours(world: World) -> None:
    assert sent(world, {"section": "musique", "welcome": "la la"}).status == 400
    assert world.documents.kept == {}


def test_the_formula_says_with_whom_and_when_it_was_agreed(world: World) -> None:
    assert "Formule, astreinte : pas encore convenue" in world.browser().get("/referentiel").text
    agreed = date(2026, 11, 27)
    sent(world, typed(world, agreed_with="Paul Rey, responsable du CRC", agreed_on=agreed.isoformat()))
    world.browser(NADEGE).get(PAGE).post(f"{PAGE}/1/approuver", {})
    world.now += timedelta(hours=1)

    assert "convenue avec Paul Rey, responsable du CRC" in world.browser().get("/referentiel").text


def test_two_sections_changed_at_once_are_both_kept_once_compared_again(world: World) -> None:
    sent(world, typed(world, welcome=WELCOME))
    sent(world, typed(world, "ligne", closing="Au revoir, et merci."))
    other = world.browser(NADEGE).get(PAGE)
    other.post(f"{PAGE}/1/approuver", {})
    assert other.get(PAGE).post(f"{PAGE}/2/approuver", {}).status == 409
    other.get(PAGE).post(f"{PAGE}/2/comparer", {})
    other.get(PAGE).post(f"{PAGE}/3/approuver", {})

    body: Messages = world.documents.get(MESSAGES, 3).body
    assert (body.by_service[Service.DEBORDEMENT].welcome, body.desk_line.closing) == (WELCOME, "Au revoir, et merci.")
