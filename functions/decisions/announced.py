"""Peaks and works as somebody typed them, and what the checks say of them in French (R6, R83)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from decisions.typed import typed_clock, typed_day
from permanence.domain.frozen import dataclass
from permanence.domain.instants import PARIS, midnight
from permanence.domain.reference.announced import Announcement, Peak, Works
from permanence.domain.reference.announcing import LONGEST_WORDS, AnnouncedCode
from permanence.domain.reference.documents import Point
from permanence.domain.reference.places import Where, normalise
from permanence.web.formats import day
from permanence.web.requests import Form

PLACES: Mapping[Where, str] = {
    Where.COMMUNE: "Commune",
    Where.RESIDENCE: "Résidence",
    Where.BUILDING: "Bâtiment, par son identifiant",
}
_NAMES: Mapping[str, str] = {Announcement.PEAK: "Le pic", Announcement.WORKS: "L’avis de travaux"}
_TOO_LATE: Mapping[str, str] = {
    Announcement.PEAK: "serait déjà commencé : il s’annonce à l’avance",
    Announcement.WORKS: "est déjà fini : il ne s’annonce plus",
}
_SENTENCES: Mapping[str, str] = {
    AnnouncedCode.BACKWARDS: "{name} du {day} ne finit pas après son début.",
    AnnouncedCode.PAST: "{name} du {day} {too_late}.",
    AnnouncedCode.TOO_FAR: "{name} du {day} finit dans plus de deux ans : vérifiez l’année.",
    AnnouncedCode.WITHOUT_WORDS: "Il manque ce qui est annoncé pour le {day}.",
    AnnouncedCode.WORDS_TOO_LONG: f"Ce qui est annoncé pour le {{day}} dépasse {LONGEST_WORDS} caractères.",
}


def announced_sentence(point: Point) -> str:
    start = datetime.fromisoformat(point.subject)
    entry = point.detail["entry"]
    return _SENTENCES[point.code].format(name=_NAMES[entry], day=day(start), too_late=_TOO_LATE[entry])


@dataclass(frozen=True)
class TypedPeak:
    """The fields of the form, as they were typed; days and clocks on those of Paris."""

    what: str
    from_day: str
    from_clock: str
    to_day: str
    to_clock: str

    @property
    def entry(self) -> str:
        return Announcement.PEAK

    def read(self) -> tuple[Peak | None, tuple[str, ...]]:
        """The peak, or the fields that say none."""
        start_day, start, end_day, end = (
            typed_day(self.from_day),
            typed_clock(self.from_clock),
            typed_day(self.to_day),
            typed_clock(self.to_clock),
        )
        if self.what and start_day and start is not None and end_day and end is not None:
            begins, ends = (
                datetime.combine(its_day, one, PARIS).astimezone(UTC)
                for its_day, one in ((start_day, start), (end_day, end))
            )
            return Peak(begins, ends, self.what), ()
        found = {
            "peak_what": self.what or None,
            "peak_from_day": start_day,
            "peak_from_clock": start,
            "peak_to_day": end_day,
            "peak_to_clock": end,
        }
        return None, tuple(name for name, value in found.items() if value is None)


NO_PEAK_TYPED = TypedPeak("", "", "", "", "")


def typed_peak(form: Form) -> TypedPeak:
    names = ("what", "from_day", "from_clock", "to_day", "to_clock")
    return TypedPeak(*(form.one(f"peak_{name}")[:200] for name in names))


@dataclass(frozen=True)
class TypedWorks:
    """The fields of the form, as they were typed; whole days of Paris, the last one within."""

    where: str
    place: str
    what: str
    from_day: str
    to_day: str

    @property
    def entry(self) -> str:
        return Announcement.WORKS

    def read(self) -> tuple[Works | None, tuple[str, ...]]:
        """The works, or the fields that say none."""
        where = next((one for one in Where if one == self.where), None)
        first, last = typed_day(self.from_day), typed_day(self.to_day)
        place = self.place if normalise(self.place) else ""
        if where and place and self.what and first and last:
            return Works(midnight(first), midnight(last + timedelta(days=1)), where, place, self.what), ()
        found = {
            "works_where": where,
            "works_place": place or None,
            "works_what": self.what or None,
            "works_from_day": first,
            "works_to_day": last,
        }
        return None, tuple(name for name, value in found.items() if value is None)


NO_WORKS_TYPED = TypedWorks(Where.RESIDENCE, "", "", "", "")


def typed_works(form: Form) -> TypedWorks:
    names = ("where", "place", "what", "from_day", "to_day")
    return TypedWorks(*(form.one(f"works_{name}")[:200] for name in names))
