"""The mail that answers who sent files: what was understood, the points, and where to approve."""

from collections.abc import Mapping
from pathlib import Path

from permanence.application.reference.file_words import mistake_sentence, unreadable_sentence
from permanence.application.reference.reading_files import NOT_KEPT, UNKNOWN_KIND
from permanence.application.reports.file_answers import MOST_POINTS, FileAnswer, FileTold, PointTold
from permanence.application.timeline.french import clock
from permanence.domain.frozen import dataclass
from permanence.domain.reference.imports import Import, ImportState
from permanence.domain.reference.read_file import ReadFile
from permanence.domain.reference.received_mail import AttachmentCode, LeftOut
from permanence.domain.reference.tables import Mistake
from permanence.web.formats import day, plural
from permanence.web.french_mail import Letter, MailAddresses, set_type, write_message

TEMPLATES = Path(__file__).parent / "templates"

LEFT_OUT: Mapping[AttachmentCode, str] = {
    AttachmentCode.NOT_A_TABLE: "Pas un tableau : il faut un fichier Excel (.xlsx) ou CSV.",
    AttachmentCode.OTHER_SPREADSHEET: "Un autre format de tableau : enregistrez-le en .xlsx, puis renvoyez-le.",
    AttachmentCode.OUTLOOK_FORMAT: "Outlook y a enfermé les fichiers : renvoyez-les dans un message au format HTML.",
    AttachmentCode.TOO_LARGE: "Plus de 20 Mo : partagez-le en plusieurs fichiers.",
    AttachmentCode.TOO_MANY: "Dix fichiers par courriel au plus : renvoyez celui-ci dans un autre.",
    AttachmentCode.EMPTY: "Ce fichier est vide : vérifiez que c’est le bon.",
}
TITLES: Mapping[str, str] = {
    "patrimoine": "Patrimoine",
    "entreprises": "Entreprises",
    "annuaire": "Annuaire",
    "planning": "Planning d’astreinte",
}
_NOT_READ: Mapping[str, str] = {
    UNKNOWN_KIND: "On ne sait pas de quel document est ce fichier : dites-le sur sa page, il sera relu",
    NOT_KEPT: "Ce fichier n’est plus gardé : renvoyez-le",
}
_TO_MEND = (ImportState.TO_CORRECT, ImportState.UNREADABLE, ImportState.RECEIVED, ImportState.READING)


@dataclass(frozen=True)
class AnswerAddresses:
    """`files` is where files are sent to, `files_page` where each has its page."""

    sender: str
    extranet: str
    files: str
    files_page: str


def write_answer(answer: FileAnswer, landlord: str, addresses: AnswerAddresses) -> bytes:
    """The MIME message; what is written to it goes to where files are sent."""
    mail = answer.mail
    received = f"{day(mail.received_at)} à {clock(mail.received_at)}"
    known = {
        "answer": answer,
        "received": received,
        "told": [(told, sentence(told), f"{addresses.files_page}/{told.file.import_id}") for told in answer.files],
        "left_out": [(left.name, left_out_sentence(left)) for left in answer.left_out],
        "files_address": addresses.files,
    }
    letter = Letter(
        subject=set_type(f"Votre envoi du {day(mail.received_at)} : {summary(answer)}"),
        landlord=landlord,
        recipients=(mail.sender,),
        written_at=answer.written_at,
        template=TEMPLATES / "answer",
        known=known,
        answers=mail.message_id,
        reply_to=addresses.files,
    )
    return write_message(letter, MailAddresses(addresses.sender, addresses.extranet))


def summary(answer: FileAnswer) -> str:
    """1 fichier à approuver, 1 à corriger"""
    counted = (
        (answer.count(ImportState.PROPOSED), "à approuver"),
        (answer.count(*_TO_MEND) + len(answer.left_out), "à corriger"),
        (answer.count(ImportState.UNCHANGED), "sans changement"),
        (answer.count(ImportState.GIVEN_UP), "sans suite"),
    )
    said = [(number, what) for number, what in counted if number]
    if not said:
        return "aucun fichier joint"
    (first, what), *others = said
    return ", ".join([f"{plural(first, 'fichier')} {what}", *(f"{number} {what}" for number, what in others)])


def sentence(told: FileTold) -> str:
    """What has become of a file, and what follows."""
    file = told.file
    understood = f"{TITLES.get(file.kind, file.kind)}, {plural(file.lines, 'ligne lue', 'lignes lues')}."
    match file.state:
        case ImportState.PROPOSED:
            return f"{understood} Rien à corriger : il reste à l’approuver, et rien ne change avant."
        case ImportState.TO_CORRECT:
            return f"{understood} {plural(file.points, 'point')} à corriger, et rien ne change avant."
        case ImportState.UNCHANGED:
            return f"{understood} C’est ce qui est déjà en vigueur : il n’y a rien à faire."
        case ImportState.UNREADABLE:
            return f"{told.why}."
        case ImportState.GIVEN_UP:
            return "Quelqu’un a refusé ce fichier entre-temps : rien n’a changé."
    return "La lecture n’est pas allée à son bout : demandez sur sa page qu’il soit relu."


def told(file: Import, read: ReadFile) -> FileTold:
    """What is said of an import that has been read: the first points of its cells, or why it cannot be read."""
    why = _why(file, read) if file.state is ImportState.UNREADABLE else ""
    return FileTold(file, tuple(_point(mistake) for mistake in read.mistakes[:MOST_POINTS]), why)


def _why(file: Import, read: ReadFile) -> str:
    return _NOT_READ[file.code] if file.code in _NOT_READ else unreadable_sentence(file.code, read.detail)


def _point(mistake: Mistake) -> PointTold:
    places = [
        mistake.sheet,
        f"ligne {mistake.line}" if mistake.line else "",
        mistake.column and f"colonne {mistake.column}",
    ]
    value = f"« {mistake.value} » : " if mistake.value else ""
    return PointTold(", ".join(place for place in places if place), f"{value}{mistake_sentence(mistake)}")


def left_out_sentence(left: LeftOut) -> str:
    return LEFT_OUT[left.code]
