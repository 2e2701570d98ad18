"""What sending a notice needs, from the function's environment; each client is made when a notice first needs it."""

from functools import cached_property
from typing import Protocol

from permanence.adapters.timeouts import Timeouts
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.notifying import Providers
from permanence.application.dispatch.ports import Malfunctions, Notices, OpenItems
from permanence.application.reception.ports import Calls
from permanence.live.calls import LiveCalls
from permanence.live.dispatches import LiveDispatches
from permanence.live.files import LiveFiles
from permanence.live.mail import LiveMail
from permanence.live.open_work import LiveOpenWork
from permanence.live.telephone import LiveTelephone

# Providers 4 s < lease 5 s < function 6 s < visibility 9 s. A resend makes two requests: it asks, then it sends.
PHONE_REQUEST_S = 2.0
WITHIN_THE_LEASE = Timeouts(connect_s=1, read_s=3, attempts=1)


class Services(Protocol):
    """What `send_all` works with."""

    @property
    def notices(self) -> Notices: ...

    @property
    def calls(self) -> Calls: ...

    @property
    def malfunctions(self) -> Malfunctions: ...

    @property
    def open_items(self) -> OpenItems: ...

    @property
    def providers(self) -> Providers: ...

    @property
    def dispatching(self) -> Dispatching: ...


class LiveServices(LiveCalls, LiveDispatches, LiveOpenWork, LiveTelephone, LiveFiles, LiveMail):
    """`Services` on AWS and at the telephony provider."""

    provider_request_s = PHONE_REQUEST_S
    mail_timeouts = WITHIN_THE_LEASE

    @cached_property
    def providers(self) -> Providers:
        return Providers(
            phones=lambda: self.phones,
            mailer=lambda: self.mailer,
            bodies=lambda: self.reports,
            urls=self.urls,
            mail_sender=self.mail_sender,
        )
