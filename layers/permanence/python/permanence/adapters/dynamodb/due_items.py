"""What should have been done by now: one query of each partition of the due index."""

from datetime import UTC, datetime

from permanence.adapters.dynamodb.calls import CALL_SK
from permanence.adapters.dynamodb.items import DUE_PARTITIONS, Table, owner_of
from permanence.adapters.dynamodb.queries import query
from permanence.adapters.dynamodb.rota_updates import LATE, update_of
from permanence.application.dispatch.ports import OverdueWork, Timer


class DynamoDueItems:
    """The `DueItems` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def overdue(self, before: datetime) -> OverdueWork:
        timers: list[tuple[str, Timer]] = []
        notices: list[tuple[str, str]] = []
        calls: list[str] = []
        rota_updates: list[tuple[str, int]] = []
        waits: list[int] = []
        for partition in range(DUE_PARTITIONS):
            values = {":pk": f"DUE#{partition}", ":before": int(before.timestamp())}
            condition = "due_pk = :pk AND due_sk <= :before"
            for item in query(self._table, condition, values, IndexName="due"):
                sk = item["sk"]
                if sk.startswith(LATE):
                    rota_updates.append(update_of(sk))
                    continue
                owner = owner_of(item["pk"])
                if sk.startswith("T#"):
                    timers.append((owner, timer_of(sk)))
                elif sk == CALL_SK:
                    calls.append(owner)
                else:
                    notices.append((owner, sk.removeprefix("N#")))
                    waits.append(item["due_sk"])
        since = datetime.fromtimestamp(min(waits), UTC) if waits else None
        return OverdueWork(tuple(timers), tuple(notices), tuple(calls), since, tuple(rota_updates))


def timer_of(sk: str) -> Timer:
    """The timer that a sort key names."""
    _, step, due = sk.split("#")
    return Timer(int(step), datetime.fromtimestamp(int(due), UTC))
