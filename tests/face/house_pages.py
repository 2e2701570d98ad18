"""The way in, one's own access and the team's pages, in every state."""

from collections.abc import Callable

from permanence.adapters.cognito.sign_in import CognitoIdentity
from permanence.application.access.sign_in_gate import FREE_TRIES
from permanence.application.access.signing_in import IdentityUnavailable
from tests.fakes.cognito import FakeCognito, PoolUser, refused
from tests.functions.sign_in.sign_in_world import NEW_PASSWORD, PASSWORD, SignInWorld, give_code, give_password, person
from tests.web.browser import Browser

OWN = "/connexion/compte"
CHOOSE, ENROL, SIGN = "/connexion/nouveau-mot-de-passe", "/connexion/second-facteur", "/connexion/charte"
AGENT = f"/equipe/{person('teleconseiller').user_id}"
NEW = {
    "first_name": "Hugo",
    "last_name": "Petit",
    "email": "hugo.petit@reception.example",
    "group": "teleconseiller",
    "phone": "06 39 98 01 77",
}


def password_asked() -> Browser:
    return SignInWorld().browser().get("/connexion")


def password_refused() -> Browser:
    return give_password(SignInWorld().browser(), password="faux")


def password_missing() -> Browser:
    return give_password(SignInWorld().browser(), password="")


def held_off() -> Browser:
    browser = SignInWorld().browser(origin="198.51.100.7")
    for _ in range(FREE_TRIES + 1):
        give_password(browser, password="faux")
    return browser


def an_old_page() -> Browser:
    return SignInWorld().browser().get("/connexion").post("/connexion", {}, csrf="old")


def forgotten() -> Browser:
    return SignInWorld().browser().get("/connexion/oubli")


def code_asked() -> Browser:
    return give_password(SignInWorld().browser()).get("/connexion/code")


def code_refused() -> Browser:
    return give_code(give_password(SignInWorld().browser()), "000000")


def new_password_asked() -> Browser:
    return give_password(SignInWorld().browser(), "nouveau").get(CHOOSE)


def new_password_too_weak() -> Browser:
    return new_password_asked().post(CHOOSE, {"password": "court", "again": "court"})


def new_passwords_differ() -> Browser:
    return new_password_asked().post(CHOOSE, {"password": NEW_PASSWORD, "again": "Quatre poires 70"})


def authenticator_asked() -> Browser:
    return new_password_asked().post(CHOOSE, {"password": NEW_PASSWORD, "again": NEW_PASSWORD}).get(ENROL)


def authenticator_refused() -> Browser:
    return authenticator_asked().post(ENROL, {"code": "000000"})


def charter_asked() -> Browser:
    return authenticator_asked().post(ENROL, {"code": "123456"}).get(SIGN)


def ones_own_access() -> Browser:
    return SignInWorld().signed_in().get(OWN)


def ones_own_password_changed() -> Browser:
    asked = {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD, "code": "654321"}
    return ones_own_access().post(f"{OWN}/mot-de-passe", asked)


def ones_own_password_too_weak() -> Browser:
    asked = {"current": PASSWORD, "password": "court", "again": "court", "code": "654321"}
    return ones_own_access().post(f"{OWN}/mot-de-passe", asked)


def nowhere_to_go() -> Browser:
    return SignInWorld().signed_in("stagiaire").get("/connexion")


def nothing_here() -> Browser:
    return SignInWorld().browser().get("/connexion/nulle-part")


def _troubled(operation: str, code: str, reach: Callable[[SignInWorld], Browser]) -> Browser:
    """Where somebody has come when the user pool begins to refuse an operation."""
    people = {
        "teleconseiller@reception.example": PoolUser("id-teleconseiller", PASSWORD, "teleconseiller"),
        "nouveau@reception.example": PoolUser("id-nouveau", PASSWORD, "teleconseiller", True, False),
    }
    pool = FakeCognito(people)
    browser = reach(SignInWorld(answering=CognitoIdentity(pool, "pool", "client")))
    pool.troubles = {operation: refused(code)}
    return browser


def not_now_for_a_password() -> Browser:
    return give_password(_troubled("admin_initiate_auth", "TooManyRequestsException", SignInWorld.browser))


def _at_the_code(house: SignInWorld) -> Browser:
    return give_password(house.browser())


def not_now_for_a_code() -> Browser:
    return give_code(_troubled("admin_respond_to_auth_challenge", "TooManyRequestsException", _at_the_code))


def a_challenge_taken_back() -> Browser:
    return give_code(_troubled("admin_respond_to_auth_challenge", "NotAuthorizedException", _at_the_code))


def _at_a_new_password(house: SignInWorld) -> Browser:
    return give_password(house.browser(), "nouveau").get(CHOOSE)


