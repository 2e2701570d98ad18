"""What the provider has not told, it is asked: callbacks get lost, and somebody waits for what they would have told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.ports import Malfunctions, Notices
from permanence.application.dispatch.receiving import MessageReceipt, ask_at, tell_malfunction
from permanence.application.reception.ports import Calls, PastRetention, PhoneProvider, ProviderRefused, ProviderWord
from permanence.domain.calls.call import Call, CallEvent, CallEventKind
from permanence.domain.dispatch.dispatch import Channel, ChannelStatus, DispatchStatus
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.notices import NoticeRef

ASK_AGAIN_ABOUT_A_CALL = timedelta(minutes=30)


def ask_about_notice(
    ref: NoticeRef,
    now: datetime,
    *,
    notices: Notices,
    malfunctions: Malfunctions,
    phones: Callable[[], PhoneProvider],
    dispatching: Dispatching,
) -> bool:
    """How far a message got whose end the provider has not told, while its step is called: 1 request when there is
    nothing to ask, else 3 and what the answer moves.

    True when the provider was asked. Raises ProviderUnavailable: the sweep brings it again.
    """
    notice = notices.unheard(ref.owner, ref.key, now)
    if notice is None or notice.provider_id is None:
        return False
    if not is_waited_for(malfunctions.get(ref.owner), ref):
        notices.ask_again(notice, None)
        return False
    word = _ask(phones(), ref, notice.provider_id)
    status = word.status or ChannelStatus.SENT
    again = ask_at(ref, now, status)
    # The dispatch first: if this worker dies in between, the provider is asked again.
    receipt = MessageReceipt(notice.provider_id, status, word.code)
    try:
        tell_malfunction(malfunctions, ref, receipt, now, dispatching=dispatching)
    except PastRetention:
        again = None
    if again is None:
        notices.receipt(ref.owner, ref.key, notice.provider_id, status.value, word.code, now)
    else:
        notices.ask_again(notice, again)
    return True


class AskedCall(StrEnum):
    """What became of a call whose end nobody told."""

    CLOSED = "closed"
    GOES_ON = "goes_on"
    GONE = "gone"  # purged


def ask_about_call(call_id: str, now: datetime, *, calls: Calls, phones: Callable[[], PhoneProvider]) -> AskedCall:
    """Close a call that is over without our having heard of it: 2 requests (R10, R13).

    Raises ProviderUnavailable: the sweep brings it again.
    """
    record = calls.get(call_id)
    if record is None:
        return AskedCall.GONE
    ended_at = record.call.ended_at or _end_of(record.call, phones())
    if ended_at is None:
        calls.ask_again(call_id, now + ASK_AGAIN_ABOUT_A_CALL)
        return AskedCall.GOES_ON
    # Told again even when it is known: that puts right an index that a death has left behind.
    ended = CallEvent(call_id, "ended", CallEventKind.ENDED, ended_at)
    calls.record(ended, record.call.presented_at or now)
    return AskedCall.CLOSED


def _end_of(call: Call, phones: PhoneProvider) -> datetime | None:
    try:
        return phones.status_of_call(call.call_id).ended_at
    except ProviderRefused:
        # The provider has forgotten the call: it lasted at least to the last thing we know of it.
        return call.answered_at or call.queued_at or call.presented_at


def is_waited_for(malfunction: Malfunction | None, ref: NoticeRef) -> bool:
    """Whether the step that a message calls is the one being called now; never for a message that calls nobody."""
    dispatch = malfunction.dispatch if malfunction else None
    if dispatch is None or ref.call_of is None:
        return False
    return dispatch.status is DispatchStatus.CALLING and dispatch.current == ref.call_of[0]


def _ask(phones: PhoneProvider, ref: NoticeRef, provider_id: str) -> ProviderWord:
    by_sms = ref.call_of is not None and ref.call_of[1] is Channel.SMS
    try:
        return phones.status_of_sms(provider_id) if by_sms else phones.status_of_call(provider_id)
    except ProviderRefused as refusal:
        # It knows of no such message: nobody has been reached by it.
        return ProviderWord(ChannelStatus.FAILED, refusal.code)
