"""The second factor: a code of the authenticator, and at the first sign-in the authenticator itself."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from permanence.application.access.sign_in_gate import HeldOff
from permanence.application.access.signing_in import Challenge, ChallengeLost, CodeRefused, IdentityUnavailable, Step
from permanence.web.frame import redirect
from permanence.web.session import SIGN_IN_PAGE
from sign_in.enrolment import enrolment_address, in_fours, qr_drawing
from sign_in.room import PAGE_OF, Room, read_code

router = Router()  # type: ignore[no-untyped-call]


@router.get("/connexion/code")
def ask_code() -> Response[str]:
    return _ask(Step.CODE)


@router.post("/connexion/code")
def check_code() -> Response[str]:
    return _check(Step.CODE)


@router.get("/connexion/second-facteur")
def ask_enrolment() -> Response[str]:
    return _ask(Step.ENROLMENT)


@router.post("/connexion/second-facteur")
def check_enrolment() -> Response[str]:
    return _check(Step.ENROLMENT)


def _ask(step: Step) -> Response[str]:
    room = Room(router)
    try:
        challenge = room.challenge()
    except ChallengeLost:
        return redirect(SIGN_IN_PAGE)
    known = challenge.awaited.step
    return _page(room, challenge) if known is step else redirect(PAGE_OF[known])


def _check(step: Step) -> Response[str]:
    room = Room(router)
    form = room.form
    if not room.came_from_our_page(form):
        return room.start_again("door")
    try:
        challenge = room.challenge()
    except ChallengeLost:
        return room.start_again("late")
    if challenge.awaited.step is not step:
        return redirect(PAGE_OF[challenge.awaited.step])
    code = read_code(form.one("code"))
    if code is None:
        return _page(room, challenge, "shape", HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        room.gate.take_try(challenge.account, room.origin, room.now)
        entry = room.door.answer_code(room.token, code, room.now)
    except HeldOff as held:
        return room.held_off(held.until)
    except CodeRefused:
        room.note("sign_in.code_refused", account=challenge.account)
        return _page(room, challenge, "refused", HTTPStatus.FORBIDDEN)
    except IdentityUnavailable as silence:
        return _page(room, challenge, room.unavailable(silence), HTTPStatus.SERVICE_UNAVAILABLE)
    except ChallengeLost:
        return room.start_again("late")
    if step is Step.ENROLMENT:
        room.note("sign_in.second_factor_enrolled", account=challenge.account)
    return room.let_in(entry, challenge) if entry else redirect(PAGE_OF[Step.CHARTER])


def _page(room: Room, challenge: Challenge, notice: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    if challenge.awaited.step is Step.CODE:
        return room.page("code.html", status, notice=notice)
    secret = challenge.awaited.secret
    drawing = qr_drawing(enrolment_address(secret, challenge.email))
    return room.page("enrolment.html", status, notice=notice, drawing=drawing, secret=in_fours(secret))
