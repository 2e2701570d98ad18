"""What Habitat 70 and supervisors decide: parse, one use case, answer. Each decision leaves its line in the register.

Of its own audience: the extranet reads, and has no right to write what is in force.
"""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from decisions.announced import (
    NO_PEAK_TYPED,
    NO_WORKS_TYPED,
    PLACES,
    TypedPeak,
    TypedWorks,
    announced_sentence,
    typed_peak,
    typed_works,
)
from decisions.services import LiveServices, Services
from decisions.typed import ACCOUNTS, NOTHING_TYPED, TypedClosure, closure_sentence, typed_closure
from permanence.adapters.clock import now as clock_now
from permanence.application.access.signing_in import Session
from permanence.application.extranet.referentiel import view_calendrier
from permanence.application.reference.deciding import Blocked, Decider, Deciding, NotAllowed, Preview, Unchanged
from permanence.application.reference.ports import DecidedMeanwhile, UnknownVersion
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.application.timeline.french import spell_minutes
from permanence.domain.reference.announcing import AnnouncedCode
from permanence.domain.reference.calendrier import CALENDRIER, Calendrier
from permanence.domain.reference.documents import DecisionRefused, NotWaiting, OneToCome, Overtaken, Point, Version
from permanence.web.counting import count_page
from permanence.web.frame import answer, redirect, site
from permanence.web.requests import Form, read_query
from permanence.web.session import LANDLORD, SUPERVISORS, require

Typed = TypedClosure | TypedPeak | TypedWorks

CALENDRIER_PAGE = "/referentiel/calendrier"
DONE = ("proposee", "approuvee", "retiree", "comparee", "revenue")
REFUSALS: Mapping[type[DecisionRefused], str] = {
    NotAllowed: "not_allowed",
    Overtaken: "overtaken",
    NotWaiting: "not_waiting",
    OneToCome: "one_to_come",
    Unchanged: "unchanged",
    Blocked: "blocked",
}

logger = Logger()
metrics = Metrics()
app = site(logger)
app.use([require(LANDLORD | SUPERVISORS)])


