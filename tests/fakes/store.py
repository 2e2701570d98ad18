"""The table's ports in memory. Calls, malfunctions and notices share one `FakeStore`, as they share one table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from permanence.adapters.dynamodb.calls import LONGEST_CALL
from permanence.application.dispatch.ports import Decision, MalfunctionLog, MissionLink, OpenWork, OverdueWork, Timer
from permanence.application.reception.ports import AlreadyExists, CallRecord, VersionConflict
from permanence.application.reference.under_way import under_way_of
from permanence.domain.calls.call import Call, CallEvent, fold
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus
from permanence.domain.dispatch.notices import Notice, NoticeStatus, after_receipt
from permanence.domain.instants import format_instant, paris_month
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.main_courante.log import Entry
from permanence.domain.reference.documents import UnderWay


class StoreDown(Exception):
    """What a table that does not answer raises, for every port of the store."""


@dataclass
class FakeStore:
    """Set `is_down` to make every request fail; `requests` counts them."""

    events: dict[str, dict[str, CallEvent]] = field(default_factory=dict)
    born: dict[str, datetime] = field(default_factory=dict)
    forms: dict[str, CallForm] = field(default_factory=dict)
    malfunctions: dict[str, Malfunction] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    linked_calls: dict[str, list[str]] = field(default_factory=dict)
    notices: dict[tuple[str, str], Notice] = field(default_factory=dict)
    timers: set[tuple[str, Timer]] = field(default_factory=set)
    links: dict[str, MissionLink] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    ask_calls_at: dict[str, datetime] = field(default_factory=dict)
    is_down: bool = False
    requests: int = 0

    def request(self) -> None:
        self.requests += 1
        if self.is_down:
            raise StoreDown

    def notices_of(self, owner: str) -> dict[str, Notice]:
        """The notices of one owner by key."""
        return {key: notice for (of, key), notice in self.notices.items() if of == owner}


class FakeCalls:
    def __init__(self, store: FakeStore | None = None) -> None:
        self.store = store or FakeStore()

    def record(self, event: CallEvent, born: datetime) -> Call:
        self.store.request()
        self.store.born.setdefault(event.call_id, born)
        self.store.events.setdefault(event.call_id, {}).setdefault(event.key, event)
        return self._call(event.call_id)

    def get(self, call_id: str) -> CallRecord | None:
        self.store.request()
        return self._record(call_id) if call_id in self.store.events else None

    def get_many(self, call_ids: Sequence[str]) -> tuple[CallRecord, ...]:
        self.store.request()
        return tuple(self._record(call_id) for call_id in call_ids if call_id in self.store.events)

    def save_form(self, form: CallForm, born: datetime) -> CallForm:
        self.store.request()
        known = self.store.forms.get(form.call_id)
        if form.version != (known.version if known else 0):
            raise VersionConflict(form.call_id)
        kept = replace(form, version=form.version + 1)
        self.store.forms[form.call_id] = kept
        return kept

    def save_fields(self, call_id: str, fields: Mapping[str, str]) -> None:
        self.store.request()
        form = self.store.forms.get(call_id)
        if form is not None and form.closed_at is None:
            self.store.forms[call_id] = replace(form, fields=dict(fields), version=form.version + 1)

    def of_month(
        self, month: str, descending: bool = False, since: datetime | None = None, fiches: bool = True
    ) -> Iterator[CallRecord]:
        self.store.request()
        ids = (call_id for call_id in self._ids_of(month, descending) if since is None or self._dated(call_id) >= since)
        records = (self._record(call_id) for call_id in ids)
        yield from records if fiches else (replace(record, form=None) for record in records)

    def page_of_month(self, month: str, limit: int, cursor: str | None) -> tuple[tuple[CallRecord, ...], str | None]:
        self.store.request()
        ids = self._ids_of(month, descending=True)
        if cursor is not None and cursor not in ids:
            raise ValueError("this is no cursor of a list of calls")
        start = ids.index(cursor) + 1 if cursor else 0
        shown = ids[start : start + limit]
        more = start + limit < len(ids)
        return tuple(self._record(call_id) for call_id in shown), shown[-1] if more else None

    def ask_again(self, call_id: str, ask_at: datetime) -> None:
        self.store.request()
        self.store.ask_calls_at[call_id] = ask_at

    def _ids_of(self, month: str, descending: bool) -> list[str]:
        dated = [(self._dated(call_id), call_id) for call_id in self.store.events]
        in_month = [(at, call_id) for at, call_id in dated if paris_month(at) == month]
        return [call_id for _, call_id in sorted(in_month, reverse=descending)]

    def _dated(self, call_id: str) -> datetime:
        return self._call(call_id).presented_at or self.store.born[call_id]

    def _call(self, call_id: str) -> Call:
        return fold(call_id, self.store.events[call_id].values())

    def _record(self, call_id: str) -> CallRecord:
        return CallRecord(self._call(call_id), self.store.forms.get(call_id))


class FakeMalfunctions:
    """`conflicts` makes the next saves lose the race; `looked_through` is what a megabyte holds."""

    def __init__(self, store: FakeStore | None = None) -> None:
        self.store = store or FakeStore()
        self.conflicts = 0
        self.looked_through = 500

    def next_number(self, year: int) -> str:
        self.store.request()
        self.store.numbers[year] = self.store.numbers.get(year, 0) + 1
        return f"{year}-{self.store.numbers[year]:04d}"

    def add(self, decision: Decision) -> None:
        self.store.request()
        if decision.malfunction.malfunction_id in self.store.malfunctions:
            raise AlreadyExists(decision.malfunction.malfunction_id)
        self._keep(decision)

    def get(self, malfunction_id: str) -> Malfunction | None:
        self.store.request()
        return self.store.malfunctions.get(malfunction_id)

    def get_many(self, malfunction_ids: Sequence[str]) -> Sequence[Malfunction]:
        self.store.request()
        return [self.store.malfunctions[one] for one in malfunction_ids if one in self.store.malfunctions]

    def save(self, decision: Decision) -> None:
        self.store.request()
        known = self.store.malfunctions.get(decision.malfunction.malfunction_id)
        if self.conflicts:
            self.conflicts -= 1
            raise VersionConflict(decision.malfunction.malfunction_id)
        if known is None or known.version != decision.malfunction.version - 1:
            raise VersionConflict(decision.malfunction.malfunction_id)
        self._keep(decision)

    def log(self, malfunction_id: str) -> MalfunctionLog | None:
        self.store.request()
        malfunction = self.store.malfunctions.get(malfunction_id)
        if malfunction is None:
            return None
        return MalfunctionLog(
            malfunction,
            tuple(self.store.entries[malfunction_id]),
            tuple(notice for _, notice in sorted(self.store.notices_of(malfunction_id).items())),
        )

    def link(self, token_hash: str) -> MissionLink | None:
        self.store.request()
        return self.store.links.get(token_hash)

    def of_month(self, month: str, descending: bool = False) -> Iterator[Malfunction]:
        self.store.request()
        known = self.store.malfunctions.values()
        ordered = sorted(known, key=lambda one: (one.opened_at, one.malfunction_id), reverse=descending)
        yield from (one for one in ordered if paris_month(one.opened_at) == month)

    def page_of_month(
        self, month: str, limit: int, cursor: str | None, wanted: Callable[[Malfunction], bool] | None = None
    ) -> tuple[tuple[Malfunction, ...], str | None]:
        of_month = list(self.of_month(month, descending=True))
        ids = [one.malfunction_id for one in of_month]
        if cursor is not None and cursor not in ids:
            raise ValueError("this is no cursor of a list of malfunctions")
        rest = of_month[ids.index(cursor) + 1 if cursor else 0 :]
        examined = rest if wanted is None else rest[: self.looked_through]
        found = [one for one in examined if wanted is None or wanted(one)]
        if len(found) > limit:
            return tuple(found[:limit]), found[limit - 1].malfunction_id
        return tuple(found), examined[-1].malfunction_id if len(examined) < len(rest) else None

    def opened_between(self, start: datetime, end: datetime) -> Iterator[Malfunction]:
        self.store.request()
        ordered = sorted(self.store.malfunctions.values(), key=lambda known: (known.opened_at, known.malfunction_id))
        yield from (known for known in ordered if start <= known.opened_at < end)

    def finish_timer(self, malfunction_id: str, timer: Timer) -> None:
        self.store.request()
        self.store.timers.discard((malfunction_id, timer))

    def _keep(self, decision: Decision) -> None:
        malfunction_id = decision.malfunction.malfunction_id
        told_already = {notice.key for notice in decision.notices} & set(self.store.notices_of(malfunction_id))
        if told_already:
            raise ValueError(f"these notices exist already: {sorted(told_already)}")
        self.store.malfunctions[malfunction_id] = decision.malfunction
        self.store.entries.setdefault(malfunction_id, []).extend(decision.entries)
        self.store.linked_calls.setdefault(malfunction_id, []).extend(decision.linked_calls)
        self.store.notices |= {(notice.owner, notice.key): notice for notice in decision.notices}
        self.store.timers -= {(malfunction_id, timer) for timer in decision.obeyed}
        self.store.timers |= {(malfunction_id, timer) for timer in decision.timers}
        self.store.links |= {link.token_hash: link for link in decision.links}


class FakeOpenItems:
    def __init__(self, store: FakeStore) -> None:
        self.store = store

    def open_work(self) -> OpenWork:
        self.store.request()
        calls = [fold(call_id, events.values()) for call_id, events in self.store.events.items()]
        waiting = [call for call in calls if call.presented_at and not call.ended_at]
        forms = [form for form in self.store.forms.values() if form.closed_at is None]
        known = [one for one in self.store.malfunctions.values() if one.status is MalfunctionStatus.OPEN]
        return OpenWork(
            tuple(sorted(waiting, key=lambda call: format_instant(call.presented_at or self.store.born[call.call_id]))),
            tuple(sorted(forms, key=lambda form: (form.opened_at, form.call_id))),
            tuple(sorted(known, key=lambda one: (one.opened_at, one.malfunction_id))),
        )

    def under_way(self) -> tuple[UnderWay, ...]:
        self.store.request()
        return tuple(
            under_way_of(one) for one in self.store.malfunctions.values() if one.status is MalfunctionStatus.OPEN
        )


class FakeDueItems:
    def __init__(self, store: FakeStore) -> None:
        self.store = store

    def overdue(self, before: datetime) -> OverdueWork:
        self.store.request()
        due = {key: at for key, notice in self.store.notices.items() if (at := _due_at(notice)) and at <= before}
        calls = [fold(call_id, events.values()) for call_id, events in self.store.events.items()]
        return OverdueWork(
            tuple(sorted((one for one in self.store.timers if one[1].due <= before), key=lambda one: one[1].due)),
            tuple(due),
            tuple(
                call.call_id
                for call in calls
                if call.presented_at
                and not call.ended_at
                and self.store.ask_calls_at.get(call.call_id, call.presented_at + LONGEST_CALL) <= before
            ),
            min(due.values(), default=None),
        )


def _due_at(notice: Notice) -> datetime | None:
    """When a notice should be sent, or asked about; None when nothing more is to be done for it."""
    if notice.status in (NoticeStatus.PENDING, NoticeStatus.CLAIMED):
        return notice.created_at
    return notice.ask_at if notice.status is NoticeStatus.SENT else None


class FakeNotices:
    def __init__(self, store: FakeStore | None = None) -> None:
        self.store = store or FakeStore()

    def claim(self, owner: str, key: str, now: datetime, lease_s: int) -> Notice | None:
        self.store.request()
        notice = self.store.notices.get((owner, key))
        if notice is None:
            return None
        lease_is_over = notice.lease_until is not None and notice.lease_until <= now
        if notice.status is NoticeStatus.PENDING or (notice.status is NoticeStatus.CLAIMED and lease_is_over):
            return self._keep(
                replace(
                    notice,
                    status=NoticeStatus.CLAIMED,
                    attempts=notice.attempts + 1,
                    lease_until=now + timedelta(seconds=lease_s),
                )
            )
        return None

    def sent(self, notice: Notice, provider_id: str, now: datetime, ask_at: datetime | None = None) -> None:
        self._settle(notice, NoticeStatus.SENT, now, provider_id=provider_id, ask_at=ask_at)

    def failed(self, notice: Notice, error: str, now: datetime) -> None:
        self._settle(notice, NoticeStatus.FAILED, now, error=error)

    def receipt(
        self,
        owner: str,
        key: str,
        provider_id: str,
        status: str,
        code: str,
        now: datetime,
        ask_at: datetime | None = None,
    ) -> bool:
        self.store.request()
        notice = self.store.notices.get((owner, key))
        told = after_receipt(status)
        if notice is None or told.rank <= notice.status.rank:
            return False
        told_now = replace(notice, status=told, provider_id=provider_id, error=code, settled_at=now)
        self._keep(replace(told_now, lease_until=None, ask_at=ask_at))
        return True

    def unheard(self, owner: str, key: str, now: datetime) -> Notice | None:
        self.store.request()
        notice = self.store.notices.get((owner, key))
        if notice is None or notice.status is not NoticeStatus.SENT or notice.ask_at is None or notice.ask_at > now:
            return None
        return notice

    def ask_again(self, notice: Notice, ask_at: datetime | None) -> None:
        self.store.request()
        known = self.store.notices.get((notice.owner, notice.key))
        if known is not None and known.status is NoticeStatus.SENT:
            self._keep(replace(known, ask_at=ask_at))

    def put_job_notices(self, notices: Sequence[Notice]) -> None:
        self.store.request()
        for notice in notices:
            self.store.notices.setdefault((notice.owner, notice.key), notice)

    def _settle(
        self,
        notice: Notice,
        status: NoticeStatus,
        now: datetime,
        *,
        provider_id: str | None = None,
        error: str = "",
        ask_at: datetime | None = None,
    ) -> None:
        self.store.request()
        known = self.store.notices.get((notice.owner, notice.key))
        if known is not None and known.status.rank < status.rank:
            known_id = provider_id or known.provider_id
            told = replace(known, status=status, provider_id=known_id, error=error, settled_at=now)
            self._keep(replace(told, lease_until=None, ask_at=ask_at))

    def _keep(self, notice: Notice) -> Notice:
        self.store.notices[notice.owner, notice.key] = notice
        return notice
