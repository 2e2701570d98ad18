"""The référentiel with files that come in, and the function that reads them, over fakes."""

from dataclasses import replace

from imports import handler as imports
from imports.mails import Mails, Work
from permanence.adapters.excel.forms import write_body, write_corrected
from permanence.adapters.table_files import read_file
from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.file_forms import FORMS
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.reading_files import ReadingFiles
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.imports import Import
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from tests.functions.decisions.decisions_world import CLAIRE, Person, World
from tests.functions.imports.fake_mails import MailsWorld
from tests.functions.queue_events import queue_event
from tests.web.browser import Browser

FILES = "/referentiel/fichiers"
NONE = "20261130T080500Z-0123456789abcdef"
"""The id of no import."""
_PLACE = ("Les Tilleuls", "A", "14", "rue des Tanneurs", "70100", "Gray", "1", "0")
_FIRST = Dwelling("D1", "GRAY-A", "F1", *_PLACE, "101", "gray", "Gray")
GRAY = tuple(replace(_FIRST, dwelling_id=f"D{n}", file_number=f"F{n}", door=f"{100 + n}") for n in range(1, 7))
PATRIMOINE = Patrimoine(dwellings=GRAY)
HEADERS = "N° de logement;Code immeuble;Rue;Code postal;Commune;Agence;Secteur d’astreinte;Nb pièces"
WHOLE = f"{HEADERS}\nD1;GRAY-A;rue des Tanneurs;70100;Gray;Gray;Gray;3\n"
MENDABLE = (
    f"{HEADERS}\n"
    "D1;GRAY-A;rue des Tanneurs;70100;Gray;Gra;Gray;3\n"
    "D2;GRAY-A;rue des Tanneurs;70100;Gray;Gra;Gray;3\n"
    "D3;GRAY-A;;70100;Gray;Gray;Gray;2\n"
    "Total;;;;;;;\n"
)
"""An agency that is nearly one, twice; a street that nobody can guess; a line that is none."""


class FilesWorld(World):
    def as_decider(self, decider: Decider) -> Deciding:
        contract, under_way = self.contract, self.open_items.under_way
        return Deciding(
            self.documents, self.audit, signed_of(contract), seeds_of(contract), decider, under_way=under_way
        )

    @property
    def reading(self) -> ReadingFiles:
        return ReadingFiles(
            imports=self.files_received,
            files=self.import_files,
            tables=read_file,
            write_corrected=write_corrected,
            forms=FORMS,
            kinds=KINDS,
            as_decider=self.as_decider,
        )

    @property
    def mails(self) -> Mails:
        return MailsWorld(imports=self.files_received, received=self.received_mails).mails

    def read(self) -> None:
        """What was asked to be read is, each as often as it was asked."""
        asked, self.files_to_read.asked = self.files_to_read.asked, []
        for import_id, reading in asked:
            event = queue_event({"import": import_id, "reading": reading})
            told = imports.read_all(event, Work(self.reading, self.mails), self.now, None)
            assert told == {"batchItemFailures": []}

    def workbook(self, patrimoine: Patrimoine) -> bytes:
        form = FORMS["patrimoine"](Circumstances(self.now, self.now, signed_of(self.contract)))
        return write_body(form, patrimoine, self.now)

    def only(self) -> Import:
        (one,) = self.files_received.kept.values()
        return one


def sent(
    world: FilesWorld,
    content: str | bytes,
    name: str = "patrimoine.csv",
    kind: str = "patrimoine",
    person: Person = CLAIRE,
) -> Browser:
    """A file from the page, on its own page before anybody has read it."""
    body = content.encode() if isinstance(content, str) else content
    browser = world.browser(person).get(FILES).upload(FILES, name, body, {"kind": kind})
    return browser.get(browser.location) if browser.location else browser


def read(
    world: FilesWorld,
    content: str | bytes,
    name: str = "patrimoine.csv",
    kind: str = "patrimoine",
    person: Person = CLAIRE,
) -> Browser:
    """The same, once it was read."""
    browser = sent(world, content, name, kind, person)
    world.read()
    return browser.get(browser.asked[1])
