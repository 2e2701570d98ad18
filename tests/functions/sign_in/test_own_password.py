"""One changes one's own password: both factors once more, and every other connection ends (R74)."""

from datetime import timedelta

import pytest

from tests.functions.sign_in.sign_in_world import NEW_PASSWORD, PASSWORD, SignInWorld, give_code, give_password, person
from tests.web.browser import Browser

PAGE = "/connexion/compte"
CHANGE = f"{PAGE}/mot-de-passe"
ASKED = {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD, "code": "654321"}


@pytest.fixture
def house() -> SignInWorld:
    return SignInWorld()


def change(browser: Browser, **fields: str) -> Browser:
    return browser.get(PAGE).post(CHANGE, {**ASKED, **fields})


def said(browser: Browser) -> str:
    found = browser.page.find(role="alert") or browser.page.find(role="status")
    return " ".join(found.get_text().split())


def test_the_new_password_counts_and_the_old_one_no_longer_does(house: SignInWorld) -> None:
    browser = change(house.signed_in())
    assert browser.status == 200
    assert "Votre mot de passe est changé." in said(browser)
    assert give_password(house.browser()).status == 403
    assert give_password(house.browser(), password=NEW_PASSWORD).location == "/connexion/code"


def test_every_other_connection_ends_and_this_one_goes_on_under_another_cookie(house: SignInWorld) -> None:
    forgotten = house.signed_in(code="123456")
    browser = give_code(give_password(house.browser()), "654321")
    before = browser.cookies["__Host-session"]
    house.pass_codes()
    change(browser)
    assert forgotten.get(PAGE).location == "/connexion"
    assert browser.cookies["__Host-session"] != before
    assert browser.get(PAGE).status == 200
    assert len([one for one in house.sessions.sessions.values() if one.generation == 1]) == 1


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"current": "faux"}, 403, "Le mot de passe actuel ne convient pas."),
        ({"again": "autre"}, 422, "Les deux saisies du nouveau mot de passe diffèrent."),
        ({"password": "court", "again": "court"}, 422, "ce qui est signalé ci-dessous"),
        ({"password": PASSWORD, "again": PASSWORD}, 422, "ce qui est signalé ci-dessous"),
        ({"code": "12"}, 422, "Le code a six chiffres."),
        ({"code": "000000"}, 403, "Ce code ne convient pas"),
        ({"code": "123456"}, 403, "Ce code ne convient pas, ou il a déjà servi."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_changed(
    house: SignInWorld, fields: dict[str, str], status: int, words: str
) -> None:
    browser = house.signed_in()
    change(browser, **fields)
    assert browser.status == status
    assert words in said(browser)
    assert "Rien n’a été changé." in said(browser)
    assert house.identity.accounts[person("teleconseiller").email].password == PASSWORD
    assert browser.get(PAGE).status == 200


def test_a_password_that_the_identity_provider_knows_is_refused(house: SignInWorld) -> None:
    house.identity.refused = frozenset({NEW_PASSWORD})
    browser = change(house.signed_in())
    assert (browser.status, "trop courant" in said(browser)) == (422, True)


def test_guesses_share_the_allowance_of_the_door(house: SignInWorld) -> None:
    browser = house.signed_in()
    for _ in range(8):
        change(browser, current="faux")
    assert change(browser).status == 429
    assert "le prochain est possible à" in said(browser)
    assert house.identity.accounts[person("teleconseiller").email].password == PASSWORD


def test_each_try_leaves_its_line_without_a_password_nor_a_code(house: SignInWorld) -> None:
    browser = house.signed_in()
    change(browser, current="faux")
    change(browser)
    acts = [action for _, action in house.outcomes() if action.startswith("account.")]
    assert acts == ["account.password_change_refused", "account.password_changed"]
    for secret in (PASSWORD, NEW_PASSWORD, "654321"):
        assert secret not in str(house.audit.lines)


def test_nothing_changes_without_a_session_nor_from_another_page(house: SignInWorld) -> None:
    assert house.browser().get("/connexion").post(CHANGE, ASKED).location == "/connexion"
    browser = house.signed_in().get(PAGE)
    browser.post(CHANGE, {**ASKED, "csrf": "forged"})
    assert browser.status == 403
    assert house.identity.accounts[person("teleconseiller").email].password == PASSWORD


def test_a_session_keeps_its_longest_life(house: SignInWorld) -> None:
    browser = house.signed_in()
    began = house.now
    house.now += timedelta(minutes=20)
    change(browser)
    assert {one.started_at for one in house.sessions.sessions.values()} == {began}
