"""The queues."""

from functools import cached_property

from permanence.adapters.aws import make_client
from permanence.adapters.sqs import SqsQueue
from permanence.adapters.timeouts import USUAL, Timeouts
from permanence.live.environment import Live


class LiveQueues(Live):
    """The queues a function may send to, at the addresses it was given; `queue_timeouts` is how long it can wait."""

    queue_timeouts: Timeouts = USUAL

    @cached_property
    def outbox(self) -> SqsQueue:
        return self._queue("OUTBOX_QUEUE_URL")

    @cached_property
    def deadlines(self) -> SqsQueue:
        return self._queue("DEADLINES_QUEUE_URL")

    @cached_property
    def late_events(self) -> SqsQueue:
        return self._queue("LATE_EVENTS_QUEUE_URL")

    @cached_property
    def imports(self) -> SqsQueue:
        """Where the import of a recording is asked for."""
        return self._queue("RECORDINGS_QUEUE_URL")

    def _queue(self, variable: str) -> SqsQueue:
        return SqsQueue(make_client("sqs", self._environ, self.queue_timeouts), self._environ[variable])
