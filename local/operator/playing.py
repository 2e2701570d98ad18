"""What whoever dials or is called needs of the script that plays a leg's documents."""

from collections.abc import Callable, Mapping
from typing import Protocol, Self

from local.operator.calls import Call, Instruction
from local.operator.exchange import Exchange
from local.operator.twiml import Verb


class Playing(Protocol):
    """One leg and its documents; `Script` plays them, and dials by what knows it as this only."""

    exchange: Exchange
    call: Call

    async def run(self, first: Instruction) -> None:
        """Until the documents end. Raises HungUp, Rejected or DocumentFailed."""

    async def loop(
        self, step: Instruction, allowed: frozenset[str], told: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        """Play a document for ever."""

    def beside(self, leg: Call) -> Self:
        """The same for another leg of the same exchange."""

    def instruction(self, verb: Verb, attribute: str = "action", method: str = "method", **told: str) -> Instruction:
        """Where an attribute of a verb leads."""
