"""When calls are recorded: always, never, or during a campaign (R14)."""

from datetime import date

from permanence.domain.frozen import dataclass


@dataclass(frozen=True)
class RecordingTerms:
    """R14: `mode` is all, campaign or off; a campaign records on the days [starts_on, ends_before)."""

    mode: str
    notice: str
    campaigns: tuple[tuple[date, date], ...]
