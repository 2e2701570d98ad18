"""Files that are sent, where they are kept and where their reading is asked for."""

from functools import cached_property

from permanence.adapters.dynamodb.imports import DynamoImports
from permanence.adapters.import_files import KeptImportFiles
from permanence.adapters.import_queue import FilesToReadQueue
from permanence.live.files import LiveFiles
from permanence.live.queues import LiveQueues
from permanence.live.table import LiveTable


class LiveImports(LiveTable, LiveFiles, LiveQueues):
    """FILES_TO_READ_QUEUE_URL for who asks."""

    @cached_property
    def files_received(self) -> DynamoImports:
        return DynamoImports(self._table)

    @cached_property
    def import_files(self) -> KeptImportFiles:
        return KeptImportFiles(self.sent_files)

    def letters(self, key: str) -> bytes:
        """A mail as it came."""
        return self._bucket("IMPORTS_BUCKET").get(key)

    @cached_property
    def files_to_read(self) -> FilesToReadQueue:
        return FilesToReadQueue(self._queue("FILES_TO_READ_QUEUE_URL"))
