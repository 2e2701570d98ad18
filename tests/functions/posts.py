"""What is posted to every function: each address, a form that its page may send, and the states it may be sent in."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

from extranet import handler as extranet
from permanence.adapters.contract_file import load_contract
from permanence.application.desk.turns import turn_shown
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.domain.calls.call import CallEventKind
from permanence.domain.dispatch.dispatch import ReportResult
from permanence.domain.dispatch.events import (
    Accept,
    AnnounceArrival,
    Arrive,
    CallNext,
    Cancel,
    Decline,
    DispatchEvent,
    Report,
    Standing,
    TakeInHand,
)
from permanence.domain.dispatch.standing import mission_standing
from permanence.web.session import SESSION_COOKIE
from tests.application.dispatch.night import MALFUNCTION_ID
from tests.functions.decisions import decisions_world, files_world, planning_world
from tests.functions.desk.desk_missions import MISSION, PAGE, at_home, guided, sent
from tests.functions.desk.desk_world import CALL, COMPLETE, agent
from tests.functions.desk.desk_world import World as DeskWorld
from tests.functions.extranet.extranet_world import ExtranetWorld
from tests.functions.mission.mission_world import DAVAL, MissionWorld
from tests.functions.sign_in.sign_in_world import NEW_PASSWORD, PASSWORD, SignInWorld, give_code, give_password
from tests.web.browser import Browser, http_event

TURN = "the turn that the page shows"
"""Stands for what the buttons of a mission say in each state."""

Handle = Callable[[dict[str, Any]], dict[str, Any]]
Form = Mapping[str, str]


@dataclass(frozen=True)
class Rewind:
    """Puts fakes back as they were."""

    kept: tuple[tuple[Any, Mapping[str, Any]], ...]

    @classmethod
    def to_now(cls, *fakes: Any) -> "Rewind":
        return cls(tuple((fake, {k: _copied(v) for k, v in vars(fake).items() if v not in fakes}) for fake in fakes))

    def __call__(self) -> None:
        for fake, values in self.kept:
            vars(fake).update({name: _copied(value) for name, value in values.items()})


def _copied(value: Any) -> Any:
    """Containers alone are copied: what they hold is frozen."""
    if isinstance(value, dict):
        return {key: _copied(held) for key, held in value.items()}
    return type(value)(value) if isinstance(value, list | Set) else value


@dataclass(frozen=True)
class State:
    """A function in one state, for one visitor: `ids` are those of his addresses, `carries` what every form of his
    does."""

    handle: Handle
    ids: Mapping[str, str]
    cookies: Mapping[str, str] = field(default_factory=dict)
    carries: Form = field(default_factory=dict)
    rewind: Callable[[], None] = lambda: None
    turn: str = ""

    def post(self, route: str, form: Mapping[str, str | list[str]], *, for_a_part: bool = False) -> dict[str, Any]:
        """In this state, whatever was posted before; `for_a_part` of the page, as its script asks."""
        said = {**self.carries, **{name: self._said(value) for name, value in form.items()}}
        headers = {"hx-request": "true"} if for_a_part else {}
        return self._send(http_event("POST", self._address(route), said, cookies=self.cookies, headers=headers))

    def post_body(self, route: str, content_type: str, **body: Any) -> dict[str, Any]:
        """A body that no form makes."""
        headers = {"content-type": content_type}
        return self._send(http_event("POST", self._address(route), cookies=self.cookies, headers=headers) | body)

    def _send(self, event: dict[str, Any]) -> dict[str, Any]:
        self.rewind()
        return self.handle(event)

    def _said(self, value: str | list[str]) -> str | list[str]:
        if isinstance(value, list):
            return [self.turn if one == TURN else one for one in value]
        return self.turn if value == TURN else value

    def _address(self, route: str) -> str:
        for name, value in self.ids.items():
            route = route.replace(f"<{name}>", value)
        return route


# --- the contractor's page -------------------------------------------------------------------------------------------

MISSION_FORMS: Mapping[str, Form] = {
    "/m/<token>/accepter": {},
    "/m/<token>/refuser": {"raison": "Trop loin"},
    "/m/<token>/arrivee": {"minutes": "45"},
    "/m/<token>/sur-place": {},
    "/m/<token>/compte-rendu": {"resultat": "réalisée", "texte": "Joint changé."},
}
_DONE = Report(0, ReportResult.REALISEE, "Joint changé.")
_UNDER_WAY = (Accept(0, "page"), AnnounceArrival(0, 45))
_ON_SITE = (*_UNDER_WAY, Arrive(0))
_NOBODY_LEFT = (Decline(0, "keys"), Decline(1, "keys"))
_ON_THE_PAGE: Mapping[str, tuple[DispatchEvent, ...]] = {
    "offered": (),
    "declined": (Decline(0, "page"),),
    "passed over": (CallNext(0),),
    "accepted": (Accept(0, "page"),),
    "under way": _UNDER_WAY,
    "on site": _ON_SITE,
    "over": (*_ON_SITE, _DONE),
    "cancelled": (Cancel("la lumière est revenue"),),
    "cancelled under way": (*_UNDER_WAY, Cancel("la lumière est revenue")),
    "taken by another": (Decline(0, "page"), Accept(1, "keys")),
    "over, by another": (CallNext(0), Accept(1, "keys"), replace(_DONE, step=1)),
    "nobody left": _NOBODY_LEFT,
    "taken in hand": (*_NOBODY_LEFT, TakeInHand("M. Petit", "+33639980444", "voisin", "Nadège")),
}
MISSION_STATES = (*_ON_THE_PAGE, "link over", "link of nothing", "erased")


@cache
def mission_in(state: str) -> State:
    """Whoever holds a link, in that state of the mission."""
    world = MissionWorld(load_contract())
    for event in _ON_THE_PAGE.get(state, ()):
        world.happen(event)
    token = DAVAL
    match state:
        case "link over":
            world.pass_time(hours=72)
        case "link of nothing":
            token = token[::-1]
        case "erased":
            world.malfunctions.store.malfunctions.clear()
    return State(world.handle, {"token": token}, rewind=Rewind.to_now(world.malfunctions.store))


# --- the desk --------------------------------------------------------------------------------------------------------

DESK_FORMS: Mapping[str, Form] = {
    f"/desk/appels/<call_id>/{name}": form
    for name, form in {
        "fiche": {"dwelling": "D104", "mobile": "06 39 98 12 47"},
        "reponse": {"question": "danger", "answer": "non", "dwelling": "D104"},
        "brouillon": {"last_name": "Vauthier", "landline__absent": "sans objet"},
        "revenir": {"description": "L’eau coule."},
        "logements": {"q": "12 baron"},
        "logement": {"dwelling": "D112", "free_address": "Gare de Vesoul"},
        "prendre": {},
        "attente": {"attente": "oui"},
        "raccrocher": {},
        "objection": {"objection": "effacer"},
        "clore": COMPLETE,
        "intervention": {"description": "L’eau coule."},
        "direct": {"direct_to_staff_reason": "Le gardien le demande."},
        "rattacher/<malfunction_id>": {},
        "accord": {"accord": TURN, "confirmed": TURN},
        "suivant": {"turn": TURN},
        "annuler": {"turn": TURN, "cancel_reason": "La lumière est revenue."},
        "autre-mission": {"turn": TURN},
        "prise-en-charge": {
            "turn": TURN,
            "helper_name": "M. Petit",
            "helper_phone": "06 39 98 04 44",
            "helper_reason": "Voisin.",
        },
        "arrivee": {"turn": TURN, "told_minutes": "45"},
        "sur-place": {"turn": TURN},
        "compte-rendu": {"turn": TURN, "told_result": "réalisée", "told_report": "Joint changé."},
    }.items()
} | {"/desk/quitter": {}}
_MISSION_AT_DESK: Mapping[str, tuple[DispatchEvent, ...]] = {
    "mission offered": (),
    "mission under way": _UNDER_WAY,
    "mission on site": _ON_SITE,
    "mission over": (*_ON_SITE, _DONE),
    "mission cancelled": (Cancel("la lumière est revenue"),),
    "nobody left": tuple(Decline(step, "keys") for step in range(5)),
}
DESK_STATES = (
    "no such call",
    "waiting",
    "talking",
    "another talks",
    "guided",
    "over",
    "closed",
    "never answered",
    *_MISSION_AT_DESK,
    "mission erased",
    "all past its time",
)


@cache
def desk_in(state: str) -> State:
    """An agent with the page of a call, in that state of call and mission."""
    world = DeskWorld()
    browser = world.browser()
    match state:
        case "no such call":
            browser.get("/desk")
        case "waiting":
            world.call_comes_in()
        case "talking":
            world.taken(browser)
        case "another talks":
            world.taken(world.browser(agent("Camille", "Roy")))
        case "never answered":
            world.call_comes_in()
            world.tell(CallEventKind.ENDED)
        case "guided":
            at_home(guided(world))
        case "over" | "closed":
            at_home(guided(world))
            world.tell(CallEventKind.ENDED)
        case _:
            sent(world, guided(world))
    if state == "closed":
        browser.get(PAGE).post(f"{PAGE}/clore", COMPLETE)
    for event in _MISSION_AT_DESK.get(state, ()):
        act_on_dispatch(world.malfunctions, MISSION, event, world.now, world.dispatching)
    if state == "mission erased":
        world.store.malfunctions.clear()
    if state == "all past its time":
        world.now += timedelta(days=172)
    page = world.browser().get("/desk")
    ids = {"call_id": CALL, "malfunction_id": MISSION}
    known = world.store.malfunctions.get(MISSION)
    standing = mission_standing(known.dispatch) if known and known.dispatch else Standing(0, "calling")
    rewind = Rewind.to_now(world.store, world.sessions)
    return State(world._handle, ids, page.cookies, _carried(page), rewind, turn_shown(MISSION, standing))


# --- the extranet ----------------------------------------------------------------------------------------------------

EXTRANET_FORMS: Mapping[str, Form] = {
    "/extranet/enregistrements/<call_id>/<recording_id>": {"motif": "reclamation", "retour": MALFUNCTION_ID},
}
EXTRANET_STATES = ("no such call", "recorded", "not brought home yet", "objected")


@cache
def extranet_in(state: str) -> State:
    """A reader of Habitat 70, and a recording in that state."""
    world = ExtranetWorld(load_contract())
    if state != "no such call":
        world.call("CA1", world.now)
    match state:
        case "recorded":
            world.record("CA1", "RE1", world.now)
        case "not brought home yet":
            world.tell("CA1", CallEventKind.RECORDING_READY, world.now, world.now, recording="RE1", duration_s="222")
        case "objected":
            world.tell("CA1", CallEventKind.RECORDING_ERASED, world.now, world.now, recording="RE1", reason="objected")
    cookie = world.cookie.removeprefix(f"{SESSION_COOKIE}=")

    def handle(event: dict[str, Any]) -> dict[str, Any]:
        return extranet.handle(event, None, world.services, world.now)

    ids = {"call_id": "CA1", "recording_id": "RE1"}
    return State(handle, ids, {SESSION_COOKIE: cookie}, {"csrf": "the csrf"}, Rewind.to_now(world.services.audit))


# --- the référentiel -------------------------------------------------------------------------------------------------

DECISIONS_FORMS: Mapping[str, Form] = {
    "/referentiel/calendrier/fermeture": {**decisions_world.MEETING, "deed": "proposer"},
    "/referentiel/calendrier/ouverture": {"start": "2026-12-03T07:30:00+00:00"},
    "/referentiel/calendrier/pic": {**decisions_world.PEAK, "deed": "proposer"},
    "/referentiel/calendrier/pic-enleve": {"start": "2026-12-01T08:00:00+00:00", "what": "avis d’échéance"},
    "/referentiel/calendrier/travaux": {**decisions_world.WORKS, "deed": "proposer"},
    "/referentiel/calendrier/travaux-enleves": {
        "start": "2026-11-15T23:00:00+00:00",
        "key": "residence Les Tilleuls ascenseur remplacé",
    },
    "/referentiel/calendrier/ouverture-exceptionnelle": {**decisions_world.OPENING, "deed": "proposer"},
    "/referentiel/calendrier/ouverture-enlevee": {"start": "2026-12-05T08:00:00+00:00", "key": ""},
    "/referentiel/calendrier/prise-en-charge": {**decisions_world.TAKEOVER, "deed": "proposer"},
    "/referentiel/calendrier/prise-en-charge-finie": {"start": "2026-11-30T08:05:00+00:00"},
    "/referentiel/listes/lignes": {"section": "secours", "fallback": "03 84 00 00 01", "deed": "proposer"},
    "/referentiel/listes/delai-enleve": {"day": "2026-12-07"},
    "/referentiel/listes/campagne-enlevee": {"day": "2026-11-01"},
    "/referentiel/messages/textes": {**decisions_world.LINE, "deed": "proposer"},
    "/referentiel/planning/remplacer": {**planning_world.REPLACEMENT, "deed": "proposer"},
    "/referentiel/planning/<number>/corriger": {
        "cell": "technicien Gray",
        "person": "karim",
        "start": "2027-03-31T15:30:00+00:00",
        "end": "2027-04-01T06:30:00+00:00",
    },
    "/referentiel/fichiers": {"kind": "patrimoine"},
    "/referentiel/fichiers/<import_id>/corriger": {"reading": "1", "g0": "0", "t1": "rue des Tanneurs", "g2": "0"},
    "/referentiel/fichiers/<import_id>/colonnes": {"c0.0": "dwelling_id", "c0.7": ""},
    "/referentiel/fichiers/<import_id>/relire": {"kind": "patrimoine"},
    "/referentiel/fichiers/<import_id>/refuser": {"why": "fichier de novembre"},
    "/referentiel/fichiers/<import_id>/vigueur": {"day": "2026-12-01", "hour": "08:00"},
    "/referentiel/<document>/<number>/approuver": {},
    "/referentiel/<document>/<number>/retirer": {},
    "/referentiel/<document>/<number>/comparer": {},
    "/referentiel/<document>/<number>/revenir": {},
}
FILES = {
    "file sent": files_world.WHOLE,
    "file to mend": files_world.MENDABLE,
    "file that waits": files_world.WHOLE,
    "no file": "\x00",
}
DECISIONS_STATES = ("nothing yet", "proposed", "approved", "overtaken", "too late", *FILES)


@cache
def decisions_in(state: str) -> State:
    """Somebody of Habitat 70, and a version in that state."""
    world = files_world.FilesWorld()
    if state in FILES:
        files_world.sent(world, FILES[state])
        if state != "file sent":
            world.read()
    elif state != "nothing yet":
        decisions_world.proposed(world)
    if state == "overtaken":
        decisions_world.proposed(world, day="2026-12-10")
    if state in ("approved", "overtaken"):
        decisions_world.approved(world)
    if state == "too late":
        world.now += timedelta(days=5)
    browser = world.browser().get(decisions_world.PAGE)
    number = "2" if state == "overtaken" else "1"
    rewind = Rewind.to_now(world.documents, world.audit, world.files_received, world.import_files, world.files_to_read)
    ids = {
        "document": "calendrier",
        "number": number,
        "import_id": next(iter(world.files_received.kept), files_world.NONE),
    }
    return State(world.handle, ids, browser.cookies, _carried(browser), rewind)


# --- the way in, and the team ----------------------------------------------------------------------------------------

SIGN_IN_FORMS: Mapping[str, Form] = {
    "/connexion": {"email": "teleconseiller@reception.example", "password": PASSWORD, "suite": "/desk"},
    "/connexion/nouveau-mot-de-passe": {"password": NEW_PASSWORD, "again": NEW_PASSWORD},
    "/connexion/code": {"code": "123456"},
    "/connexion/second-facteur": {"code": "123456"},
    "/connexion/charte": {},
    "/connexion/compte/mot-de-passe": {
        "current": PASSWORD,
        "password": NEW_PASSWORD,
        "again": NEW_PASSWORD,
        "code": "654321",
    },
    "/deconnexion": {"partout": "oui"},
}
SIGN_IN_STATES = (
    "a stranger",
    "at the door",
    "to choose a password",
    "to enrol",
    "to give a code",
    "to sign",
    "too late",
    "in",
    "in without a page",
)
TEAM_FORMS: Mapping[str, Form] = {
    "/equipe/nouveau": {
        "email": "ines.lambert@reception.example",
        "first_name": "Inès",
        "last_name": "Lambert",
        "phone": "06 39 98 01 02",
        "group": "teleconseiller",
    },
    "/equipe/<user_id>/corriger": {
        "first_name": "Inès",
        "last_name": "Lambert-Roy",
        "phone": "06 39 98 01 02",
        "group": "superviseur",
    },
    "/equipe/<user_id>/mot-de-passe": {},
    "/equipe/<user_id>/second-facteur": {},
    "/equipe/<user_id>/deconnexion": {},
    "/equipe/<user_id>/fermeture": {},
    "/equipe/<user_id>/ouverture": {},
}
TEAM_STATES = ("another", "oneself", "nobody", "closed")


@cache
def sign_in_in(state: str) -> State:
    """A visitor on that step of the way in."""
    world = SignInWorld()
    browser = world.browser()
    match state:
        case "at the door" | "too late":
            browser.get("/connexion")
        case "to choose a password" | "to enrol":
            give_password(browser, "nouveau").get("/connexion/nouveau-mot-de-passe")
        case "to give a code":
            give_password(browser).get("/connexion/code")
        case "to sign":
            world.members.lines.clear()
            give_code(give_password(browser)).get("/connexion/charte")
        case "in":
            give_code(give_password(browser)).get("/connexion/compte")
        case "in without a page":
            give_code(give_password(browser, "stagiaire")).get("/connexion/compte")
    if state == "to enrol":
        browser.post("/connexion/nouveau-mot-de-passe", {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
        browser.get("/connexion/second-facteur")
    if state == "too late":
        world.now += timedelta(hours=2)
    return State(world.handle, {}, browser.cookies, _carried(browser), _kept(world))


@cache
def team_in(state: str) -> State:
    """A supervisor, and the person he acts on."""
    world = SignInWorld()
    browser = world.signed_in("superviseur").get("/equipe")
    user_id = {"oneself": "id-superviseur", "nobody": "id-personne"}.get(state, "id-teleconseiller")
    if state == "closed":
        world.members.disable(user_id, world.now)
    return State(world.handle, {"user_id": user_id}, browser.cookies, _carried(browser), _kept(world))


def _kept(world: SignInWorld) -> Rewind:
    return Rewind.to_now(world.sessions, world.members, world.identity, world.tries, world.audit)


def _carried(browser: Browser) -> Form:
    known = browser.page.find("input", attrs={"name": "csrf"})
    return {"csrf": str(known["value"])} if known else {}
