"""One's own account: who one is here, what one signed, another password, the way out, everywhere if need be."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from permanence.application.access.passwords import SHORTEST
from permanence.application.access.sign_in_gate import HeldOff, account_key
from permanence.application.access.signing_in import (
    ChallengeLost,
    CodeRefused,
    IdentityUnavailable,
    PasswordRefused,
    PasswordUncertain,
    Session,
    SignInRefused,
    holds_csrf,
)
from permanence.web.frame import log_failure, redirect
from permanence.web.session import SESSION_COOKIE, SIGN_IN_PAGE, ended_cookie, host_cookie, landing_page
from sign_in.room import Room, logger, read_code, told_until

router = Router()  # type: ignore[no-untyped-call]


@router.get("/connexion/compte")
def own_account() -> Response[str]:
    room = Room(router)
    session = room.session
    if session is None:
        return redirect(SIGN_IN_PAGE)
    return _page(room, session)


@router.post("/connexion/compte/mot-de-passe")
def change_password() -> Response[str]:
    """Both factors once more, and the same allowance of tries as at the door."""
    room = Room(router)
    session = room.session
    if session is None:
        return redirect(SIGN_IN_PAGE, [ended_cookie(SESSION_COOKIE)])
    form = room.form
    if not holds_csrf(session, form.one("csrf")):
        return room.frame.respond("stale_form.html", status=HTTPStatus.FORBIDDEN, session=session)
    chosen, code = form.raw("password"), read_code(form.one("code"))
    if chosen != form.raw("again"):
        return _page(room, session, "differs", HTTPStatus.UNPROCESSABLE_ENTITY)
    if code is None:
        return _page(room, session, "shape", HTTPStatus.UNPROCESSABLE_ENTITY)
    account = account_key(session.person.email)
    try:
        room.gate.take_try(account, room.origin, room.now)
        entry = room.door.change_password(session, form.raw("current"), chosen, code, room.now)
    except HeldOff as held:
        return _page(room, session, "held_off", HTTPStatus.TOO_MANY_REQUESTS, until=told_until(held.until))
    except PasswordRefused as refused:
        broken = tuple(rule.value for rule in refused.rules)
        return _page(room, session, "rules" if broken else "refused", HTTPStatus.UNPROCESSABLE_ENTITY, broken=broken)
    except PasswordUncertain as unsure:
        room.note("account.password_uncertain", session.person.user_id, account=account)
        log_failure(logger, unsure)
        return _page(room, session, "uncertain", HTTPStatus.SERVICE_UNAVAILABLE)
    except IdentityUnavailable as silence:
        return _page(room, session, room.unavailable(silence), HTTPStatus.SERVICE_UNAVAILABLE)
    except (SignInRefused, CodeRefused, ChallengeLost) as refused:
        room.note("account.password_change_refused", session.person.user_id, account=account)
        return _page(room, session, _REFUSALS[type(refused)], HTTPStatus.FORBIDDEN)
    room.gate.let_in(account, room.origin, room.now)
    room.note("account.password_changed", session.person.user_id, account=account)
    changed = _page(room, entry.session, "changed")
    changed.cookies.append(host_cookie(SESSION_COOKIE, entry.cookie))
    return changed


_REFUSALS: Mapping[type[Exception], str] = {SignInRefused: "current", CodeRefused: "code", ChallengeLost: "late"}


def _page(
    room: Room,
    session: Session,
    notice: str = "",
    status: HTTPStatus = HTTPStatus.OK,
    *,
    broken: tuple[str, ...] = (),
    until: datetime | None = None,
) -> Response[str]:
    member = room.door.members.get(session.person.user_id)
    home = landing_page(session.person.groups) or "/"
    return room.frame.respond(
        "account.html",
        status=status,
        session=session,
        member=member,
        home=home,
        now=room.now,
        shortest=SHORTEST,
        notice=notice,
        broken=broken,
        until=until,
    )


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
