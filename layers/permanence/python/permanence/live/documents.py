"""Living documents, for who decides of them."""

from functools import cached_property

from permanence.adapters.dynamodb.documents import DynamoDocuments
from permanence.live.files import LiveFiles
from permanence.live.table import LiveTable


class LiveDocuments(LiveTable, LiveFiles):
    """REFERENCE_BUCKET holds the large bodies."""

    @cached_property
    def documents(self) -> DynamoDocuments:
        return DynamoDocuments(self._table, self._bucket("REFERENCE_BUCKET"))
