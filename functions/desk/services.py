"""What the pages of the desk work with."""

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Protocol

from permanence.application.access.signing_in import Sessions
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.ports import Malfunctions, OpenItems
from permanence.application.reception.ports import Calls, PhoneProvider, Queue
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.application.reference.book import ReferenceBook
from permanence.application.reference.ports import ReferenceData, UnknownAddresses
from permanence.domain.contract import Contract
from permanence.live.calls import LiveCalls
from permanence.live.dispatches import LiveDispatches
from permanence.live.open_work import LiveOpenWork
from permanence.live.pages import LivePages
from permanence.live.queues import LiveQueues
from permanence.live.reference import LiveReference
from permanence.live.telephone import LiveTelephone
from permanence.live.unknown_addresses import LiveUnknownAddresses
from permanence.web.frame import Frame


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
    def open_items(self) -> OpenItems: ...
    @property
    def malfunctions(self) -> Malfunctions: ...
    @property
    def reference(self) -> ReferenceData: ...
    @property
    def unknown_addresses(self) -> UnknownAddresses: ...
    @property
    def phones(self) -> PhoneProvider: ...
    @property
    def imports(self) -> Queue:
        """Where the import of a recording is asked for."""

    @property
    def urls(self) -> TelephonyUrls: ...
    @property
    def dispatching(self) -> Dispatching: ...
    @property
    def book(self) -> ReferenceBook: ...


class LiveServices(
    LivePages,
    LiveCalls,
    LiveDispatches,
    LiveOpenWork,
    LiveReference,
    LiveUnknownAddresses,
    LiveTelephone,
    LiveQueues,
):
    """The services on AWS."""

    templates = Path(__file__).parent / "templates"
    provider_request_s = 8.0

    @cached_property
    def book(self) -> ReferenceBook:
        return ReferenceBook(self.reference)
