"""Openings out of the ordinary and the full takeover as somebody typed them, and what the checks say (R30, R4)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from decisions.typed import typed_clock, typed_day
from permanence.application.timeline.french import clock
from permanence.domain.frozen import dataclass
from permanence.domain.instants import PARIS
from permanence.domain.reference.announcing import LONGEST_WORDS
from permanence.domain.reference.documents import Point
from permanence.domain.reference.exceptional import WHOLE_CRC, Exceptional, Opening, Takeover
from permanence.domain.reference.exceptional_points import ExceptionalCode
from permanence.web.formats import day
from permanence.web.requests import Form

_NAMES: Mapping[str, str] = {
    Exceptional.OPENING: "L’ouverture du {day}",
    Exceptional.TAKEOVER: "La prise en charge totale du {day}",
}
_SENTENCES: Mapping[str, str] = {
    ExceptionalCode.BACKWARDS: "{name} ne finit pas après son début.",
    ExceptionalCode.PAST: "{name}, {clock}, serait déjà commencée : une date passée ne se change plus.",
    ExceptionalCode.BEGUN: "{name}, {clock}, a commencé depuis : comparez de nouveau.",
    ExceptionalCode.TOO_FAR: "{name} finit dans plus de deux ans : vérifiez l’année.",
    ExceptionalCode.WITHOUT_REASON: "{name} : il manque la raison.",
    ExceptionalCode.REASON_TOO_LONG: f"{{name}} : la raison dépasse {LONGEST_WORDS} caractères.",
    ExceptionalCode.SEVERAL_DAYS: "{name} touche minuit : une ouverture tient en un jour.",
    ExceptionalCode.UNKNOWN_AGENCY: "{name} : cette agence n’est pas au contrat.",
    ExceptionalCode.CHANGES_NOTHING: "{name} : le CRC est déjà ouvert à ces heures, elle n’y change rien.",
}
_OVERLAP: Mapping[str, str] = {
    Exceptional.OPENING: "{name} tombe sur une fermeture, le {other} : enlevez l’une ou l’autre.",
    Exceptional.TAKEOVER: "{name} commence avant la fin de celle du {other}.",
}


def exceptional_sentence(point: Point) -> str:
    start, entry = datetime.fromisoformat(point.subject), point.detail["entry"]
    told = {"name": _NAMES[entry].format(day=day(start)), "clock": clock(start)}
    if point.code == ExceptionalCode.OVERLAP:
        return _OVERLAP[entry].format(**told, other=day(datetime.fromisoformat(point.detail["other"])))
    return _SENTENCES[point.code].format(**told)


@dataclass(frozen=True)
class TypedOpening:
    """The fields of the form, as they were typed; day and clocks on those of Paris."""

    agency: str
    day: str
    opens: str
    closes: str
    why: str

    @property
    def entry(self) -> str:
        return Exceptional.OPENING

    def read(self) -> tuple[Opening | None, tuple[str, ...]]:
        """The opening, or the fields that say none."""
        its_day, opens, closes = typed_day(self.day), typed_clock(self.opens), typed_clock(self.closes)
        if its_day and opens is not None and closes is not None and self.why:
            return Opening(_instant(its_day, opens), _instant(its_day, closes), self.why, self.agency), ()
        found = {
            "opening_day": its_day,
            "opening_opens": opens,
            "opening_closes": closes,
            "opening_why": self.why or None,
        }
        return None, tuple(name for name, value in found.items() if value is None)


NO_OPENING_TYPED = TypedOpening(WHOLE_CRC, "", "", "", "")


def typed_opening(form: Form) -> TypedOpening:
    return TypedOpening(*(form.one(f"opening_{name}")[:200] for name in ("agency", "day", "opens", "closes", "why")))


@dataclass(frozen=True)
class TypedTakeover:
    """The fields of the form, as they were typed `at` an instant, when it begins if no day is given."""

    why: str
    from_day: str
    from_clock: str
    to_day: str
    to_clock: str
    at: datetime | None = None

    @property
    def entry(self) -> str:
        return Exceptional.TAKEOVER

    def read(self) -> tuple[Takeover | None, tuple[str, ...]]:
        """The takeover, or the fields that say none."""
        begins = self.at if not (self.from_day or self.from_clock) else None
        from_day, from_clock = typed_day(self.from_day), typed_clock(self.from_clock)
        if from_day and from_clock is not None:
            begins = _instant(from_day, from_clock)
        to_day, to_clock = typed_day(self.to_day), typed_clock(self.to_clock)
        if begins and to_day and to_clock is not None and self.why:
            return Takeover(begins, _instant(to_day, to_clock), self.why), ()
        found = {
            "takeover_why": self.why or None,
            "takeover_from_day": begins or from_day,
            "takeover_from_clock": begins or from_clock,
            "takeover_to_day": to_day,
            "takeover_to_clock": to_clock,
        }
        return None, tuple(name for name, value in found.items() if value is None)


NO_TAKEOVER_TYPED = TypedTakeover("", "", "", "", "")


def typed_takeover(form: Form, now: datetime) -> TypedTakeover:
    names = ("why", "from_day", "from_clock", "to_day", "to_clock")
    why, from_day, from_clock, to_day, to_clock = (form.one(f"takeover_{name}")[:200] for name in names)
    return TypedTakeover(why, from_day, from_clock, to_day, to_clock, at=now)


def _instant(its_day: date, its_clock: time) -> datetime:
    return datetime.combine(its_day, its_clock, PARIS).astimezone(UTC)
