"""Whom mails go to, which numbers ring, how long things may take: what is edited while the system runs (R5, R42)."""

from collections.abc import Mapping
from dataclasses import field

from permanence.domain.frozen import dataclass
from permanence.domain.reference.calendar import OverflowDelay
from permanence.domain.reference.recording import Campaign

EVERY_AGENCY = ""
"""The key of the list that is used when no agency is concerned, or when the one concerned has none (Art. 4-2)."""

DEFAULT_RANK = "default"
"""The key of the delay of the ranks that have none of their own (R42)."""


@dataclass(frozen=True)
class Listes:
    """Numbers in E.164. `mailing` is by agency id, or `EVERY_AGENCY`; `answer_within_s` by rank of the chain, or
    `DEFAULT_RANK` (R42); `alarm_after_wait_s` is how long a caller waits before the desk is alarmed (R17); files are
    accepted by mail from `senders`."""

    mailing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fallback: tuple[str, ...] = ()
    overflow_delays: tuple[OverflowDelay, ...] = ()
    answer_within_s: Mapping[str, int] = field(default_factory=dict)
    alarm_after_wait_s: int = 80
    campaigns: tuple[Campaign, ...] = ()
    senders: tuple[str, ...] = ()
