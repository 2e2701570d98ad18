"""The numbers of the account, and where the application wants to hear of their calls."""

from dataclasses import dataclass, field
from datetime import datetime

from local.operator.settings import REGION
from local.operator.sids import new_sid


@dataclass(slots=True)
class IncomingNumber:
    """One of our numbers; an empty URL means none. `voice_region` is where its calls are processed: a number that was
    taken through the API of a region is processed there, until somebody changes it."""

    phone_number: str
    created_at: datetime
    sid: str = field(default_factory=lambda: new_sid("PN"))
    friendly_name: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    voice_application_sid: str = ""
    voice_region: str = REGION


class IncomingNumbers:
    def __init__(self) -> None:
        self.all: dict[str, IncomingNumber] = {}

    def add(self, number: IncomingNumber) -> None:
        self.all[number.sid] = number

    def find(self, phone_number: str) -> IncomingNumber | None:
        return next((n for n in self.all.values() if n.phone_number == phone_number), None)
