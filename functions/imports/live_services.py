"""What files are read with, and the mails that bring them, from the function's environment."""

from collections.abc import Collection, Mapping
from datetime import datetime

from imports.answer_mail import AnswerAddresses, told, write_answer
from imports.mails import Mails, Work
from permanence.adapters.excel.forms import write_corrected
from permanence.adapters.mail_reading import read_mail
from permanence.adapters.table_files import read_file
from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.file_forms import FORMS
from permanence.application.reference.importing import Receiving
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.reading_files import ReadingFiles
from permanence.application.reference.receiving_mail import MailRoom
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.application.reports.file_answers import FileAnswers
from permanence.domain.reference.listes_kind import LISTES
from permanence.live.dispatches import LiveDispatches
from permanence.live.documents import LiveDocuments
from permanence.live.importing import LiveImports
from permanence.live.open_work import LiveOpenWork
from permanence.live.received_mails import LiveReceivedMails
from permanence.live.registers import LiveRegisters
from permanence.live.rota_updates import LiveRotaUpdates


class _Live(
    LiveImports, LiveDocuments, LiveRegisters, LiveReceivedMails, LiveRotaUpdates, LiveDispatches, LiveOpenWork
):
    """IMPORT_ADDRESS, where files are sent to; MAIL_SENDER."""

    def as_decider(self, decider: Decider) -> Deciding:
        contract, under_way = self.contract, self.open_items.under_way
        return Deciding(
            self.documents, self.audit, signed_of(contract), seeds_of(contract), decider, under_way=under_way
        )

    def known_senders(self, now: datetime) -> Collection[str]:
        _, listes = self.as_decider(Decider("", ())).in_force(LISTES, now)
        return tuple(listes.senders)

    @property
    def addresses(self) -> AnswerAddresses:
        url = self.public_url
        files = self._environ["IMPORT_ADDRESS"]
        return AnswerAddresses(self.mail_sender, f"{url}/extranet", files, f"{url}/referentiel/fichiers")


def live_work(environ: Mapping[str, str]) -> Work:
    live = _Live(environ)
    reading = ReadingFiles(
        imports=live.files_received,
        files=live.import_files,
        tables=read_file,
        write_corrected=write_corrected,
        forms={name: form for name, form in FORMS.items() if name in KINDS},
        kinds=KINDS,
        as_decider=live.as_decider,
    )
    receiving = Receiving(live.files_received, live.import_files, live.files_to_read, live.audit)
    mails = Mails(
        room=MailRoom(live.letters, read_mail, live.known_senders, live.received_mails, receiving),
        answers=FileAnswers(
            mails=live.received_mails,
            imports=live.files_received,
            tell=lambda one: told(one, live.import_files.read(one.import_id, one.reading)),
            write=lambda answer: write_answer(answer, live.contract.landlord_name, live.addresses),
            bodies=live.reports,
            notices=live.notices,
            only_reader=live.contract.only_reader,
        ),
        notices=live.notices,
        updates=live.rota_updates,
        supervisor=lambda _: live.contract.numbers.duty_supervisor,
        page=f"{live.public_url}/referentiel/planning",
    )
    return Work(reading, mails)
