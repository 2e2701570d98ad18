"""The main courante as a reader wants it: grouped by person called, in French, every time on the clocks of Paris.

The extranet, its Excel and the mail of the end of a period all tell the same lines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from permanence.application.dispatch.messages import SUPERVISOR_VOICE
from permanence.application.timeline.entries import line_of
from permanence.application.timeline.lines import Line
from permanence.application.timeline.turns import STEP_KINDS, Turn, follow_turn, lines_of_turn
from permanence.domain.calls.call import Call
from permanence.domain.dispatch.notices import Notice, NoticeRef
from permanence.domain.instants import parse_instant
from permanence.domain.main_courante.log import Entry, EntryKind


def timeline(entries: Iterable[Entry], calls: Iterable[Call] = (), mails: Iterable[Notice] = ()) -> tuple[Line, ...]:
    """The entries of one main courante, in any order, to its lines in order of time.

    A call is told when it was presented, where its record is among `calls`; else when it was linked. Its line holds the
    fiche as it was closed: the caller, the description, the answer given (R27). What became of a mail is told where its
    notice is among `mails`.
    """
    ordered = _with_fiches(sorted(entries, key=_told_in_order))
    receipts = _receipts_of_news(ordered)
    known = {call.call_id: call for call in calls}
    carried = {NoticeRef(notice.owner, notice.key): notice for notice in mails}
    turns: dict[str, Turn] = {}
    lines: list[tuple[Line, Entry]] = []
    arrival: datetime | None = None
    was_called = any(entry.kind is EntryKind.STEP_STARTED for entry in ordered)
    for entry in ordered:
        if entry.kind in STEP_KINDS:
            follow_turn(turns, entry)
            continue
        if entry.kind is EntryKind.NOTICE_DELIVERED and _group(entry) in receipts:
            continue
        if entry.kind is EntryKind.ARRIVAL_ANNOUNCED:
            arrival = _instant(entry.data.get("arrival"))
        news = receipts.get(_news_key(entry), [])
        call = known.get(entry.data.get("call", ""))
        line = line_of(entry, arrival=arrival, receipts=news, call=call, mails=carried, was_called=was_called)
        lines.append((line, entry))
    for turn in turns.values():
        lines.extend(lines_of_turn(turn))
    return tuple(line for line, _ in sorted(lines, key=lambda pair: (pair[0].at, pair[1].version, pair[1].n)))


def _told_in_order(entry: Entry) -> tuple[datetime, int, int]:
    return entry.at, entry.version, entry.n


def _with_fiches(entries: Sequence[Entry]) -> list[Entry]:
    """Each call with what its fiche says; the fiche of a call that is not linked tells the call itself."""
    fiches = {entry.data.get("call"): entry for entry in entries if entry.kind is EntryKind.FICHE_CLOSED}
    linked = {entry.data.get("call") for entry in entries if entry.kind is EntryKind.CALL_LINKED}
    return [
        _completed(entry, fiches.get(entry.data.get("call"))) if entry.kind is EntryKind.CALL_LINKED else entry
        for entry in entries
        if entry.kind is not EntryKind.FICHE_CLOSED or entry.data.get("call") not in linked
    ]


def _completed(linked: Entry, fiche: Entry | None) -> Entry:
    told = {name: value for name, value in fiche.data.items() if value} if fiche else {}
    return replace(linked, data={**linked.data, **told})


def _news_key(entry: Entry) -> str:
    """What the keys of the messages of one news begin with (see dispatching)."""
    news = entry.data.get("news", "")
    if entry.kind is EntryKind.SUPERVISOR_CALLED:
        return f"{SUPERVISOR_VOICE}-{entry.data.get('attempt', '')}"
    if entry.kind is EntryKind.TENANT_TOLD:
        return f"tenant-{news}-{entry.version}"
    return f"told-{entry.data.get('step', '')}-{news}"


def _group(entry: Entry) -> str:
    """A tenant's message ends with a counter of the callers, a responder's does not."""
    key = entry.data.get("key", "")
    return key.rpartition("-")[0] if key.startswith("tenant-") else key


def _receipts_of_news(entries: Iterable[Entry]) -> dict[str, list[str]]:
    told = (EntryKind.TENANT_TOLD, EntryKind.RESPONDER_TOLD, EntryKind.SUPERVISOR_CALLED)
    receipts: dict[str, list[str]] = {_news_key(entry): [] for entry in entries if entry.kind in told}
    for entry in entries:
        if entry.kind is EntryKind.NOTICE_DELIVERED and _group(entry) in receipts:
            receipts[_group(entry)].append(entry.data.get("status", ""))
    return receipts


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None
