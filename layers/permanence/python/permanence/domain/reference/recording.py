"""When calls are recorded: always, never, or during a campaign (R14)."""

from datetime import date

from permanence.domain.frozen import dataclass


@dataclass(frozen=True)
class Campaign:
    """Calls are recorded on the Paris-local days [starts_on, ends_before), for a reason."""

    starts_on: date
    ends_before: date
    reason: str


@dataclass(frozen=True)
class RecordingTerms:
    """R14: `mode` is all, campaign or off; a campaign records on its days."""

    mode: str
    notice: str
    campaigns: tuple[Campaign, ...]
