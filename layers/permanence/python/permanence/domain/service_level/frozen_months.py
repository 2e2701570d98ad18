"""A month as it was frozen (R65), and what has come since.

`FrozenMonth` is the one fact from which the workbook, the mail and the page of a month are made, whatever is learnt or
put in force afterwards. It names nobody (R71).
"""

from collections.abc import Sequence
from datetime import datetime

from permanence.domain.contract import Rules
from permanence.domain.frozen import dataclass
from permanence.domain.service_level.facts import CallFact
from permanence.domain.service_level.figures import Count, Value, numbers_of, value_of
from permanence.domain.service_level.indicators import PRESENTED, Measure, Tally, added_up, measures, of_no_call, tally
from permanence.domain.service_level.settled_days import Counts, SettledDay, tally_of


@dataclass(frozen=True)
class FrozenMonth:
    """`month` is Paris-local, ``2026-11``; `calls` are the facts known at `frozen_at` (UTC), judged by `rules`."""

    month: str
    frozen_at: datetime
    rules: Rules
    calls: tuple[CallFact, ...]


@dataclass(frozen=True)
class FrozenFigures:
    """What a frozen month comes to, without its calls; `counts` as in a `SettledDay`."""

    month: str
    frozen_at: datetime
    rules: Rules
    counts: Counts


@dataclass(frozen=True)
class Difference:
    """What a frozen figure would be by all that is known since; the rules are those of the frozen month."""

    frozen: Measure
    now: Value


@dataclass(frozen=True)
class SinceFrozen:
    """`late_calls` became known after the month was frozen; negative, so many count in it no more. Without any, what
    differs was learnt of calls that it counts."""

    late_calls: int
    differences: tuple[Difference, ...]


def frozen_figures(frozen: FrozenMonth) -> FrozenFigures:
    """The figures of a frozen month: the same for the same month."""
    counted = tally(frozen.calls, frozen.rules.terms)
    counts = {key: numbers_of(value) for key, value in counted.items()}
    return FrozenFigures(frozen.month, frozen.frozen_at, frozen.rules, counts)


def frozen_measures(frozen: FrozenFigures) -> tuple[Measure, ...]:
    """Every indicator as it was frozen; a formula that has been added since is not among them."""
    return measures(_tally(frozen), frozen.rules.terms)


def since_frozen(frozen: FrozenFigures, days: Sequence[SettledDay]) -> SinceFrozen | None:
    """What all days of the month, settled since, say otherwise, all services together and the readings held. None
    while one of them is counted by other rules, which would compare two things."""
    parts = [tally_of(day, frozen.rules.terms) for day in days if day.rules == frozen.rules.version]
    known = [part for part in parts if part is not None]
    if len(known) < len(days):
        return None
    now = measures(added_up(known, frozen.rules.terms), frozen.rules.terms)
    values = {(one.indicator.indicator_id, one.formula.reading, one.service): one.value for one in now}
    held = [one for one in frozen_measures(frozen) if one.service is None and not one.is_variant]
    differences = [
        Difference(one, value)
        for one in held
        if (value := values[one.indicator.indicator_id, one.formula.reading, None]) != one.value
    ]
    return SinceFrozen(_presented(now) - _presented(held), tuple(differences))


def _tally(frozen: FrozenFigures) -> Tally:
    like = of_no_call(frozen.rules.terms)
    return {key: value_of(like[key], numbers) for key, numbers in frozen.counts.items() if key in like}


def _presented(found: Sequence[Measure]) -> int:
    return sum(
        one.value.calls
        for one in found
        if one.indicator.indicator_id == PRESENTED and one.service is None and isinstance(one.value, Count)
    )
