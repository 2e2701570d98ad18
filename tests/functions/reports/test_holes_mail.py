"""R32: the mail that says which buildings have no contractor any more, why, and who is called instead."""

import email
from datetime import date
from email.message import EmailMessage
from email.policy import default

import pytest

from permanence.application.reports.new_holes import HolesMail
from permanence.domain.contract import Contract
from permanence.domain.reference.holes import gathered, holes
from permanence.domain.reference.places import Where
from permanence.web.french_mail import MailAddresses
from reports.holes_mail import MOST_ROWS, write_holes_mail
from tests.domain.reference.small_town import DAVAL, MOTIFS, ROUSSEL, contract, dwelling, entreprises, town
from tests.domain.reference.test_calendar import paris

ADDRESSES = MailAddresses("astreinte@permanence.example", "https://permanence.example/extranet")
MONDAY, TOMORROW = paris(2026, 11, 30, 9), date(2026, 12, 1)
PLUMBING, _ = MOTIFS
HELD = entreprises(
    contract(DAVAL, Where.COMMUNE, "Gray", ends_before=TOMORROW),
    contract(ROUSSEL, Where.COMMUNE, "Vesoul", ends_before=date(2026, 11, 1)),
)


def written(mail: HolesMail, signed: Contract) -> EmailMessage:
    message = email.message_from_bytes(write_holes_mail(mail, signed, ADDRESSES), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return " ".join(str(part.get_content()).replace("\u00a0", " ").split())


@pytest.fixture
def mail() -> HolesMail:
    now, then = (gathered(holes(town(), HELD, [PLUMBING], day)) for day in (MONDAY.date(), TOMORROW))
    return HolesMail(now, then[:1], 4, 4, TOMORROW, ("crc@habitat70.example",), MONDAY)


def test_it_says_where_for_what_why_and_who_is_called(mail: HolesMail, contract: Contract) -> None:
    message = written(mail, contract)

    assert str(message["Subject"]).replace("\u00a0", " ") == "4 immeubles sans prestataire"
    assert message["To"] == "crc@habitat70.example"
    for kind in ("plain", "html"):
        said = body(message, kind)
        assert "2 immeubles à Vesoul" in said
        assert "4 rue des Tanneurs ; 5 rue des Tanneurs" in said
        assert "Pour Fuite ou panne de plomberie dans le logement." in said
        assert "Pourquoi : contrat de Roussel fini le 31 octobre 2026." in said
        assert "Appelé à la place : technicien d’astreinte du secteur Vesoul." in said
        assert "https://permanence.example/referentiel/trous" in said
    assert "À PARTIR DU MARDI 1ER DÉCEMBRE 2026, 0 H" in body(message, "plain")
    assert "Pourquoi : contrat de Daval fini le 30 novembre 2026." in body(message, "plain")


def test_of_more_than_anybody_reads_it_says_how_many_more(mail: HolesMail, contract: Contract) -> None:
    communes = [dwelling(number, f"BAT-{number}", commune=f"Commune {number}") for number in range(MOST_ROWS + 2)]
    many = gathered(holes(town(dwellings=tuple(communes)), entreprises(), [PLUMBING], MONDAY.date()))
    message = written(HolesMail(many, (), 32, 32, TOMORROW, ("crc@habitat70.example",), MONDAY), contract)
    assert "Et 2 autres lignes dans le référentiel." in body(message, "plain")
    assert "Pourquoi" not in body(message, "plain")
