"""Who has access, and who has read what (R74)."""

from functools import cached_property

from permanence.adapters.dynamodb.audit import DynamoAuditLog
from permanence.adapters.dynamodb.members import DynamoMembers
from permanence.live.table import LiveTable


class LiveRegisters(LiveTable):
    @cached_property
    def members(self) -> DynamoMembers:
        return DynamoMembers(self._table)

    @cached_property
    def audit(self) -> DynamoAuditLog:
        return DynamoAuditLog(self._table)
