"""The way in over the real adapter, on a user pool that answers as AWS does: a refusal is a sentence and a way on."""

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from permanence.adapters.cognito.sign_in import CognitoIdentity
from tests.fakes.cognito import FakeCognito, PoolUser, refused
from tests.functions.sign_in.sign_in_world import NEW_PASSWORD, PASSWORD, SignInWorld, give_code, give_password
from tests.web.browser import Browser

AGENT, NEW = "teleconseiller@reception.example", "nouveau@reception.example"
AGAIN = "Recommencez avec votre mot de passe."
NOT_NOW = "Recommencez dans quelques minutes."
THROTTLED = refused("TooManyRequestsException", "Rate exceeded")
SILENT = ReadTimeoutError(endpoint_url="https://cognito")
UNREACHABLE = EndpointConnectionError(endpoint_url="https://cognito")


@pytest.fixture
def pool() -> FakeCognito:
    return FakeCognito(
        {
            AGENT: PoolUser("id-teleconseiller", PASSWORD, "teleconseiller"),
            NEW: PoolUser("id-nouveau", PASSWORD, "teleconseiller", is_temporary=True, is_enrolled=False),
        }
    )


@pytest.fixture
def house(pool: FakeCognito) -> SignInWorld:
    return SignInWorld(answering=CognitoIdentity(pool, "pool", "client"))


def said(browser: Browser) -> str:
    found = browser.page.find(role="alert") or browser.page.find(role="status")
    return " ".join(found.get_text().split()) if found else ""


def chosen(browser: Browser) -> Browser:
    """The first sign-in, up to the authenticator."""
    give_password(browser, "nouveau")
    return choose(browser)


def choose(browser: Browser) -> Browser:
    return browser.get("/connexion/nouveau-mot-de-passe").post(
        "/connexion/nouveau-mot-de-passe", {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
    )


def enrol(browser: Browser, code: str) -> Browser:
    return browser.get("/connexion/second-facteur").post("/connexion/second-facteur", {"code": code})


def change(browser: Browser, code: str) -> Browser:
    asked = {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD, "code": code}
    return browser.get("/connexion/compte").post("/connexion/compte/mot-de-passe", asked)


# --- a code that is wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spends", [False, True])
def test_after_a_wrong_code_the_right_one_or_a_fresh_start_lets_in(
    house: SignInWorld, pool: FakeCognito, spends: bool
) -> None:
    pool.spends = spends
    browser = give_code(give_password(house.browser()), "000000")
    assert (browser.status, "Ce code ne convient pas" in said(browser)) == (403, True)
    give_code(browser, "123456")
    if spends:
        assert (browser.status, AGAIN in said(browser)) == (403, True)
        give_code(give_password(browser), "654321")
    assert browser.location == "/desk"


@pytest.mark.parametrize("spends", [False, True])
def test_a_code_that_has_served_already_is_said_so_and_the_next_one_lets_in(
    house: SignInWorld, pool: FakeCognito, spends: bool
) -> None:
    house.signed_in(code="123456")
    pool.spends = spends
    browser = give_code(give_password(house.browser()), "123456")
    assert (browser.status, "ou il a déjà servi" in said(browser)) == (403, True)
    give_code(browser, "654321")
    if spends:
        assert AGAIN in said(browser)
        give_code(give_password(browser), "222222")
    assert browser.location == "/desk"


@pytest.mark.parametrize("spends", [False, True])
def test_after_a_wrong_code_an_authenticator_can_still_be_enrolled(
    house: SignInWorld, pool: FakeCognito, spends: bool
) -> None:
    pool.spends = spends
    browser = enrol(chosen(house.browser()), "000000")
    assert (browser.status, "Ce code ne convient pas" in said(browser)) == (403, True)
    enrol(browser, "123456")
    if spends:
        assert (browser.status, AGAIN in said(browser)) == (403, True)
        enrol(give_password(browser, "nouveau", NEW_PASSWORD), "123456")
    assert browser.location == "/connexion/charte"


@pytest.mark.parametrize(
    ("code", "words"),
    [("000000", "Ce code ne convient pas"), ("123456", "Ce code ne convient pas, ou il a déjà servi.")],
)
def test_a_password_is_not_changed_by_a_code_that_is_wrong_or_has_served_and_then_is_by_the_next(
    house: SignInWorld, pool: FakeCognito, code: str, words: str
) -> None:
    pool.spends = True
    browser = change(house.signed_in(code="123456"), code)
    assert (browser.status, words in said(browser), pool.users[AGENT].password) == (403, True, PASSWORD)
    assert "Votre mot de passe est changé." in said(change(browser, "654321"))
    assert pool.users[AGENT].password == NEW_PASSWORD


# --- a step that cannot be gone on with ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [
        refused("NotAuthorizedException", "Invalid session for the user, session is expired."),
        refused("NotAuthorizedException", "User is disabled."),
        refused("UserNotFoundException", "User does not exist."),
        refused("PasswordResetRequiredException"),
        refused("SoftwareTokenMFANotFoundException"),
        refused("InvalidParameterException"),
    ],
)
def test_a_challenge_that_the_pool_takes_back_leads_to_a_fresh_start_at_every_step(
    house: SignInWorld, pool: FakeCognito, trouble: Exception
) -> None:
    at_the_code, at_the_password, at_the_factor = give_password(house.browser()), house.browser(), house.browser()
    give_password(at_the_password, "nouveau")
    pool.troubles = {"admin_respond_to_auth_challenge": trouble}
    for browser in (give_code(at_the_code, "123456"), choose(at_the_password)):
        assert (browser.status, AGAIN in said(browser)) == (403, True)
    pool.troubles = {}
    chosen(at_the_factor)
    pool.troubles = {"verify_software_token": trouble}
    enrol(at_the_factor, "123456")
    assert (at_the_factor.status, AGAIN in said(at_the_factor)) == (403, True)


