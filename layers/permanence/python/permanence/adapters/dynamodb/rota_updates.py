"""Updates of the rota that are watched: the due index brings back those that should be in force by now."""

from datetime import datetime

from permanence.adapters.dynamodb.items import Item, Table, due_pk, record_of, to_attributes
from permanence.adapters.dynamodb.queries import query_page
from permanence.application.dispatch.ports import RotaUpdate
from permanence.application.dispatch.rota_updates import ROTA
from permanence.application.reference.ports import MOST_AT_ONCE
from permanence.domain.reference.documents import Version, VersionState

LATE = "LATE#"
_WAITING = (VersionState.DRAFT, VersionState.PROPOSED)


class DynamoRotaUpdates:
    """The `RotaUpdates` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def watch(self, update: RotaUpdate, due: datetime) -> None:
        key = self._key(update.import_id, update.version)
        pk, sk = key["pk"], key["sk"]
        item = {
            **key,
            "due_pk": due_pk(pk),
            "due_sk": int(due.timestamp()),
            **self._table.erasure(pk, sk, update.received_at),
        }
        self._table.client.put_item(TableName=self._table.name, Item=to_attributes(item))

    def waits(self, version: int) -> bool:
        condition, values = "pk = :pk", {":pk": f"{self._table.landlord}#DOC#{ROTA}"}
        options = {"ScanIndexForward": False, "ConsistentRead": True, "Limit": MOST_AT_ONCE}
        items, _ = query_page(self._table, condition, values, None, **options, ProjectionExpression="body, changes")
        newest = [record_of(Version, item) for item in items]
        return any(one.number >= version and one.state in _WAITING for one in newest)

    def forget(self, import_id: str, version: int) -> None:
        self._table.client.delete_item(TableName=self._table.name, Key=to_attributes(self._key(import_id, version)))

    def _key(self, import_id: str, version: int) -> Item:
        return {"pk": f"{self._table.landlord}#MAIL", "sk": f"{LATE}{import_id}#{version}"}


def update_of(sk: str) -> tuple[str, int]:
    """The import and the version that a sort key names."""
    import_id, _, version = sk.removeprefix(LATE).rpartition("#")
    return import_id, int(version)
