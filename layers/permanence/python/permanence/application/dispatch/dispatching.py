"""What every decision of a dispatch is written with (R40-R46)."""

import secrets
from collections.abc import Callable

from permanence.application.dispatch.mission_links import new_token
from permanence.domain.contract import Contract
from permanence.domain.frozen import dataclass


def new_reference() -> str:
    """What a contractor quotes on the phone: random, so that it tells nothing of how many there are."""
    return f"{secrets.randbelow(900) + 100}-{secrets.randbelow(1000):03}"


@dataclass(frozen=True)
class Dispatching:
    """What every decision is written with. `link_base` is the address that a link's token is appended to."""

    contract: Contract
    link_base: str
    new_token: Callable[[], str] = new_token
    new_reference: Callable[[], str] = new_reference
