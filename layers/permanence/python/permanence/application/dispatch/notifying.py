"""Sending what the outbox holds (R41, R47, R48).

A notice is claimed with a lease, given to its provider, recorded. Providers have no idempotency key: a worker that
finds an earlier attempt asks the provider first, and what stays ambiguous is sent twice rather than never.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from permanence.application.dispatch.asking import ask_about_notice, is_waited_for
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.duty_supervisor import DutySupervisor
from permanence.application.dispatch.messages import SUPERVISOR_SMS, SUPERVISOR_VOICE, attempt_of
from permanence.application.dispatch.ports import Mailer, MailRefused, Malfunctions, Notices, OpenItems
from permanence.application.dispatch.receiving import MessageReceipt, ask_at, tell_malfunction
from permanence.application.reception.ports import ObjectStore, PastRetention, PhoneProvider, ProviderRefused
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.dispatch.dispatch import ChannelStatus
from permanence.domain.dispatch.notices import OUT_OF_DATE, Notice, NoticeKind, NoticeRef
from permanence.domain.frozen import dataclass

LEASE_S = 5
"""Longer than the provider's time-out, shorter than the function's, which with the function's start is shorter than the
queue's visibility: a worker that died has lost its lease when the message comes back."""

WORTH_SENDING = {
    NoticeKind.SMS: timedelta(hours=1),
    NoticeKind.VOICE: timedelta(hours=1),
    NoticeKind.MAIL: timedelta(days=1),
}
"""Past this age a message would mislead who receives it."""

CLOCK_SKEW = timedelta(seconds=2)
NO_LONGER_NEEDED = "no longer needed"


class Sending(StrEnum):
    """What became of a notice."""

    SENT = "sent"
    FOUND = "found"  # an earlier attempt had reached the provider
    REFUSED = "refused"  # definitely; the dispatch knows
    OUT_OF_DATE = "out_of_date"
    NOT_NEEDED = "not_needed"  # its step is not the one being called any more
    NOT_OURS = "not_ours"  # sent already, or another worker is at it
    ASKED = "asked"  # sent already; the provider kept silent about it and was asked


@dataclass(frozen=True)
class Providers:
    """Who carries messages. `phones` and `mailer` give up well before `LEASE_S`; `bodies` holds the rendered mails."""

    phones: Callable[[], PhoneProvider]
    mailer: Callable[[], Mailer]
    bodies: Callable[[], ObjectStore]
    urls: TelephonyUrls
    mail_sender: str


@dataclass(frozen=True)
class Sent:
    """What became of a notice, and whether an earlier attempt left it unclear if it had been sent; `kind` when it will
    not be sent any more; whether a telephony provider refused it for what we are, and not for whom it was to reach; why
    the contract's number was called in the place of the planning's, which could not be read."""

    result: Sending
    was_unclear: bool = False
    code: str = ""
    kind: NoticeKind | None = None
    is_refusal_of_us: bool = False
    planning_failure: Exception | None = None

    @property
    def is_lost_mail(self) -> bool:
        """Whether a mail will reach nobody, of a list that expects one."""
        return self.kind is NoticeKind.MAIL and self.result in (Sending.REFUSED, Sending.OUT_OF_DATE)


