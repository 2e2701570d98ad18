"""Which scheduled job has run for which period."""

from collections.abc import Sequence

from permanence.adapters.dynamodb.items import Table, body_of, from_attributes, record_of, to_attributes
from permanence.application.timeline.ports import JobRun


class DynamoJobs:
    """The `Jobs` port on the table. A run holds counts and no names, so it needs no stamp."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def done(self, job: str, period: str) -> JobRun | None:
        answer = self._table.client.get_item(
            TableName=self._table.name,
            Key=to_attributes({"pk": self._table.job_pk(job), "sk": period}),
            ConsistentRead=True,
        )
        return record_of(JobRun, from_attributes(answer["Item"])) if "Item" in answer else None

    def finish(self, run: JobRun) -> None:
        item = {"pk": self._table.job_pk(run.job), "sk": run.period, **body_of(run)}
        self._table.client.put_item(TableName=self._table.name, Item=to_attributes(item))

    def latest(self, job: str, limit: int) -> Sequence[JobRun]:
        """By period, the last first: 1 request."""
        page = self._table.client.query(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_attributes({":pk": self._table.job_pk(job)}),
            ScanIndexForward=False,
            Limit=limit,
        )
        return [record_of(JobRun, from_attributes(attributes)) for attributes in page["Items"]]
