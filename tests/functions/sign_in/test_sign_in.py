"""Nobody enters without both factors and a signed charter, and nobody is sent elsewhere (R74)."""

from datetime import timedelta

import pytest

from tests.functions.sign_in.sign_in_world import PASSWORD, SignInWorld, give_code, give_password, person
from tests.web.browser import http_event


@pytest.fixture
def door() -> SignInWorld:
    return SignInWorld()


@pytest.mark.parametrize(
    ("group", "landing"), [("teleconseiller", "/desk"), ("superviseur", "/desk"), ("habitat70", "/extranet")]
)
@pytest.mark.parametrize("as_on_aws", [True, False])
def test_each_group_lands_on_its_own_page_after_both_factors(
    door: SignInWorld, group: str, landing: str, as_on_aws: bool
) -> None:
    browser = give_code(give_password(door.browser(as_on_aws), group))
    assert (browser.status, browser.location) == (303, landing)
    (session,) = door.sessions.sessions.values()
    assert session.person == person(group)


def test_the_password_alone_opens_no_session(door: SignInWorld) -> None:
    browser = give_password(door.browser())
    assert (browser.status, browser.location) == (303, "/connexion/code")
    assert door.sessions.sessions == {}
    assert "__Host-session" not in browser.cookies


def test_the_browser_never_holds_the_key_under_which_its_session_is_stored(door: SignInWorld) -> None:
    browser = door.signed_in()
    assert browser.cookies["__Host-session"] not in door.sessions.sessions


def test_an_unknown_address_and_a_wrong_password_read_the_same(door: SignInWorld) -> None:
    said = []
    for email, password in (("personne@reception.example", PASSWORD), ("teleconseiller@reception.example", "faux")):
        browser = door.browser().get("/connexion")
        browser.post("/connexion", {"email": email, "password": password})
        assert browser.status == 403
        said.append(browser.page.find(role="alert").get_text(strip=True))
    assert said[0] == said[1]
    assert "ne convient pas" in said[0]


@pytest.mark.parametrize(
    ("email", "password", "words", "field"),
    [
        ("", "quelque chose", "Il manque l’adresse électronique.", "email"),
        ("teleconseiller@reception.example", "", "Il manque le mot de passe.", "password"),
        (f"{'a' * 120}@reception.example", "quelque chose", "Cette adresse est trop longue", "email"),
    ],
)
def test_what_is_missing_is_named_and_marked_and_the_address_is_kept(
    door: SignInWorld, email: str, password: str, words: str, field: str
) -> None:
    browser = door.browser().get("/connexion").post("/connexion", {"email": email, "password": password})
    assert browser.status == 422
    assert words in browser.text
    marked = [str(known["name"]) for known in browser.page.find_all("input", attrs={"aria-invalid": "true"})]
    assert marked == [field]
    assert browser.page.find("input", id="email").get("value") == email
    assert "value" not in browser.page.find("input", id="password").attrs


def test_a_password_keeps_the_spaces_around_it(door: SignInWorld) -> None:
    browser = door.browser().get("/connexion")
    browser.post("/connexion", {"email": "teleconseiller@reception.example", "password": f" {PASSWORD}"})
    assert browser.status == 403


def test_a_wrong_code_opens_no_session_and_can_be_tried_again(door: SignInWorld) -> None:
    browser = door.signed_in(code="000000")
    assert browser.status == 403
    assert door.sessions.sessions == {}
    assert browser.post("/connexion/code", {"code": "123 456"}).location == "/desk"


def test_a_code_used_twice_is_refused(door: SignInWorld) -> None:
    door.signed_in()
    browser = door.signed_in()
    assert browser.status == 403
    assert "déjà servi" in browser.text
    assert len(door.sessions.sessions) == 1


def test_the_same_code_is_another_persons_right(door: SignInWorld) -> None:
    door.signed_in()
    assert door.signed_in("habitat70").location == "/extranet"


def test_after_five_wrong_codes_even_the_right_one_needs_the_password_again(door: SignInWorld) -> None:
    browser = give_password(door.browser()).get("/connexion/code")
    for _ in range(5):
        browser.post("/connexion/code", {"code": "000000"})
    browser.post("/connexion/code", {"code": "123456"})
    assert "Recommencez avec votre mot de passe" in browser.text
    assert door.sessions.sessions == {}


@pytest.mark.parametrize(("waited", "enters"), [(timedelta(seconds=179), True), (timedelta(minutes=3), False)])
def test_a_code_is_awaited_three_minutes(door: SignInWorld, waited: timedelta, enters: bool) -> None:
    browser = give_password(door.browser()).get("/connexion/code")
    door.now += waited
    browser.post("/connexion/code", {"code": "123456"})
    assert bool(door.sessions.sessions) is enters


