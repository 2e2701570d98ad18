"""What callers hear and what agents say first, as it is edited while the system runs (R11, R12, R87)."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from permanence.domain.frozen import dataclass
from permanence.domain.reference.calendar import Service


@dataclass(frozen=True)
class CallerMessages:
    """What a caller hears (R11)."""

    welcome: str = ""
    waiting: str = ""
    closing: str = ""


@dataclass(frozen=True)
class ServiceMessages(CallerMessages):
    """What a caller hears and what the agent says first, for one service (R11, R12); with whom of Habitat 70 that
    formula was agreed, and when (R87): empty and None while it is not."""

    greeting: str = ""  # {agent} is the agent's first name, {salutation} bonjour or bonsoir
    agreed_with: str = ""
    agreed_on: date | None = None


@dataclass(frozen=True)
class Messages:
    """`recording_notice` is heard before any recording starts (R14)."""

    by_service: Mapping[Service, ServiceMessages] = field(default_factory=dict)
    desk_line: CallerMessages = CallerMessages()
    recording_notice: str = ""
