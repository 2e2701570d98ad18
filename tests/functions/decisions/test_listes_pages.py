"""Lists, numbers and delays are typed on their page, seen before and after, proposed, approved (R5, R14, R42)."""

from datetime import date, timedelta
from typing import Any

import pytest

from permanence.application.reference.signed import seeds_of, signed_of
from permanence.domain.reference.calendar import OverflowDelay
from permanence.domain.reference.listes import Listes
from permanence.domain.reference.listes_kind import LISTES
from permanence.domain.reference.recording import Campaign
from tests.functions.decisions.decisions_world import CLAIRE, NADEGE, World, assert_refused
from tests.web.browser import Browser

PAGE = "/referentiel/listes"


@pytest.fixture
def world() -> World:
    return World()


def form(world: World, section: str, **words: str) -> dict[str, str]:
    """The form of a section as its page shows it, with these words in the place of its own."""
    page = world.browser().get(PAGE).page
    shown = {}
    for field in page.select(f"section:has(#{section}) form :is(input, textarea)[name]"):
        shown[str(field["name"])] = str(field.get("value") or field.text)
    return shown | words | {"section": section}


def sent(world: World, section: str, deed: str = "proposer", **words: str) -> Browser:
    typed = {name: value for name, value in form(world, section, **words).items() if name != "csrf"}
    return world.browser(CLAIRE).get(PAGE).post(f"{PAGE}/lignes", typed | {"deed": deed})


def approve(world: World, number: int = 1) -> Listes:
    assert world.browser(NADEGE).get(PAGE).post(f"{PAGE}/{number}/approuver", {}).status == 303
    body: Listes = world.documents.get(LISTES, number).body
    return body


def seed(world: World) -> Listes:
    listes: Listes = seeds_of(world.contract)[LISTES.name]
    return listes


def test_what_the_page_shows_is_what_is_in_force_and_sent_back_changes_nothing(world: World) -> None:
    for section in ("diffusion", "secours", "delais", "expediteurs"):
        assert sent(world, section).status == 409, section
    assert world.documents.kept == {}


def test_an_agency_gets_its_list_and_the_others_keep_theirs(world: World) -> None:
    typed = {"list-lure": "lure@habitat70.example\nchef.lure@habitat70.example"}
    browser = sent(world, "diffusion", "apercu", **typed)
    assert "Liste de l’agence de Lure" in browser.text
    assert world.documents.kept == {}
    assert sent(world, "diffusion", **typed).location == f"{PAGE}?avis=proposee"

    mailing = approve(world).mailing
    theirs = ("lure@habitat70.example", "chef.lure@habitat70.example")
    assert mailing == {**seed(world).mailing, "lure": theirs}


def test_fallback_numbers_are_read_as_people_write_them(world: World) -> None:
    sent(world, "secours", fallback="03 84 00 00 01\n+33 3.84.00.00.02")
    assert approve(world).fallback == ("+33384000001", "+33384000002")


def test_delays_are_kept_by_rank_and_an_empty_rank_follows_the_first(world: World) -> None:
    sent(world, "delais", **{"answer-default": "200", "answer-cadre": "300", "alarm": "60"})
    body = approve(world)
    assert (body.answer_within_s, body.alarm_after_wait_s) == ({"default": 200, "cadre": 300}, 60)


def test_a_new_overflow_delay_begins_at_its_day_and_may_be_taken_out_until_then(world: World) -> None:
    first = seed(world).overflow_delays
    sent(world, "debordement", overflow_from="2026-12-07", overflow_seconds="60")
    assert approve(world).overflow_delays == (*first, OverflowDelay(date(2026, 12, 7), 60))

    world.browser().get(PAGE).post(f"{PAGE}/delai-enleve", {"day": "2026-12-07"})
    assert approve(world, 2).overflow_delays == first


def test_a_campaign_is_added_from_tomorrow_on_and_stopped(world: World) -> None:
    (first,) = seed(world).campaigns
    told = {"campaign_reason": "écoutes de juin", "campaign_from": "2027-06-01", "campaign_to": "2027-06-30"}
    sent(world, "enregistrement", **told)
    june = Campaign(date(2027, 6, 1), date(2027, 7, 1), "écoutes de juin")
    assert approve(world).campaigns == (first, june)

    world.browser().get(PAGE).post(f"{PAGE}/campagne-enlevee", {"day": first.starts_on.isoformat()})
    assert approve(world, 2).campaigns == (june,)


@pytest.mark.parametrize("day", ["", "hier", "2026-02-31", "2026-12-07"])
@pytest.mark.parametrize("what", ["delai-enleve", "campagne-enlevee"])
def test_what_is_not_there_is_not_taken_out(world: World, what: str, day: str) -> None:
    browser = world.browser().get(PAGE).post(f"{PAGE}/{what}", {"day": day})
    assert browser.status == 409
    assert "Rien n’a été changé" in browser.text


