"""The landlord's table."""

from functools import cached_property

from permanence.adapters.aws import make_client
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.timeouts import USUAL, Timeouts
from permanence.live.contract import LiveContract


class LiveTable(LiveContract):
    """TABLE_NAME; `table_timeouts` is how long its function can wait for it."""

    table_timeouts: Timeouts = USUAL

    @cached_property
    def _table(self) -> Table:
        client = make_client("dynamodb", self._environ, self.table_timeouts)
        return Table(client, self._environ["TABLE_NAME"], self.contract.landlord_id, self.contract.retention)
