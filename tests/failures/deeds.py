"""One deed, done again and again: each time another of its calls meets another fate, and the backstops finish it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from permanence.domain.contract import Contract
from tests.failures.faults import Fate, Fault
from tests.failures.house import House, new_house


def _nothing(_house: House) -> None:
    return None


@dataclass(frozen=True)
class Deed:
    """`before` sets the scene, `act` is watched, `after` is what people and backstops do once it has failed or not."""

    act: Callable[[House], Any]
    before: Callable[[House], Any] = _nothing
    after: Callable[[House], Any] = _nothing
    at_once: Callable[[House], Any] = _nothing
    """Looked at right after the fault: what must hold at every moment."""
    survives: tuple[type[Exception], ...] = ()
    """What the one who acts is told instead: an error page, a failed job."""

    fates: tuple[Fate, ...] = tuple(Fate)
    """Fewer for a long night of many calls: one fate before the effect and one after it."""

    def calls(self, contract: Contract) -> list[str]:
        """The calls that leave the process when nothing goes wrong."""
        with new_house(contract) as house:
            self.before(house)
            with house.watching() as calls:
                self.act(house)
            return list(calls)


def suffers_every_fault(contract: Contract, deed: Deed, check: Callable[[House], Any]) -> list[str]:
    """`check` looks at the house after the deed without a fault, then after each fault at each of its calls. Returns
    the calls, so that a test can say which they are."""
    calls = deed.calls(contract)
    for fault in (None, *(Fault(nth, fate) for nth in range(len(calls)) for fate in deed.fates)):
        with new_house(contract) as house:
            try:
                deed.before(house)
                with house.watching(fault):
                    _attempt(deed, house)
                deed.at_once(house)
                deed.after(house)
                check(house)
            except BaseException as failure:
                failure.add_note(f"{fault.fate}: call {fault.nth} of {calls}" if fault else "without any fault")
                raise
    return calls


def _attempt(deed: Deed, house: House) -> None:
    try:
        deed.act(house)
    except deed.survives:
        return
