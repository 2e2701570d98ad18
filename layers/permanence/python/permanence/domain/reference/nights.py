"""The nights of Paris, each by the day whose evening begins it: what is told of a hole is how many it takes (R31)."""

from datetime import UTC, date, datetime, time, timedelta

from permanence.domain.instants import PARIS, paris_day

_BEGINS, _ENDS = time(20), time(6)
_DAY = timedelta(days=1)


def nights_of(start: datetime, end: datetime) -> tuple[date, ...]:
    """Those that [start, end), UTC, touches between 20 h and 6 h; none for a span by day."""
    evening, found = paris_day(start) - _DAY, []
    while _instant(evening, _BEGINS) < end:
        if _instant(evening + _DAY, _ENDS) > start:
            found.append(evening)
        evening += _DAY
    return tuple(found)


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, PARIS).astimezone(UTC)
