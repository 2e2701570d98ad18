"""What the reports are written with."""

from permanence.application.ports import (
    Calls,
    FrozenMonths,
    Jobs,
    Malfunctions,
    Notices,
    ObjectStore,
    OpenItems,
    ReferenceData,
    SettledDays,
)
from permanence.domain.contract import Contract
from permanence.domain.frozen import dataclass
from reports.french_mail import MailAddresses


@dataclass(frozen=True)
class Services:
    """`reports` is the bucket of frozen reports and of the mails that were told."""

    contract: Contract
    calls: Calls
    malfunctions: Malfunctions
    open_items: OpenItems
    reference: ReferenceData
    notices: Notices
    jobs: Jobs
    frozen_months: FrozenMonths
    settled_days: SettledDays
    reports: ObjectStore
    addresses: MailAddresses
