"""A period's mail as a complete message: HTML, the same in plain text, and the list as an Excel file."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from permanence.adapters.excel_lists import MEDIA_TYPE, write_list
from permanence.application.end_of_period import PeriodMail, period_id
from permanence.application.french import NBSP, clock
from permanence.application.report_sheets import period_sheets
from permanence.domain.calendar import Period
from permanence.domain.instants import paris_day, to_paris
from permanence.web.formats import MONTHS, day, plural
from reports.french_mail import MailAddresses, of_place, render, set_type


def write_period_mail(mail: PeriodMail, landlord: str, addresses: MailAddresses) -> bytes:
    """The MIME message as it will be sent, whatever is learnt of the period afterwards."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(mail)
    message["From"] = f"Permanence {landlord} <{addresses.sender}>"
    message["To"] = ", ".join(mail.recipients)
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = make_msgid(domain=addresses.sender.rpartition("@")[2])
    message["Content-Language"] = "fr"
    message["Auto-Submitted"] = "auto-generated"
    known = {
        "mail": mail,
        "landlord": landlord,
        "addresses": addresses,
        "subject": subject(mail),
        "summary": summary(mail),
        "period_words": period_words(mail.period),
    }
    message.set_content(render("period.txt", known))
    message.add_alternative(render("period.html", known), subtype="html")
    maintype, _, subtype = MEDIA_TYPE.partition("/")
    message.add_attachment(
        write_list(*period_sheets(mail)),
        maintype=maintype,
        subtype=subtype,
        filename=f"astreinte-{period_id(mail.period)}.xlsx",
    )
    return message.as_bytes()


def subject(mail: PeriodMail) -> str:
    """Astreinte du 20 au 23 novembre, agence de Gray : 3 dysfonctionnements, 1 à suivre"""
    head = f"Astreinte {_short_period(mail.period)}"
    if mail.agency:
        head += f", agence {of_place(mail.agency)}"
    return set_type(f"{head} : {summary(mail)}")


def summary(mail: PeriodMail) -> str:
    """3 dysfonctionnements, 1 à suivre"""
    if mail.is_empty:
        return "rien à signaler"
    parts = [plural(len(mail.malfunctions), "dysfonctionnement") if mail.malfunctions else "aucun dysfonctionnement"]
    if mail.to_do:
        parts.append(f"{len(mail.to_do)}{NBSP}à suivre")
    if mail.unserved:
        parts.append(f"{plural(len(mail.unserved), 'appel')} sans intervention")
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
    last = f"{_day_of_month(end.day)} {MONTHS[end.month - 1]}"
    if start == end:
        return f"du {last}, {clock(period.start)} à {clock(period.end)}"
    first = _day_of_month(start.day)
    if (start.year, start.month) != (end.year, end.month):
        first += f" {MONTHS[start.month - 1]}"
    return f"du {first} au {last}"


def _day_of_month(number: int) -> str:
    return "1er" if number == 1 else str(number)
