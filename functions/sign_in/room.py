"""What every route of the way in finds in its request, and the answers that several of them give."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.metrics import MetricUnit

from permanence.application.access.ports import AuditLog
from permanence.application.access.sign_in_gate import Gate
from permanence.application.access.signing_in import (
    Challenge,
    Door,
    Entry,
    IdentityUnavailable,
    Session,
    Sessions,
    Step,
    current_session,
    new_token,
)
from permanence.domain.contract import Charter
from permanence.web.frame import Frame, log_failure, redirect
from permanence.web.requests import Form, read_cookie, read_form
from permanence.web.session import (
    LANDLORD,
    SESSION_COOKIE,
    SIGN_IN_PAGE,
    SUPERVISORS,
    ended_cookie,
    host_cookie,
    landing_page,
)

DOOR_COOKIE = "__Host-connexion"
PAGE_OF: Mapping[Step, str] = {
    Step.NEW_PASSWORD: f"{SIGN_IN_PAGE}/nouveau-mot-de-passe",
    Step.ENROLMENT: f"{SIGN_IN_PAGE}/second-facteur",
    Step.CODE: f"{SIGN_IN_PAGE}/code",
    Step.CHARTER: f"{SIGN_IN_PAGE}/charte",
}

COUNTED = {
    "sign_in.opened": "SignedIn",
    "sign_in.password_refused": "PasswordRefused",
    "sign_in.code_refused": "CodeRefused",
}

logger = Logger()
metrics = Metrics()


class Room:
    """One request on the way in; `app` is the resolver or a router that shares its context."""

    def __init__(self, app: Any) -> None:
        context = app.context
        self.frame = cast(Frame, context["frame"])
        self.sessions = cast(Sessions, context["sessions"])
        self.door = cast(Door, context["door"])
        self.gate = cast(Gate, context["gate"])
        self.audit = cast(AuditLog, context["audit"])
        self.charter = cast(Charter, context["charter"])
        self.now = cast(datetime, context["now"])
        self.event = cast(dict[str, Any], app.current_event.raw_event)

    @property
    def form(self) -> Form:
        return read_form(self.event)

    @property
    def session(self) -> Session | None:
        return current_session(read_cookie(self.event, SESSION_COOKIE), self.sessions, self.now)

    @property
    def token(self) -> str:
        """The browser's token on the way in; empty when it has none."""
        return read_cookie(self.event, DOOR_COOKIE) or ""

    @property
    def origin(self) -> str:
        """The address the request comes from, as the gateway saw it."""
        return str(self.event["requestContext"]["http"]["sourceIp"])

    def challenge(self) -> Challenge:
        """Raises ChallengeLost."""
        return self.door.awaited(self.token, self.now)

    def came_from_our_page(self, form: Form) -> bool:
        return bool(self.token) and hmac.compare_digest(_csrf(self.token).encode(), form.one("csrf").encode())

    def note(self, action: str, who: str = "", **detail: str) -> None:
        """A line of the audit (R74): who, when, from where, with what outcome; never a password nor a code."""
        self.audit.record(self.now, who, action, who, {"origin": self.origin, **detail})
        logger.info(action, user=who)
        if action in COUNTED:
            metrics.add_metric(COUNTED[action], MetricUnit.Count, 1)

    def page(self, template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response[str]:
        """A page of the way in, with the CSRF token of the browser's."""
        return self.frame.respond(template, status=status, session=None, csrf=_csrf(self.token), **values)

    def password_page(
        self,
        destination: str = "",
        notice: str = "",
        email: str = "",
        status: HTTPStatus = HTTPStatus.OK,
        until: datetime | None = None,
    ) -> Response[str]:
        token = self.token or new_token()
        return self.frame.respond(
            "password.html",
            status=status,
            cookies=[host_cookie(DOOR_COOKIE, token)],
            session=None,
            csrf=_csrf(token),
            destination=destination,
            notice=notice,
            email=email,
            until=until,
        )

    def start_again(self, notice: str) -> Response[str]:
        return self.password_page(notice=notice, status=HTTPStatus.FORBIDDEN)

    def held_off(self, until: datetime, email: str = "", destination: str = "") -> Response[str]:
        return self.password_page(destination, "held_off", email, HTTPStatus.TOO_MANY_REQUESTS, told_until(until))

    def unavailable(self, silence: IdentityUnavailable) -> str:
        """The notice of an identity provider that could not be asked, whose cause the log keeps."""
        log_failure(logger, silence)
        return "unavailable"

    def enter(self, session: Session, destination: str) -> Response[str]:
        """To the page that was wanted, or to one's own."""
        groups = session.person.groups
        landing = landing_page(groups)
        if landing is None:
            return self.frame.respond("refused.html", status=HTTPStatus.FORBIDDEN, session=session)
        # A page of the other house would only answer « fermée ».
        houses = [landing]
        if "superviseur" in groups:
            houses.append("/equipe")
        if not (LANDLORD | SUPERVISORS).isdisjoint(groups):
            houses.append("/referentiel")
        return redirect(destination if destination.startswith(tuple(houses)) else landing)

    def let_in(self, entry: Entry, challenge: Challenge) -> Response[str]:
        """The end of the way in: the session's cookie in the place of the other."""
        self.gate.let_in(challenge.account, self.origin, self.now)
        self.note("sign_in.opened", entry.session.person.user_id, account=challenge.account)
        entered = self.enter(entry.session, entry.destination)
        entered.cookies.extend([host_cookie(SESSION_COOKIE, entry.cookie), ended_cookie(DOOR_COOKIE)])
        return entered


def read_code(typed: str) -> str | None:
    """The six digits of an authenticator, spaces left out; None when they are not six digits."""
    code = re.sub(r"\s", "", typed)
    return code if re.fullmatch(r"[0-9]{6}", code) else None


def told_until(until: datetime) -> datetime:
    """An instant that is told in minutes: never earlier than it is true."""
    return until + timedelta(minutes=1) - timedelta(microseconds=1)


def _csrf(token: str) -> str:
    """A page token that tells nothing of the cookie it comes from."""
    return hashlib.sha256(f"csrf {token}".encode()).hexdigest()
