"""What an import needs, from the function's environment."""

from typing import Protocol

from permanence.application.reception.ports import Calls, ObjectStore, PhoneProvider, Queue
from permanence.domain.contract import RetentionTerms
from permanence.live.calls import LiveCalls
from permanence.live.files import LiveFiles
from permanence.live.queues import LiveQueues
from permanence.live.telephone import LiveTelephone

# An hour of conversation is some 60 MB of sound; the function has 60 s.
_DOWNLOAD_S = 40.0


class Services(Protocol):
    """What `import_all` and `run_job` work with."""

    @property
    def calls(self) -> Calls: ...

    @property
    def phones(self) -> PhoneProvider: ...

    @property
    def recordings(self) -> ObjectStore: ...

    @property
    def imports(self) -> Queue: ...

    @property
    def retention(self) -> RetentionTerms: ...


class LiveServices(LiveCalls, LiveTelephone, LiveFiles, LiveQueues):
    """`Services` on AWS and at the telephony provider."""

    provider_request_s = _DOWNLOAD_S

    @property
    def retention(self) -> RetentionTerms:
        return self.contract.retention
