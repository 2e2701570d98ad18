"""One malfunction of a night on the running system: sent as the desk sends it, then read where it is kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from local.operator.phones import Answering, SmsReception
from local.scenarios.telling import until
from local.scenarios.world import World
from permanence.application.desk.place import place_of_dwelling
from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.joining import CallLink
from permanence.application.dispatch.ports import MalfunctionLog
from permanence.application.dispatch.starting import DispatchRequest, start_dispatch
from permanence.domain.dispatch.chain import freeze_chain
from permanence.domain.dispatch.dispatch import ChannelStatus, Dispatch, DispatchStatus, Responder
from permanence.domain.dispatch.events import Cancel, DispatchEvent
from permanence.domain.dispatch.notices import Notice, NoticeStatus
from permanence.domain.instants import paris_month
from permanence.domain.main_courante.fiche import Contact
from permanence.domain.main_courante.log import Entry, EntryKind
from permanence.domain.reference.patrimoine import Dwelling

MOTIF = "plomberie_logement"
UNSENT = (NoticeStatus.PENDING, NoticeStatus.CLAIMED)
PATIENCE_S = 60.0
SWEPT_AFTER = timedelta(seconds=30)
"""Late enough for the sweep to tell the queues again, and for a silent provider to be asked."""


@dataclass(frozen=True, slots=True)
class Mission:
    """`tenant` is the mobile of who called about it."""

    world: World
    malfunction_id: str
    tenant: str

    @property
    def dispatch(self) -> Dispatch:
        malfunction = self.world.malfunctions.get(self.malfunction_id)
        if malfunction is None or malfunction.dispatch is None:
            raise LookupError(self.malfunction_id)
        return malfunction.dispatch

    @property
    def chain(self) -> tuple[Responder, ...]:
        return tuple(step.responder for step in self.dispatch.steps)

    @property
    def lines(self) -> tuple[Entry, ...]:
        return self._log.entries

    @property
    def notices(self) -> tuple[Notice, ...]:
        return self._log.notices

    def notice(self, key: str) -> Notice:
        (found,) = (notice for notice in self.notices if notice.key == key)
        return found

    def count(self, kind: EntryKind) -> int:
        return sum(line.kind is kind for line in self.lines)

    def receipts(self, step: int) -> Counter[tuple[str, str]]:
        """The lines that the provider's words about one step have made, by channel and status."""
        told = (line.data for line in self.lines if line.kind is EntryKind.RECEIPT)
        return Counter((data["channel"], data["status"]) for data in told if data["step"] == str(step))

    def happens(self, event: DispatchEvent) -> None:
        act_on_dispatch(self.world.malfunctions, self.malfunction_id, event, self.world.now(), dispatching(self.world))

    def becomes(self, status: DispatchStatus) -> None:
        until(lambda: self.dispatch.status is status, what=status.value, within_s=PATIENCE_S)

    def becomes_known(self, step: int, voice: ChannelStatus) -> None:
        """The end of the call to a step has been told."""
        until(
            lambda: self.dispatch.steps[step].voice is voice, what=f"{voice.value} of step {step}", within_s=PATIENCE_S
        )

    def notice_becomes(self, key: str, status: NoticeStatus) -> None:
        """What the provider told of a message has been kept with it, which is the last that a receipt does."""
        until(lambda: self.notice(key).status is status, what=f"{status.value} of {key}", within_s=PATIENCE_S)

    def later(self, time: timedelta = SWEPT_AFTER) -> None:
        """So much time passes, then the sweep of that minute runs."""
        self.world.set_now(self.world.now() + time)
        self.world.run_job("astreinte_dispatch", "sweep")

    def after_the_deadline(self) -> None:
        """Who is being called has had the time to answer."""
        dispatch = self.dispatch
        deadline = dispatch.steps[dispatch.current].deadline
        if deadline is None:
            raise LookupError("nobody is being called")
        self.later(deadline - self.world.now() + SWEPT_AFTER)

    def settle(self) -> None:
        """Until nothing that was decided is still to be sent."""
        until(
            lambda: all(notice.status not in UNSENT for notice in self.notices),
            what="end of the sending",
            within_s=PATIENCE_S,
        )

    def cancel(self) -> None:
        """Nothing of it may ring in another test."""
        if self.dispatch.status not in {DispatchStatus.REPORTED, DispatchStatus.CANCELLED}:
            self.happens(Cancel("fin du test"))
        self.settle()

    @property
    def _log(self) -> MalfunctionLog:
        log = self.world.malfunctions.log(self.malfunction_id)
        if log is None:
            raise LookupError(self.malfunction_id)
        return log


def dispatching(world: World) -> Dispatching:
    """What the functions decide with."""
    return Dispatching(world.contract, f"{world.outputs['public_url']}/m/")


@dataclass(frozen=True, slots=True)
class Will:
    """What a phone of the chain does by itself on this night."""

    answering: Answering = Answering.MANUAL
    sms: SmsReception = SmsReception.DELIVERED
    sms_error: int = 30003


def send_mission(world: World, dwelling: Dwelling, tenant: str, will: Sequence[Will]) -> Mission:
    """A burst pipe, sent as « Envoyer en intervention » does; the deployed functions do all that follows. The phones
    of the chain behave, from its first on, as `will` says."""
    place, now, terms = place_of_dwelling(dwelling), world.now(), world.contract
    known = world.reference_data
    chain = freeze_chain(
        terms.dispatch,
        terms.motifs[MOTIF],
        place,
        known.patrimoine(now),
        known.entreprises(now),
        known.duties(paris_month(now), now),
        at=now,
    )
    for responder, does in zip(chain, will, strict=False):
        world.operator.set_behaviour(
            responder.phone, does.answering, after_s=0.05, sms=does.sms, sms_error=does.sms_error
        )
    call_id = f"CA{uuid4().hex}"
    request = DispatchRequest(
        malfunction_id=str(uuid4()),
        motif=MOTIF,
        place=place,
        link=CallLink(Contact(call_id, "Pernot Gérard", tenant), "Léa", "L’eau coule encore sous l’évier."),
        tree_version="nuit",
        path=(("eau", "coule_encore"),),
    )
    started = start_dispatch(world.malfunctions, known, request, now, dispatching(world))
    return Mission(world, started.malfunction_id, tenant)
