"""What the reports need, from the function's environment."""

from collections.abc import Mapping

from permanence.live.calls import LiveCalls
from permanence.live.dispatches import LiveDispatches
from permanence.live.frozen_months import LiveFrozenMonths
from permanence.live.open_work import LiveOpenWork
from permanence.live.periods import LivePeriods
from permanence.live.reference import LiveReference
from permanence.web.french_mail import MailAddresses
from reports.services import Services


class _Live(LiveCalls, LiveDispatches, LiveOpenWork, LivePeriods, LiveFrozenMonths, LiveReference):
    pass


def live_services(environ: Mapping[str, str]) -> Services:
    """`Services` on AWS."""
    live = _Live(environ)
    return Services(
        contract_at=live.contract_at,
        calls=live.calls,
        malfunctions=live.malfunctions,
        open_items=live.open_items,
        reference=live.reference,
        bodies=live.documents,
        notices=live.notices,
        jobs=live.jobs,
        settled_days=live.settled_days,
        frozen_months=live.frozen_months,
        reports=live.reports,
        addresses=MailAddresses(live.mail_sender, f"{live.public_url}/extranet"),
    )
