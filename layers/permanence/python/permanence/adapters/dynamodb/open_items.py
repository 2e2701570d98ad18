"""Everything that is not finished, by one query of the sparse index that closing removes items from."""

from permanence.adapters.dynamodb.calls import call_of, form_of
from permanence.adapters.dynamodb.items import Table
from permanence.adapters.dynamodb.malfunctions import malfunction_of
from permanence.adapters.dynamodb.queries import query
from permanence.application.dispatch.ports import OpenWork


class DynamoOpenItems:
    """The `OpenItems` port on the table."""

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
