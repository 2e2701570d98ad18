"""Mailing lists, numbers and delays as a living document: what is checked of them, and what changes (R5, R14, R42)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from permanence.domain.frozen import dataclass
from permanence.domain.instants import paris_day
from permanence.domain.reference.calendar import OverflowDelay
from permanence.domain.reference.dated import FARTHEST
from permanence.domain.reference.documents import Change, Circumstances, Kind, Point
from permanence.domain.reference.listes import DEFAULT_RANK, EVERY_AGENCY, Listes
from permanence.domain.reference.recording import Campaign
from permanence.domain.writable_text import writable

RANKS = (DEFAULT_RANK, "contractor", "contractor_second_number", "second_contractor", "technicien", "cadre")
SHORTEST_ANSWER_S, LONGEST_ANSWER_S = 60, 900
LONGEST_OVERFLOW_S = 600
SHORTEST_ALARM_S, LONGEST_ALARM_S = 10, 170
MOST_WAITED_S = 180  # Art. 1: under three minutes, theirs and ours together
MOST_ADDRESSES = 20
MOST_FALLBACKS = 5
LONGEST_REASON = 80
_E164 = re.compile(r"\+[1-9]\d{7,14}")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LONGEST_MAIL = 254  # RFC 5321, 4.5.3.1.3


class Sort(StrEnum):
    """Sorts of entries, in the order in which they are shown."""

    MAILING = "mailing"
    FALLBACK = "fallback"
    OVERFLOW = "overflow"
    ANSWER = "answer"
    ALARM = "alarm"
    CAMPAIGN = "campaign"
    SENDERS = "senders"


class ListesCode(StrEnum):
    """Of a mailing list, the detail `agency` is the name of the agency, empty for the list of the contract."""

    NOBODY = "nobody"  # a list that may not be empty is
    TOO_MANY = "too_many"
    NOT_AN_ADDRESS = "not_an_address"  # detail: value
    NOT_A_NUMBER = "not_a_number"  # detail: value
    OUR_NUMBER = "our_number"  # detail: value; calls would come back to us
    TWICE = "twice"  # detail: value
    UNKNOWN_AGENCY = "unknown_agency"  # detail: value
    OUT_OF_BOUNDS = "out_of_bounds"  # detail: least, most
    OVER_CAP = "over_cap"  # detail: most; nobody has longer than a mission waits at all
    LATE_DAY = "late_day"  # a delay that would begin before today
    PAST_DAY = "past_day"  # a campaign that would begin today or before
    BEGUN_DAY = "begun_day"
    TOO_FAR_DAY = "too_far_day"
    BACKWARDS_DAYS = "backwards_days"
    WITHOUT_REASON = "campaign_without_reason"
    REASON_TOO_LONG = "campaign_reason_too_long"
    THREE_MINUTES = "three_minutes"  # only said: theirs and ours together reach the three minutes of Art. 1
    NEVER_RECORDED = "never_recorded"  # only said: without a campaign nothing is recorded


@dataclass(frozen=True)
class Entry:
    """One line: `name` tells it among those of its sort, an agency, a rank or a day; `value` as the body holds it."""

    sort: Sort
    name: str
    value: Any

    @property
    def entry(self) -> str:
        return "liste"

    @property
    def key(self) -> tuple[Sort, str]:
        return self.sort, self.name


def entries_of(listes: Listes) -> tuple[Entry, ...]:
    return (
        *(Entry(Sort.MAILING, agency, addresses) for agency, addresses in sorted(listes.mailing.items())),
        Entry(Sort.FALLBACK, "", listes.fallback),
        *(Entry(Sort.OVERFLOW, delay.from_day.isoformat(), delay.seconds) for delay in listes.overflow_delays),
        *(Entry(Sort.ANSWER, rank, listes.answer_within_s[rank]) for rank in RANKS if rank in listes.answer_within_s),
        Entry(Sort.ALARM, "", listes.alarm_after_wait_s),
        *(Entry(Sort.CAMPAIGN, one.starts_on.isoformat(), one) for one in listes.campaigns),
        Entry(Sort.SENDERS, "", listes.senders),
    )


def listes_from(entries: Mapping[tuple[Sort, str], Any]) -> Listes:
    """The body of these values, by what tells an entry."""
    of_sort: dict[Sort, dict[str, Any]] = {sort: {} for sort in Sort}
    for (sort, name), value in sorted(entries.items()):
        of_sort[sort][name] = value
    return Listes(
        mailing=of_sort[Sort.MAILING],
        fallback=of_sort[Sort.FALLBACK].get("", ()),
        overflow_delays=tuple(
            OverflowDelay(date.fromisoformat(day), seconds) for day, seconds in of_sort[Sort.OVERFLOW].items()
        ),
        answer_within_s=of_sort[Sort.ANSWER],
        alarm_after_wait_s=of_sort[Sort.ALARM][""],
        campaigns=tuple(of_sort[Sort.CAMPAIGN].values()),
        senders=of_sort[Sort.SENDERS].get("", ()),
    )


def restored(in_force: Listes, older: Listes, now: datetime) -> Listes:
    """The older one, without the delays that it is too late to begin."""
    today, known = paris_day(now), set(in_force.overflow_delays)
    kept = tuple(delay for delay in older.overflow_delays if delay in known or delay.from_day >= today)
    return replace(older, overflow_delays=kept)


def brought_over(in_force_then: Listes, proposed: Listes, in_force: Listes) -> Listes:
    """The same lines changed, in what others have put in force meanwhile."""
    kept = {entry.key: entry.value for entry in entries_of(in_force)}
    for change in changes(in_force_then, proposed):
        if change.after is None:
            kept.pop(change.before.key, None)
        else:
            kept[change.after.key] = change.after.value
    return listes_from(kept)


def changes(in_force: Listes, proposed: Listes) -> tuple[Change, ...]:
    before, after = ({entry.key: entry for entry in entries_of(one)} for one in (in_force, proposed))
    order = {sort: place for place, sort in enumerate(Sort)}
    keys = sorted(before.keys() | after.keys(), key=lambda key: (order[key[0]], key[1]))
    return tuple(Change(before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))


def checks(in_force: Listes, proposed: Listes, circumstances: Circumstances) -> tuple[Point, ...]:
    """All that is wrong with the whole, then what is only said of it."""
    return (
        *_mailing_points(proposed, circumstances),
        *_fallback_points(proposed, circumstances),
        *_overflow_points(in_force, proposed, circumstances),
        *_answer_points(proposed, circumstances),
        *_alarm_points(proposed, circumstances),
        *_campaign_points(in_force, proposed, circumstances),
        *_addresses_points(Sort.SENDERS, "", proposed.senders),
    )


LISTES = Kind(
    name="listes",
    schema=Listes,
    proposed_by=("habitat70", "superviseur"),
    approved_by=("habitat70", "superviseur"),
    carried=lambda _, proposed, __: proposed,
    restored=restored,
    brought_over=brought_over,
    checks=checks,
    changes=changes,
    counts=lambda listes: {
        "lists": sum(bool(addresses) for addresses in listes.mailing.values()),
        "addresses": len({address for addresses in listes.mailing.values() for address in addresses}),
        "fallback": len(listes.fallback),
    },
    obeyed=lambda listes, _: listes,
)


def _point(code: ListesCode, sort: Sort, name: str = "", *, blocks: bool = True, **detail: str) -> Point:
    return Point(code, f"{sort}.{name}", detail, blocks=blocks)


def _mailing_points(listes: Listes, circumstances: Circumstances) -> Iterator[Point]:
    names = circumstances.signed.agencies
    if not listes.mailing.get(EVERY_AGENCY):
        yield _point(ListesCode.NOBODY, Sort.MAILING, EVERY_AGENCY, agency="")
    for agency, addresses in sorted(listes.mailing.items()):
        if agency != EVERY_AGENCY and agency not in names:
            yield _point(ListesCode.UNKNOWN_AGENCY, Sort.MAILING, agency, value=agency, agency=agency)
        for point in _addresses_points(Sort.MAILING, agency, addresses):
            yield replace(point, detail={**point.detail, "agency": names.get(agency, agency)})


def _addresses_points(sort: Sort, name: str, addresses: tuple[str, ...]) -> Iterator[Point]:
    def is_address(value: str) -> bool:
        return len(value) <= _LONGEST_MAIL and _MAIL.fullmatch(value) is not None

    yield from _each(sort, name, addresses, MOST_ADDRESSES, is_address, ListesCode.NOT_AN_ADDRESS)


def _fallback_points(listes: Listes, circumstances: Circumstances) -> Iterator[Point]:
    if not listes.fallback:
        yield _point(ListesCode.NOBODY, Sort.FALLBACK)

    def is_number(value: str) -> bool:
        return _E164.fullmatch(value) is not None

    yield from _each(Sort.FALLBACK, "", listes.fallback, MOST_FALLBACKS, is_number, ListesCode.NOT_A_NUMBER)
    for number in listes.fallback:
        if number[-9:] in {own[-9:] for own in circumstances.signed.not_to_fall_back_on}:
            yield _point(ListesCode.OUR_NUMBER, Sort.FALLBACK, value=number)


def _each(
    sort: Sort, name: str, values: tuple[str, ...], most: int, is_good: Callable[[str], bool], bad: ListesCode
) -> Iterator[Point]:
    if len(values) > most:
        yield _point(ListesCode.TOO_MANY, sort, name, most=str(most))
    seen: set[str] = set()
    for value in values:
        if not is_good(value):
            yield _point(bad, sort, name, value=value)
        elif value.casefold() in seen:
            yield _point(ListesCode.TWICE, sort, name, value=value)
        seen.add(value.casefold())


def _overflow_points(in_force: Listes, proposed: Listes, circumstances: Circumstances) -> Iterator[Point]:
    known = {delay.from_day: delay for delay in in_force.overflow_delays}
    today = paris_day(circumstances.now)
    if not proposed.overflow_delays:
        yield _point(ListesCode.NOBODY, Sort.OVERFLOW)
    for delay in proposed.overflow_delays:
        if known.get(delay.from_day) == delay:
            continue
        day = delay.from_day.isoformat()
        if delay.from_day < today:
            code = ListesCode.BEGUN_DAY if delay.from_day in known else ListesCode.LATE_DAY
            yield _point(code, Sort.OVERFLOW, day)
        elif delay.from_day > today + FARTHEST:
            yield _point(ListesCode.TOO_FAR_DAY, Sort.OVERFLOW, day)
        yield from _bounded(delay.seconds, 0, LONGEST_OVERFLOW_S, Sort.OVERFLOW, day)
    if any(delay not in proposed.overflow_delays and delay.from_day < today for delay in in_force.overflow_delays):
        yield _point(ListesCode.BEGUN_DAY, Sort.OVERFLOW)


def _answer_points(listes: Listes, circumstances: Circumstances) -> Iterator[Point]:
    if DEFAULT_RANK not in listes.answer_within_s:
        yield _point(ListesCode.NOBODY, Sort.ANSWER, DEFAULT_RANK)
    cap = circumstances.signed.cap_from_creation_s
    for rank, seconds in listes.answer_within_s.items():
        yield from _bounded(seconds, SHORTEST_ANSWER_S, LONGEST_ANSWER_S, Sort.ANSWER, rank)
        if seconds > cap:
            yield _point(ListesCode.OVER_CAP, Sort.ANSWER, rank, most=str(cap))


def _alarm_points(listes: Listes, circumstances: Circumstances) -> Iterator[Point]:
    yield from _bounded(listes.alarm_after_wait_s, SHORTEST_ALARM_S, LONGEST_ALARM_S, Sort.ALARM, "")
    today = paris_day(circumstances.now)
    before = [delay for delay in listes.overflow_delays if delay.from_day <= today]
    theirs = [*before[-1:], *(delay for delay in listes.overflow_delays if delay.from_day > today)]
    if any(delay.seconds + listes.alarm_after_wait_s >= MOST_WAITED_S for delay in theirs):
        yield _point(ListesCode.THREE_MINUTES, Sort.ALARM, blocks=False)


def _bounded(value: int, least: int, most: int, sort: Sort, name: str) -> Iterator[Point]:
    if not least <= value <= most:
        yield _point(ListesCode.OUT_OF_BOUNDS, sort, name, least=str(least), most=str(most))


def _campaign_points(in_force: Listes, proposed: Listes, circumstances: Circumstances) -> Iterator[Point]:
    for campaign in proposed.campaigns:
        if campaign not in in_force.campaigns:
            yield from (
                _point(code, Sort.CAMPAIGN, campaign.starts_on.isoformat())
                for code in _campaign_codes(campaign, in_force, circumstances.now)
            )
    if circumstances.signed.records_calls and not proposed.campaigns:
        yield _point(ListesCode.NEVER_RECORDED, Sort.CAMPAIGN, blocks=False)


def _campaign_codes(campaign: Campaign, in_force: Listes, now: datetime) -> Iterator[ListesCode]:
    """A day that has begun is recorded only if it was already: callers of this morning heard no notice (R14)."""
    today = paris_day(now)
    if not campaign.reason.strip() or writable(campaign.reason) != campaign.reason:
        yield ListesCode.WITHOUT_REASON
    elif len(campaign.reason) > LONGEST_REASON:
        yield ListesCode.REASON_TOO_LONG
    if campaign.ends_before <= campaign.starts_on:
        yield ListesCode.BACKWARDS_DAYS
    elif campaign.ends_before > today + FARTHEST + timedelta(days=1):
        yield ListesCode.TOO_FAR_DAY
    goes_on = any(one.starts_on == campaign.starts_on and one.ends_before > today for one in in_force.campaigns)
    if campaign.starts_on <= today and not goes_on:
        yield ListesCode.PAST_DAY
