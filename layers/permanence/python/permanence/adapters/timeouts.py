"""How long a client waits for an answer of AWS."""

from permanence.domain.frozen import dataclass


@dataclass(frozen=True)
class Timeouts:
    """Seconds; `attempts` counts the first one."""

    connect_s: float = 2
    read_s: float = 5
    attempts: int = 3


USUAL = Timeouts()
CALLER_IS_WAITING = Timeouts(connect_s=0.5, read_s=1, attempts=2)
