"""One's own access: who one is here, what one signed, the way out, everywhere if need be."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from permanence.application.signing_in import holds_csrf
from permanence.web.frame import redirect
from permanence.web.session import SESSION_COOKIE, SIGN_IN_PAGE, ended_cookie, landing_page
from sign_in.room import Room

router = Router()  # type: ignore[no-untyped-call]


@router.get("/connexion/compte")
def own_account() -> Response[str]:
    room = Room(router)
    session = room.session
    if session is None:
        return redirect(SIGN_IN_PAGE)
    member = room.door.members.get(session.person.user_id)
    home = landing_page(session.person.groups) or "/"
    return room.frame.respond("account.html", session=session, member=member, home=home, now=room.now)


@router.post("/deconnexion")
def sign_out() -> Response[str]:
    """Of this browser, or of every one where this person is signed in."""
    room = Room(router)
    session = room.session
    if session is None:
        return redirect(SIGN_IN_PAGE, [ended_cookie(SESSION_COOKIE)])
    form = room.form
    if not holds_csrf(session, form.one("csrf")):
        return room.frame.respond("stale_form.html", status=HTTPStatus.FORBIDDEN, session=session)
    is_everywhere = form.one("partout") == "oui"
    if is_everywhere:
        room.door.members.end_sessions(session.person.user_id)
    room.sessions.delete(session.key)
    room.note("sign_in.closed_everywhere" if is_everywhere else "sign_in.closed", session.person.user_id)
    return redirect(SIGN_IN_PAGE, [ended_cookie(SESSION_COOKIE)])
