"""What the provider tells of a message that was sent: never an acceptance (R41), often the next fact of a dispatch."""

from datetime import datetime, timedelta

from permanence.application.dispatch.acting import act_on_dispatch
from permanence.application.dispatch.deciding import note
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.ports import Malfunctions, Notices
from permanence.domain.dispatch.actions import Log
from permanence.domain.dispatch.dispatch import ChannelStatus
from permanence.domain.dispatch.events import Receipt
from permanence.domain.dispatch.notices import NoticeRef, NoticeStatus, after_receipt
from permanence.domain.frozen import dataclass
from permanence.domain.main_courante.log import EntryKind

_WORTH_A_LINE = (ChannelStatus.DELIVERED, ChannelStatus.FAILED)

ASK_AFTER = timedelta(seconds=30)
"""How long the provider may keep silent about a call for help before it is asked: callbacks get lost, and the next in
line should not wait for the cap of the step."""


@dataclass(frozen=True)
class MessageReceipt:
    """How far a message got; `code` is the provider's error code or empty."""

    provider_id: str
    status: ChannelStatus
    code: str = ""


def receive(
    malfunctions: Malfunctions,
    notices: Notices,
    ref: NoticeRef,
    receipt: MessageReceipt,
    now: datetime,
    *,
    dispatching: Dispatching,
) -> None:
    """Note a receipt, and move the dispatch on when the message called a responder: 2 requests, 3 when it does.

    Receipts come in any order and more than once. Raises PastRetention and VersionConflict as `act_on_dispatch`.
    """
    # The dispatch first: the provider tells only once, so whoever dies in between leaves a notice whose end is still
    # awaited, and the provider is asked. A line about other news could be told twice, so it comes second.
    if ref.call_of is not None:
        tell_malfunction(malfunctions, ref, receipt, now, dispatching=dispatching)
    is_news = notices.receipt(
        ref.owner,
        ref.key,
        receipt.provider_id,
        receipt.status.value,
        receipt.code,
        now,
        ask_at(ref, now, receipt.status),
    )
    if is_news and ref.call_of is None:
        tell_malfunction(malfunctions, ref, receipt, now, dispatching=dispatching)


def ask_at(ref: NoticeRef, now: datetime, status: ChannelStatus = ChannelStatus.SENT) -> datetime | None:
    """When to ask the provider about a notice that got so far; None when that is its end, or when nobody waits for it:
    only a call for help is waited for."""
    is_over = after_receipt(status.value) is not NoticeStatus.SENT
    return None if is_over or ref.call_of is None else now + ASK_AFTER


def tell_malfunction(
    malfunctions: Malfunctions, ref: NoticeRef, receipt: MessageReceipt, now: datetime, *, dispatching: Dispatching
) -> None:
    """How far a message got, to the malfunction it belongs to: 2 requests, none for the mail of a job.

    Raises PastRetention and VersionConflict as `act_on_dispatch`.
    """
    if ref.owner.startswith("job:"):
        return
    if ref.call_of is not None:
        step, channel = ref.call_of
        event = Receipt(step, channel, receipt.status, receipt.code)
        act_on_dispatch(malfunctions, ref.owner, event, now, dispatching)
    elif receipt.status in _WORTH_A_LINE:
        told = {"key": ref.key, "status": receipt.status.value, "code": receipt.code}
        note(malfunctions, ref.owner, Log(EntryKind.NOTICE_DELIVERED, told), now)
