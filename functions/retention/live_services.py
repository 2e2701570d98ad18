"""What the purge needs, from the function's environment."""

from collections.abc import Mapping

from permanence.application.privacy.purging import Purge
from permanence.live.calls import LiveCalls
from permanence.live.dispatches import LiveDispatches
from permanence.live.erasing import LiveErasing
from permanence.live.periods import LivePeriods
from permanence.live.reference import LiveReference


class _Live(LiveCalls, LiveDispatches, LiveErasing, LivePeriods, LiveReference):
    provider_request_s = 5.0


def live_purge(environ: Mapping[str, str]) -> Purge:
    """The job on AWS and at the telephony provider."""
    live = _Live(environ)
    return Purge(
        contract=live.contract,
        contract_at=live.contract_at,
        index=live.purge_index,
        facts=live.facts,
        calls=live.calls,
        malfunctions=live.malfunctions,
        reference=live.reference,
        documents=live.kept_documents,
        provider=live.provider_log,
        recordings=live.recordings,
        reports=live.reports,
        imports=live.sent_files,
        jobs=live.jobs,
    )
