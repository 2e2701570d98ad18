"""The mails that brought files, and those that were kept apart."""

from functools import cached_property

from permanence.adapters.dynamodb.received_mails import DynamoReceivedMails
from permanence.live.table import LiveTable


class LiveReceivedMails(LiveTable):
    @cached_property
    def received_mails(self) -> DynamoReceivedMails:
        return DynamoReceivedMails(self._table)
