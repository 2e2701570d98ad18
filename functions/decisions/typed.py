"""A closure as somebody typed it, and what the checks say of it in French."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from permanence.application.timeline.french import clock, spell_minutes
from permanence.domain.frozen import dataclass
from permanence.domain.instants import PARIS, midnight
from permanence.domain.reference.calendrier import LONGEST_REASON, Account, PlannedClosure, PointCode
from permanence.domain.reference.documents import Point
from permanence.web.formats import day
from permanence.web.requests import Form

ACCOUNTS: Mapping[Account, str] = {
    Account.MEETING: "Réunion",
    Account.HALF_DAY: "Demi-journée",
    Account.COMPANY_DAY: "Journée d’entreprise",
}
_YEARS = range(2000, 2100)
_OF_THE_ACCOUNT: Mapping[str, str] = {
    Account.COMPANY_DAY: "Une seule journée d’entreprise par an ; il y en aurait {counted} en {year}.",
    Account.HALF_DAY: "Une seule demi-journée par an ; il y en aurait {counted} en {year}.",
    Account.MEETING: "Les réunions de {year} passeraient à {counted}, sur {allowed} par an.",
}
_SENTENCES: Mapping[str, str] = {
    PointCode.BACKWARDS: "La fermeture du {day} ne finit pas après son début.",
    PointCode.PAST: "La fermeture du {day}, {clock}, serait déjà commencée : une date passée ne se ferme plus.",
    PointCode.BEGUN: "La fermeture du {day}, {clock}, a commencé depuis : comparez de nouveau.",
    PointCode.TOO_FAR: "La fermeture du {day} est à plus de deux ans : vérifiez l’année.",
    PointCode.WITHOUT_REASON: "Il manque le motif de la fermeture du {day}.",
    PointCode.REASON_TOO_LONG: f"Le motif de la fermeture du {{day}} dépasse {LONGEST_REASON} caractères.",
    PointCode.SEVERAL_DAYS: "La fermeture du {day} dépasse minuit : une fermeture tient en un jour.",
    PointCode.WHOLE_DAY: "La fermeture du {day} touche le matin et l’après-midi : une demi-journée n’en prend qu’un.",
    PointCode.OVERLAP: "La fermeture du {day}, {clock}, commence avant la fin d’une autre.",
    PointCode.CLOSES_NOTHING: "Le {day}, ces heures sont déjà en astreinte : cette fermeture n’y change rien.",
}


def closure_sentence(point: Point) -> str:
    if point.code == PointCode.OVERDRAWN:
        told = dict(point.detail)
        if told["account"] == Account.MEETING:
            told |= {name: spell_minutes(int(told[name])) for name in ("counted", "allowed")}
        return _OF_THE_ACCOUNT[told["account"]].format_map(told)
    start = datetime.fromisoformat(point.subject)
    return _SENTENCES[point.code].format(day=day(start), clock=clock(start))


@dataclass(frozen=True)
class TypedClosure:
    """The fields of the form, as they were typed; `day` and clocks on those of Paris."""

    account: str
    day: str
    opens: str
    closes: str
    reason: str

    @property
    def entry(self) -> str:
        return "closure"

    def read(self) -> tuple[PlannedClosure | None, tuple[str, ...]]:
        """The closure, or the fields that say none. A company day lasts the whole day, whatever its hours."""
        account = next((one for one in Account if one == self.account), None)
        its_day, start, end = typed_day(self.day), typed_clock(self.opens), typed_clock(self.closes)
        is_whole = account is Account.COMPANY_DAY
        found = {
            "account": account,
            "day": its_day,
            "opens": is_whole or start,
            "closes": is_whole or end,
            "reason": self.reason or None,
        }
        mistakes = tuple(name for name, value in found.items() if value is None)
        if mistakes or account is None or its_day is None:
            return None, mistakes
        if is_whole or start is None or end is None:
            begins, ends = midnight(its_day), midnight(its_day + timedelta(days=1))
        else:
            begins, ends = (datetime.combine(its_day, one, PARIS).astimezone(UTC) for one in (start, end))
        return PlannedClosure(account, begins, ends, self.reason), ()


NOTHING_TYPED = TypedClosure(Account.MEETING, "", "", "", "")


def typed_closure(form: Form) -> TypedClosure:
    return TypedClosure(*(form.one(name)[:200] for name in ("account", "day", "opens", "closes", "reason")))


def typed_day(text: str) -> date | None:
    try:
        told = date.fromisoformat(text)
    except ValueError:
        return None
    return told if told.year in _YEARS else None


def typed_clock(text: str) -> time | None:
    try:
        told = time.fromisoformat(text)
    except ValueError:
        return None
    return None if told.tzinfo else told
