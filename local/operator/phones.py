"""The telephones of the people: what they do when they ring, and what arrived on them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from local.operator.calls import Call, CallStatus


class Answering(StrEnum):
    """What a phone does when it rings."""

    MANUAL = "manual"  # rings until somebody answers it here
    ANSWER = "answer"  # a human answers
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"  # a machine answers and presses nothing
    UNREACHABLE = "unreachable"  # the network says that the call failed


class SmsReception(StrEnum):
    """What becomes of an SMS to a phone."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    NO_RECEIPT = "no_receipt"  # sent, and nothing more is ever told
    OPTED_OUT = "opted_out"  # refused at once (21610)
    NOT_A_MOBILE = "not_a_mobile"  # refused at once (21614), as a landline is


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`after_s` is the time before the answer (for NO_ANSWER and BUSY: before the network gives up), `keys` are pressed
    one entry per menu, `hang_up_after_s` counts from the answer; None stays on the line."""

    answering: Answering = Answering.MANUAL
    after_s: float = 1.0
    keys: tuple[str, ...] = ()
    hang_up_after_s: float | None = None
    sms: SmsReception = SmsReception.DELIVERED
    sms_error: int = 30003


@dataclass(slots=True)
class Phone:
    """`number` is None for a caller who withholds it; `id` is the number, or ``masque-1``."""

    id: str
    number: str | None
    name: str = ""
    behaviour: Behaviour = field(default_factory=Behaviour)
    calls: list[Call] = field(default_factory=list)

    def ringing(self) -> Call | None:
        return self._latest(CallStatus.RINGING, incoming=True)

    def talking(self) -> Call | None:
        return self._latest(CallStatus.IN_PROGRESS) or self._latest(CallStatus.RINGING)

    def _latest(self, status: CallStatus, incoming: bool = False) -> Call | None:
        found = [c for c in self.calls if c.status is status and not (incoming and c.inbound)]
        return found[-1] if found else None


class Phones:
    """A phone exists from the moment somebody speaks of it; `directory` names it before, and is no phone yet."""

    def __init__(self) -> None:
        self.all: dict[str, Phone] = {}
        self.directory: dict[str, str] = {}
        self._withheld = 0

    def of(self, number: str) -> Phone:
        return self.all.setdefault(number, Phone(number, number, self.directory.get(number, "")))

    def name_all(self, names: Mapping[str, str]) -> None:
        """By number in E.164."""
        self.directory |= names
        for number, name in names.items():
            if number in self.all:
                self.all[number].name = name

    def withheld(self) -> Phone:
        """A new phone that hides its number."""
        self._withheld += 1
        phone = Phone(id=f"masque-{self._withheld}", number=None)
        self.all[phone.id] = phone
        return phone

    def forget_call(self, call: Call) -> None:
        """It is no longer seen on the phone."""
        phone = self.all[call.phone]
        phone.calls = [known for known in phone.calls if known is not call]
        self.forget_unless_spoken_of(phone.id)

    def forget_unless_spoken_of(self, phone_id: str) -> None:
        """A phone that has no calls, no name and nothing to do is a mere number."""
        phone = self.all.get(phone_id)
        if phone is not None and not (phone.calls or phone.name or phone.behaviour != Behaviour()):
            del self.all[phone_id]
