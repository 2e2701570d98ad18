"""A supervisor gives, mends and stops access; nobody else does; every act leaves its line (R74, R75)."""

from datetime import timedelta

import pytest

from permanence.application.access.passwords import broken_rules
from permanence.application.access.signing_in import IdentityUnavailable
from tests.functions.sign_in.sign_in_world import NEW_PASSWORD, PASSWORD, SignInWorld, give_code, give_password, person
from tests.web.browser import Browser

AGENT = person("teleconseiller")
PERSON = f"/equipe/{AGENT.user_id}"
NEW = {
    "first_name": "Hugo",
    "last_name": "Petit",
    "email": "hugo.petit@reception.example",
    "group": "teleconseiller",
    "phone": "06 39 98 01 77",
}


@pytest.fixture
def house() -> SignInWorld:
    return SignInWorld()


@pytest.fixture
def supervisor(house: SignInWorld) -> Browser:
    return house.signed_in("superviseur")


def shown_password(browser: Browser) -> str:
    (once,) = browser.page.select(".once")
    return once.get_text(strip=True)


@pytest.mark.parametrize("group", ["teleconseiller", "habitat70"])
@pytest.mark.parametrize("path", ["/equipe", "/equipe/nouveau", PERSON])
def test_the_team_is_a_supervisors_page(house: SignInWorld, group: str, path: str) -> None:
    assert house.signed_in(group).get(path).status == 403


def test_the_register_says_who_signed_when_and_who_did_not(house: SignInWorld, supervisor: Browser) -> None:
    supervisor.get("/equipe/nouveau").post("/equipe/nouveau", NEW)
    rows = [" ".join(row.get_text(" ").split()) for row in supervisor.get("/equipe").page.select("tbody tr")]
    (signed,) = (row for row in rows if "teleconseiller@" in row)
    (fresh,) = (row for row in rows if "Hugo Petit" in row)
    assert "Signée" in signed
    assert "21 nov." in signed
    assert "À signer" in fresh
    assert "Jamais connecté" in fresh


def test_a_new_person_signs_in_with_the_password_that_was_shown_once(house: SignInWorld, supervisor: Browser) -> None:
    supervisor.get("/equipe/nouveau").post("/equipe/nouveau", NEW)
    password = shown_password(supervisor)
    assert supervisor.status == 201
    assert not broken_rules(password)
    assert give_password(house.browser(), "hugo.petit", password).location == "/connexion/nouveau-mot-de-passe"
    made = house.identity.accounts[NEW["email"]].person
    assert (made.phone, made.groups) == ("+33639980177", ("teleconseiller",))
    assert password not in supervisor.get(f"/equipe/{made.user_id}").html
    assert password not in str(house.audit.lines)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("first_name", "", "prénom"),
        ("last_name", " ", "nom"),
        ("email", "hugo.petit", "complète"),
        ("phone", "12", "numéro"),
        ("phone", "", "numéro"),
        ("group", "administrateur", "accès"),
        ("email", AGENT.email.upper(), "déjà"),
    ],
)
def test_a_mistake_is_named_and_what_was_typed_is_kept(
    house: SignInWorld, supervisor: Browser, field: str, typed: str, said: str
) -> None:
    before = dict(house.identity.accounts)
    supervisor.get("/equipe/nouveau").post("/equipe/nouveau", {**NEW, field: typed})
    assert supervisor.status == 422
    assert said in " ".join(found.get_text() for found in supervisor.page.select(".todo"))
    kept = "first_name" if field != "first_name" else "last_name"
    assert supervisor.page.find("input", attrs={"name": kept})["value"] == NEW[kept]
    assert house.identity.accounts == before


def test_a_reader_of_the_landlord_needs_no_telephone(supervisor: Browser) -> None:
    supervisor.get("/equipe/nouveau").post("/equipe/nouveau", {**NEW, "group": "habitat70", "phone": ""})
    assert supervisor.status == 201


