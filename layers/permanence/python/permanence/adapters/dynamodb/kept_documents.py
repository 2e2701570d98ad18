"""Living documents, and what of them must not be kept (R70)."""

from collections.abc import Collection, Sequence
from typing import Any

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.conditions import is_unmet
from permanence.adapters.dynamodb.documents import DynamoDocuments, bodies_of, body_key
from permanence.adapters.dynamodb.items import record_of, to_attributes
from permanence.adapters.dynamodb.queries import query
from permanence.application.reception.ports import ObjectKept
from permanence.application.reference.ports import DecidedMeanwhile, Document
from permanence.domain.reference.documents import Kind, Version


class DynamoKeptDocuments(DynamoDocuments):
    """The `KeptDocuments` port on the table and the bucket."""

    def every(self, kind: Kind[Any]) -> Sequence[Version]:
        options = {"ConsistentRead": True, "ProjectionExpression": "body, changes"}
        items = query(self._table, "pk = :pk", {":pk": self._pk(kind.name)}, **options)
        return [record_of(Version, item) for item in items]

    def rewrite(self, kind: Kind[Any], document: Document) -> None:
        version = document.version
        self._while_as_read(
            version,
            lambda: self._table.client.put_item(
                TableName=self._table.name,
                Item=to_attributes(self._item(version, document.body)),
                ConditionExpression="changes = :before",
                ExpressionAttributeValues=to_attributes({":before": version.changes - 1}),
            ),
        )

    def forget(self, kind: Kind[Any], version: Version) -> None:
        self._while_as_read(
            version,
            lambda: self._table.client.delete_item(
                TableName=self._table.name,
                Key=to_attributes(self._key(version.kind, version.number)),
                ConditionExpression="attribute_not_exists(pk) OR changes = :known",
                ExpressionAttributeValues=to_attributes({":known": version.changes}),
            ),
        )

    def sweep(self, kind: Kind[Any], kept: Collection[Version]) -> None:
        newest = max(version.number for version in kept)
        named = {body_key(version) for version in kept}
        gone = {key for key in self._bodies.keys_below(bodies_of(kind.name)) - named if _number_of(key) <= newest}
        if gone and self._bodies.delete_all_versions_of(gone):
            raise ObjectKept("a body of a version could not be deleted")

    def _while_as_read(self, version: Version, write: Any) -> None:
        try:
            write()
        except ClientError as error:
            if not is_unmet(error):
                raise
            raise DecidedMeanwhile(f"{version.kind} {version.number}") from error


def _number_of(key: str) -> int:
    return int(key.rpartition("/")[2].partition("-")[0])
