"""What stays of a day that is over: its figures, and nothing of anybody (R71).

A month's figures are those of its days added up, so that reading them costs the same whatever the number of calls, and
goes on when the calls themselves are erased.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from permanence.domain.contract import Rules, ServiceLevelTerms
from permanence.domain.frozen import dataclass
from permanence.domain.service_level.facts import CallFact
from permanence.domain.service_level.figures import numbers_of, value_of
from permanence.domain.service_level.indicators import Tally, read_tally, tally

Counts = Mapping[str, tuple[int, ...]]
"""The key of each value in a `Tally` with its numbers: counts of calls, sums of durations and the longest one, in
microseconds."""


@dataclass(frozen=True)
class SettledDay:
    """The figures of the calls presented on one Paris-local day, by service and formula; `rules` is the version of the
    contract that they were counted by."""

    day: date
    rules: str
    counts: Counts


def settled(day: date, facts: Iterable[CallFact], rules: Rules) -> SettledDay:
    """The facts of the calls of a day, settled by some rules."""
    counted = tally(facts, rules.terms)
    return SettledDay(day, rules.version, {key: numbers_of(value) for key, value in counted.items()})


def tally_of(known: SettledDay, terms: ServiceLevelTerms) -> Tally | None:
    """A settled day as a part of its month; None when it was settled without one of today's formulas."""
    counts = known.counts
    return read_tally(terms, lambda key, kind: value_of(kind, counts[key]) if key in counts else None)
