"""The mail that tells which buildings have no contractor any more, and why (R32)."""

from pathlib import Path

from permanence.application.reports.new_holes import HolesMail
from permanence.domain.contract import Contract
from permanence.web.formats import day, plural
from permanence.web.french_mail import Letter, MailAddresses, set_type, write_message
from permanence.web.hole_words import hole_row

TEMPLATES = Path(__file__).parent / "templates"
MOST_ROWS = 30


def write_holes_mail(mail: HolesMail, contract: Contract, addresses: MailAddresses) -> bytes:
    labels = {motif.motif_id: motif.label for motif in contract.motifs.values()}
    sections = (
        ("Dès maintenant", mail.now),
        (f"À partir du {day(mail.tomorrow)}, 0 h", mail.from_tomorrow),
    )
    told = [
        (title, [hole_row(one, labels) for one in rows[:MOST_ROWS]], len(rows[MOST_ROWS:]))
        for title, rows in sections
        if rows
    ]
    holes_page = f"{addresses.extranet.removesuffix('/extranet')}/referentiel/trous"
    letter = Letter(
        subject=subject(mail),
        landlord=contract.landlord_name,
        recipients=mail.recipients,
        written_at=mail.written_at,
        template=TEMPLATES / "holes",
        known={"mail": mail, "sections": told, "holes_page": holes_page},
    )
    return write_message(letter, addresses)


def subject(mail: HolesMail) -> str:
    """3 immeubles sans prestataire"""
    return set_type(f"{plural(mail.buildings, 'immeuble')} sans prestataire")
