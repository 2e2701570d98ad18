"""A burst pipe in Vesoul on a Saturday night: its dispatch, its links, and the mission pages over fakes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger

from mission.routes import Services, make_app
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.mission_links import key_of_token
from permanence.application.dispatch.ports import Decision, MissionLink
from permanence.domain.contract import Contract
from permanence.domain.dispatch.actions import Outcome
from permanence.domain.dispatch.dispatch import Dispatch, Responder, Role, Step
from permanence.domain.dispatch.events import DispatchEvent, Start
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus
from permanence.domain.main_courante.fiche import Contact, Place
from permanence.domain.reference.instructions import Instruction, InstructionSort
from tests.fakes.store import FakeMalfunctions
from tests.functions.http_events import http_event

START = datetime(2026, 11, 21, 22, 12, tzinfo=UTC)
DAVAL, ROUSSEL = "K7R4XD9MPA3", "V4TFW8HNCEK"
PUBLIC_URL = "https://permanence.example"


def responder(name: str, phone: str, role: Role = Role.CONTRACTOR) -> Responder:
    return Responder(name.lower(), name, role, phone, phone, 240, "motif, commune", "plomberie")


def burst_pipe() -> Malfunction:
    chain = (
        Step(responder("Plomberie Daval", "+33639982105")),
        Step(responder("Sanitaires Roussel", "+33639984730", Role.SECOND_CONTRACTOR)),
    )
    return Malfunction(
        malfunction_id="01JD",
        number="2026-1187",
        version=1,
        status=MalfunctionStatus.OPEN,
        opened_at=START,
        motif="plomberie_logement",
        motif_label="Fuite ou panne de plomberie dans le logement",
        description="L'eau coule du plafond, Mme Jeannin a coupé le robinet.",
        place=Place(
            "D104", "B12", "12 bis rue Baron Bouvier", "bât. B, escalier 2, 1er étage, porte 104", "70000", "Vesoul",
            "Les Tilleuls", "vesoul", "vesoul",
        ),
        contacts=(Contact("CA1", "Mme Corinne Jeannin", "+33639983384"),),
        dispatch=Dispatch("482-913", chain),
        instructions=(Instruction("B12", "", InstructionSort.CODE, "Digicode 24B10"),),
    )  # fmt: skip


class FlakyMalfunctions(FakeMalfunctions):
    """Set `outage` to make every save fail as a table that does not answer."""

    outage: Exception | None = None

    def save(self, decision: Decision) -> None:
        if self.outage is not None:
            raise self.outage
        super().save(decision)


@dataclass
class MissionWorld:
    """Drives the mission pages; `now` moves by `pass_time`."""

    contract: Contract
    malfunctions: FlakyMalfunctions = field(default_factory=FlakyMalfunctions)
    now: datetime = START

    def __post_init__(self) -> None:
        links = tuple(
            MissionLink(key_of_token(token), "01JD", step, START + timedelta(hours=72))
            for step, token in enumerate((DAVAL, ROUSSEL))
        )
        self.malfunctions.add(Decision(burst_pipe(), entries=(), links=links))
        self.happen(Start())
        logger = Logger(service="mission")
        dispatching = Dispatching(self.contract, f"{PUBLIC_URL}/m/")
        self._app = make_app(Services(self.malfunctions, dispatching, PUBLIC_URL, lambda: self.now), logger)

    @property
    def dispatch(self) -> Dispatch:
        malfunction = self.malfunctions.store.malfunctions["01JD"]
        assert malfunction.dispatch is not None
        return malfunction.dispatch

    @property
    def version(self) -> int:
        return self.malfunctions.store.malfunctions["01JD"].version

    def happen(self, event: DispatchEvent) -> Outcome:
        """Something happens to the dispatch, from the page or elsewhere."""
        dispatching = Dispatching(self.contract, f"{PUBLIC_URL}/m/")
        return act_on_dispatch(self.malfunctions, "01JD", event, self.now, dispatching).outcome

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def handle(self, event: dict[str, Any]) -> dict[str, Any]:
        return self._app.resolve(event, None)

    def get(self, path: str, **options: Any) -> dict[str, Any]:
        return self.handle(http_event("GET", path, **options))

    def post(self, path: str, form: dict[str, str] | None = None, **options: Any) -> dict[str, Any]:
        return self.handle(http_event("POST", path, form=form or {}, **options))
