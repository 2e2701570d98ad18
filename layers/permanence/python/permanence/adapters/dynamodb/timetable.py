"""The timetable of the living documents, one item: each kind its slots with what the reception obeys of them.

Apart from the documents themselves, because a caller waits while it is read.
"""

from typing import Any

from permanence.adapters.dynamodb.items import Item, Table, from_attributes, from_text, to_attributes
from permanence.adapters.records import from_plain
from permanence.domain.reference.in_force import ReceptionPart

TIMETABLE_SK = "IN_FORCE"


class DynamoReceptionTimetable:
    """The `ReceptionTimetable` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self) -> ReceptionPart:
        slots = slots_by_kind(read_timetable(self._table, consistent=False))
        return from_plain(ReceptionPart, {**slots, "starts": slots})


def timetable_key(table: Table) -> Item:
    return {"pk": table.reference_pk, "sk": TIMETABLE_SK}


def read_timetable(table: Table, *, consistent: bool) -> Item:
    """1 request; an empty item before the first approval."""
    answer = table.client.get_item(
        TableName=table.name, Key=to_attributes(timetable_key(table)), ConsistentRead=consistent
    )
    return from_attributes(answer["Item"]) if "Item" in answer else {}


def slots_attribute(kind: str) -> str:
    return f"slots#{kind}"


def slots_by_kind(item: Item) -> dict[str, Any]:
    """The slots of each kind in plain data."""
    of_kinds = {name.removeprefix("slots#"): text for name, text in item.items() if name.startswith("slots#")}
    return {kind: from_text(text) for kind, text in of_kinds.items()}
