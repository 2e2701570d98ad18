"""Text messages to phones."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from local.operator.calls import StatusCallback
from local.operator.sids import new_sid

_GSM7 = re.compile(
    r"[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\\[~\]|€]*", re.DOTALL
)
_GSM7_EXTENDED = frozenset("^{}\\[~]|€")


@dataclass(slots=True)
class Message:
    """`status` is queued, sent, delivered, undelivered or failed."""

    to: str
    from_: str
    body: str
    created_at: datetime
    status_callback: StatusCallback | None
    sid: str = field(default_factory=lambda: new_sid("SM"))
    status: str = "queued"
    sent_at: datetime | None = None
    error_code: int | None = None


def segments(body: str) -> tuple[str, int]:
    """The alphabet (``GSM-7`` or ``UCS-2``) and how many messages the text is cut into."""
    if _GSM7.fullmatch(body):
        length = sum(2 if character in _GSM7_EXTENDED else 1 for character in body)
        return "GSM-7", 1 if length <= 160 else -(-length // 153)
    length = len(body.encode("utf-16-be")) // 2
    return "UCS-2", 1 if length <= 70 else -(-length // 67)


class Messages:
    """In order of arrival."""

    def __init__(self) -> None:
        self.all: dict[str, Message] = {}

    def add(self, message: Message) -> None:
        self.all[message.sid] = message
