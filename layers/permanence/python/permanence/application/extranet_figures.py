"""The month's indicators as Habitat 70 reads them: the value held first, its variants beside it (R53, R60-R64)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from permanence.application.ports import Calls
from permanence.domain.calendar import Service
from permanence.domain.contract import Contract
from permanence.domain.facts import CallFact, call_fact
from permanence.domain.service_level import Count, Duration, Measure, Rate, Value, indicators

BOTH_SERVICES = "les deux services"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure in primitives: exactly one of `percent`, `count` and `duration`, or none of them, « sans objet ».

    `met` and `margin` are given for what the contract judges: how many more calls may fail, or were one too many.
    """

    name: str
    article: str
    formula: str
    scope: str  # a Service value, or BOTH_SERVICES
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


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One formula over both services, then over each."""

    name: str
    article: str
    formula: str
    is_variant: bool
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class MonthFigures:
    month: str
    judged: tuple[Figure, ...]
    rows: tuple[FigureRow, ...]


def view_month_figures(calls: Calls, contract: Contract, month: str) -> MonthFigures:
    """1 request for each megabyte of calls: a figure must count every call of its month."""
    measures = indicators(_facts(calls, contract, month), contract.service_level)
    figures = [_figure(measure) for measure in measures]
    return MonthFigures(
        month, judged=tuple(figure for figure in figures if figure.target_percent is not None), rows=_rows(figures)
    )


def _rows(figures: Sequence[Figure]) -> tuple[FigureRow, ...]:
    """In the order of the registry, what the contract judges first; the services side by side."""
    by_formula: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        by_formula.setdefault((figure.name, figure.formula), []).append(figure)
    order = [BOTH_SERVICES, *Service]
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


def _facts(calls: Calls, contract: Contract, month: str) -> Iterator[CallFact]:
    for record in calls.of_month(month):
        fact = call_fact(record.call, record.form, "", contract)
        if fact is not None:
            yield fact


def _figure(measure: Measure) -> Figure:
    value, target = measure.value, measure.target_percent
    rate = value if isinstance(value, Rate) else None
    return Figure(
        name=measure.indicator.label,
        article=measure.indicator.article,
        formula=measure.formula.text,
        scope=measure.service or BOTH_SERVICES,
        percent=rate.percent if rate else None,
        numerator=rate.numerator if rate else 0,
        denominator=rate.denominator if rate else 0,
        count=value.calls if isinstance(value, Count) else None,
        duration=_length(value),
        is_variant=measure.is_variant,
        target_percent=target,
        met=rate.meets(target) if rate and target is not None else None,
        margin=rate.margin(target) if rate and target is not None else None,
        is_signed=measure.reading is None or measure.reading.agreed_on is not None,
    )


def _length(value: Value) -> timedelta | None:
    return value.length if isinstance(value, Duration) else None
