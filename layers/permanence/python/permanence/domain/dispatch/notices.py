"""Outbound messages: each is written in the transaction that decides it, and sent from there (the outbox)."""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from permanence.domain.dispatch.dispatch import Channel, ChannelStatus
from permanence.domain.frozen import dataclass

_OF_A_STEP = re.compile(r"s(?P<step>[0-9]{1,3})-(?P<channel>sms|voice)")


class NoticeKind(StrEnum):
    SMS = "sms"
    VOICE = "voice"
    MAIL = "mail"


class NoticeStatus(StrEnum):
    """Where a notice stands; `rank` only grows (callbacks come in any order)."""

    PENDING = "pending"
    CLAIMED = "claimed"  # a worker holds the lease
    SENT = "sent"  # the provider took it
    FAILED = "failed"
    DELIVERED = "delivered"

    @property
    def rank(self) -> int:
        """A status gives way to a higher rank only; what was delivered did not fail, whatever is told afterwards."""
        return _RANKS[self]


_RANKS = {status: rank for rank, status in enumerate(NoticeStatus)}

_AFTER_RECEIPT = {
    ChannelStatus.SENT: NoticeStatus.SENT,
    ChannelStatus.RINGING: NoticeStatus.SENT,
    ChannelStatus.DELIVERED: NoticeStatus.DELIVERED,
    ChannelStatus.VOICEMAIL: NoticeStatus.DELIVERED,
    ChannelStatus.NO_ANSWER: NoticeStatus.FAILED,
    ChannelStatus.FAILED: NoticeStatus.FAILED,
}


OUT_OF_DATE = "out of date"
"""The error of a notice that no provider could be given while it was worth sending."""


def after_receipt(status: str) -> NoticeStatus:
    """Where a notice stands after a receipt with this `ChannelStatus` value: any receipt proves that the provider took
    it. Raises ValueError or KeyError on a status that no provider tells."""
    return _AFTER_RECEIPT[ChannelStatus(status)]


@dataclass(frozen=True)
class Notice:
    """One message to one person.

    `owner` is the id of the malfunction, or ``job:<name>:<period>`` for the mails of a scheduled job. `key` is unique
    within the owner and names the purpose: ``s0-sms``, ``s0-voice``, ``tenant-accepted-1``. SMS: `text` is complete.
    Voice: `step` leads the callback to its mission. Mail: `body_key` is the object that holds the rendered message.
    `extra` may hold ``oldest``, the instant of the oldest fact that a mail tells: what it tells must be erased with it
    (R70); and ``objects``, keys in the reports bucket that go with the notice, separated by spaces. `ask_at` (UTC) is
    when the provider is asked about a notice that it took and told no end of; None when nobody waits for its word.
    `settled_at` (UTC) is when its status became what it is, for what was given to a provider.
    """

    owner: str
    key: str
    kind: NoticeKind
    to: str  # E.164, or a mail address
    created_at: datetime
    text: str = ""
    step: int | None = None
    body_key: str | None = None
    status: NoticeStatus = NoticeStatus.PENDING
    attempts: int = 0
    lease_until: datetime | None = None
    provider_id: str | None = None
    error: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    ask_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def ref(self) -> str:
        """What callback URLs carry: owner and key, no personal data."""
        return f"{self.owner}.{self.key}"


@dataclass(frozen=True)
class NoticeRef:
    """Which message is spoken of: what `Notice.ref` says, taken apart."""

    owner: str
    key: str

    @property
    def call_of(self) -> tuple[int, Channel] | None:
        """The step and the channel, when the message calls a responder; None when it only tells something."""
        known = _OF_A_STEP.fullmatch(self.key)
        return (int(known["step"]), Channel(known["channel"])) if known else None


def parse_ref(ref: str) -> NoticeRef:
    """The inverse of `Notice.ref`; raises ValueError on anything else."""
    owner, dot, key = ref.rpartition(".")
    if not (owner and dot and key):
        raise ValueError("this names no message")
    return NoticeRef(owner, key)
