"""What the pages of the extranet work with."""

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from permanence.application.access.members import Members
from permanence.application.access.ports import AuditLog
from permanence.application.access.signing_in import Sessions
from permanence.application.dispatch.ports import Malfunctions, OpenItems
from permanence.application.extranet.listening import MEDIA_TYPE, SHORTEST_VALID_S
from permanence.application.extranet.ports import Lookup
from permanence.application.reception.ports import Calls, ObjectStore
from permanence.application.timeline.ports import Jobs, SettledDays
from permanence.domain.contract import Contract
from permanence.live.calls import LiveCalls
from permanence.live.dispatches import LiveDispatches
from permanence.live.files import LiveFiles
from permanence.live.in_force import LiveInForce
from permanence.live.lookup import LiveLookup
from permanence.live.open_work import LiveOpenWork
from permanence.live.pages import LivePages
from permanence.live.periods import LivePeriods
from permanence.live.registers import LiveRegisters
from permanence.web.frame import Frame

TEMPLATES = Path(__file__).parent / "templates"


class Services(Protocol):
    @property
    def frame(self) -> Frame: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def contract(self) -> Contract:
        """What is signed."""

    def contract_at(self, now: datetime) -> Contract:
        """With the closures in force: 1 request every 30 s at most."""

    @property
    def calls(self) -> Calls: ...
    @property
    def malfunctions(self) -> Malfunctions: ...
    @property
    def open_items(self) -> OpenItems: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def lookup(self) -> Lookup: ...
    @property
    def settled_days(self) -> SettledDays: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def members(self) -> Members: ...
    @property
    def recordings(self) -> ObjectStore: ...
    @property
    def reports(self) -> ObjectStore: ...


class LiveServices(
    LivePages, LiveCalls, LiveInForce, LiveDispatches, LiveOpenWork, LiveLookup, LivePeriods, LiveFiles, LiveRegisters
):
    """The services on AWS."""

    templates = TEMPLATES

    @cached_property
    def frame(self) -> Frame:
        """The recordings' bucket is the one other place that a page may play sound from."""
        sound = urlsplit(self.recordings.url("origin", SHORTEST_VALID_S, MEDIA_TYPE))
        return Frame(self.templates, media_from=f"{sound.scheme}://{sound.netloc}")
