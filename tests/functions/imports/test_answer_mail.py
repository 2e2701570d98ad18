"""What the sender of files reads: what was understood, the points, where to approve."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from imports.answer_mail import AnswerAddresses, write_answer
from permanence.application.reports.file_answers import FileAnswer, FileTold, PointTold
from permanence.domain.reference.imports import Import, ImportState, Origin, received
from permanence.domain.reference.received_mail import AttachmentCode, LeftOut, MailedFiles

AT = datetime(2026, 11, 30, 8, 5, tzinfo=UTC)
SENDER = "nadia@habitat70.example"
ADDRESSES = AnswerAddresses(
    "astreinte@permanence.example",
    "https://permanence.example/extranet",
    "referentiel@fichiers.permanence.example",
    "https://permanence.example/referentiel/fichiers",
)


def told(state: ImportState, kind: str = "patrimoine", points: int = 0, why: str = "") -> FileTold:
    one: Import = received("", Origin.MAIL, SENDER, f"{state}.xlsx", AT, b"x")
    file = replace(one, state=state, kind=kind, lines=12_004, points=points)
    shown = tuple(PointTold(f"Logements, ligne {n}, colonne C", "Un code postal a cinq chiffres") for n in range(2))
    return FileTold(file, shown if points else (), why)


def answered(*files: FileTold, left_out: tuple[LeftOut, ...] = ()) -> EmailMessage:
    mail = MailedFiles("mail-1", AT, SENDER, "<1@habitat70.example>", (), left_out)
    written = write_answer(FileAnswer(mail, AT, files), "Habitat 70", ADDRESSES)
    message = message_from_bytes(written, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def parts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content().replace("\u00a0", " "), html.get_content().replace("\u00a0", " ")


def test_the_answer_threads_with_the_mail_and_no_machine_answers_it() -> None:
    message = answered(told(ImportState.PROPOSED))
    assert message["In-Reply-To"] == message["References"] == "<1@habitat70.example>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["Reply-To"] == "referentiel@fichiers.permanence.example"
    assert str(message["Subject"]).replace("\u00a0", " ") == (
        "Votre envoi du lundi 30 novembre 2026 : 1 fichier à approuver"
    )


def test_each_file_says_what_was_understood_and_where_it_goes_on() -> None:
    files = [told(ImportState.PROPOSED), told(ImportState.TO_CORRECT, points=3)]
    message = answered(*files, left_out=(LeftOut("photo.jpg", AttachmentCode.NOT_A_TABLE),))
    for part in parts(message):
        flat = " ".join(part.split())
        assert "Patrimoine, 12 004 lignes lues. Rien à corriger : il reste à l’approuver" in flat
        assert "3 points à corriger, et rien ne change avant." in flat
        assert "Logements, ligne 1, colonne C" in flat
        assert "et 1 autre, sur sa page" in flat
        assert "Pas un tableau : il faut un fichier Excel (.xlsx) ou CSV." in flat
        for one in files:
            assert f"https://permanence.example/referentiel/fichiers/{one.file.import_id}" in part
        assert "erreur" not in flat.lower()
    assert "1 fichier à approuver, 2 à corriger" in str(message["Subject"]).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (told(ImportState.UNCHANGED), "C’est ce qui est déjà en vigueur"),
        (told(ImportState.UNREADABLE, why="Ce fichier est abîmé"), "Ce fichier est abîmé."),
        (told(ImportState.GIVEN_UP), "a refusé ce fichier"),
        (told(ImportState.READING), "n’est pas allée à son bout"),
    ],
)
def test_whatever_became_of_a_file_is_said(file: FileTold, said: str) -> None:
    assert all(said in " ".join(part.split()) for part in parts(answered(file)))


def test_a_mail_without_a_file_is_told_so() -> None:
    message = answered()
    assert str(message["Subject"]).endswith("aucun fichier joint")
    assert all("Aucun fichier n’était joint" in " ".join(part.split()) for part in parts(message))


@pytest.mark.parametrize("code", AttachmentCode)
def test_every_reason_for_leaving_an_attachment_out_has_its_words(code: AttachmentCode) -> None:
    text, _ = parts(answered(left_out=(LeftOut("<b>x</b>", code),)))
    assert "<b>x</b>" in text
