"""Signing in, in two steps, in French, on our own host (R74, R75); signing out; static files."""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.metrics import MetricUnit

from permanence.adapters.aws import make_client
from permanence.adapters.clock import now as clock_now
from permanence.adapters.cognito import CognitoIdentity
from permanence.adapters.contract_file import load_contract
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.sessions import DynamoSessions
from permanence.application.signing_in import (
    ChallengeLost,
    CodeRefused,
    SecondFactorMissing,
    Session,
    SignInRefused,
    answer_challenge,
    awaited_challenge,
    begin,
    current_session,
    holds_csrf,
    new_token,
)
from permanence.web.counting import count_page
from permanence.web.frame import Frame, answer, frame_of, redirect, site
from permanence.web.requests import read_cookie, read_form, read_query
from permanence.web.session import (
    SESSION_COOKIE,
    SIGN_IN_PAGE,
    ended_cookie,
    host_cookie,
    landing_page,
    local_destination,
)
from sign_in.static_files import static_file

DOOR_COOKIE = "__Host-connexion"
CODE_PAGE = f"{SIGN_IN_PAGE}/code"

logger = Logger()
metrics = Metrics()
app = site(logger)


@app.get("/")
def home() -> Response[str]:
    return redirect(SIGN_IN_PAGE)


@app.get("/connexion")
def ask_password() -> Response[str]:
    session = _session()
    destination = local_destination(read_query(_event(), "suite", longest=300))
    if session:
        return _enter(session, destination)
    return _password_page(destination)


@app.post("/connexion")
def check_password() -> Response[str]:
    form = read_form(_event())
    destination = local_destination(form.one("suite"))
    if not _came_from_our_door(form.one("csrf")):
        return _password_page(destination, notice="door", status=HTTPStatus.FORBIDDEN)
    email, password = form.one("email"), form.raw("password")
    if not email or not password:
        return _password_page(destination, notice="missing", email=email, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        token = begin(
            email,
            password,
            destination=destination,
            provider=app.context["identity"],
            sessions=app.context["sessions"],
            now=app.context["now"],
        )
    except SignInRefused:
        logger.info("password refused")
        metrics.add_metric("PasswordRefused", MetricUnit.Count, 1)
        return _password_page(destination, notice="refused", email=email, status=HTTPStatus.FORBIDDEN)
    except SecondFactorMissing:
        logger.info("second factor missing")
        return frame_of(app).respond("no_second_factor.html", status=HTTPStatus.FORBIDDEN, session=None)
    return redirect(CODE_PAGE, [host_cookie(DOOR_COOKIE, token)])


@app.get("/connexion/code")
def ask_code() -> Response[str]:
    try:
        awaited_challenge(_door_token(), app.context["sessions"], app.context["now"])
    except ChallengeLost:
        return redirect(SIGN_IN_PAGE)
    return _code_page()


@app.post("/connexion/code")
def check_code() -> Response[str]:
    form = read_form(_event())
    if not _came_from_our_door(form.one("csrf")):
        return _password_page("", notice="door", status=HTTPStatus.FORBIDDEN)
    code = re.sub(r"\s", "", form.one("code"))
    if not re.fullmatch(r"[0-9]{6}", code):
        return _code_page(notice="shape", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        token, session, destination = answer_challenge(
            _door_token(), code, app.context["identity"], app.context["sessions"], app.context["now"]
        )
    except CodeRefused:
        logger.info("code refused")
        metrics.add_metric("CodeRefused", MetricUnit.Count, 1)
        return _code_page(notice="refused", status=HTTPStatus.FORBIDDEN)
    except ChallengeLost:
        return _password_page("", notice="late", status=HTTPStatus.FORBIDDEN)
    logger.info("signed in", user=session.person.user_id)
    metrics.add_metric("SignedIn", MetricUnit.Count, 1)
    entered = _enter(session, destination)
    entered.cookies.extend([host_cookie(SESSION_COOKIE, token), ended_cookie(DOOR_COOKIE)])
    return entered


@app.post("/deconnexion")
def sign_out() -> Response[str]:
    session = _session()
    if session is None:
        return redirect(SIGN_IN_PAGE)
    if not holds_csrf(session, read_form(_event()).one("csrf")):
        return frame_of(app).respond("stale_form.html", status=HTTPStatus.FORBIDDEN, session=session)
    app.context["sessions"].delete(session.key)
    return redirect(SIGN_IN_PAGE, [ended_cookie(SESSION_COOKIE)])


@app.get("/static/<name>", compress=True)
def serve_static(name: str) -> Response[Any]:
    served = static_file(name, read_query(_event(), "v"))
    if served is None:
        raise NotFoundError
    return served


def _event() -> dict[str, Any]:
    event: dict[str, Any] = app.current_event.raw_event
    return event


def _session() -> Session | None:
    return current_session(read_cookie(_event(), SESSION_COOKIE), app.context["sessions"], app.context["now"])


def _enter(session: Session, destination: str) -> Response[str]:
    landing = landing_page(session.person.groups)
    if landing is None:
        return frame_of(app).respond("refused.html", status=HTTPStatus.FORBIDDEN, session=session)
    # A page of the other house would only answer « fermée ».
    return redirect(destination if destination.startswith(landing) else landing)


def _door_token() -> str | None:
    return read_cookie(_event(), DOOR_COOKIE)


def _door_csrf(token: str) -> str:
    """A page token that tells nothing of the cookie it comes from."""
    return hashlib.sha256(f"csrf {token}".encode()).hexdigest()


def _came_from_our_door(given: str) -> bool:
    token = _door_token()
    return token is not None and hmac.compare_digest(_door_csrf(token).encode(), given.encode())


def _password_page(
    destination: str, notice: str = "", email: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Response[str]:
    token = _door_token() or new_token()
    return frame_of(app).respond(
        "password.html",
        status=status,
        cookies=[host_cookie(DOOR_COOKIE, token)],
        session=None,
        csrf=_door_csrf(token),
        destination=destination,
        notice=notice,
        email=email,
    )


def _code_page(notice: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    csrf = _door_csrf(_door_token() or "")
    return frame_of(app).respond("code.html", status=status, session=None, csrf=csrf, notice=notice)


@lru_cache(maxsize=1)
def _rooms() -> Mapping[str, Any]:
    client = make_client("dynamodb", os.environ)
    table = Table(client, os.environ["TABLE_NAME"], os.environ["LANDLORD_ID"], load_contract().retention)
    identity = CognitoIdentity(
        make_client("cognito-idp", os.environ), os.environ["USER_POOL_ID"], os.environ["USER_POOL_CLIENT_ID"]
    )
    frame = Frame(Path(__file__).parent / "templates")
    return {"frame": frame, "sessions": DynamoSessions(table), "identity": identity}


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One HTTP API event (payload 2.0) to one answer."""
    answered = answer(app, event, context, logger, now=clock_now(os.environ), **_rooms())
    count_page(metrics, answered)
    return answered
