"""What the reports are written with."""

from collections.abc import Callable
from datetime import datetime

from permanence.application.dispatch.ports import Malfunctions, Notices, OpenItems
from permanence.application.reception.ports import Calls, ObjectStore
from permanence.application.reference.ports import Bodies, ReferenceData
from permanence.application.timeline.ports import FrozenMonths, Jobs, SettledDays
from permanence.domain.contract import Contract
from permanence.domain.frozen import dataclass
from permanence.web.french_mail import MailAddresses


@dataclass(frozen=True)
class Services:
    """`contract_at` gives the contract as it is obeyed at an instant; `reports` is the bucket of frozen reports and of
    the mails that were told."""

    contract_at: Callable[[datetime], Contract]
    calls: Calls
    malfunctions: Malfunctions
    open_items: OpenItems
    reference: ReferenceData
    bodies: Bodies
    notices: Notices
    jobs: Jobs
    frozen_months: FrozenMonths
    settled_days: SettledDays
    reports: ObjectStore
    addresses: MailAddresses
