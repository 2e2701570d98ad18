"""The confidentiality charter: shown once, signed by name, before anything else is open (Art. 12; R74)."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from permanence.application.access.signing_in import ChallengeLost, Step
from permanence.web.frame import redirect
from permanence.web.session import SIGN_IN_PAGE
from sign_in.room import PAGE_OF, Room

router = Router()  # type: ignore[no-untyped-call]


@router.get("/connexion/charte")
def ask_signature() -> Response[str]:
    room = Room(router)
    try:
        challenge = room.challenge()
    except ChallengeLost:
        return redirect(SIGN_IN_PAGE)
    if challenge.person is None:
        return redirect(PAGE_OF[challenge.awaited.step])
    return room.page("charter.html", charter=room.charter, person=challenge.person, now=room.now)


@router.post("/connexion/charte")
def sign() -> Response[str]:
    room = Room(router)
    if not room.came_from_our_page(room.form):
        return room.start_again("door")
    try:
        challenge = room.challenge()
        if challenge.awaited.step is not Step.CHARTER:
            return redirect(PAGE_OF[challenge.awaited.step])
        entry = room.door.sign_charter(room.token, room.now)
    except ChallengeLost:
        return room.start_again("late")
    room.note("sign_in.charter_signed", entry.session.person.user_id, version=room.charter.version)
    return room.let_in(entry, challenge)
