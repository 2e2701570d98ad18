"""What every route of decisions finds in its request, and the acts that all kinds share, with what refuses them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from decisions.parts import Parts
from decisions.services import Services
from permanence.application.access.signing_in import Session
from permanence.application.extranet.referentiel import view_document
from permanence.application.reference.deciding import Blocked, Decider, Deciding, NotAllowed, Unchanged
from permanence.application.reference.ports import DecidedMeanwhile, UnknownVersion
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.domain.reference.documents import DecisionRefused, NotWaiting, OneToCome, Overtaken, Version
from permanence.web.frame import redirect
from permanence.web.requests import Form, read_query

DONE = ("proposee", "approuvee", "a-venir", "retiree", "comparee", "corrigee", "revenue")
REFUSALS: Mapping[type[DecisionRefused], str] = {
    NotAllowed: "not_allowed",
    Overtaken: "overtaken",
    NotWaiting: "not_waiting",
    OneToCome: "one_to_come",
    Unchanged: "unchanged",
    Blocked: "blocked",
}


class Room:
    """One request of who decides; `app` is the resolver or a router that shares its context."""

    def __init__(self, app: Any) -> None:
        context = app.context
        self.event: dict[str, Any] = app.current_event.raw_event
        self.services = cast(Services, context["services"])
        self.session = cast(Session, context["session"])
        self.form = cast(Form, context["form"])
        self.now = cast(datetime, context["now"])
        person = self.session.person
        contract = self.services.contract
        decider = Decider(person.user_id, person.groups)
        services = self.services
        self.deciding = Deciding(
            services.documents,
            services.audit,
            signed_of(contract),
            seeds_of(contract),
            decider,
            under_way=services.open_items.under_way,
        )

    @property
    def done(self) -> str:
        """What the page that sent here says was done; empty when nothing."""
        asked = read_query(self.event, "avis")
        return asked if asked in DONE else ""

    def page(self, template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response[str]:
        known: dict[str, Any] = {
            "session": self.session,
            "now": self.now,
            "agency_names": self.deciding.signed.agencies,
        }
        return self.services.frame.respond(template, status=status, **known, **values)

    def document(
        self,
        parts: Parts,
        status: HTTPStatus = HTTPStatus.OK,
        *,
        notice: str = "",
        points: tuple[str, ...] = (),
        **own: Any,
    ) -> Response[str]:
        """The page of one kind: as many requests as its view. `own` takes the place of what its parts show."""
        view = view_document(self.deciding, parts.kind, self.services.members, self.now)
        told = {**parts.words, **parts.shown(view, self.deciding.signed), **parts.beside(self, view), **own}
        return self.page(parts.template, status, parts=parts, view=view, notice=notice, points=points, **told)

    def in_force(self, parts: Parts) -> Any:
        """The body in force: 2 requests."""
        _, body = self.deciding.in_force(parts.kind, self.now)
        return body

    def propose(self, parts: Parts, body: Any) -> Response[str]:
        return self.decide(parts, lambda: self.deciding.propose(parts.kind, body, self.now), "proposee")

    def decide(self, parts: Parts, act: Callable[[], Version], done: str, *, shows_it: bool = False) -> Response[str]:
        """The page anew once it is done, with the version itself where it `shows_it`; what was refused is said, and has
        changed nothing."""
        try:
            version = act()
        except UnknownVersion as unknown:
            raise NotFoundError from unknown
        except DecidedMeanwhile:
            return self.document(parts, HTTPStatus.CONFLICT, notice="meanwhile")
        except DecisionRefused as refused:
            points = refused.points if isinstance(refused, Blocked) else ()
            told = tuple(parts.sentence(point) for point in points if point.blocks)
            return self.document(parts, HTTPStatus.CONFLICT, notice=REFUSALS[type(refused)], points=told)
        waits_for_its_day = version.in_force_from is not None and version.in_force_from > self.now
        which = f"version={version.number}&" if shows_it else ""
        return redirect(f"{parts.path}?{which}avis={'a-venir' if waits_for_its_day else done}")


def number_of(given: str) -> int:
    """A version's number, as an address gives it. Raises NotFoundError."""
    if not (given.isascii() and given.isdecimal() and len(given) <= 6):
        raise NotFoundError
    return int(given)