def test_an_account_that_is_deleted_between_the_two_factors_leads_to_a_fresh_start(
    house: SignInWorld, pool: FakeCognito
) -> None:
    browser = give_password(house.browser())
    pool.troubles = {"admin_get_user": refused("UserNotFoundException", "User does not exist.")}
    assert (give_code(browser).status, AGAIN in said(browser)) == (403, True)


# --- a pool that cannot be asked -------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [THROTTLED, SILENT, UNREACHABLE], ids=["throttled", "silent", "unreachable"])
def test_a_pool_that_cannot_be_asked_says_nothing_of_the_password_and_lets_in_later(
    house: SignInWorld, pool: FakeCognito, trouble: Exception
) -> None:
    pool.troubles = {"admin_initiate_auth": trouble}
    browser = give_password(house.browser())
    assert (browser.status, NOT_NOW in said(browser), "ne convient pas" in said(browser)) == (503, True, False)
    pool.troubles = {}
    give_password(browser)
    pool.troubles = {"admin_respond_to_auth_challenge": trouble}
    assert (give_code(browser).status, NOT_NOW in said(browser)) == (503, True)
    pool.troubles = {}
    assert give_code(browser).location == "/desk"


@pytest.mark.parametrize("operation", ["admin_get_user", "admin_list_groups_for_user"])
def test_who_could_not_be_read_after_both_factors_starts_afresh(
    house: SignInWorld, pool: FakeCognito, operation: str
) -> None:
    browser = give_password(house.browser())
    pool.troubles = {operation: THROTTLED}
    assert (give_code(browser).status, NOT_NOW in said(browser)) == (503, True)
    pool.troubles = {}
    assert AGAIN in said(give_code(browser, "654321"))
    assert give_code(give_password(browser), "222222").location == "/desk"


@pytest.mark.parametrize(
    "operation", ["admin_respond_to_auth_challenge", "associate_software_token"], ids=["respond", "associate"]
)
def test_a_first_sign_in_that_a_throttled_pool_stops_is_finished_later(
    house: SignInWorld, pool: FakeCognito, operation: str
) -> None:
    browser = give_password(house.browser(), "nouveau")
    pool.troubles = {operation: THROTTLED}
    choose(browser)
    assert (browser.status, NOT_NOW in said(browser)) == (503, True)
    pool.troubles = {}
    if pool.users[NEW].is_temporary:
        choose(browser)
    else:
        assert AGAIN in said(choose(browser))
        give_password(browser, "nouveau", NEW_PASSWORD)
    pool.troubles = {"verify_software_token": THROTTLED}
    assert (enrol(browser, "123456").status, NOT_NOW in said(browser)) == (503, True)
    pool.troubles = {}
    assert enrol(browser, "123456").location == "/connexion/charte"


@pytest.mark.parametrize(
    ("operation", "trouble"),
    [
        ("admin_initiate_auth", THROTTLED),
        ("admin_respond_to_auth_challenge", SILENT),
        ("change_password", refused("LimitExceededException", "Attempt limit exceeded, please try after some time.")),
    ],
)
def test_a_password_is_not_changed_while_the_pool_cannot_be_asked_and_the_page_says_so(
    house: SignInWorld, pool: FakeCognito, operation: str, trouble: Exception
) -> None:
    browser = house.signed_in(code="123456")
    pool.troubles = {operation: trouble}
    change(browser, "654321")
    assert browser.status == 503
    assert NOT_NOW in said(browser)
    assert "Rien n’a été changé." in said(browser)
    assert pool.users[AGENT].password == PASSWORD
    assert browser.get("/connexion/compte").status == 200


@pytest.mark.parametrize(
    "trouble",
    [SILENT, refused("NotAuthorizedException", "Incorrect username or password.")],
    ids=["lost", "said twice"],
)
def test_a_change_whose_answer_was_lost_is_not_told_as_undone(
    house: SignInWorld, pool: FakeCognito, trouble: Exception
) -> None:
    browser = house.signed_in(code="123456")
    pool.troubles = {"change_password": trouble}
    change(browser, "654321")
    assert browser.status == 503
    assert "a peut-être été changé" in said(browser)
    assert "Rien n’a été changé" not in said(browser)
