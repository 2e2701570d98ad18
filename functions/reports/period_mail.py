"""A period's mail as a complete message: HTML, the same in plain text, and the list as an Excel file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from permanence.adapters.excel_lists import MEDIA_TYPE, write_list
from permanence.application.end_of_period import PeriodMail, period_id
from permanence.application.french import NBSP, clock, telephone
from permanence.application.report_sheets import period_sheets
from permanence.application.timeline import Line
from permanence.domain.calendar import Period
from permanence.domain.instants import paris_day, to_paris
from permanence.web.formats import DAYS, MONTHS, THIN, day, plural, typography

TONES = {
    "ok": ("#dcefe2", "#12633a"),
    "info": ("#e1e9f6", "#28477a"),
    "wait": ("#fcedc8", "#754700"),
    "bad": ("#f9e0dd", "#9d1c1a"),
    "": ("#e6ebe8", "#13201c"),
}


@dataclass(frozen=True, slots=True)
class MailAddresses:
    """`sender` is also where an agency may write about a mistake; `extranet` is the address of the extranet."""

    sender: str
    extranet: str


def write_period_mail(mail: PeriodMail, addresses: MailAddresses) -> bytes:
    """The MIME message as it will be sent, whatever is learnt of the period afterwards."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(mail)
    message["From"] = f"Permanence Habitat 70 <{addresses.sender}>"
    message["To"] = ", ".join(mail.recipients)
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = make_msgid(domain=addresses.sender.rpartition("@")[2])
    message["Content-Language"] = "fr"
    message["Auto-Submitted"] = "auto-generated"
    known = {"mail": mail, "addresses": addresses, "subject": subject(mail), "period_words": period_words(mail.period)}
    message.set_content(_set_type(_templates().get_template("period.txt").render(known)))
    message.add_alternative(_set_type(_templates().get_template("period.html").render(known)), subtype="html")
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
    return _set_type(f"{head} : {summary(mail)}")


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


def of_place(name: str) -> str:
    """de Gray, d’Héricourt"""
    return f"d’{name}" if name[:1].casefold() in "aâeéèêiîoôuûhy" else f"de {name}"


def dated_lines(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """(time, text) of each line; the first of a day names the day."""
    previous = None
    for line in lines:
        local = paris_day(line.at)
        yield clock(line.at) if local == previous else _weekday_clock(line.at), line.text
        previous = local


def _weekday_clock(at: datetime) -> str:
    return f"{DAYS[to_paris(at).weekday()][:3]}.{NBSP}{clock(at)}"


def _short_period(period: Period) -> str:
    start, end = paris_day(period.start), paris_day(period.end)
    last = f"{_ordinal(end.day)} {MONTHS[end.month - 1]}"
    if start == end:
        return f"du {last}, {clock(period.start)} à {clock(period.end)}"
    first = _ordinal(start.day)
    if (start.year, start.month) != (end.year, end.month):
        first += f" {MONTHS[start.month - 1]}"
    return f"du {first} au {last}"


def _ordinal(day_of_month: int) -> str:
    return "1er" if day_of_month == 1 else str(day_of_month)


def _set_type(text: str) -> str:
    """French type with U+00A0 everywhere: the Word engine of some mail readers does not know the narrow space."""
    return typography(text).replace(THIN, NBSP)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clock=clock,
        day=day,
        dated_lines=dated_lines,
        of_place=of_place,
        phone=telephone,
        plural=plural,
        weekday_clock=_weekday_clock,
    )
    environment.globals.update(tones=TONES, summary=summary)
    return environment