def test_a_form_from_another_site_is_refused_at_both_steps(door: SignInWorld) -> None:
    stranger = door.browser()
    fields = {"email": "teleconseiller@reception.example", "password": PASSWORD}
    assert stranger.post("/connexion", fields).status == 403
    half_way = give_password(door.browser())
    assert half_way.post("/connexion/code", {"code": "123456"}, csrf="forged").status == 403
    assert door.sessions.sessions == {}


@pytest.mark.parametrize("suite", ["/desk/appels/CA1", "/desk?vue=nuit"])
def test_a_page_of_ours_is_reached_after_signing_in(door: SignInWorld, suite: str) -> None:
    assert give_code(give_password(door.browser(), suite=suite)).location == suite


@pytest.mark.parametrize(
    "suite",
    ["https://ailleurs.example", "//ailleurs.example", "/\\ailleurs.example", "/desk/../m/x", "/desk\r\nX: y", "desk"],
)
def test_a_foreign_destination_is_forgotten(door: SignInWorld, suite: str) -> None:
    browser = door.browser().get("/connexion")
    browser.post("/connexion", {"email": "teleconseiller@reception.example", "password": PASSWORD, "suite": suite}).get(
        "/connexion/code"
    )
    assert browser.post("/connexion/code", {"code": "123456"}).location == "/desk"


@pytest.mark.parametrize("group", ["habitat70", "superviseur"])
def test_who_decides_reaches_the_referentiel_after_signing_in(door: SignInWorld, group: str) -> None:
    wanted = "/referentiel/calendrier"
    assert give_code(give_password(door.browser(), group, suite=wanted)).location == wanted


def test_an_agent_who_wants_the_referentiel_comes_to_the_desk(door: SignInWorld) -> None:
    assert give_code(give_password(door.browser(), suite="/referentiel")).location == "/desk"


def test_a_destination_in_the_other_house_leads_to_ones_own(door: SignInWorld) -> None:
    assert give_code(give_password(door.browser(), "habitat70", suite="/desk/appels/CA1")).location == "/extranet"


def test_an_account_without_a_group_of_ours_enters_nowhere(door: SignInWorld) -> None:
    browser = door.signed_in("stagiaire")
    assert browser.status == 403
    assert "n’est pas ouverte à votre compte" in browser.text


def test_signing_out_forgets_the_session_on_our_side_too(door: SignInWorld) -> None:
    browser = door.signed_in()
    (session,) = door.sessions.sessions.values()
    browser.post("/deconnexion", {}, csrf=session.csrf)
    assert browser.location == "/connexion"
    assert door.sessions.sessions == {}
    assert "__Host-session" not in browser.cookies


def test_another_site_cannot_sign_anyone_out(door: SignInWorld) -> None:
    browser = door.signed_in()
    assert browser.post("/deconnexion", {}, csrf="forged").status == 403
    assert len(door.sessions.sessions) == 1


def test_what_a_visitor_types_is_shown_as_text(door: SignInWorld) -> None:
    browser = door.browser().get("/connexion")
    browser.post("/connexion", {"email": '"><script>x</script>', "password": "x"})
    assert all(script.get("src") for script in browser.page.find_all("script"))


def test_a_body_that_is_no_form_is_refused(door: SignInWorld) -> None:
    browser = door.browser()
    event = {**http_event("POST", "/connexion", {}), "body": "%%%", "isBase64Encoded": True}
    assert browser.handler(event)["statusCode"] == 400


def test_a_static_file_is_kept_for_ever_only_under_its_own_hash(door: SignInWorld) -> None:
    browser = door.browser().get("/connexion")
    address = browser.page.find("link", rel="stylesheet")["href"]
    assert "immutable" in browser.get(address).headers["Cache-Control"]
    assert "immutable" not in browser.get(address.split("?")[0]).headers["Cache-Control"]


@pytest.mark.parametrize("name", ["manifest.json", "__init__.py", "absent.css"])
def test_nothing_but_the_listed_files_is_served(door: SignInWorld, name: str) -> None:
    assert door.browser().get(f"/static/{name}").status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/ailleurs"),
        ("HEAD", "/wp-login.php"),
        ("POST", "/xmlrpc.php"),
        ("PUT", "/connexion"),
        ("DELETE", "/"),
        ("OPTIONS", "/desk"),
        ("GET", "/telephony/calls/incoming"),
        ("GET", "/" + "a" * 3000),
        ("GET", "/é/\U0001f4a5/\x00"),
    ],
)
def test_an_address_that_leads_nowhere_shows_a_page_in_french(door: SignInWorld, method: str, path: str) -> None:
    answer = door.handle(http_event(method, path))
    assert answer["statusCode"] == 404
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert "Il n’y a rien à cette adresse." in answer["body"]
