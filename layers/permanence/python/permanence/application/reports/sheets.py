"""What the Excel files of the mails and of the month hold, column by column."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from permanence.application.reports.period_mail import PeriodMail, ToldMalfunction, UnservedCall, known_first
from permanence.application.timeline.french import NBSP, clock, number, spell_duration, telephone
from permanence.application.timeline.lines import Family
from permanence.application.timeline.sheets import Cell, CellKind, Column, OwnKind, Sheet
from permanence.domain.contract import Contract, Reading
from permanence.domain.french_dates import MONTHS, day_of_month
from permanence.domain.instants import paris_day
from permanence.domain.reference.calendar import Service
from permanence.domain.service_level.figures import Count, Longest, Mean, Rate, Value
from permanence.domain.service_level.indicators import Measure
from permanence.domain.service_level.monthly_report import MonthlyReport

NOT_APPLICABLE = "sans objet"
NOT_SIGNED = "lecture non signée"

_AGENCY = Column("Agence", CellKind.TEXT, 16)
_MALFUNCTION_COLUMNS = (
    Column("N°", CellKind.TEXT, 12),
    Column("1er appel", CellKind.MINUTE, 16),
    Column("Commune, adresse", CellKind.TEXT, 32),
    Column("Motif", CellKind.TEXT, 26),
    Column("Appelant", CellKind.TEXT, 22),
    Column("Prestataire", CellKind.TEXT, 22),
    Column("Accepté", CellKind.MINUTE, 16),
    Column("Arrivé", CellKind.MINUTE, 16),
    Column("Fini", CellKind.MINUTE, 16),
    Column("Résultat", CellKind.TEXT, 18),
    Column("Réponse apportée", CellKind.TEXT, 34),
    Column("À faire par l’agence", CellKind.TEXT, 34),
    Column("Affaire", CellKind.TEXT, 14),
)
_UNSERVED_COLUMNS = (
    Column("Heure", CellKind.MINUTE, 16),
    Column("Suite", CellKind.TEXT, 40),
    Column("Description", CellKind.TEXT, 60),
    Column("Appelant", CellKind.TEXT, 28),
    Column("Numéro", CellKind.TEXT, 16),
)
_INDICATOR_COLUMNS = (
    Column("Indicateur", CellKind.TEXT, 44),
    Column("Article", CellKind.TEXT, 12),
    Column("Service", CellKind.TEXT, 22),
    Column("Formule", CellKind.TEXT, 68),
    Column("Numérateur", CellKind.COUNT, 13),
    Column("Dénominateur", CellKind.COUNT, 15),
    Column("Valeur", CellKind.FIGURE, 14),
    Column("Objectif", CellKind.TARGET, 12),
    Column("Atteint", CellKind.TEXT, 12),
    Column("Écart (points)", CellKind.POINTS, 15),
    Column("Marge (appels)", CellKind.COUNT, 16),
    Column("Lecture", CellKind.TEXT, 72),
    Column("Signature", CellKind.TEXT, 30),
)
_CALL_COLUMNS = (
    Column("Appel", CellKind.TEXT, 38),
    Column("Présenté", CellKind.INSTANT, 20),
    Column("Service", CellKind.TEXT, 22),
    Column("Fin de l’accueil", CellKind.INSTANT, 20),
    Column("Décroché", CellKind.INSTANT, 20),
    Column("Attente (s)", CellKind.SECONDS, 12),
    Column("Terminé", CellKind.INSTANT, 20),
    Column("Suite", CellKind.TEXT, 40),
    Column("Motif", CellKind.TEXT, 40),
    Column("Agence", CellKind.TEXT, 18),
    Column("Dans N", CellKind.COUNT, 9),
    Column("Dans N40", CellKind.COUNT, 10),
    Column("Dans NR", CellKind.COUNT, 9),
)
_MOTIF_COLUMNS = (
    Column("Motif", CellKind.TEXT, 48),
    Column("Appels présentés", CellKind.COUNT, 18),
    Column("Appels décrochés", CellKind.COUNT, 18),
    Column("Conversation moyenne", CellKind.DURATION, 22),
)
_RULE_COLUMNS = (
    Column("Règle", CellKind.TEXT, 22),
    Column("Valeur", CellKind.TEXT, 80),
    Column("Signature", CellKind.TEXT, 30),
)


def period_sheets(mail: PeriodMail) -> tuple[Sheet, ...]:
    """The attachment of an end-of-period mail: main courantes, open ones first, then what was not served. The list of
    the contract, which is told of all agencies, reads the agency of each line."""
    malfunctions = [(told.row.agency, _malfunction_row(told)) for told in mail.malfunctions]
    unserved = [(call.agency, _unserved_row(call)) for call in mail.unserved]
    if mail.agency:
        return (
            Sheet("Mains courantes", _MALFUNCTION_COLUMNS, (row for _, row in malfunctions)),
            Sheet("Sans intervention", _UNSERVED_COLUMNS, (row for _, row in unserved)),
        )
    unserved.sort(key=lambda line: known_first(line[0]))
    return (
        Sheet("Mains courantes", _with(_AGENCY, _MALFUNCTION_COLUMNS), (_with(*line) for line in malfunctions)),
        Sheet("Sans intervention", _with(_AGENCY, _UNSERVED_COLUMNS), (_with(*line) for line in unserved)),
    )


T = TypeVar("T")
U = TypeVar("U")


def _with(agency: T, row: tuple[U, ...]) -> tuple[T | U, ...]:
    """The agency after what a line is known by."""
    return (row[0], agency, *row[1:])


def _unserved_row(call: UnservedCall) -> tuple[Cell, ...]:
    return call.at, call.words, call.description, call.name, telephone(call.phone)


def _malfunction_row(told: ToldMalfunction) -> tuple[Cell, ...]:
    row = told.row
    first_call = min((line.at for line in told.lines if line.family is Family.INCOMING), default=row.opened_at)
    where = ", ".join(part for part in (row.commune, row.address, told.details) if part)
    return (
        row.number,
        first_call,
        where,
        row.motif,
        ", ".join(told.callers),
        row.responder if row.accepted_at else "",
        row.accepted_at,
        row.on_site_at,
        row.reported_at,
        row.state.word,
        " / ".join(told.answers),
        told.to_do,
        "",
    )


def monthly_sheets(report: MonthlyReport, contract: Contract, frozen_at: datetime) -> tuple[Sheet, ...]:
    """The report of a month: the indicators, the list that they count, the motifs, the rules they were measured by, and
    when it was frozen (UTC)."""
    return (
        Sheet("Indicateurs", _INDICATOR_COLUMNS, (_indicator_row(measure) for measure in report.measures), False),
        Sheet("Appels", _CALL_COLUMNS, _call_rows(report, contract), False),
        Sheet("Motifs", _MOTIF_COLUMNS, _motif_rows(report, contract), False),
        Sheet("Règles", _RULE_COLUMNS, _rule_rows(report, contract, frozen_at), False),
    )


def _indicator_row(measure: Measure) -> tuple[Cell, ...]:
    value, target = measure.value, measure.target_percent
    rate = value if isinstance(value, Rate) else None
    judged = rate if target is not None else None
    meets = judged.meets(target) if judged is not None and target is not None else None
    label = measure.indicator.label
    return (
        f"{label} (variante)" if measure.is_variant else label,
        measure.indicator.article,
        _service_words(measure.service),
        measure.formula.text,
        rate.numerator if rate else None,
        rate.denominator if rate else None,
        _figure(value),
        target,
        {True: "oui", False: "non", None: NOT_APPLICABLE if judged else ""}[meets],
        judged.gap(target) if judged and target is not None else None,
        judged.margin(target) if judged and target is not None else None,
        measure.reading.text if measure.reading and not measure.is_variant else "",
        _signature(measure.reading) if measure.reading and not measure.is_variant else "",
    )


def _figure(value: Value) -> OwnKind:
    """A number that Excel can count with, or « sans objet »."""
    match value:
        case Rate() if value.percent is not None:
            return OwnKind(CellKind.PERCENT, value.percent)
        case Count():
            return OwnKind(CellKind.COUNT, value.calls)
        case Mean() | Longest() if value.length is not None:
            return OwnKind(CellKind.DURATION, value.length)
    return OwnKind(CellKind.TEXT, NOT_APPLICABLE)


def value_words(value: Value) -> str:
    """84,00 %, 1 204, 12 s, or « sans objet »."""
    match value:
        case Rate():
            return f"{value.percent}{NBSP}%".replace(".", ",") if value.percent is not None else NOT_APPLICABLE
        case Count():
            return number(value.calls)
        case Mean() | Longest():
            return spell_duration(value.length) if value.length is not None else NOT_APPLICABLE


def _service_words(service: Service | None) -> str:
    return service.value if service else "tous"


def _signature(reading: Reading) -> str:
    if reading.agreed_by is None or reading.agreed_on is None:
        return NOT_SIGNED
    return f"{reading.agreed_by}, {reading.agreed_on:%d/%m/%Y}"


def _call_rows(report: MonthlyReport, contract: Contract) -> Iterator[tuple[Cell, ...]]:
    for line in report.calls:
        fact = line.fact
        outcome = contract.guide.outcomes.get(fact.outcome)
        yield (
            fact.ref,
            fact.presented_at,
            fact.service.value,
            fact.queued_at,
            fact.answered_at,
            _seconds(fact.wait),
            fact.ended_at,
            outcome.label if outcome else fact.outcome,
            _motif_label(fact.motif, contract),
            contract.agencies[fact.agency].name if fact.agency in contract.agencies else "",
            1,
            int(line.in_n40),
            int(line.in_nr),
        )


def _motif_rows(report: MonthlyReport, contract: Contract) -> Iterator[tuple[Cell, ...]]:
    for line in report.motifs:
        yield _motif_label(line.motif, contract) or "sans motif", line.calls, line.answered, line.mean_talk


def _rule_rows(report: MonthlyReport, contract: Contract, frozen_at: datetime) -> Iterator[tuple[Cell, ...]]:
    terms, year, month = report.terms, report.month[:4], int(report.month[5:])
    frozen_on = paris_day(frozen_at)
    yield "Mois", f"{MONTHS[month - 1]} {year}", ""
    yield "Figé", f"{day_of_month(frozen_on)} {MONTHS[frozen_on.month - 1]} {frozen_on.year}, {clock(frozen_at)}", ""
    yield "Bailleur", contract.landlord_name, ""
    yield "Version des règles", report.rules, ""
    for name, calls in (("N", report.n), ("N40", report.n40), ("NR", report.nr)):
        yield name, OwnKind(CellKind.COUNT, calls), ""
    yield "Seuil de QS1", f"attente strictement inférieure à {terms.answered_within_ms // 1000}{NBSP}s", ""
    yield "Raccrochage immédiat", f"non décroché, terminé avant {terms.immediate_hang_up_ms // 1000}{NBSP}s", ""
    yield "Objectif", f"strictement supérieur à {terms.target_percent}{NBSP}%, comparé en nombres entiers", ""
    yield "Arrondi", "au centième, demi vers le haut, pour l’affichage seulement", ""
    for reading in terms.readings:
        yield f"Lecture, art. {reading.article}", reading.text, _signature(reading)


def _motif_label(motif: str, contract: Contract) -> str:
    known = contract.motifs.get(motif)
    return known.label if known else motif


def _seconds(length: timedelta | None) -> Decimal | None:
    """To the millisecond, cut: 39,999 s never reads as 40."""
    if length is None:
        return None
    return Decimal(length // timedelta(milliseconds=1)) / 1000
