"""Nothing nominative is older than six calendar months, anywhere (R70)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PurgeStamp:
    """The Paris-local day an item must be erased on."""

    erase_on: date
