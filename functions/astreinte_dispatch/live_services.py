"""What waking a dispatch needs, from the function's environment."""

from typing import Protocol

from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.ports import DueItems, Malfunctions, RotaUpdates
from permanence.application.reception.ports import Calls, Queue
from permanence.live.calls import LiveCalls
from permanence.live.dispatches import LiveDispatches
from permanence.live.due_items import LiveDueItems
from permanence.live.queues import LiveQueues
from permanence.live.rota_updates import LiveRotaUpdates


class Services(Protocol):
    """What `wake` works with."""

    @property
    def malfunctions(self) -> Malfunctions: ...

    @property
    def calls(self) -> Calls: ...

    @property
    def due_items(self) -> DueItems: ...

    @property
    def rota_updates(self) -> RotaUpdates: ...

    @property
    def outbox(self) -> Queue: ...

    @property
    def deadlines(self) -> Queue: ...

    @property
    def dispatching(self) -> Dispatching: ...


class LiveServices(LiveCalls, LiveDispatches, LiveDueItems, LiveQueues, LiveRotaUpdates):
    """`Services` on AWS."""