def not_now_for_a_new_password() -> Browser:
    browser = _troubled("admin_respond_to_auth_challenge", "TooManyRequestsException", _at_a_new_password)
    return browser.post(CHOOSE, {"password": NEW_PASSWORD, "again": NEW_PASSWORD})


def _at_an_authenticator(house: SignInWorld) -> Browser:
    return _at_a_new_password(house).post(CHOOSE, {"password": NEW_PASSWORD, "again": NEW_PASSWORD}).get(ENROL)


def not_now_for_an_authenticator() -> Browser:
    return _troubled("verify_software_token", "TooManyRequestsException", _at_an_authenticator).post(
        ENROL, {"code": "123456"}
    )


def _at_ones_own_access(house: SignInWorld) -> Browser:
    return house.signed_in(code="123456").get(OWN)


def _change(operation: str, code: str) -> Browser:
    asked = {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD, "code": "654321"}
    return _troubled(operation, code, _at_ones_own_access).post(f"{OWN}/mot-de-passe", asked)


def ones_own_password_not_now() -> Browser:
    return _change("admin_initiate_auth", "TooManyRequestsException")


def ones_own_password_uncertain() -> Browser:
    return _change("change_password", "NotAuthorizedException")


def supervisor() -> Browser:
    return SignInWorld().signed_in("superviseur")


def the_team() -> Browser:
    browser = supervisor().get("/equipe/nouveau")
    return browser.post("/equipe/nouveau", NEW).get("/equipe")


def somebody_new() -> Browser:
    return supervisor().get("/equipe/nouveau")


def somebody_new_with_mistakes() -> Browser:
    return somebody_new().post("/equipe/nouveau", {"email": "hugo", "phone": "12"})


def somebody_new_came() -> Browser:
    return somebody_new().post("/equipe/nouveau", NEW)


def a_person() -> Browser:
    return supervisor().get(AGENT)


def a_person_to_mend() -> Browser:
    return supervisor().get(f"{AGENT}/corriger")


def a_person_to_mend_with_mistakes() -> Browser:
    return a_person_to_mend().post(f"{AGENT}/corriger", {"last_name": "Petit", "phone": "12"})


def a_person_mended() -> Browser:
    mended = {"first_name": "Hélène", "last_name": "Petit", "group": "superviseur", "phone": "06 39 98 01 77"}
    return a_person_to_mend().post(f"{AGENT}/corriger", mended)


def a_person_without_access() -> Browser:
    browser = supervisor().get(AGENT).post(f"{AGENT}/fermeture", {})
    return browser.get(browser.location)


def a_temporary_password() -> Browser:
    return supervisor().get(AGENT).post(f"{AGENT}/second-facteur", {})


def ones_own_line() -> Browser:
    return supervisor().get("/equipe/id-superviseur")


def not_on_oneself() -> Browser:
    at = "/equipe/id-superviseur"
    return supervisor().get(at).post(f"{at}/fermeture", {})


def an_account_that_is_gone() -> Browser:
    house = SignInWorld()
    del house.identity.accounts[person("teleconseiller").email]
    return house.signed_in("superviseur").get(AGENT).post(f"{AGENT}/mot-de-passe", {})


def accounts_not_now() -> Browser:
    house = SignInWorld()
    browser = house.signed_in("superviseur").get(AGENT)
    house.identity.outage = IdentityUnavailable()
    return browser.post(f"{AGENT}/mot-de-passe", {})


def an_unknown_person() -> Browser:
    return supervisor().get("/equipe/nobody")


PAGES: tuple[Callable[[], Browser], ...] = (
    password_asked,
    password_refused,
    password_missing,
    held_off,
    an_old_page,
    forgotten,
    code_asked,
    code_refused,
    new_password_asked,
    new_password_too_weak,
    new_passwords_differ,
    authenticator_asked,
    authenticator_refused,
    charter_asked,
    ones_own_access,
    ones_own_password_changed,
    ones_own_password_too_weak,
    not_now_for_a_password,
    not_now_for_a_code,
    a_challenge_taken_back,
    not_now_for_a_new_password,
    not_now_for_an_authenticator,
    ones_own_password_not_now,
    ones_own_password_uncertain,
    nowhere_to_go,
    nothing_here,
    the_team,
    somebody_new,
    somebody_new_with_mistakes,
    somebody_new_came,
    a_person,
    a_person_to_mend,
    a_person_to_mend_with_mistakes,
    a_person_mended,
    a_person_without_access,
    a_temporary_password,
    ones_own_line,
    not_on_oneself,
    an_account_that_is_gone,
    accounts_not_now,
    an_unknown_person,
)
