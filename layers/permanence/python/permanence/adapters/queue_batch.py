"""A batch of a queue, each message by itself: one that fails does not hold up the others, and says why it goes back."""

from collections.abc import Callable, Mapping
from pathlib import Path
from traceback import extract_tb
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import ClientError

from permanence.application.dispatch.ports import MailUnavailable
from permanence.application.reception.ports import ProviderUnavailable

_IDS = ("owner", "key", "malfunction_id", "step", "call", "call_id", "recording", "import", "reading")
"""What our messages name their work by. The rest of one may be a caller's number."""


def work_through(
    event: dict[str, Any], work: Callable[[Mapping[str, Any]], None], logger: Logger, context: Any
) -> PartialItemFailureResponse:
    """Have `work` done for the body of each message; those it raised for go back to their queue, and after their last
    try to its dead letters. The log says why, by the ids of the work."""

    def work_on(record: SQSRecord) -> None:
        message: Mapping[str, Any] = {}
        try:
            message = record.json_body
            work(message)
        except Exception as failure:
            ids = {name: message[name] for name in _IDS if name in message}
            places = [
                f"{Path(step.filename).name}:{step.lineno}" for step in extract_tb(failure.__traceback__, limit=-4)
            ]
            logger.warning(
                "message goes back to its queue",
                failure=type(failure).__name__,
                reason=_reason(failure),
                places=places,
                **ids,
            )
            raise

    # raise_on_entire_batch_failure would hide which messages failed when all of them did.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=work_on, processor=processor, context=context)


def _reason(failure: Exception) -> str:
    """Of AWS's answer the code, of a provider's outage what our adapter made of it: another message may quote what
    somebody typed."""
    if isinstance(failure, ClientError):
        return str(failure.response["Error"]["Code"])
    return str(failure) if isinstance(failure, (MailUnavailable, ProviderUnavailable)) else ""
