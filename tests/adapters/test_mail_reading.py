"""What is believed of a mail, and what is taken out of it."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permanence.adapters.mail_reading import read_mail
from permanence.application.reference.receiving_mail import UnreadableMail
from permanence.domain.reference.received_mail import Apart, AttachmentCode, sent_files, set_apart
from tests.adapters.mails import KNOWN, kept, letter

FORGED_RESULT = "amazonses.com; spf=pass; dkim=pass; dmarc=pass header.from=habitat70.example;"


def apart(raw: bytes) -> Apart | None:
    return set_apart(read_mail(raw), {KNOWN})


def names(message: EmailMessage | bytes) -> list[tuple[str, AttachmentCode | None]]:
    return [(file.name, file.code) for file in sent_files(read_mail(kept(message)).attachments)]


def test_a_file_of_a_known_sender_is_read() -> None:
    mail = read_mail(kept(letter(files=[("Patrimoine.xlsx", b"PK-one"), ("Astreinte.csv", b"a;b")])))
    assert set_apart(mail, {"Patrimoine@Habitat70.example"}) is None
    assert [(file.name, file.body) for file in sent_files(mail.attachments)] == [
        ("Patrimoine.xlsx", b"PK-one"),
        ("Astreinte.csv", b"a;b"),
    ]
    assert mail.message_id == "<1@habitat70.example>"
    assert mail.arrived_at == datetime(2026, 11, 30, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sender", "why"),
    [
        ("pirate@ailleurs.example", Apart.UNKNOWN_SENDER),
        (f"{KNOWN}, pirate@ailleurs.example", Apart.SEVERAL_SENDERS),
        (f'"{KNOWN}" <pirate@ailleurs.example>', Apart.UNKNOWN_SENDER),
        ("=?utf-8?q?patrimoine=40habitat70=2Eexample?= <pirate@ailleurs.example>", Apart.UNKNOWN_SENDER),
        ("Groupe:;", Apart.SEVERAL_SENDERS),
        ("", Apart.SEVERAL_SENDERS),
    ],
)
def test_a_mail_is_of_one_known_sender(sender: str, why: Apart) -> None:
    sent = letter().as_bytes().replace(f"From: {KNOWN}".encode(), f"From: {sender}".encode())
    assert apart(kept(sent)) is why


def test_a_second_from_belies_the_first() -> None:
    sent = letter().as_bytes()
    assert apart(kept(b"From: pirate@ailleurs.example\r\n" + sent)) is Apart.SEVERAL_SENDERS
    assert apart(kept(sent.replace(b"\r\n\r\n", f"\r\nFROM: {KNOWN}\r\n\r\n".encode(), 1))) is Apart.SEVERAL_SENDERS


@pytest.mark.parametrize(
    ("dmarc", "domain", "why"),
    [
        ("fail", "habitat70.example", Apart.FORGED),
        ("pass", "ailleurs.example", Apart.FORGED),
        ("pass", "sub.habitat70.example", Apart.FORGED),
        ("none", "habitat70.example", Apart.UNPROTECTED),
        ("temperror", "habitat70.example", Apart.NOT_CHECKED),
    ],
)
def test_dmarc_passes_for_the_very_domain_of_the_sender(dmarc: str, domain: str, why: Apart) -> None:
    assert apart(kept(letter(), dmarc, domain)) is why


def test_a_result_that_came_with_the_mail_is_not_believed() -> None:
    forged = letter(Authentication_Results=FORGED_RESULT, X_SES_RECEIPT="forged")
    assert apart(kept(forged, dmarc="fail")) is Apart.FORGED
    assert apart(kept(letter(Authentication_Results=FORGED_RESULT))) is None
    above = FORGED_RESULT.join(("Authentication-Results: ", "\r\n")).encode()
    without = kept(forged).replace(b"Authentication-Results", b"X-Nothing", 1)
    assert apart(without) is Apart.NOT_CHECKED
    assert apart(kept(above + letter().as_bytes(), dmarc="fail")) is Apart.FORGED
    unreceipted = above + b"X-SES-RECEIPT: forged\r\n" + letter().as_bytes()
    assert apart(b"Received: by a.example\r\nReceived: by b.example\r\n" + unreceipted) is Apart.NOT_CHECKED


def test_of_two_results_above_the_receipt_neither_is_believed() -> None:
    raw = kept(letter())
    start = raw.index(b"Authentication-Results:")
    result = raw[start : raw.index(b"X-SES-RECEIPT:")]
    assert apart(raw[:start] + result + raw[start:]) is Apart.NOT_CHECKED


def test_a_result_of_another_server_is_not_believed() -> None:
    assert apart(kept(letter()).replace(b": amazonses.com;", b": mx.ailleurs.example;")) is Apart.NOT_CHECKED


def test_what_the_sender_chose_is_no_clause_of_the_result() -> None:
    for chosen in (
        b'envelope-from="x;dmarc=pass header.from=habitat70.example;"@ailleurs.example',
        b"helo=(a;dmarc=pass header.from=habitat70.example;)",
        b"envelope-from=x;dmarc=pass header.from=habitat70.example",
    ):
        raw = kept(letter(), dmarc="fail").replace(b"helo=smtp.habitat70.example", chosen)
        assert apart(raw) in (Apart.FORGED, Apart.NOT_CHECKED)


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
    ],
)
def test_what_no_person_wrote_is_kept_apart(header: dict[str, str]) -> None:
    assert apart(kept(letter(**header))) is Apart.AUTOMATIC
    assert apart(kept(letter(Auto_Submitted="no"))) is None
    assert apart(kept(letter()).replace(f"<{KNOWN}>".encode(), b"<>", 1)) is Apart.AUTOMATIC


def test_a_word_of_thanks_is_not_answered_and_a_forgotten_file_is() -> None:
    assert apart(kept(letter(files=(), In_Reply_To="<2@permanence.example>"))) is Apart.NOTHING_ATTACHED
    assert apart(kept(letter(In_Reply_To="<2@permanence.example>"))) is None
    assert apart(kept(letter(files=()))) is None


def test_what_the_server_found_infected_is_kept_apart() -> None:
    assert apart(kept(letter(), virus="FAIL")) is Apart.INFECTED
    assert apart(kept(letter(), virus="GRAY")) is None


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (b'attachment; filename="../../etc/planning.xlsx"', "planning.xlsx"),
        (b'attachment; filename="C:\\\\Temp\\\\planning.xlsx"', "planning.xlsx"),
        (b"attachment; filename*=UTF-8''Planning%20d%E2%80%99astreinte.xlsx", "Planning d’astreinte.xlsx"),
        (b"attachment; filename*0*=UTF-8''Planning%20d; filename*1*=e%20nuit.xlsx", "Planning de nuit.xlsx"),
        (b'attachment; filename="=?iso-8859-1?Q?T=E9l=E9phones=2Exlsx?="', "Téléphones.xlsx"),
        (b'attachment; filename="=?no-such-charset?Q?T=E9l?=.xlsx"', "=no-such-charsetQT=E9l=.xlsx"),
        (b"attachment; filename*=no-such-charset''plan%E9.xlsx", "plané.xlsx"),
        (b"attachment; filename*=UTF-8''gnp%E2%80%AExslx.xlsx", "gnpxslx.xlsx"),
        (b'attachment; filename="T\xe9l.xlsx"', "T\ufffdl.xlsx"),
        (b"attachment; filename=..", "fichier"),
        (b"attachment", "fichier"),
    ],
)
def test_a_name_is_shown_as_it_was_meant_and_leads_nowhere(sent: bytes, name: str) -> None:
    raw = letter(files=[("here.xlsx", b"PK")]).as_bytes().replace(b'attachment; filename="here.xlsx"', sent)
    ((found, _),) = names(raw)
    assert found == name


def test_each_attachment_that_is_no_table_says_so_by_itself() -> None:
    mail = letter(files=[("Patrimoine.xlsx", b"PK"), ("photo.JPG", b"\xff"), ("Ancien.XLS", b"x"), ("vide.csv", b"")])
    mail.add_attachment(b"x", "application", "ms-tnef", filename="winmail.dat")
    mail.add_attachment(b"x", "image", "png", filename="logo.png", disposition="inline", cid="<logo>")
    assert names(mail) == [
        ("Patrimoine.xlsx", None),
        ("photo.JPG", AttachmentCode.NOT_A_TABLE),
        ("Ancien.XLS", AttachmentCode.OTHER_SPREADSHEET),
        ("vide.csv", AttachmentCode.EMPTY),
        ("winmail.dat", AttachmentCode.OUTLOOK_FORMAT),
    ]


def test_the_eleventh_file_and_the_one_too_large_are_not_read() -> None:
    assert names(letter(files=[(f"{n}.csv", b"a") for n in range(12)]))[9:] == [
        ("9.csv", None),
        ("10.csv", AttachmentCode.TOO_MANY),
        ("11.csv", AttachmentCode.TOO_MANY),
    ]
    assert names(letter(files=[("a.csv", b"a" * (20 * 1024 * 1024 + 1))])) == [("a.csv", AttachmentCode.TOO_LARGE)]


def test_files_of_a_mail_that_was_sent_on_are_read_as_its_sender_s() -> None:
    outer = letter(files=())
    outer.add_attachment(letter(sender="collegue@habitat70.example"))
    assert names(outer) == [("Patrimoine.xlsx", None)]
    assert apart(kept(outer)) is None


def test_a_mail_nested_without_end_is_unreadable() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2000))
    with pytest.raises(UnreadableMail):
        read_mail(deep)
    with pytest.raises(UnreadableMail):
        read_mail(kept(letter(files=[(f"{n}.csv", b"") for n in range(400)])))


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_no_garbage_is_taken_for_a_mail_of_a_known_sender(garbage: bytes) -> None:
    assert apart(garbage) is not None
    assert apart(kept(garbage)) is not None
