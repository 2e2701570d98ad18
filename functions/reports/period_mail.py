"""A period's mail as a complete message: HTML, the same in plain text, and the list as an Excel file."""

from collections.abc import Mapping
from pathlib import Path

from permanence.adapters.excel.lists import MEDIA_TYPE, write_list
from permanence.application.reports.period_mail import PeriodMail
from permanence.application.reports.sheets import period_sheets
from permanence.application.timeline.french import NBSP, clock, number
from permanence.application.timeline.period_runs import period_id
from permanence.domain.french_dates import MONTHS, day_of_month
from permanence.domain.french_names import of_place
from permanence.domain.instants import paris_day, to_paris
from permanence.domain.reference.calendar import Period, Service
from permanence.web.formats import day, plural, upper_first
from permanence.web.french_mail import Attachment, Letter, MailAddresses, set_type, write_message

TEMPLATES = Path(__file__).parent / "templates"

_FILES: Mapping[Service, str] = {Service.ASTREINTE: "astreinte", Service.TAKEOVER: "prise-en-charge"}


def write_period_mail(mail: PeriodMail, landlord: str, addresses: MailAddresses) -> bytes:
    """The MIME message as it will be sent, whatever is learnt of the period afterwards."""
    attached = write_list(*period_sheets(mail), written_at=mail.written_at)
    attachment = Attachment(f"{_FILES[mail.period.service]}-{period_id(mail.period.end)}.xlsx", MEDIA_TYPE, attached)
    letter = Letter(
        subject=subject(mail),
        landlord=landlord,
        recipients=mail.recipients,
        written_at=mail.written_at,
        template=TEMPLATES / "period",
        known={"mail": mail, "summary": summary(mail), "period_words": period_words(mail.period)},
        attachment=attachment,
    )
    return write_message(letter, addresses)


def subject(mail: PeriodMail) -> str:
    """Astreinte du 20 au 23 novembre, agence de Gray : 3 dysfonctionnements, 1 à suivre"""
    head = f"{upper_first(mail.period.service)} {_short_period(mail.period)}"
    if mail.agency:
        head += f", agence {of_place(mail.agency)}"
    return set_type(f"{head} : {summary(mail)}")


def summary(mail: PeriodMail) -> str:
    """3 dysfonctionnements, 1 à suivre"""
    if mail.is_empty and not mail.figures.unanswered:
        return "rien à signaler"
    parts = [plural(len(mail.malfunctions), "dysfonctionnement") if mail.malfunctions else "aucun dysfonctionnement"]
    if mail.to_do:
        parts.append(f"{number(len(mail.to_do))}{NBSP}à suivre")
    if mail.unserved:
        parts.append(f"{plural(len(mail.unserved), 'appel')} sans intervention")
    if mail.figures.unanswered and not mail.agency:
        parts.append(f"{plural(mail.figures.unanswered, 'appel raccroché', 'appels raccrochés')} avant réponse")
    return ", ".join(parts)


def period_words(period: Period) -> str:
    """Du vendredi 20 novembre, 16 h 30, au lundi 23 novembre 2026, 8 h 30"""
    start, end = to_paris(period.start), to_paris(period.end)
    if start.date() == end.date():
        return f"{day(end).capitalize()}, de {clock(start)} à {clock(end)}"
    first = day(start)
    if start.year == end.year:
        first = first.removesuffix(f" {start.year}")
    return f"Du {first}, {clock(start)}, au {day(end)}, {clock(end)}"


def _short_period(period: Period) -> str:
    start, end = paris_day(period.start), paris_day(period.end)
    last = f"{day_of_month(end)} {MONTHS[end.month - 1]}"
    if start == end:
        return f"du {last}, {clock(period.start)} à {clock(period.end)}"
    first = day_of_month(start)
    if (start.year, start.month) != (end.year, end.month):
        first += f" {MONTHS[start.month - 1]}"
    return f"du {first} au {last}"
