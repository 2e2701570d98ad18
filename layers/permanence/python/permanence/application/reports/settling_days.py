"""Days that are over become figures without names, which the indicators add up (R53, R71).

The rule: each run settles the last fifteen days anew, since what belongs to a call may still come: a dead letter keeps
an event for fourteen days. An older day stays as it was settled; what comes later is in the calls alone, as long as
they are kept. A run also makes up for days that no run has settled, or that were settled by other rules, the newest
first and `MOST_MISSED` of them at once. Days whose calls the purge may have begun to erase stay as they are for ever.

The rules are those in force; the days of a frozen month are counted by those that it was frozen with, so that what
differs from it is what has come since (R65).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from permanence.application.reception.ports import Calls
from permanence.application.timeline.call_facts import facts_of
from permanence.application.timeline.ports import SettledDays
from permanence.domain.contract import Contract, Rules
from permanence.domain.frozen import dataclass
from permanence.domain.instants import midnight, paris_day
from permanence.domain.service_level.facts import CallFact
from permanence.domain.service_level.settled_days import SettledDay, settled, tally_of

SETTLED_ANEW = 15
MOST_MISSED = 62
PURGE_MARGIN = timedelta(days=2)
"""A call is stamped by its birth, which may be on the day before its presentation."""


@dataclass(frozen=True)
class SettlingDays:
    """What the job works with."""

    contract: Contract
    calls: Calls
    days: SettledDays


@dataclass(frozen=True)
class DaysRun:
    """How many days a run has counted, how many of them it wrote, and how many it leaves to the next one."""

    counted: int
    written: int
    left: int


def settle_days(job: SettlingDays, now: datetime) -> DaysRun:
    """Settle the Paris-local days that are over; a repeat writes nothing.

    1 request for the settled days of each month that calls are kept of, 1 a page of the calls of a month from its
    first day to settle, 1 for each day that changes.
    """
    over = _days_with_all_their_calls(job.contract, now)
    months = dict.fromkeys(f"{day:%Y-%m}" for day in over)
    kept = {month: job.days.of_month(month) for month in months}
    known = {found.day: found for month in kept.values() for found in month.days}
    rules = {month: found.frozen.rules if found.frozen else job.contract.rules for month, found in kept.items()}
    missed = [day for day in over[SETTLED_ANEW:] if not _is_up_to_date(known.get(day), rules[f"{day:%Y-%m}"])]
    chosen = [*over[:SETTLED_ANEW], *missed[:MOST_MISSED]]
    changed = [day for day in _count(job, sorted(chosen), rules) if day != known.get(day.day)]
    for day in changed:
        job.days.settle(day)
    return DaysRun(len(chosen), len(changed), len(missed[MOST_MISSED:]))


def _days_with_all_their_calls(contract: Contract, now: datetime) -> Sequence[date]:
    """The newest first."""
    kept = timedelta(days=contract.retention.items) - PURGE_MARGIN
    return [paris_day(now) - timedelta(days=ago) for ago in range(1, kept.days + 1)]


def _is_up_to_date(known: SettledDay | None, rules: Rules) -> bool:
    return known is not None and known.rules == rules.version and tally_of(known, rules.terms) is not None


def _count(job: SettlingDays, days: Sequence[date], rules: Mapping[str, Rules]) -> Iterator[SettledDay]:
    """Days in order, those of a month in one reading of its calls."""
    for month, of_month in groupby(days, key=lambda day: f"{day:%Y-%m}"):
        wanted = list(of_month)
        facts: dict[date, list[CallFact]] = {day: [] for day in wanted}
        for fact in facts_of(job.calls.of_month(month, since=midnight(wanted[0]))):
            if (day := paris_day(fact.presented_at)) in facts:
                facts[day].append(fact)
        yield from (settled(day, facts[day], rules[month]) for day in wanted)
