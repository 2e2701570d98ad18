"""The queue of the files to read."""

from permanence.application.reception.ports import Queue, QueueMessage


class FilesToReadQueue:
    """The `FilesToRead` port on a queue. A message is `{"import": <id>, "reading": <number>}`."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def ask(self, import_id: str, reading: int) -> None:
        self._queue.send([QueueMessage({"import": import_id, "reading": reading})])
