"""Everything that is not finished, by one query of the sparse index that closing removes items from."""

from permanence.adapters.dynamodb.calls import call_of, form_of
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.malfunctions import malfunction_of
from permanence.adapters.dynamodb.queries import query
from permanence.application.dispatch.ports import OpenWork
from permanence.application.reference.under_way import under_way_of
from permanence.domain.reference.documents import UnderWay


class DynamoOpenItems:
    """The `OpenItems` and `OpenMalfunctions` ports on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def open_work(self) -> OpenWork:
        calls, forms, malfunctions = [], [], []
        for item in query(self._table, "open_pk = :pk", {":pk": self._table.open_pk}, IndexName="open"):
            match item["sk"]:
                case "CALL":
                    calls.append(call_of(item))
                case "FORM":
                    forms.append(form_of(item))
                case "META":
                    malfunctions.append(malfunction_of(item))
        return OpenWork(tuple(calls), tuple(forms), tuple(malfunctions))

    def under_way(self) -> tuple[UnderWay, ...]:
        """No call and no fiche is read."""
        condition, values = "open_pk = :pk AND begins_with(open_sk, :mc)", {":pk": self._table.open_pk, ":mc": "MC#"}
        found = (malfunction_of(item) for item in query(self._table, condition, values, IndexName="open"))
        return tuple(under_way_of(one) for one in found)
