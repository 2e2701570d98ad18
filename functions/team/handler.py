"""The team: who has access, who signed the charter, and a supervisor's acts on both (R74).

Of its own audience, because it alone may make and change accounts: neither the desk, nor the pages that anybody can
reach before signing in.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import Response

from permanence.adapters.clock import now as clock_now
from permanence.application.access.members import Member
from permanence.application.access.register import register_lines
from permanence.application.access.signing_in import IdentityUnavailable, Session
from permanence.application.access.team import (
    AccountGone,
    AddressTaken,
    Details,
    OwnAccess,
    Team,
    UnknownMember,
    details_of,
)
from permanence.application.desk.fiche import read_phone
from permanence.domain.frozen import dataclass
from permanence.live.accounts import LiveAccounts
from permanence.live.pages import LivePages
from permanence.live.registers import LiveRegisters
from permanence.web.counting import count_page
from permanence.web.frame import answer, frame_of, log_failure, redirect, site
from permanence.web.requests import Form, read_query
from permanence.web.session import SUPERVISORS, require, session_of

logger = Logger()
metrics = Metrics()
app = site(logger)
app.use([require(SUPERVISORS)])


@dataclass(frozen=True)
class Room:
    """One request of a supervisor."""

    team: Team
    form: Form
    session: Session
    now: datetime
    charter_version: str

    def page(self, template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response[str]:
        return frame_of(app).respond(template, status=status, session=self.session, now=self.now, **values)

    def person_page(
        self, member: Member, status: HTTPStatus = HTTPStatus.OK, *, password: str = "", notice: str = ""
    ) -> Response[str]:
        is_self = member.person.user_id == self.session.person.user_id
        (line,) = register_lines((member,), self.charter_version)
        values = {"member": member, "line": line, "password": password, "notice": notice, "is_self": is_self}
        return self.page("person.html", status, **values)


def _room() -> Room:
    context = app.context
    session = cast(Session, context["session"])
    team = Team(context["accounts"], context["members"], context["audit"], session.person)
    return Room(team, context["form"], session, context["now"], context["charter_version"])


@app.get("/equipe")
def everybody() -> Response[str]:
    room = _room()
    lines = register_lines(room.team.members.all(), room.charter_version)
    return room.page("team.html", lines=lines, charter_version=room.charter_version)


@app.get("/equipe/nouveau")
def ask_new_member() -> Response[str]:
    return _new_page(_room(), Details("", "", "", "", ""))


@app.post("/equipe/nouveau")
def add_member() -> Response[str]:
    room = _room()
    new = _typed(room.form, room.form.one("email"))
    if new.mistakes():
        return _new_page(room, new, tuple(mistake.value for mistake in new.mistakes()))
    try:
        member, password = room.team.add(new, room.now)
    except AddressTaken:
        return _new_page(room, new, ("taken",))
    return room.person_page(member, HTTPStatus.CREATED, password=password, notice="added")


@app.get("/equipe/<user_id>")
def one_person(user_id: str) -> Response[str]:
    room = _room()
    member = room.team.find(user_id)
    asked = read_query(app.current_event.raw_event, "avis")
    return room.person_page(member, notice=asked if asked == _access_of(member) else "")


@app.get("/equipe/<user_id>/corriger")
def ask_details(user_id: str) -> Response[str]:
    room = _room()
    return _mend_page(room, room.team.find(user_id))


@app.post("/equipe/<user_id>/corriger")
def mend(user_id: str) -> Response[str]:
    room = _room()
    known = room.team.find(user_id)
    typed = _typed(room.form, known.person.email)
    if typed.mistakes():
        return _mend_page(room, known, typed, tuple(mistake.value for mistake in typed.mistakes()))
    return room.person_page(room.team.mend(user_id, typed, room.now), notice="mended")


@app.post("/equipe/<user_id>/mot-de-passe")
def reset_password(user_id: str) -> Response[str]:
    room = _room()
    member, password = room.team.reset_password(user_id, room.now)
    return room.person_page(member, password=password, notice="mot-de-passe")


@app.post("/equipe/<user_id>/second-facteur")
def reset_second_factor(user_id: str) -> Response[str]:
    room = _room()
    member, password = room.team.reset_second_factor(user_id, room.now)
    return room.person_page(member, password=password, notice="second-facteur")


@app.post("/equipe/<user_id>/deconnexion")
def sign_out(user_id: str) -> Response[str]:
    room = _room()
    member = room.team.sign_out(user_id, room.now)
    return room.person_page(member, notice="signed_out")


@app.post("/equipe/<user_id>/fermeture")
def disable(user_id: str) -> Response[str]:
    room = _room()
    room.team.disable(user_id, room.now)
    return redirect(f"/equipe/{user_id}?avis=fermeture")


@app.post("/equipe/<user_id>/ouverture")
def enable(user_id: str) -> Response[str]:
    room = _room()
    room.team.enable(user_id, room.now)
    return redirect(f"/equipe/{user_id}?avis=ouverture")


def _access_of(member: Member) -> str:
    """The notice that the register proves: what an address asks to be told may be over, or never have been."""
    return "ouverture" if member.is_enabled else "fermeture"


def _typed(form: Form, email: str) -> Details:
    phone = form.one("phone")
    return Details(
        email=email,
        first_name=form.one("first_name"),
        last_name=form.one("last_name"),
        phone=read_phone(phone) or phone,
        group=form.one("group"),
    )


def _new_page(room: Room, new: Details, mistakes: tuple[str, ...] = ()) -> Response[str]:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if mistakes else HTTPStatus.OK
    return room.page("new_member.html", status, typed=new, mistakes=mistakes)


def _mend_page(
    room: Room, known: Member, typed: Details | None = None, mistakes: tuple[str, ...] = ()
) -> Response[str]:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if mistakes else HTTPStatus.OK
    typed = typed or details_of(known.person)
    return room.page("mend_member.html", status, known=known, typed=typed, mistakes=mistakes)


@app.exception_handler(UnknownMember)  # type: ignore[untyped-decorator]
def unknown(_: UnknownMember) -> Response[str]:
    return frame_of(app).respond("not_found.html", status=HTTPStatus.NOT_FOUND, session=session_of(app))


@app.exception_handler(OwnAccess)  # type: ignore[untyped-decorator]
def own_access(_: OwnAccess) -> Response[str]:
    room = _room()
    member = room.team.find(room.session.person.user_id)
    return room.person_page(member, HTTPStatus.CONFLICT, notice="own")


@app.exception_handler(AccountGone)  # type: ignore[untyped-decorator]
def account_gone(_: AccountGone) -> Response[str]:
    room = _room()
    member = room.team.find(app.current_event.path.split("/")[2])
    return room.person_page(member, HTTPStatus.CONFLICT, notice="gone")


@app.exception_handler(IdentityUnavailable)  # type: ignore[untyped-decorator]
def unavailable(failure: IdentityUnavailable) -> Response[str]:
    log_failure(logger, failure)
    return _room().page("unavailable.html", HTTPStatus.SERVICE_UNAVAILABLE)


class _Live(LivePages, LiveRegisters, LiveAccounts):
    templates = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def _rooms() -> Mapping[str, Any]:
    live = _Live(os.environ)
    return {
        "frame": live.frame,
        "sessions": live.sessions,
        "members": live.members,
        "accounts": live.accounts,
        "audit": live.audit,
        "charter_version": live.contract.charter.version,
    }


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One HTTP API event (payload 2.0) to one answer."""
    answered = answer(app, event, context, logger, now=clock_now(os.environ), **_rooms())
    count_page(metrics, answered)
    return answered
