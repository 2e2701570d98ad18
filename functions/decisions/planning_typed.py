"""Somebody on call in the place of another, as a planner typed it: the quickest of updates (R30)."""

from datetime import date, datetime, time

from decisions.typed import typed_clock, typed_day
from permanence.domain.frozen import dataclass
from permanence.domain.reference.cell_dates import SUMMER, WINTER, paris_instant
from permanence.domain.reference.planning import PlannedDuty
from permanence.domain.reference.rota import OnCallRole
from permanence.domain.reference.tables import Misread, MistakeCode
from permanence.web.requests import Form

SEASONS = (SUMMER, WINTER)


@dataclass(frozen=True)
class TypedInstant:
    """Day and clock of Paris; `season` says which hour is meant where one comes twice."""

    day: str
    clock: str
    season: str

    def read(self) -> tuple[datetime | None, str]:
        """The instant (UTC), or what is wrong: day, clock, twice, never."""
        day, clock = typed_day(self.day), typed_clock(self.clock)
        if day is None:
            return None, "day"
        if clock is None:
            return None, "clock"
        return read_instant(day, clock, self.season)


@dataclass(frozen=True)
class TypedReplacement:
    """`cell` is the role and the sector, as the page offers them; `person` an id of the annuaire."""

    cell: str
    person: str
    start: TypedInstant
    end: TypedInstant

    def read(self) -> tuple[PlannedDuty | None, tuple[str, ...]]:
        """The duty, or the fields that say none."""
        role, _, sector = self.cell.partition(" ")
        start, of_start = self.start.read()
        end, of_end = self.end.read()
        found = {"cell": role in set(OnCallRole) and bool(sector), "person": bool(self.person)}
        mistakes = [name for name, is_there in found.items() if not is_there]
        mistakes += [f"from_{of_start}"] if of_start else []
        mistakes += [f"to_{of_end}"] if of_end else []
        if start and end and end <= start:
            mistakes.append("to_before")
        if mistakes or start is None or end is None:
            return None, tuple(mistakes)
        return PlannedDuty(sector, OnCallRole(role), self.person, start, end), ()


def read_instant(day: date, clock: time, season: str) -> tuple[datetime | None, str]:
    """The instant (UTC) of a Paris clock, or why there is none: it comes twice and nobody said which, or never."""
    try:
        return paris_instant(day, clock, season if season in SEASONS else ""), ""
    except Misread as misread:
        return None, "twice" if misread.code == MistakeCode.HOUR_TWICE else "never"


_NO_INSTANT = TypedInstant("", "", "")
NOTHING_TYPED = TypedReplacement("", "", _NO_INSTANT, _NO_INSTANT)


def typed_replacement(form: Form) -> TypedReplacement:
    start, end = (
        TypedInstant(*(form.one(f"{at}_{part}")[:20] for part in ("day", "clock", "season"))) for at in ("from", "to")
    )
    return TypedReplacement(form.one("cell")[:200], form.one("person")[:200], start, end)
