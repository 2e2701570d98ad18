"""Who is at the browser: the session cookie, the guard in front of every page, the way to the sign-in page."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from permanence.application.access.signing_in import Session, current_session, holds_csrf, may_enter
from permanence.web.frame import HTML, Frame, redirect, security_headers
from permanence.web.requests import Form, is_fragment, read_cookie, read_form
from permanence.web.uploads import Upload, is_upload, read_upload

SESSION_COOKIE = "__Host-session"
SIGN_IN_PAGE = "/connexion"
AGENTS = frozenset({"teleconseiller", "superviseur"})
SUPERVISORS = frozenset({"superviseur"})
LANDLORD = frozenset({"habitat70"})

# Only places of ours, written as we write them: no scheme, no host, no backslash, no dot.
_DESTINATION = re.compile(r"/(?:desk|extranet|equipe|referentiel)(?:/[\w-]+)*(?:\?[\w=&%+-]*)?", re.ASCII)

Middleware = Callable[[APIGatewayHttpResolver, NextMiddleware], Response[Any]]


def local_destination(given: str) -> str:
    """The page a visitor wanted, when it is one of ours; empty for anything else."""
    return given if len(given) <= 300 and _DESTINATION.fullmatch(given) else ""


def landing_page(groups: tuple[str, ...]) -> str | None:
    """Where a person starts; None when no page is open to their groups."""
    if not AGENTS.isdisjoint(groups):
        return "/desk"
    return None if LANDLORD.isdisjoint(groups) else "/extranet"


def host_cookie(name: str, value: str) -> Cookie:
    """A cookie of this host alone, out of scripts' reach, for the life of the browser window."""
    return Cookie(name=name, value=value, path="/", secure=True, http_only=True, same_site=SameSite.LAX_MODE)


def ended_cookie(name: str) -> Cookie:
    return Cookie(name=name, value="", path="/", secure=True, http_only=True, same_site=SameSite.LAX_MODE, max_age=0)


def require(groups: frozenset[str], *, uploads: bool = False) -> Middleware:
    """A guard for every route of a site: a live session of one of these groups, and its CSRF token on each POST.

    It reads `sessions`, `now` and `frame` of the resolver's context and adds `session` (Session), `form` (Form) and,
    where forms may bring files, `files` by their fields.
    """

    def guard(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
        event = app.current_event.raw_event
        frame: Frame = app.context["frame"]
        session = current_session(read_cookie(event, SESSION_COOKIE), app.context["sessions"], app.context["now"])
        if session is None:
            return _to_sign_in(event)
        if not may_enter(session, groups):
            return frame.respond("refused.html", status=HTTPStatus.FORBIDDEN, session=session)
        form, files = Form({}), dict[str, Upload]()
        if app.current_event.http_method != "GET":
            if uploads and is_upload(event):
                form, files = read_upload(event)
            else:
                form = read_form(event)
            if not holds_csrf(session, form.one("csrf")):
                return frame.respond("stale_form.html", status=HTTPStatus.FORBIDDEN, session=session)
        app.append_context(session=session, form=form, files=files)  # type: ignore[no-untyped-call]
        return next_middleware(app)

    return guard


def _to_sign_in(event: dict[str, Any]) -> Response[str]:
    if is_fragment(event):
        headers = {**security_headers(), "HX-Redirect": SIGN_IN_PAGE}
        return Response(HTTPStatus.UNAUTHORIZED, HTML, "", headers)
    wanted = local_destination(event.get("rawPath", "")) if _method(event) == "GET" else ""
    return redirect(f"{SIGN_IN_PAGE}?suite={wanted}" if wanted else SIGN_IN_PAGE)


def _method(event: dict[str, Any]) -> str:
    return str(event["requestContext"]["http"]["method"])


def session_of(app: Any) -> Session:
    """The session the guard found, for a route of a resolver or router."""
    session: Session = app.context["session"]
    return session
