"""What is known of a call once its names are gone: the material of every figure (R60, R71)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from permanence.domain.calls.call import Call
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.calendar import Service

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class CallFact:
    """Timings and outcome of one call, without number, name, free text, or a place finer than the agency (R71).

    `ref` is the call id while the call is kept, and a digest of it in what stays afterwards. Instants in UTC, None
    when it did not happen. `agency` and `motif` are ids of the contract or empty; `outcome` is what the tree decided or
    empty. `is_rerouted` is a call that was sent to the landlord's own numbers: in N, neither answered nor given up
    (R67).
    """

    ref: str
    service: Service
    presented_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str
    motif: str
    agency: str
    is_rerouted: bool = False

    @property
    def is_answered(self) -> bool:
        """A human was on the line (R62)."""
        return self.answered_at is not None

    @property
    def wait(self) -> timedelta | None:
        """From the presentation to the first human answer (R61), None when there was none."""
        return None if self.answered_at is None else max(NO_TIME, self.answered_at - self.presented_at)

    @property
    def wait_after_welcome(self) -> timedelta | None:
        """From the end of the welcome message to the first human answer; from the presentation while that end is
        unknown, which is the reading least favourable to the provider (R61)."""
        if self.answered_at is None or self.queued_at is None:
            return self.wait
        return max(NO_TIME, self.answered_at - self.queued_at)

    @property
    def talk(self) -> timedelta | None:
        if self.answered_at is None or self.ended_at is None:
            return None
        return max(NO_TIME, self.ended_at - self.answered_at)

    @property
    def gave_up_after(self) -> timedelta | None:
        """How long the caller stayed who hung up before anyone answered; None when that is not what happened."""
        if self.answered_at is not None or self.ended_at is None or self.is_rerouted:
            return None
        return max(NO_TIME, self.ended_at - self.presented_at)


def call_fact(call: Call, form: CallForm | None, agency: str) -> CallFact | None:
    """The fact of a call with its form, in an agency (an id or empty); None while its presentation is unknown, and for
    a call on the contractors' line or a test, which no figure counts (R60)."""
    if call.presented_at is None or call.service is None or not call.is_counted:
        return None
    return CallFact(
        ref=call.call_id,
        service=call.service,
        presented_at=call.presented_at,
        queued_at=call.queued_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        outcome=form.outcome if form else "",
        motif=form.motif if form else "",
        agency=agency,
        is_rerouted=call.was_rerouted,
    )


def anonymous(fact: CallFact) -> CallFact:
    """What stays after the purge: a digest that matches a call id of a frozen report but does not give it away."""
    return replace(fact, ref=sha256(fact.ref.encode()).hexdigest()[:20])