def send_notice(
    owner: str,
    key: str,
    now: datetime,
    *,
    notices: Notices,
    malfunctions: Malfunctions,
    open_items: OpenItems,
    providers: Providers,
    dispatching: Dispatching,
    duty_supervisor: DutySupervisor,
) -> Sent:
    """Send one notice once: 2 requests, 3 when it calls a responder, who may not be needed any more; plus what a
    refusal moves, and what the planning asks when it calls the duty supervisor. One that was sent, and of which the
    provider has told nothing since, is asked about.

    Raises ProviderUnavailable and MailUnavailable: the message goes back to its queue and is tried again.
    """
    notice = notices.claim(owner, key, now, LEASE_S)
    if notice is None:
        asked = ask_about_notice(
            NoticeRef(owner, key),
            now,
            notices=notices,
            malfunctions=malfunctions,
            phones=providers.phones,
            dispatching=dispatching,
        )
        return Sent(Sending.ASKED if asked else Sending.NOT_OURS)
    ref = NoticeRef(owner, key)
    looked_up = duty_supervisor.at(now) if key.startswith((SUPERVISOR_VOICE, SUPERVISOR_SMS)) else None
    if looked_up is not None:
        notice = replace(notice, to=looked_up.supervisor.rung_by(attempt_of(key)))
    if now - notice.created_at >= _worth_sending(notice, dispatching):
        _tell_failure(malfunctions, notice, OUT_OF_DATE, now, dispatching)
        notices.failed(notice, OUT_OF_DATE, now)
        return Sent(Sending.OUT_OF_DATE, kind=notice.kind)
    found = _earlier_attempts(notice, providers, open_items)
    if len(found) == 1:
        notices.sent(notice, found[0], now, ask_at(ref, now))
        return Sent(Sending.FOUND)
    if ref.call_of is not None and not is_waited_for(malfunctions.get(owner), ref):
        notices.failed(notice, NO_LONGER_NEEDED, now)
        return Sent(Sending.NOT_NEEDED)
    try:
        provider_id = _give(notice, providers)
    except (ProviderRefused, MailRefused) as refusal:
        code = refusal.code
        # The dispatch first: if this worker dies in between, the next one is refused again and finishes.
        _tell_failure(malfunctions, notice, code, now, dispatching)
        notices.failed(notice, code, now)
        is_ours = isinstance(refusal, ProviderRefused) and not refusal.is_of_the_number
        return Sent(Sending.REFUSED, code=code, kind=notice.kind, is_refusal_of_us=is_ours)
    notices.sent(notice, provider_id, now, ask_at(ref, now))
    failure = looked_up.failure if looked_up else None
    return Sent(Sending.SENT, was_unclear=notice.attempts > 1, planning_failure=failure)


def _worth_sending(notice: Notice, dispatching: Dispatching) -> timedelta:
    if NoticeRef(notice.owner, notice.key).call_of is not None:
        return timedelta(seconds=dispatching.contract.dispatch.cap_from_creation_s)
    return WORTH_SENDING[notice.kind]


def _earlier_attempts(notice: Notice, providers: Providers, open_items: OpenItems) -> list[str]:
    """What the provider holds of this notice, when an earlier worker may have sent it. Several calls to one number
    prove nothing, nor does one when another mission may have placed it: 1 request more to know."""
    if notice.attempts <= 1 or notice.kind is NoticeKind.MAIL:
        return []
    since = notice.created_at - CLOCK_SKEW
    if notice.kind is NoticeKind.SMS:
        return list(providers.phones().find_sms(notice.to, notice.text, since))[:1]
    found = list(providers.phones().find_calls(notice.to, since))
    return [] if len(found) != 1 or _is_rung_by_another(notice, open_items) else found


def _is_rung_by_another(notice: Notice, open_items: OpenItems) -> bool:
    others = [one for one in open_items.open_work().malfunctions if one.malfunction_id != notice.owner]
    dispatches = [other.dispatch for other in others if other.dispatch is not None]
    if NoticeRef(notice.owner, notice.key).call_of is None:
        return any(dispatch.supervisor_calls for dispatch in dispatches)
    steps = [step for dispatch in dispatches for step in dispatch.steps]
    return any(step.started_at is not None and step.responder.phone == notice.to for step in steps)


def _give(notice: Notice, providers: Providers) -> str:
    urls, born = providers.urls, notice.created_at
    match notice.kind:
        case NoticeKind.SMS:
            return providers.phones().send_sms(notice.to, notice.text, urls.notice_sms_status(notice.ref, born))
        case NoticeKind.VOICE:
            return providers.phones().place_call(
                notice.to,
                urls.notice_voice(notice.ref, born),
                urls.notice_voice_status(notice.ref, born),
                detect_machine=True,
            )
        case NoticeKind.MAIL:
            if notice.body_key is None:
                raise ValueError(f"{notice.ref} is a mail without a body")
            recipients = [address.strip() for address in notice.to.split(",")]
            return providers.mailer().send(providers.bodies().get(notice.body_key), providers.mail_sender, recipients)


def _tell_failure(
    malfunctions: Malfunctions, notice: Notice, code: str, now: datetime, dispatching: Dispatching
) -> None:
    receipt = MessageReceipt("", ChannelStatus.FAILED, code)
    try:
        tell_malfunction(malfunctions, NoticeRef(notice.owner, notice.key), receipt, now, dispatching=dispatching)
    except PastRetention:
        return
