"""What an indicator comes to, in a form that adds the parts of a time up to the whole (R63, R64).

A rate keeps its numerator and its denominator, a mean its sum and its count: an average of averages is none.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from permanence.domain.frozen import dataclass

_CENT = Decimal("0.01")
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Rate:
    """`numerator` calls out of `denominator`; without any call a rate is « sans objet » (R63)."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Decimal | None:
        """In per cent, to the hundredth, half up; for the reader only, never for a comparison."""
        return _percent(self.numerator, self.denominator) if self.denominator else None

    def meets(self, target_percent: int) -> bool | None:
        """Strictly over the target, in integers; None when there is nothing to judge."""
        return 100 * self.numerator > target_percent * self.denominator if self.denominator else None

    def gap(self, target_percent: int) -> Decimal | None:
        """Points over the target, negative when they are missing, between the rate as it is read and the target."""
        return None if self.percent is None else self.percent - target_percent

    def margin(self, target_percent: int) -> int | None:
        """How many more calls could have failed with the target still met; negative: how many were one too many."""
        if not self.denominator:
            return None
        return self.numerator - (target_percent * self.denominator // 100 + 1)


@dataclass(frozen=True)
class Count:
    calls: int


@dataclass(frozen=True)
class Mean:
    """`total` over `calls` that have such a duration."""

    total: timedelta
    calls: int

    @property
    def length(self) -> timedelta | None:
        """None when no call has such a duration."""
        return self.total / self.calls if self.calls else None


@dataclass(frozen=True)
class Longest:
    """None when no call has such a duration."""

    length: timedelta | None


Value = Rate | Count | Mean | Longest


def together(*parts: Value) -> Value:
    """What the parts of a time come to as one. Raises TypeError on parts of several kinds."""
    kind = type(parts[0])
    if any(type(part) is not kind for part in parts):
        raise TypeError(f"{' and '.join(type(part).__name__ for part in parts)} do not add up")
    numbers = [numbers_of(part) for part in parts]
    if kind is Longest:
        return value_of(parts[0], max(numbers))
    return value_of(parts[0], tuple(map(sum, zip(*numbers, strict=True))))


def numbers_of(value: Value) -> tuple[int, ...]:
    """A value as it is kept: durations in microseconds."""
    match value:
        case Rate():
            return value.numerator, value.denominator
        case Count():
            return (value.calls,)
        case Mean():
            return value.total // _MICROSECOND, value.calls
        case Longest():
            return () if value.length is None else (value.length // _MICROSECOND,)


def value_of(like: Value, numbers: tuple[int, ...]) -> Value:
    """The inverse of `numbers_of`, of the same kind as `like`. Raises ValueError on numbers of another kind."""
    try:
        return _MADE_OF[type(like)](*numbers)
    except TypeError as error:
        raise ValueError(f"{numbers} is no {type(like).__name__}") from error


def _mean_of(total: int, calls: int) -> Mean:
    return Mean(total * _MICROSECOND, calls)


def _longest_of(length: int | None = None) -> Longest:
    return Longest(None if length is None else length * _MICROSECOND)


_MADE_OF: Mapping[type[Value], Callable[..., Value]] = {
    Rate: Rate,
    Count: Count,
    Mean: _mean_of,
    Longest: _longest_of,
}


def _percent(numerator: int, denominator: int) -> Decimal:
    return (Decimal(100 * numerator) / denominator).quantize(_CENT, ROUND_HALF_UP)
