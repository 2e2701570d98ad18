"""The first factor: the password, one's own in the place of a temporary one, and what to do when it is forgotten."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from permanence.application.access.passwords import SHORTEST
from permanence.application.access.sign_in_gate import HeldOff, account_key
from permanence.application.access.signing_in import (
    ChallengeLost,
    IdentityUnavailable,
    PasswordRefused,
    SignInRefused,
    Step,
)
from permanence.web.frame import redirect
from permanence.web.requests import read_query
from permanence.web.session import SIGN_IN_PAGE, host_cookie, local_destination
from sign_in.room import DOOR_COOKIE, PAGE_OF, Room

router = Router()  # type: ignore[no-untyped-call]

LONGEST_ADDRESS = 128


@router.get("/connexion")
def ask_password() -> Response[str]:
    room = Room(router)
    session = room.session
    destination = local_destination(read_query(room.event, "suite", longest=300))
    return room.enter(session, destination) if session else room.password_page(destination)


@router.post("/connexion")
def check_password() -> Response[str]:
    room = Room(router)
    form = room.form
    destination = local_destination(form.one("suite"))
    if not room.came_from_our_page(form):
        return room.password_page(destination, notice="door", status=HTTPStatus.FORBIDDEN)
    email, password = form.one("email"), form.raw("password")
    if wrong := _what_is_wrong(email, password):
        return room.password_page(destination, wrong, email, HTTPStatus.UNPROCESSABLE_ENTITY)
    account = account_key(email)
    try:
        room.gate.take_try(account, room.origin, room.now)
        token, step = room.door.begin(email, password, account, destination, room.now)
    except HeldOff as held:
        return room.held_off(held.until, email, destination)
    except ChallengeLost:
        return room.start_again("late")
    except IdentityUnavailable as silence:
        return room.password_page(destination, room.unavailable(silence), email, HTTPStatus.SERVICE_UNAVAILABLE)
    except SignInRefused:
        room.note("sign_in.password_refused", account=account)
        return room.password_page(destination, "refused", email, HTTPStatus.FORBIDDEN)
    return redirect(PAGE_OF[step], [host_cookie(DOOR_COOKIE, token)])


def _what_is_wrong(email: str, password: str) -> str:
    """The first thing to mend before anybody is asked, or empty."""
    if not email:
        return "no_address"
    if len(email) > LONGEST_ADDRESS:
        return "long_address"
    return "" if password else "no_password"


@router.get("/connexion/oubli")
def forgotten() -> Response[str]:
    """No code by mail: the workstations receive none (R75)."""
    return Room(router).page("forgotten.html")


@router.get("/connexion/nouveau-mot-de-passe")
def ask_new_password() -> Response[str]:
    room = Room(router)
    try:
        step = room.challenge().awaited.step
    except ChallengeLost:
        return redirect(SIGN_IN_PAGE)
    return redirect(PAGE_OF[step]) if step is not Step.NEW_PASSWORD else _new_password_page(room)


@router.post("/connexion/nouveau-mot-de-passe")
def choose_password() -> Response[str]:
    room = Room(router)
    form = room.form
    if not room.came_from_our_page(form):
        return room.start_again("door")
    chosen = form.raw("password")
    if chosen != form.raw("again"):
        return _new_password_page(room, notice="differs", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        account = room.challenge().account
        step = room.door.choose_password(room.token, chosen, room.now)
    except PasswordRefused as refused:
        broken = tuple(rule.value for rule in refused.rules)
        return _new_password_page(room, "rules" if broken else "refused", broken, HTTPStatus.UNPROCESSABLE_ENTITY)
    except IdentityUnavailable as silence:
        return _new_password_page(room, room.unavailable(silence), status=HTTPStatus.SERVICE_UNAVAILABLE)
    except ChallengeLost:
        return room.start_again("late")
    room.note("sign_in.password_chosen", account=account)
    return redirect(PAGE_OF[step])


def _new_password_page(
    room: Room, notice: str = "", broken: tuple[str, ...] = (), status: HTTPStatus = HTTPStatus.OK
) -> Response[str]:
    return room.page("new_password.html", status, notice=notice, broken=broken, shortest=SHORTEST)
