"""Pages behind a session."""

from functools import cached_property
from pathlib import Path

from permanence.adapters.dynamodb.sessions import DynamoSessions
from permanence.live.table import LiveTable
from permanence.web.frame import Frame


class LivePages(LiveTable):
    """`templates` is the folder of the function's own."""

    templates: Path

    @cached_property
    def frame(self) -> Frame:
        return Frame(self.templates)

    @cached_property
    def sessions(self) -> DynamoSessions:
        return DynamoSessions(self._table)
