"""Outbound messages: each is written in the transaction that decides it, and sent from there (the outbox)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class NoticeKind(StrEnum):
    SMS = "sms"
    VOICE = "voice"
    MAIL = "mail"


class NoticeStatus(StrEnum):
    """Where a notice stands; `rank` only grows (callbacks come in any order)."""

    PENDING = "pending"
    CLAIMED = "claimed"  # a worker holds the lease
    SENT = "sent"  # the provider took it
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one person.

    `owner` is the id of the malfunction, or ``job:<name>:<period>`` for the mails of a scheduled job. `key` is unique
    within the owner and names the purpose: ``s0-sms``, ``s0-voice``, ``tenant-accepted-1``. SMS: `text` is complete.
    Voice: `step` leads the callback to its mission. Mail: `body_key` is the object that holds the rendered message.
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

    @property
    def ref(self) -> str:
        """What callback URLs carry: owner and key, no personal data."""
        return f"{self.owner}.{self.key}"
