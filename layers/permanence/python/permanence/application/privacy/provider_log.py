"""What the provider keeps by itself of calls and messages goes the day after their end, texts first (R70).

Every run asks for all that it still tells, so that whatever it did not delete yet, or a missed run has left, is asked
for again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from permanence.application.privacy.ports import Logged, LogLine, ProviderLog
from permanence.application.privacy.purge_certificate import Certificate
from permanence.application.reception.calls import told_afterwards
from permanence.application.reception.ports import Calls
from permanence.domain.calls.call import Call, CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_day
from permanence.domain.privacy.retention import is_near_its_limit, must_leave_provider, was_over_yesterday

T = TypeVar("T")

CHUNK = 500
MISSED_SINCE = timedelta(days=7)
COUNTED = (
    *("provider_missed", "provider_calls", "provider_messages", "provider_texts"),
    *("provider_kept", "provider_overdue"),
)
_COUNTED_AS = {Logged.CALL: "provider_calls", Logged.MESSAGE: "provider_messages"}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ProviderErasure:
    """Where it is erased, and what tells what is still wanted of a call."""

    contract: Contract
    calls: Calls
    log: ProviderLog


def erase_at_provider(erasure: ProviderErasure, certificate: Certificate, now: datetime) -> Counter[str]:
    """Delete what may go, the oldest first; what the provider keeps is counted, and what has nearly been there too long
    (`provider_overdue`) besides. A call of tenants or contractors that we know nothing of is put down first
    (`provider_missed`): the provider answered it in our place, and its log is the last to tell (R60).

    1 request for 1,000 lines, 1 of the table for 50 calls, 2 for each that was missed, 1 for each text and 1 for each
    line. Raises ProviderUnavailable once the provider answers nothing any more, and what the certificate's store and
    the table raise: what is counted until then is in the certificate.
    """
    lines = erasure.log.lines()
    over = sorted((line for line in lines if _is_over(line, now)), key=lambda line: line.made_at or _LONG_AGO)
    known = _calls_of(erasure.calls, over)
    missed = 0
    for line in over:
        presented = _missed(line, known.get(line.provider_id), erasure.contract, now)
        if presented is not None:
            known[line.provider_id] = _put_down(line, presented, erasure)
            missed += 1
    going = [line for line in over if may_leave_provider(line, known.get(line.provider_id), now)]
    gone: set[str] = set()
    if going:
        _redact(erasure.log, [line for line in going if line.has_text], certificate)
        for chunk in chunks(going, CHUNK):
            certificate.announce(_counts(chunk))
            stays = erasure.log.delete(chunk)
            erased = [line for line in chunk if line.provider_id not in stays]
            certificate.confirm(_counts(erased))
            gone.update(line.provider_id for line in erased)
        certificate.close()
    left = [line for line in lines if line.provider_id not in gone]
    overdue = sum(is_near_its_limit(line.made_at, now) for line in left)
    return certificate.erased + Counter(
        {"provider_missed": missed, "provider_kept": len(going) - len(gone), "provider_overdue": overdue}
    )


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


def _missed(line: LogLine, call: Call | None, contract: Contract, now: datetime) -> CallEvent | None:
    """How a call reached one of our numbers that is not known to have come; None for any other leg, and for one from
    before the contract, when others answered there, or that we knew and have erased."""
    presented = line.presented
    if presented is None or presented.at < now - MISSED_SINCE or paris_day(presented.at) < contract.starts_on:
        return None
    is_unknown = call is None or call.presented_at is None
    return presented if is_unknown and contract.numbers.is_ours(presented.data.get("called")) else None


def _put_down(line: LogLine, presented: CallEvent, erasure: ProviderErasure) -> Call:
    born = presented.at
    erasure.calls.record(told_afterwards(presented, erasure.contract), born)
    end = CallEvent(line.provider_id, "ended", CallEventKind.ENDED, line.ended_at or born)
    return erasure.calls.record(end, born)


def _calls_of(calls: Calls, lines: Iterable[LogLine]) -> dict[str, Call]:
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