@pytest.mark.parametrize(
    ("section", "words", "said"),
    [
        ("diffusion", {"list-": " "}, "Liste du contrat : il en faut au moins un"),
        ("diffusion", {"list-gray": "agence de Gray"}, "« agence » n’est pas une adresse de courriel"),
        (
            "diffusion",
            {"list-gray": "a@h.example A@h.example"},
            "Liste de l’agence de Gray : A@h.example y est deux fois",
        ),
        ("diffusion", {"list-gray": " ".join(f"a{n}@h.example" for n in range(21))}, "pas plus de 20"),
        ("secours", {"fallback": ""}, "Numéros de secours : il en faut au moins un"),
        ("secours", {"fallback": "3 84 00"}, "« 3 84 00 » n’est pas un numéro de téléphone"),
        ("secours", {"fallback": "03 53 01 70 00"}, "Un appel renvoyé vers lui y reviendrait sans fin"),
        ("secours", {"fallback": "03 84 96 13 70"}, "Un appel renvoyé vers lui y reviendrait sans fin"),
        ("secours", {"fallback": "03 84 00 00 01, 0384000001"}, "y est deux fois"),
        ("delais", {"answer-default": ""}, "Écrivez un nombre de secondes"),
        ("delais", {"alarm": "bientôt"}, "Écrivez un nombre de secondes"),
        ("delais", {"answer-cadre": "30"}, "Délai de réponse, cadre d’astreinte : entre 60 et 900 secondes"),
        ("delais", {"answer-cadre": "700"}, "pas plus de 600 secondes"),
        ("delais", {"alarm": "400"}, "Alarme au poste : entre 10 et 170 secondes"),
        ("debordement", {"overflow_from": "2026-11-29", "overflow_seconds": "60"}, "ce jour est passé"),
        (
            "debordement",
            {"overflow_from": "2020-01-01", "overflow_seconds": "60"},
            "un délai qui a commencé ne change plus",
        ),
        ("debordement", {"overflow_from": "2029-01-01", "overflow_seconds": "60"}, "vérifiez l’année"),
        ("debordement", {"overflow_from": "2026-12-07", "overflow_seconds": "601"}, "entre 0 et 600 secondes"),
        ("debordement", {"overflow_from": "", "overflow_seconds": "60"}, "Il manque le premier jour"),
        ("enregistrement", {"campaign_from": "2027-06-01", "campaign_to": "2027-06-30"}, "Il manque le motif"),
        (
            "enregistrement",
            {"campaign_reason": "écoutes", "campaign_from": "2026-11-30", "campaign_to": "2026-12-30"},
            "commencez demain au plus tôt",
        ),
        (
            "enregistrement",
            {"campaign_reason": "écoutes", "campaign_from": "2027-06-30", "campaign_to": "2027-06-01"},
            "elle ne finit pas après son début",
        ),
        ("expediteurs", {"senders": "paul"}, "Expéditeurs de fichiers : « paul » n’est pas une adresse"),
    ],
)
def test_a_list_that_cannot_be_is_refused_with_its_reason(
    world: World, section: str, words: dict[str, str], said: str
) -> None:
    assert_refused(world, sent(world, section, **words), said)


def test_an_alarm_that_comes_too_late_for_the_three_minutes_is_only_said(world: World) -> None:
    browser = sent(world, "delais", "apercu", alarm="100")
    assert browser.status == 200
    assert "font trois minutes ou plus ensemble" in browser.text


def test_an_unknown_section_is_no_form_of_ours(world: World) -> None:
    assert world.browser().get(PAGE).post(f"{PAGE}/lignes", {"section": "musique"}).status == 400


def test_a_number_of_production_is_none_to_fall_back_on_beside_it() -> None:
    """A stage with numbers of its own never calls the landlord's (R16)."""
    contract: Any = World().contract
    numbers = contract.numbers.__class__(**{**vars(contract.numbers), "reserved": ("+33353017091",)})
    stage = contract.__class__(**{**vars(contract), "numbers": numbers})
    assert "+33353017091" in signed_of(stage).not_to_fall_back_on
    assert "+33353017091" not in signed_of(contract).not_to_fall_back_on


def test_a_delay_that_would_begin_while_its_proposal_waits_is_looked_at_again(world: World) -> None:
    sent(world, "debordement", overflow_from="2026-12-01", overflow_seconds="60")
    world.now += timedelta(days=3)
    assert world.browser(NADEGE).get(PAGE).post(f"{PAGE}/1/approuver", {}).status == 409
