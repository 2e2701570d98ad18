"""The first way in: one's own password, an authenticator that shows a right code, a signed charter (R74)."""

from datetime import timedelta

import pytest

from tests.fakes.sign_in import SECRET
from tests.functions.sign_in.sign_in_world import (
    NEW_PASSWORD,
    PASSWORD,
    SignInWorld,
    charter,
    give_code,
    give_password,
    person,
)
from tests.web.browser import Browser

CHOOSE, ENROL, SIGN = "/connexion/nouveau-mot-de-passe", "/connexion/second-facteur", "/connexion/charte"


@pytest.fixture
def door() -> SignInWorld:
    return SignInWorld()


def choose(browser: Browser, password: str = NEW_PASSWORD, again: str | None = None) -> Browser:
    return browser.get(CHOOSE).post(CHOOSE, {"password": password, "again": password if again is None else again})


def enrol(browser: Browser, code: str = "123456") -> Browser:
    return browser.get(ENROL).post(ENROL, {"code": code})


def sign(browser: Browser) -> Browser:
    return browser.get(SIGN).post(SIGN, {})


def test_a_new_person_comes_in_by_three_steps_and_not_by_two(door: SignInWorld) -> None:
    browser = give_password(door.browser(), "nouveau")
    assert browser.location == CHOOSE
    assert choose(browser).location == ENROL
    assert enrol(browser).location == SIGN
    assert door.sessions.sessions == {}
    assert sign(browser).location == "/desk"
    (session,) = door.sessions.sessions.values()
    assert session.person.user_id == "id-nouveau"
    signed = door.members.lines["id-nouveau"]
    assert (signed.charter_version, signed.charter_signed_at) == (charter().version, door.now)


def test_the_second_sign_in_asks_for_password_and_code_alone(door: SignInWorld) -> None:
    sign(enrol(choose(give_password(door.browser(), "nouveau"))))
    browser = give_password(door.browser(), "nouveau", NEW_PASSWORD)
    assert give_code(browser, "654321").location == "/desk"


@pytest.mark.parametrize("page", [CHOOSE, ENROL, SIGN, "/connexion/code"])
def test_no_step_opens_before_its_turn(door: SignInWorld, page: str) -> None:
    assert door.browser().get(page).location == "/connexion"
    half_way = give_password(door.browser(), "nouveau")
    half_way.get(CHOOSE)
    if page != CHOOSE:
        assert half_way.get(page).location == CHOOSE
        half_way.get(CHOOSE)
        half_way.post(page, {"code": "123456"})
    assert door.sessions.sessions == {}
    assert not door.members.lines.get("id-nouveau")


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        ("Courte 70", "12 caractères"),
        ("quatre pommes 70", "majuscule"),
        ("QUATRE POMMES 70", "minuscule"),
        ("Quatre pommes rouges", "chiffre"),
        (" Quatre pommes 70", "espace"),
        (PASSWORD, "provisoire"),
    ],
)
def test_a_password_that_breaks_a_rule_is_refused_with_that_rule(
    door: SignInWorld, password: str, missing: str
) -> None:
    browser = choose(give_password(door.browser(), "nouveau"), password)
    assert browser.status == 422
    (refused,) = browser.page.select(".rules [data-s=bad]")
    assert missing in " ".join(refused.get_text().split())
    assert door.identity.accounts["nouveau@reception.example"].password == PASSWORD


def test_two_entries_that_differ_change_nothing(door: SignInWorld) -> None:
    browser = choose(give_password(door.browser(), "nouveau"), NEW_PASSWORD, "Quatre poires 70")
    assert "Les deux saisies diffèrent" in browser.text
    assert door.identity.accounts["nouveau@reception.example"].is_temporary


def test_the_page_never_gives_a_password_back(door: SignInWorld) -> None:
    browser = choose(give_password(door.browser(), "nouveau"), "Secret-mais-court")
    assert "Secret-mais-court" not in browser.html


def test_the_secret_is_drawn_and_written_in_groups_of_four(door: SignInWorld) -> None:
    browser = choose(give_password(door.browser(), "nouveau")).get(ENROL)
    groups = [group.get_text() for group in browser.page.select("#cle span")]
    assert "".join(groups) == SECRET
    assert {len(group) for group in groups} == {4}
    drawing = browser.page.select_one(".qr svg")
    assert drawing is not None
    assert not drawing.find_all(["script", "style", "image", "foreignObject"])
    assert all(
        name in ("viewbox", "fill", "stroke", "d") for tag in [drawing, *drawing.find_all()] for name in tag.attrs
    )


def test_an_authenticator_counts_only_after_a_right_code(door: SignInWorld) -> None:
    browser = enrol(choose(give_password(door.browser(), "nouveau")), "000000")
    assert browser.status == 403
    assert not door.identity.accounts["nouveau@reception.example"].is_enrolled
    assert SECRET[:4] in browser.text
    assert enrol(browser).location == SIGN


