"""Items of several kinds by their keys, in one request."""

from permanence.adapters.dynamodb.calls import call_keys, call_records
from permanence.adapters.dynamodb.items import Item, Table, record_of
from permanence.adapters.dynamodb.notices import notice_key, notice_of
from permanence.adapters.dynamodb.queries import get_batch
from permanence.application.extranet.ports import Found, Wanted
from permanence.application.timeline.ports import JobRun


class DynamoLookup:
    """The `Lookup` port on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, wanted: Wanted) -> Found:
        table = self._table
        notices = [notice_key(table, ref.owner, ref.key) for ref in wanted.notices]
        runs: list[Item] = [{"pk": table.job_pk(job), "sk": period} for job, period in wanted.runs]
        keys = [*call_keys(table, wanted.call_ids), *notices, *runs]
        items = {(item["pk"], item["sk"]): item for item in get_batch(table, keys)}
        return Found(
            call_records(table, wanted.call_ids, items),
            tuple(notice_of(items[key]) for key in _found(notices, items)),
            tuple(record_of(JobRun, items[key]) for key in _found(runs, items)),
        )


def _found(keys: list[Item], items: dict[tuple[str, str], Item]) -> list[tuple[str, str]]:
    named = dict.fromkeys((key["pk"], key["sk"]) for key in keys)
    return [name for name in named if name in items]
