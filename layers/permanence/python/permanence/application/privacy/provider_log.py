"""What the provider keeps by itself of calls and messages goes the day after their end, texts first (R70).

Every run asks for all that it still tells, so that whatever it did not delete yet, or a missed run has left, is asked
for again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from permanence.application.privacy.ports import Logged, LogLine, ProviderLog
from permanence.application.privacy.purge_certificate import Certificate
from permanence.application.reception.ports import Calls
from permanence.domain.calls.call import Call
from permanence.domain.frozen import dataclass
from permanence.domain.privacy.retention import is_near_its_limit, must_leave_provider, was_over_yesterday

T = TypeVar("T")

CHUNK = 500
COUNTED = ("provider_calls", "provider_messages", "provider_texts", "provider_kept", "provider_overdue")
_COUNTED_AS = {Logged.CALL: "provider_calls", Logged.MESSAGE: "provider_messages"}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ProviderErasure:
    """Where it is erased, and what tells what is still wanted of a call."""

    calls: Calls
    log: ProviderLog


def erase_at_provider(erasure: ProviderErasure, certificate: Certificate, now: datetime) -> Counter[str]:
    """Delete what may go, the oldest first; what the provider keeps is counted, and what has nearly been there too long
    (`provider_overdue`) besides.

    1 request for 1,000 lines, 1 of the table for 50 calls, 1 for each text and 1 for each line. Raises
    ProviderUnavailable once the provider answers nothing any more, and what the certificate's store raises: what is
    counted until then is in the certificate.
    """
    lines = erasure.log.lines()
    over = sorted((line for line in lines if _is_over(line, now)), key=lambda line: line.made_at or _LONG_AGO)
    going = _those_not_wanted(erasure.calls, over, now)
    gone: set[LogLine] = set()
    if going:
        _redact(erasure.log, [line for line in going if line.has_text], certificate)
        for chunk in chunks(going, CHUNK):
            certificate.announce(_counts(chunk))
            stays = erasure.log.delete(chunk)
            erased = [line for line in chunk if line.provider_id not in stays]
            certificate.confirm(_counts(erased))
            gone.update(erased)
        certificate.close()
    left = [line for line in lines if line not in gone]
    overdue = sum(is_near_its_limit(line.made_at, now) for line in left)
    return certificate.erased + Counter({"provider_kept": len(going) - len(gone), "provider_overdue": overdue})


def may_leave_provider(line: LogLine, call: Call | None, now: datetime) -> bool:
    """Whether nothing is wanted any more of something that is over: of a call we know (`call`), its end and its
    recordings must have reached us, until the last day has come."""
    return must_leave_provider(line.made_at, now) or call is None or not is_wanted(call)


def is_wanted(call: Call) -> bool:
    """Whether the provider must still be asked about a call: how it ended, or what was said."""
    missing = any(recording.object_key is None and not recording.erased for recording in call.recordings)
    return call.ended_at is None or missing


def chunks(members: Sequence[T], size: int) -> Iterator[list[T]]:
    """In their order, the last one shorter."""
    rest = iter(members)
    while chunk := list(islice(rest, size)):
        yield chunk


def _is_over(line: LogLine, now: datetime) -> bool:
    return was_over_yesterday(line.made_at, line.ended_at, now, is_over=line.is_over)


def _those_not_wanted(calls: Calls, over: Sequence[LogLine], now: datetime) -> list[LogLine]:
    known = _calls_of(calls, over)
    return [line for line in over if may_leave_provider(line, known.get(line.provider_id), now)]


def _calls_of(calls: Calls, lines: Iterable[LogLine]) -> Mapping[str, Call]:
    """By id those that are a caller's: the legs to agents and contractors have no record of their own."""
    ids = [line.provider_id for line in lines if line.kind is Logged.CALL]
    return {record.call.call_id: record.call for record in calls.get_many(ids)} if ids else {}


def _redact(log: ProviderLog, messages: Sequence[LogLine], certificate: Certificate) -> None:
    for chunk in chunks(messages, CHUNK):
        certificate.announce({"provider_texts": len(chunk)})
        stays = log.redact(chunk)
        certificate.confirm({"provider_texts": len(chunk) - len(stays)})


def _counts(lines: Sequence[LogLine]) -> Counter[str]:
    return Counter(_COUNTED_AS[line.kind] for line in lines)