def test_the_code_of_the_enrolment_opens_nothing_a_second_time(door: SignInWorld) -> None:
    sign(enrol(choose(give_password(door.browser(), "nouveau"))))
    again = give_code(give_password(door.browser(), "nouveau", NEW_PASSWORD), "123456")
    assert "déjà servi" in again.text


def test_five_wrong_codes_end_the_enrolment(door: SignInWorld) -> None:
    browser = choose(give_password(door.browser(), "nouveau")).get(ENROL)
    for _ in range(5):
        browser.post(ENROL, {"code": "000000"})
    browser.post(ENROL, {"code": "123456"})
    assert not door.identity.accounts["nouveau@reception.example"].is_enrolled


@pytest.mark.parametrize(
    ("waited", "goes_on"), [(timedelta(minutes=9, seconds=59), True), (timedelta(minutes=10), False)]
)
def test_a_step_waits_ten_minutes(door: SignInWorld, waited: timedelta, goes_on: bool) -> None:
    browser = choose(give_password(door.browser(), "nouveau")).get(ENROL)
    door.now += waited
    browser.post(ENROL, {"code": "123456"})
    assert (browser.location == SIGN) is goes_on


def test_the_charter_shows_every_article_and_names_who_signs(door: SignInWorld) -> None:
    browser = enrol(choose(give_password(door.browser(), "nouveau"))).get(SIGN)
    headings = [heading.get_text() for heading in browser.page.select(".charter h2")]
    assert len(headings) == len(charter().articles)
    assert "Inès Lambert" in browser.text
    assert "226-22" in browser.text


def test_a_new_charter_is_signed_again_before_the_next_session(door: SignInWorld) -> None:
    door.members.sign_charter("id-teleconseiller", "an older one", door.now)
    browser = give_code(give_password(door.browser()))
    assert browser.location == SIGN
    assert door.sessions.sessions == {}
    assert sign(browser).location == "/desk"


def test_a_charter_form_from_another_site_signs_nothing(door: SignInWorld) -> None:
    browser = enrol(choose(give_password(door.browser(), "nouveau")))
    assert browser.post(SIGN, {}, csrf="forged").status == 403
    assert not door.members.lines["id-nouveau"].charter_version


def test_a_forgotten_password_leads_to_a_person_not_to_a_mail(door: SignInWorld) -> None:
    text = door.browser().get("/connexion/oubli").text
    assert "superviseur" in text
    assert "Aucun mot de passe ni code n’est envoyé" in text


def test_each_event_of_a_sign_in_is_written_down_without_a_secret(door: SignInWorld) -> None:
    give_password(door.browser(), "nouveau", "faux")
    browser = enrol(choose(give_password(door.browser(), "nouveau")), "000000")
    sign(enrol(browser))
    assert [action for _, action in door.outcomes()] == [
        "sign_in.password_refused",
        "sign_in.password_chosen",
        "sign_in.code_refused",
        "sign_in.second_factor_enrolled",
        "sign_in.charter_signed",
        "sign_in.opened",
    ]
    written = str(door.audit.lines)
    assert not any(secret in written for secret in (PASSWORD, NEW_PASSWORD, "faux", "000000", "123456", SECRET))
    assert "nouveau@" not in written


def test_quitting_everywhere_ends_every_session_of_that_person_and_of_no_other(door: SignInWorld) -> None:
    here, elsewhere = door.signed_in(), door.signed_in(code="654321")
    another = door.signed_in("superviseur")
    here.get("/connexion/compte")
    here.post("/deconnexion", {"partout": "oui"})
    assert "__Host-session" not in here.cookies
    assert elsewhere.get("/connexion/compte").location == "/connexion"
    assert another.get("/connexion/compte").status == 200


def test_quitting_here_leaves_the_other_browsers_in(door: SignInWorld) -> None:
    here, elsewhere = door.signed_in(), door.signed_in(code="654321")
    here.get("/connexion/compte").post("/deconnexion", {"partout": ""})
    assert elsewhere.get("/connexion/compte").status == 200


@pytest.mark.parametrize(("idle", "lives"), [(timedelta(minutes=29, seconds=59), True), (timedelta(minutes=30), False)])
def test_a_session_ends_after_thirty_minutes_without_use(door: SignInWorld, idle: timedelta, lives: bool) -> None:
    browser = door.signed_in()
    door.now += idle
    assert (browser.get("/connexion/compte").status == 200) is lives


def test_even_a_session_in_use_ends_after_twelve_hours(door: SignInWorld) -> None:
    browser = door.signed_in()
    for _ in range(36):
        door.now += timedelta(minutes=19, seconds=59)
        assert browser.get("/connexion/compte").status == 200
    door.now += timedelta(minutes=1)
    assert browser.get("/connexion/compte").location == "/connexion"


def test_somebody_disabled_between_two_steps_does_not_come_in(door: SignInWorld) -> None:
    browser = give_password(door.browser())
    door.members.disable(person("teleconseiller").user_id, door.now)
    give_code(browser)
    assert door.sessions.sessions == {}
