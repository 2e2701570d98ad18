"""The patrimoine and the rota in force."""

from functools import cached_property

from permanence.adapters.dynamodb.reference import DynamoReferenceData
from permanence.live.files import LiveFiles
from permanence.live.table import LiveTable


class LiveReference(LiveTable, LiveFiles):
    """REFERENCE_BUCKET holds the bodies of the versions."""

    @cached_property
    def reference(self) -> DynamoReferenceData:
        return DynamoReferenceData(self._table, self._bucket("REFERENCE_BUCKET"))
