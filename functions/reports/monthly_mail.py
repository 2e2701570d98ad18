"""The mail that brings Habitat 70 the report of a month."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from permanence.adapters.excel.lists import MEDIA_TYPE
from permanence.application.reports.sheets import value_words
from permanence.application.timeline.french import number
from permanence.domain.contract import Contract
from permanence.domain.french_names import of_name
from permanence.domain.service_level.figures import Rate
from permanence.domain.service_level.indicators import Measure
from permanence.domain.service_level.monthly_report import MonthlyReport
from permanence.web.formats import month as month_words
from permanence.web.formats import plural, signed
from permanence.web.french_mail import Attachment, Letter, MailAddresses, set_type, write_message

TEMPLATES = Path(__file__).parent / "templates"
PLURAL_FROM = 2


def write_monthly_mail(
    report: MonthlyReport, workbook: bytes, written_at: datetime, contract: Contract, addresses: MailAddresses
) -> bytes:
    """The MIME message: what the contract judges, in words, and the workbook attached."""
    known = {
        "report": report,
        "month": month_words(report.month),
        "calls": plural(report.n, "appel présenté", "appels présentés"),
        "judged": [(measure.indicator.label, _verdict(measure)) for measure in report.measures if _is_judged(measure)],
        "unsigned": [reading for reading in report.terms.readings if not reading.is_signed],
    }
    letter = Letter(
        subject=set_type(f"{contract.landlord_name}, rapport {of_name(month_words(report.month))}"),
        landlord=contract.landlord_name,
        recipients=contract.default_mailing_list,
        written_at=written_at,
        template=TEMPLATES / "monthly",
        known=known,
        attachment=Attachment(f"permanence-{report.month}.xlsx", MEDIA_TYPE, workbook),
    )
    return write_message(letter, addresses)


def _is_judged(measure: Measure) -> bool:
    return measure.target_percent is not None


def _verdict(measure: Measure) -> str:
    """84,00 % (168 sur 200), objectif > 85 % manqué de 1,00 point"""
    rate, target = measure.value, measure.target_percent
    if not isinstance(rate, Rate) or target is None or not rate.denominator:
        return "sans objet"
    fraction = f"{value_words(rate)} ({number(rate.numerator)} sur {number(rate.denominator)})"
    if rate.meets(target):
        return f"{fraction}, objectif > {target} % atteint"
    gap = rate.gap(target) or Decimal(0)
    points = "points" if abs(gap) >= PLURAL_FROM else "point"
    return f"{fraction}, objectif > {target} % manqué, écart de {signed(gap)} {points}"
