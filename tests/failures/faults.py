"""A fault at one call that leaves the process: the Nth, before it has any effect or after it has had all of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from permanence.application.reception.ports import ProviderUnavailable


class WorkerDied(BaseException):
    """The process is gone. No exception that code of ours may catch: nobody catches a power cut."""


class Fate(StrEnum):
    """What becomes of one call."""

    DIED_BEFORE = "the worker died before the call"
    DIED_AFTER = "the worker died after the call had its effect, before it knew"
    REFUSED = "nobody took the call"
    ANSWER_LOST = "the call had its effect, its answer was lost"

    @property
    def takes_effect(self) -> bool:
        return self in (Fate.DIED_AFTER, Fate.ANSWER_LOST)


@dataclass(frozen=True)
class Fault:
    """The call counted `nth`, from 0, meets its fate."""

    nth: int
    fate: Fate


@dataclass
class Faults:
    """Counts the calls that leave the process while it watches, and lets one of them fail.

    `calls` names them in order. AWS clients are watched by the hooks of botocore, around the client's own retries, as
    if these had failed too.
    """

    calls: list[str] = field(default_factory=list)
    refusing: dict[str, str] = field(default_factory=dict)
    """The code that a service of AWS refuses everything with, by its name, after the client's own retries."""

    _planned: Fault | None = None
    _watching: bool = False

    @contextmanager
    def watch(self, planned: Fault | None = None) -> Iterator[list[str]]:
        """Count the calls of the block; with `planned`, one of them fails. A death ends the block and no more."""
        self.calls, self._planned, self._watching = [], planned, True
        try:
            yield self.calls
        except WorkerDied:
            pass
        finally:
            self._planned, self._watching = None, False

    @contextmanager
    def refused_by(self, service: str, code: str) -> Iterator[None]:
        """A service of AWS takes nothing during the block."""
        self.refusing[service] = code
        try:
            yield
        finally:
            del self.refusing[service]

    def watch_client(self, client: Any) -> None:
        service = client.meta.service_model.service_name

        def before(model: Any, **_: Any) -> None:
            self._refuse(service, model.name)
            self._before(model.name, _aws_fault)

        client.meta.events.register("before-call.*.*", before)
        client.meta.events.register("after-call.*.*", lambda **_: self._after(_aws_fault))

    def through(self, target: Any) -> Any:
        """The same object, each of its methods watched."""
        return _Watched(target, self)

    def around(self, name: str, work: Callable[[], Any], *, aws: bool = False) -> Any:
        fault = _aws_fault if aws else _provider_fault
        if aws:
            self._refuse("sqs", name)
        self._before(name, fault)
        result = work()
        self._after(fault)
        return result

    def _refuse(self, service: str, operation: str) -> None:
        if service in self.refusing:
            raise aws_refusal(self.refusing[service], operation)

    def _before(self, name: str, fault: Callable[[Fate], BaseException]) -> None:
        if self._watching:
            self.calls.append(name)
            self._meet(fault, takes_effect=False)

    def _after(self, fault: Callable[[Fate], BaseException]) -> None:
        if self._watching:
            self._meet(fault, takes_effect=True)

    def _meet(self, fault: Callable[[Fate], BaseException], *, takes_effect: bool) -> None:
        planned = self._planned
        if planned and planned.nth == len(self.calls) - 1 and planned.fate.takes_effect is takes_effect:
            raise fault(planned.fate)


class _Watched:
    def __init__(self, target: Any, faults: Faults) -> None:
        self._target = target
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._target, name)
        if not callable(member):
            return member
        return lambda *args, **kwargs: self._faults.around(name, lambda: member(*args, **kwargs))


def aws_refusal(code: str, operation: str) -> ClientError:
    """As AWS words it: a transaction names the reason of each of its items."""
    told: dict[str, Any] = {"Error": {"Code": code, "Message": "refused"}}
    if operation == "TransactWriteItems" and code in _OF_AN_ITEM:
        told = {
            "Error": {"Code": "TransactionCanceledException", "Message": "Transaction cancelled"},
            "CancellationReasons": [{"Code": "None"}, {"Code": _OF_AN_ITEM[code]}],
        }
    return ClientError({**told, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation)  # type: ignore[typeddict-item]


_OF_AN_ITEM = {
    "ProvisionedThroughputExceededException": "ProvisionedThroughputExceeded",
    "ThrottlingException": "ThrottlingError",
    "TransactionConflictException": "TransactionConflict",
}


def _aws_fault(fate: Fate) -> BaseException:
    if fate is Fate.REFUSED:
        return EndpointConnectionError(endpoint_url="https://aws.example")
    return ReadTimeoutError(endpoint_url="https://aws.example") if fate is Fate.ANSWER_LOST else WorkerDied(fate)


def _provider_fault(fate: Fate) -> BaseException:
    return ProviderUnavailable(fate) if fate in (Fate.REFUSED, Fate.ANSWER_LOST) else WorkerDied(fate)
