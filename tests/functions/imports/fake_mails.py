"""What mails add to the reading of files, over fakes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from imports.mails import Mails
from permanence.adapters.mail_reading import read_mail
from permanence.application.reference.importing import Receiving
from permanence.application.reference.receiving_mail import MailRoom
from permanence.application.reports.file_answers import FileAnswers, FileTold
from tests.adapters.mails import KNOWN
from tests.fakes.imports import FakeFilesToRead, FakeImportFiles, FakeImports
from tests.fakes.providers import FakeObjects
from tests.fakes.received_mails import FakeReceivedMails, FakeRotaUpdates
from tests.fakes.registers import FakeAudit
from tests.fakes.store import FakeNotices

SUPERVISOR = "+33639980001"


@dataclass
class MailsWorld:
    """`letters` are the mails that have come, by key."""

    letters: Mapping[str, bytes] = field(default_factory=dict)
    imports: FakeImports = field(default_factory=FakeImports)
    files: FakeImportFiles = field(default_factory=FakeImportFiles)
    to_read: FakeFilesToRead = field(default_factory=FakeFilesToRead)
    audit: FakeAudit = field(default_factory=FakeAudit)
    received: FakeReceivedMails = field(default_factory=FakeReceivedMails)
    notices: FakeNotices = field(default_factory=FakeNotices)
    bodies: FakeObjects = field(default_factory=FakeObjects)
    updates: FakeRotaUpdates = field(default_factory=FakeRotaUpdates)

    @property
    def mails(self) -> Mails:
        receiving = Receiving(self.imports, self.files, self.to_read, self.audit)
        return Mails(
            room=MailRoom(self.letters.__getitem__, read_mail, lambda _: {KNOWN}, self.received, receiving),
            answers=FileAnswers(self.received, self.imports, FileTold, lambda _: b"mail", self.bodies, self.notices),
            notices=self.notices,
            updates=self.updates,
            supervisor=lambda _: SUPERVISOR,
            page="https://permanence.example/referentiel/planning",
        )
