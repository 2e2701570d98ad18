"""Six queues, each with its dead letters, and a dead-letter queue for what no queue carries (schedules, the stream).

Messages hold ids only. Times follow flow 2 of docs/architecture.md:
provider time-out < lease < function time-out, and function time-out + its start ≤ visibility.
"""

from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, aws_kms, aws_sqs
from constructs import Construct

DEAD_LETTERS_KEPT = Duration.days(14)

INIT_S = 3
"""What a cold worker may take to start, which no time-out of the function counts and its message waits through: ours
import for half a second. AWS allows ten; past three the message is told to a second worker too, of which the lease lets
one send, and the sweep brings back what a worker that died has left."""


@dataclass(frozen=True, slots=True)
class Queues:
    outbox: aws_sqs.Queue
    deadlines: aws_sqs.Queue
    recordings: aws_sqs.Queue
    late_events: aws_sqs.Queue
    files_to_read: aws_sqs.Queue
    received_mails: aws_sqs.Queue
    failed_runs: aws_sqs.Queue
    dead_letters: tuple[aws_sqs.Queue, ...]


def work_queues(scope: Construct, key: aws_kms.IKey) -> Queues:
    dead_letters: list[aws_sqs.Queue] = []

    def dead_letter_queue(name: str) -> aws_sqs.Queue:
        queue = aws_sqs.Queue(
            scope,
            name,
            encryption=aws_sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=DEAD_LETTERS_KEPT,
            removal_policy=RemovalPolicy.DESTROY,
        )
        dead_letters.append(queue)
        return queue

    def work_queue(name: str, visibility_s: int, receives: int) -> aws_sqs.Queue:
        return aws_sqs.Queue(
            scope,
            name,
            encryption=aws_sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            visibility_timeout=Duration.seconds(visibility_s),
            dead_letter_queue=aws_sqs.DeadLetterQueue(
                queue=dead_letter_queue(f"{name}DeadLetters"), max_receive_count=receives
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )

    return Queues(
        # About a minute of a failing provider; from then on the sweep tries again.
        outbox=work_queue("Outbox", visibility_s=9, receives=8),
        deadlines=work_queue("Deadlines", visibility_s=11, receives=8),
        # The provider keeps a recording for hours: a slow retry finds it later.
        recordings=work_queue("RecordingsToImport", visibility_s=90, receives=20),
        # Events saved while the table was down: about an hour of outage.
        late_events=work_queue("LateEvents", visibility_s=30, receives=120),
        # Somebody looks at the page meanwhile: a worker that died is made up for once, and then the page says so.
        files_to_read=work_queue("FilesToRead", visibility_s=310, receives=2),
        # Nobody looks: what the table cannot take now is tried again for an hour and a half.
        received_mails=work_queue("ReceivedMails", visibility_s=310, receives=20),
        failed_runs=dead_letter_queue("FailedRuns"),
        dead_letters=tuple(dead_letters),
    )