class Room:
    """One request of who decides."""

    def __init__(self) -> None:
        context = app.context
        self.services = cast(Services, context["services"])
        self.session = cast(Session, context["session"])
        self.form = cast(Form, context["form"])
        self.now = cast(datetime, context["now"])
        person = self.session.person
        contract = self.services.contract
        decider = Decider(person.user_id, person.groups)
        self.deciding = Deciding(
            self.services.documents, self.services.audit, signed_of(contract), seeds_of(contract), decider
        )

    def page(self, template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response[str]:
        view = view_calendrier(self.deciding, self.services.members, self.now)
        common: dict[str, Any] = {
            "session": self.session,
            "view": view,
            "now": self.now,
            "sentence": sentence,
            "accounts": ACCOUNTS,
            "places": PLACES,
            "spell_minutes": spell_minutes,
        }
        return self.services.frame.respond(template, status=status, **common, **values)

    def calendrier(
        self,
        status: HTTPStatus = HTTPStatus.OK,
        *,
        typed: Typed = NOTHING_TYPED,
        mistakes: tuple[str, ...] = (),
        preview: Preview | None = None,
        notice: str = "",
        points: tuple[str, ...] = (),
    ) -> Response[str]:
        """`typed` is the one form of the page that was sent; the others are empty."""
        forms = {empty.entry: empty for empty in (NOTHING_TYPED, NO_PEAK_TYPED, NO_WORKS_TYPED)} | {typed.entry: typed}
        values = {"at": typed.entry, "forms": forms, "mistakes": mistakes, "preview": preview}
        return self.page("calendrier.html", status, **values, notice=notice, points=points)

    def entered(self, typed: Typed, how: Callable[[Calendrier, Any], Calendrier]) -> Response[str]:
        """First what it changes, then the proposal: nothing is kept until « Proposer »."""
        entry, mistakes = typed.read()
        if entry is None:
            return self.calendrier(HTTPStatus.UNPROCESSABLE_ENTITY, typed=typed, mistakes=mistakes)
        body = how(self.in_force(), entry)
        preview = self.deciding.preview(CALENDRIER, body, self.now)
        if preview.is_blocked or self.form.one("deed") != "proposer":
            status = HTTPStatus.UNPROCESSABLE_ENTITY if preview.is_blocked else HTTPStatus.OK
            return self.calendrier(status, typed=typed, preview=preview)
        return self.propose(body)

    def taken_out(self, how: Callable[[Calendrier], Calendrier]) -> Response[str]:
        """What goes on would end at the proposal."""
        try:
            body = how(self.in_force())
        except (ValueError, KeyError):
            return self.calendrier(HTTPStatus.CONFLICT, notice="gone")
        return self.propose(body)

    def propose(self, body: Calendrier) -> Response[str]:
        return self.decide(lambda: self.deciding.propose(CALENDRIER, body, self.now), "proposee")

    def in_force(self) -> Calendrier:
        _, body = self.deciding.in_force(CALENDRIER, self.now)
        return cast(Calendrier, body)

    def decide(self, act: Callable[[], Version], done: str) -> Response[str]:
        """The page anew once it is done; what was refused is said, and has changed nothing."""
        try:
            act()
        except UnknownVersion as unknown:
            raise NotFoundError from unknown
        except DecidedMeanwhile:
            return self.calendrier(HTTPStatus.CONFLICT, notice="meanwhile")
        except DecisionRefused as refused:
            points = refused.points if isinstance(refused, Blocked) else ()
            told = tuple(sentence(point) for point in points if point.blocks)
            return self.calendrier(HTTPStatus.CONFLICT, notice=REFUSALS[type(refused)], points=told)
        return redirect(f"{CALENDRIER_PAGE}?avis={done}")


@app.get("/referentiel")
def every_document() -> Response[str]:
    return Room().page("referentiel.html")


@app.get("/referentiel/calendrier")
def calendrier() -> Response[str]:
    asked = read_query(app.current_event.raw_event, "avis")
    return Room().calendrier(notice=asked if asked in DONE else "")


@app.post("/referentiel/calendrier/fermeture")
def close() -> Response[str]:
    room = Room()
    return room.entered(typed_closure(room.form), Calendrier.with_closure)


@app.post("/referentiel/calendrier/ouverture")
def reopen() -> Response[str]:
    room = Room()
    return room.taken_out(lambda calendrier: calendrier.without_closure(_start(room.form)))


@app.post("/referentiel/calendrier/pic")
def announce_peak() -> Response[str]:
    room = Room()
    return room.entered(typed_peak(room.form), Calendrier.with_peak)


@app.post("/referentiel/calendrier/pic-enleve")
def take_out_peak() -> Response[str]:
    room = Room()
    return room.taken_out(lambda calendrier: calendrier.without_peak(_start(room.form), room.form.one("what")))


@app.post("/referentiel/calendrier/travaux")
def announce_works() -> Response[str]:
    room = Room()
    return room.entered(typed_works(room.form), Calendrier.with_works)


@app.post("/referentiel/calendrier/travaux-enleves")
def take_out_works() -> Response[str]:
    room = Room()
    return room.taken_out(lambda calendrier: calendrier.without_works((_start(room.form), room.form.one("key"))))


@app.post("/referentiel/calendrier/<number>/approuver")
def approve(number: str) -> Response[str]:
    room, known = Room(), _number(number)
    return room.decide(lambda: room.deciding.approve(CALENDRIER, known, room.now), "approuvee")


@app.post("/referentiel/calendrier/<number>/retirer")
def withdraw(number: str) -> Response[str]:
    room, known = Room(), _number(number)
    return room.decide(lambda: room.deciding.withdraw(CALENDRIER, known, room.now), "retiree")


@app.post("/referentiel/calendrier/<number>/comparer")
def compare_again(number: str) -> Response[str]:
    room, known = Room(), _number(number)
    return room.decide(lambda: room.deciding.compare_again(CALENDRIER, known, room.now), "comparee")


@app.post("/referentiel/calendrier/<number>/revenir")
def roll_back(number: str) -> Response[str]:
    room, known = Room(), _number(number)
    return room.decide(lambda: room.deciding.roll_back(CALENDRIER, known, room.now), "revenue")


def sentence(point: Point) -> str:
    """What a check says, and of which entry."""
    return announced_sentence(point) if point.code in set(AnnouncedCode) else closure_sentence(point)


def _start(form: Form) -> datetime:
    """Raises ValueError."""
    return datetime.fromisoformat(form.one("start"))


def _number(given: str) -> int:
    """A number of ours. Raises NotFoundError."""
    if not (given.isascii() and given.isdecimal() and len(given) <= 6):
        raise NotFoundError
    return int(given)


@lru_cache(maxsize=1)
def _services() -> Services:
    return LiveServices(os.environ)


def handle(event: dict[str, Any], context: Any, services: Services, now: datetime) -> dict[str, Any]:
    """One HTTP API event to one answer, with these services."""
    rooms = {"frame": services.frame, "sessions": services.sessions, "services": services, "now": now}
    return answer(app, event, context, logger, **rooms)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One HTTP API event (payload 2.0) to one answer."""
    answered = handle(event, context, _services(), clock_now(os.environ))
    count_page(metrics, answered)
    return answered
