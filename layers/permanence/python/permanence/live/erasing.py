"""What the purge finds, counts and erases."""

from functools import cached_property

from permanence.adapters.dynamodb.facts import DynamoFacts
from permanence.adapters.dynamodb.kept_documents import DynamoKeptDocuments
from permanence.adapters.dynamodb.purge_index import DynamoPurgeIndex
from permanence.adapters.twilio.log import TwilioLog
from permanence.live.files import LiveFiles
from permanence.live.table import LiveTable
from permanence.live.telephone import LiveProvider


class LiveErasing(LiveTable, LiveFiles, LiveProvider):
    """REFERENCE_BUCKET holds the large bodies of documents."""

    @cached_property
    def kept_documents(self) -> DynamoKeptDocuments:
        return DynamoKeptDocuments(self._table, self._bucket("REFERENCE_BUCKET"))

    @cached_property
    def purge_index(self) -> DynamoPurgeIndex:
        return DynamoPurgeIndex(self._table)

    @cached_property
    def facts(self) -> DynamoFacts:
        return DynamoFacts(self._table)

    @cached_property
    def provider_log(self) -> TwilioLog:
        return TwilioLog(self._provider_url, self._secret.read, self.provider_request_s)
