"""What wakes a function besides a page or a webhook: the table's stream, the queues."""

from collections.abc import Mapping

from aws_cdk import Duration, aws_dynamodb, aws_lambda, aws_sqs
from aws_cdk.aws_lambda_event_sources import SqsDlq
from constructs import Construct

from infra.function import Function
from infra.queues import Queues

STREAM_ACTIONS = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
QUEUE_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility")


class Triggers(Construct):
    def __init__(
        self, scope: Construct, functions: Mapping[str, Function], table: aws_dynamodb.Table, queues: Queues
    ) -> None:
        super().__init__(scope, "Triggers")
        self._stream(functions["outbox_relay"], table, queues.failed_runs)
        # A notice is one provider call: a batch would outlast the function's time-out.
        self._queue(functions["notify"], "Outbox", queues.outbox, batch=1, at_most=10)
        self._queue(functions["astreinte_dispatch"], "Deadlines", queues.deadlines, batch=5, at_most=10)
        self._queue(functions["astreinte_dispatch"], "LateEvents", queues.late_events, batch=5, at_most=2)
        self._queue(functions["recording_import"], "Recordings", queues.recordings, batch=1, at_most=5)
        self._queue(functions["imports"], "FilesToRead", queues.files_to_read, batch=1, at_most=2)
        self._queue(functions["imports"], "ReceivedMails", queues.received_mails, batch=1, at_most=2)

    def _stream(self, relay: Function, table: aws_dynamodb.Table, failures: aws_sqs.Queue) -> None:
        stream = table.table_stream_arn
        if stream is None:
            raise ValueError("the table has no stream")
        mapping = aws_lambda.EventSourceMapping(
            self,
            "NewNoticesAndTimers",
            target=relay.function,
            event_source_arn=stream,
            starting_position=aws_lambda.StartingPosition.TRIM_HORIZON,
            batch_size=100,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            # Older than that, the sweep has already found it.
            max_record_age=Duration.hours(1),
            on_failure=SqsDlq(failures),
            filters=[
                aws_lambda.FilterCriteria.filter(
                    {
                        "eventName": aws_lambda.FilterRule.is_equal("INSERT"),
                        "dynamodb": {"Keys": {"sk": {"S": aws_lambda.FilterRule.begins_with(prefix)}}},
                    }
                )
                for prefix in ("N#", "T#")
            ],
        )
        relay.allow(STREAM_ACTIONS, [stream])
        relay.allow(["dynamodb:ListStreams"], [f"{table.table_arn}/stream/*"])
        relay.accept_all_below(table.table_arn, "stream/*", "ListStreams knows no single stream.")
        relay.allow(["sqs:SendMessage"], [failures.queue_arn])
        mapping.node.add_dependency(relay.role)

    def _queue(self, function: Function, name: str, queue: aws_sqs.Queue, *, batch: int, at_most: int) -> None:
        mapping = aws_lambda.EventSourceMapping(
            self,
            name,
            target=function.function,
            event_source_arn=queue.queue_arn,
            batch_size=batch,
            max_concurrency=at_most,
            report_batch_item_failures=True,
        )
        function.allow(QUEUE_ACTIONS, [queue.queue_arn])
        mapping.node.add_dependency(function.role)
