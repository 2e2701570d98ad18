"""The month's indicators as Habitat 70 reads them: the value held first, its variants beside it (R53, R60-R64)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from permanence.application.reception.ports import Calls
from permanence.application.timeline.call_facts import facts_of
from permanence.application.timeline.french import spell_duration
from permanence.application.timeline.ports import SettledDays
from permanence.domain.contract import Contract
from permanence.domain.frozen import dataclass
from permanence.domain.instants import midnight, paris_day
from permanence.domain.reference.calendar import Service
from permanence.domain.service_level.figures import Count, Longest, Mean, Rate
from permanence.domain.service_level.frozen_months import FrozenFigures, SinceFrozen, frozen_measures, since_frozen
from permanence.domain.service_level.indicators import Measure, Tally, added_up, measures, tally
from permanence.domain.service_level.settled_days import SettledDay, tally_of

ALL_SERVICES = "tous les services"


@dataclass(frozen=True)
class Figure:
    """One measure in primitives: exactly one of `percent`, `count` and `duration`, or none of them, « sans objet ».

    `met` and `margin` are given for what the contract judges: how many more calls may fail, or were one too many.
    """

    name: str
    article: str
    formula: str
    scope: str  # a Service value, or ALL_SERVICES
    percent: Decimal | None
    numerator: int
    denominator: int
    count: int | None
    duration: timedelta | None
    is_variant: bool
    target_percent: int | None
    met: bool | None
    margin: int | None
    is_signed: bool


@dataclass(frozen=True)
class FigureRow:
    """One formula over both services, then over each."""

    name: str
    article: str
    formula: str
    is_variant: bool
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Since:
    """What has come since a month was frozen: each figure that differs, as frozen and by all that is known; and how
    many calls became known (or, negative, count no more), which is why."""

    late_calls: int
    figures: tuple[tuple[Figure, Figure], ...]


@dataclass(frozen=True)
class MonthFigures:
    """`missing` are days that are over and counted nowhere: the figures are without them. `other_rules` are the
    versions of the contract, other than the present one, that some of the days were counted by.

    A frozen month shows what was frozen (R65), and beside it what has come `since`: None while that is not known.
    """

    month: str
    judged: tuple[Figure, ...]
    rows: tuple[FigureRow, ...]
    missing: tuple[date, ...]
    other_rules: tuple[str, ...]
    frozen: FrozenFigures | None = None
    since: Since | None = None


def view_month_figures(
    calls: Calls, settled_days: SettledDays, contract: Contract, month: str, now: datetime
) -> MonthFigures:
    """The days that are settled, and the calls of today, and of yesterday until the morning's run has settled it.

    2 requests whatever the size of the month, as long as the calls of two days weigh less than a megabyte; 1 for a
    month that is settled or frozen.
    """
    today = paris_day(now)
    known_month = settled_days.of_month(month)
    if known_month.frozen is not None:
        return _frozen(known_month.frozen, known_month.days)
    begun = [day for day in _days_of(month) if day <= today]
    settled = {known.day: known for known in known_month.days if known.day < today}
    parts = {day: part for day, known in settled.items() if (part := tally_of(known, contract.service_level))}
    unsettled = [day for day in begun if day not in parts]
    open_days = [day for day in unsettled if today - day <= timedelta(days=1)]
    whole = added_up([*parts.values(), _count(calls, contract, month, open_days)], contract.service_level)
    figures = [_figure(measure) for measure in measures(whole, contract.service_level)]
    return MonthFigures(
        month,
        judged=tuple(figure for figure in figures if figure.target_percent is not None),
        rows=_rows(figures),
        missing=tuple(day for day in unsettled if day not in open_days),
        other_rules=_other_rules((settled[day] for day in parts), contract),
    )


def _frozen(frozen: FrozenFigures, days: Sequence[SettledDay]) -> MonthFigures:
    figures = [_figure(measure) for measure in frozen_measures(frozen)]
    is_whole = len(days) == len(list(_days_of(frozen.month)))
    since = since_frozen(frozen, days) if is_whole else None
    return MonthFigures(
        frozen.month,
        judged=tuple(figure for figure in figures if figure.target_percent is not None),
        rows=_rows(figures),
        missing=(),
        other_rules=(),
        frozen=frozen,
        since=_since(since) if since else None,
    )


def _since(since: SinceFrozen) -> Since:
    pairs = ((_figure(one.frozen), _figure(replace(one.frozen, value=one.now))) for one in since.differences)
    return Since(since.late_calls, tuple(pair for pair in pairs if not _read_alike(*pair)))


def _read_alike(frozen: Figure, now: Figure) -> bool:
    """Two lengths that differ by less than what is shown of them."""
    if frozen.duration is None or now.duration is None:
        return False
    return spell_duration(frozen.duration) == spell_duration(now.duration)


def _days_of(month: str) -> Iterator[date]:
    """All days of a month, ``2026-11``."""
    day = date.fromisoformat(f"{month}-01")
    while f"{day:%Y-%m}" == month:
        yield day
        day += timedelta(days=1)


def _count(calls: Calls, contract: Contract, month: str, days: Sequence[date]) -> Tally:
    """The calls of some days, the last of the month so far."""
    records = calls.of_month(month, since=midnight(days[0]), fiches=False) if days else iter(())
    facts = facts_of(records)
    return tally((fact for fact in facts if paris_day(fact.presented_at) in days), contract.service_level)


def _other_rules(days: Iterator[SettledDay], contract: Contract) -> tuple[str, ...]:
    return tuple(sorted({day.rules for day in days} - {contract.version}))


def _rows(figures: Sequence[Figure]) -> tuple[FigureRow, ...]:
    """In the order of the registry, what the contract judges first; the services side by side."""
    by_formula: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        by_formula.setdefault((figure.name, figure.formula), []).append(figure)
    order = [ALL_SERVICES, *Service]
    return tuple(
        FigureRow(
            name,
            group[0].article,
            formula,
            group[0].is_variant,
            tuple(sorted(group, key=lambda figure: order.index(figure.scope))),
        )
        for (name, formula), group in by_formula.items()
    )


def _figure(measure: Measure) -> Figure:
    value, target = measure.value, measure.target_percent
    rate = value if isinstance(value, Rate) else None
    return Figure(
        name=measure.indicator.label,
        article=measure.indicator.article,
        formula=measure.formula.text,
        scope=measure.service or ALL_SERVICES,
        percent=rate.percent if rate else None,
        numerator=rate.numerator if rate else 0,
        denominator=rate.denominator if rate else 0,
        count=value.calls if isinstance(value, Count) else None,
        duration=value.length if isinstance(value, Mean | Longest) else None,
        is_variant=measure.is_variant,
        target_percent=target,
        met=rate.meets(target) if rate and target is not None else None,
        margin=rate.margin(target) if rate and target is not None else None,
        is_signed=measure.reading is None or measure.reading.agreed_on is not None,
    )
