"""What stays of a call when its names are gone (R71)."""

from collections.abc import Sequence

from permanence.adapters.dynamodb.batches import get_in_parallel, put_in_parallel
from permanence.adapters.dynamodb.items import Item, Table, body_of
from permanence.domain.instants import paris_day, paris_month
from permanence.domain.service_level.facts import CallFact


class DynamoFacts:
    """The `Facts` port on the table; these items carry no stamp."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def settle(self, facts: Sequence[CallFact]) -> None:
        """No condition guards them, since none can guard a batch: two purges at once settle the same, and one that
        finds a record without the form that the other has just deleted finds the fact as well."""
        keys = {(key["pk"], key["sk"]): (key, fact) for fact in facts for key in [self._key(fact)]}
        found = get_in_parallel(self._table, [key for key, _ in keys.values()], ProjectionExpression="pk, sk")
        kept = {(item["pk"], item["sk"]) for item in found}
        put_in_parallel(self._table, [key | body_of(fact) for one, (key, fact) in keys.items() if one not in kept])

    def _key(self, fact: CallFact) -> Item:
        return {
            "pk": f"{self._table.landlord}#FACT#{paris_month(fact.presented_at)}",
            "sk": f"{paris_day(fact.presented_at):%d}#{fact.ref}",
        }