def test_a_forgotten_password_is_replaced_and_the_second_factor_stays(house: SignInWorld, supervisor: Browser) -> None:
    signed_in = house.signed_in()
    supervisor.get(PERSON).post(f"{PERSON}/mot-de-passe", {})
    password = shown_password(supervisor)
    assert signed_in.get("/connexion/compte").location == "/connexion"
    assert give_password(house.browser()).status == 403
    browser = give_password(house.browser(), password=password).get("/connexion/nouveau-mot-de-passe")
    browser.post("/connexion/nouveau-mot-de-passe", {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert browser.location == "/connexion/code"
    assert give_code(browser, "654321").location == "/desk"


def test_a_lost_telephone_is_enrolled_anew_and_the_signature_stays(house: SignInWorld, supervisor: Browser) -> None:
    signed_in = house.signed_in()
    supervisor.get(PERSON).post(f"{PERSON}/second-facteur", {})
    password = shown_password(supervisor)
    assert signed_in.get("/connexion/compte").location == "/connexion"
    browser = give_password(house.browser(), password=password).get("/connexion/nouveau-mot-de-passe")
    browser.post("/connexion/nouveau-mot-de-passe", {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert browser.location == "/connexion/second-facteur"
    assert browser.get("/connexion/second-facteur").post("/connexion/second-facteur", {"code": "111111"}).status == 403
    browser.post("/connexion/second-facteur", {"code": "654321"})
    assert browser.location == "/desk"
    lines = [line for line in house.members.all() if line.person.email == AGENT.email]
    assert len(lines) == 1
    assert lines[0].charter_signed_at == house.now


def test_a_reset_that_failed_half_way_is_finished_by_the_same_act(house: SignInWorld, supervisor: Browser) -> None:
    house.identity.delete(AGENT.email)
    supervisor.get(PERSON).post(f"{PERSON}/second-facteur", {})
    assert give_password(house.browser(), password=shown_password(supervisor)).status == 303


def test_an_account_that_no_line_knows_is_made_anew(house: SignInWorld, supervisor: Browser) -> None:
    lost = house.identity.accounts[AGENT.email]
    house.identity.accounts[NEW["email"]] = lost
    supervisor.get("/equipe/nouveau").post("/equipe/nouveau", NEW)
    assert give_password(house.browser(), "hugo.petit", shown_password(supervisor)).status == 303


def test_closed_access_ends_at_once_and_comes_back_when_it_is_opened(house: SignInWorld, supervisor: Browser) -> None:
    signed_in = house.signed_in()
    assert supervisor.get(PERSON).post(f"{PERSON}/fermeture", {}).location == f"{PERSON}?avis=fermeture"
    assert signed_in.get("/connexion/compte").location == "/connexion"
    assert give_password(house.browser()).status == 403
    supervisor.get(f"{PERSON}?avis=fermeture")
    assert "Son accès est fermé" in supervisor.text
    supervisor.post(f"{PERSON}/ouverture", {})
    assert give_code(give_password(house.browser()), "654321").location == "/desk"
    assert signed_in.get("/connexion/compte").location == "/connexion"


def test_making_anew_the_account_of_somebody_closed_opens_nothing(house: SignInWorld, supervisor: Browser) -> None:
    supervisor.get(PERSON).post(f"{PERSON}/fermeture", {})
    supervisor.get(PERSON).post(f"{PERSON}/second-facteur", {})
    assert give_password(house.browser(), password=shown_password(supervisor)).status == 403


def test_somebody_can_be_signed_out_everywhere(house: SignInWorld, supervisor: Browser) -> None:
    browsers = [house.signed_in(), house.signed_in(code="654321")]
    supervisor.get(PERSON).post(f"{PERSON}/deconnexion", {})
    assert [browser.get("/connexion/compte").location for browser in browsers] == ["/connexion", "/connexion"]
    door = give_password(house.browser())
    assert door.status == 303


@pytest.mark.parametrize("act", ["fermeture", "second-facteur"])
def test_nobody_locks_themselves_out(house: SignInWorld, supervisor: Browser, act: str) -> None:
    own = "/equipe/id-superviseur"
    supervisor.get(own)
    assert f"{own}/{act}" not in supervisor.html
    assert supervisor.post(f"{own}/{act}", {}).status == 409
    assert house.identity.accounts["superviseur@reception.example"].password == PASSWORD
    assert supervisor.get("/equipe").status == 200


MENDED = {"first_name": "Nadine", "last_name": "Roussel-Petit", "group": "superviseur", "phone": "06 39 98 01 88"}


def test_a_name_a_number_and_a_group_are_mended_and_count_from_the_next_page_on(
    house: SignInWorld, supervisor: Browser
) -> None:
    signed_in = house.signed_in()
    assert signed_in.get("/equipe").status == 403
    supervisor.get(f"{PERSON}/corriger")
    assert supervisor.page.find("input", attrs={"name": "last_name"})["value"] == AGENT.last_name
    supervisor.post(f"{PERSON}/corriger", MENDED)
    assert "C’est enregistré" in supervisor.text
    assert "Nadine Roussel-Petit" in signed_in.get("/connexion/compte").text
    assert "06 39 98 01 88" in signed_in.text.replace("\u00a0", " ")
    assert signed_in.get("/equipe").status == 200
    account = house.identity.accounts[AGENT.email].person
    assert (account.name, account.phone, account.groups) == ("Nadine Roussel-Petit", "+33639980188", ("superviseur",))


def test_what_was_mended_is_still_so_after_the_next_sign_in(house: SignInWorld, supervisor: Browser) -> None:
    supervisor.get(f"{PERSON}/corriger").post(f"{PERSON}/corriger", MENDED)
    assert house.signed_in().get("/equipe").status == 200
    known = house.members.get(AGENT.user_id)
    assert known is not None
    assert known.person.last_name == "Roussel-Petit"


@pytest.mark.parametrize(("field", "typed"), [("last_name", ""), ("phone", "12"), ("group", "administrateur")])
def test_a_mistake_in_a_correction_changes_nothing(
    house: SignInWorld, supervisor: Browser, field: str, typed: str
) -> None:
    supervisor.get(f"{PERSON}/corriger").post(f"{PERSON}/corriger", {**MENDED, field: typed})
    assert (supervisor.status, len(supervisor.page.select(".todo"))) == (422, 1)
    assert "Rien n’a été enregistré" in supervisor.text
    assert supervisor.page.find("input", attrs={"name": "first_name"})["value"] == "Nadine"
    assert house.identity.accounts[AGENT.email].person == AGENT


def test_a_supervisor_mends_his_own_number_but_not_his_own_group(house: SignInWorld, supervisor: Browser) -> None:
    own = "/equipe/id-superviseur/corriger"
    supervisor.get(own).post(own, MENDED)
    assert (supervisor.status, "Nadine Roussel-Petit" in supervisor.text) == (200, True)
    assert supervisor.get(own).post(own, {**MENDED, "group": "habitat70"}).status == 409
    assert supervisor.get("/equipe").status == 200


def test_a_correction_says_in_the_audit_what_changed_and_names_nobody(house: SignInWorld, supervisor: Browser) -> None:
    supervisor.get(f"{PERSON}/corriger").post(f"{PERSON}/corriger", {**MENDED, "group": "teleconseiller"})
    (line,) = (line for line in house.audit.lines.values() if line["action"] == "member.mended")
    assert (line["who"], line["what"]) == ("id-superviseur", AGENT.user_id)
    assert line["fields"] == "first_name last_name phone"
    assert "Nadine" not in str(line)


@pytest.mark.parametrize(("asked", "said"), [("fermeture", "accès est fermé"), ("ouverture", "Son accès est ouvert")])
def test_an_address_cannot_make_the_page_say_what_is_not_so(supervisor: Browser, asked: str, said: str) -> None:
    supervisor.get(PERSON)
    if asked == "ouverture":
        supervisor.post(f"{PERSON}/fermeture", {})
    assert said not in supervisor.get(f"{PERSON}?avis={asked}").text


@pytest.mark.parametrize("act", ["mot-de-passe", "second-facteur", "deconnexion", "fermeture", "ouverture", "corriger"])
def test_an_act_needs_the_pages_own_form_and_a_known_person(house: SignInWorld, supervisor: Browser, act: str) -> None:
    assert supervisor.post(f"{PERSON}/{act}", {}, csrf="forged").status == 403
    supervisor.get("/equipe/nouveau")
    assert supervisor.post(f"/equipe/personne/{act}", {}).status == 404
    assert not [action for _, action in house.outcomes() if action.startswith("member.")]


def test_each_act_names_who_did_it_to_whom(house: SignInWorld, supervisor: Browser) -> None:
    for act in ("deconnexion", "mot-de-passe", "fermeture", "ouverture", "second-facteur"):
        supervisor.get(PERSON).post(f"{PERSON}/{act}", {})
    supervisor.get("/equipe/nouveau").post("/equipe/nouveau", NEW)
    lines = [line for line in house.audit.lines.values() if line["action"].startswith("member.")]
    assert {line["who"] for line in lines} == {"id-superviseur"}
    assert [(line["action"], line["what"]) for line in lines] == [
        ("member.signed_out", AGENT.user_id),
        ("member.password_reset", AGENT.user_id),
        ("member.disabled", AGENT.user_id),
        ("member.enabled", AGENT.user_id),
        ("member.second_factor_reset", AGENT.user_id),
        ("member.added", ""),
    ]


def test_a_session_of_the_team_page_ends_like_any_other(house: SignInWorld, supervisor: Browser) -> None:
    house.now += timedelta(minutes=30)
    assert supervisor.get("/equipe").location == "/connexion?suite=/equipe"


@pytest.mark.parametrize("deed", ["mot-de-passe", "ouverture"])
def test_an_account_that_the_identity_provider_has_lost_is_said_so_and_can_be_made_anew(
    house: SignInWorld, supervisor: Browser, deed: str
) -> None:
    del house.identity.accounts[AGENT.email]
    supervisor.get(PERSON).post(f"{PERSON}/{deed}", {})
    assert (supervisor.status, "rien n’a été changé" in supervisor.html) == (409, True)
    supervisor.get(PERSON).post(f"{PERSON}/second-facteur", {})
    assert (supervisor.status, bool(shown_password(supervisor))) == (200, True)


def test_access_is_closed_although_the_identity_provider_has_lost_the_account(
    house: SignInWorld, supervisor: Browser
) -> None:
    agent = house.signed_in(code="654321")
    del house.identity.accounts[AGENT.email]
    supervisor.get(PERSON).post(f"{PERSON}/fermeture", {})
    assert supervisor.status == 303
    assert agent.get("/connexion/compte").location == "/connexion"


def test_an_identity_provider_that_cannot_be_asked_is_said_so_and_the_act_is_finished_by_the_same(
    house: SignInWorld, supervisor: Browser
) -> None:
    house.identity.outage = IdentityUnavailable()
    supervisor.get(PERSON).post(f"{PERSON}/mot-de-passe", {})
    assert supervisor.status == 503
    assert "Recommencez dans quelques minutes" in supervisor.html
    house.identity.outage = None
    supervisor.get(PERSON).post(f"{PERSON}/mot-de-passe", {})
    assert (supervisor.status, bool(shown_password(supervisor))) == (200, True)
