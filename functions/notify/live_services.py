"""What sending a notice needs, from the function's environment; each client is made when a notice first needs it."""

from functools import cached_property
from typing import Protocol

from permanence.adapters.timeouts import Timeouts
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.duty_supervisor import DutySupervisor
from permanence.application.dispatch.notifying import Providers
from permanence.application.dispatch.ports import Malfunctions, Notices, OpenItems
from permanence.application.reception.ports import Calls
from permanence.live.calls import LiveCalls
from permanence.live.dispatches import LiveDispatches
from permanence.live.files import LiveFiles
from permanence.live.mail import LiveMail
from permanence.live.open_work import LiveOpenWork
from permanence.live.reference import LiveReference
from permanence.live.telephone import LiveTelephone

# Providers 4 s < lease 5 s < function 6 s < visibility 9 s. A resend makes two requests: it asks, then it sends.
PHONE_REQUEST_S = 2.0
WITHIN_THE_LEASE = Timeouts(connect_s=1, read_s=3, attempts=1)
THEN_THE_CONTRACT_S = Timeouts(connect_s=0.5, read_s=0.7, attempts=1)
"""The planning is read while nobody is called: what is slow is not waited for."""


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

    @property
    def duty_supervisor(self) -> DutySupervisor: ...


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

    @cached_property
    def duty_supervisor(self) -> DutySupervisor:
        return DutySupervisor(lambda: self._planning.reference, self.contract.numbers)

    @cached_property
    def _planning(self) -> LiveReference:
        return _Planning(self._environ)


class _Planning(LiveReference):
    """With clients of its own."""

    table_timeouts = THEN_THE_CONTRACT_S
    file_timeouts = THEN_THE_CONTRACT_S
