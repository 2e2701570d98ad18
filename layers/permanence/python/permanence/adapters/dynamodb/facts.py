"""What stays of a call when its names are gone (R71)."""

from botocore.exceptions import ClientError

from permanence.adapters.dynamodb.conditions import is_unmet
from permanence.adapters.dynamodb.items import Table, body_of, to_attributes
from permanence.domain.facts import CallFact
from permanence.domain.instants import paris_day, paris_month


class DynamoFacts:
    """The `Facts` port on the table; these items carry no stamp."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def settle(self, fact: CallFact) -> None:
        item = {
            "pk": f"{self._table.landlord}#FACT#{paris_month(fact.presented_at)}",
            "sk": f"{paris_day(fact.presented_at):%d}#{fact.ref}",
            **body_of(fact),
        }
        try:
            self._table.client.put_item(
                TableName=self._table.name, Item=to_attributes(item), ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as error:
            if not is_unmet(error):
                raise
