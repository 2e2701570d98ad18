"""What the pages of decisions work with."""

from pathlib import Path
from typing import Protocol

from permanence.application.access.members import Members
from permanence.application.access.ports import AuditLog
from permanence.application.access.signing_in import Sessions
from permanence.application.reference.file_ports import FilesToRead, ImportFiles, Imports, ReceivedMails
from permanence.application.reference.ports import Documents, OpenMalfunctions, UnknownAddresses
from permanence.domain.contract import Contract
from permanence.live.documents import LiveDocuments
from permanence.live.importing import LiveImports
from permanence.live.open_work import LiveOpenWork
from permanence.live.pages import LivePages
from permanence.live.received_mails import LiveReceivedMails
from permanence.live.registers import LiveRegisters
from permanence.live.unknown_addresses import LiveUnknownAddresses
from permanence.web.frame import Frame

TEMPLATES = Path(__file__).parent / "templates"


class Services(Protocol):
    @property
    def frame(self) -> Frame: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def contract(self) -> Contract: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def unknown_addresses(self) -> UnknownAddresses: ...
    @property
    def open_items(self) -> OpenMalfunctions: ...
    @property
    def members(self) -> Members: ...
    @property
    def received_mails(self) -> ReceivedMails: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def files_received(self) -> Imports: ...
    @property
    def import_files(self) -> ImportFiles: ...
    @property
    def files_to_read(self) -> FilesToRead: ...


class LiveServices(
    LivePages, LiveDocuments, LiveReceivedMails, LiveRegisters, LiveUnknownAddresses, LiveImports, LiveOpenWork
):
    """The services on AWS."""

    templates = TEMPLATES
