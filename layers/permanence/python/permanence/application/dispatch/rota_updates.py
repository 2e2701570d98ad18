"""An update of the rota that came by mail: the duty supervisor is rung for it, and it is watched (R30).

The landlord sends it at any hour, and it is to be live within the hour: nobody of his may be there to approve it.
"""

from datetime import datetime, timedelta

from permanence.application.dispatch.messages import SUPERVISOR_SMS, SUPERVISOR_VOICE
from permanence.application.dispatch.ports import Notices, RotaUpdate, RotaUpdates
from permanence.domain.dispatch.notice_words import rota_update_sms
from permanence.domain.dispatch.notices import Notice, NoticeKind
from permanence.domain.instants import format_instant
from permanence.domain.reference.imports import Import, ImportState, Origin

JOB = "planning"
"""Whose notices they are: ``job:planning:<import id>``."""

ROTA = "planning"
"""The kind."""

LIVE_WITHIN = timedelta(hours=1)
LATE_AFTER = timedelta(minutes=45)
"""From its receipt: a quarter of an hour is left to whoever the alarm wakes."""


def rota_update(one: Import) -> RotaUpdate | None:
    """None for any other file, and as long as it has a point."""
    is_rota = one.kind == ROTA and one.origin is Origin.MAIL
    if not is_rota or one.state is not ImportState.PROPOSED or one.version is None:
        return None
    return RotaUpdate(one.import_id, one.version, one.received_at)


def ring_for(
    update: RotaUpdate, now: datetime, *, notices: Notices, updates: RotaUpdates, supervisor: str, page: str
) -> None:
    """An SMS and a call to the duty supervisor, who is looked up when they leave; `supervisor` is the contract's number
    in E.164, `page` where he approves: 3 requests, and a repeat changes nothing."""
    owner, oldest = f"job:{JOB}:{update.import_id}", {"oldest": format_instant(update.received_at)}
    text = rota_update_sms(update.received_at, update.received_at + LIVE_WITHIN, page)
    updates.watch(update, update.received_at + LATE_AFTER)
    notices.put_job_notices(
        [
            Notice(owner, SUPERVISOR_SMS, NoticeKind.SMS, supervisor, now, text=text, extra=oldest),
            Notice(owner, SUPERVISOR_VOICE, NoticeKind.VOICE, supervisor, now, extra=oldest),
        ]
    )


def count_late(late: tuple[tuple[str, int], ...], updates: RotaUpdates) -> int:
    """How many of these updates, by import and version, still wait although they should be in force; the others are
    watched no longer: 1 request each, 2 for those."""
    waiting = 0
    for import_id, version in late:
        if updates.waits(version):
            waiting += 1
        else:
            updates.forget(import_id, version)
    return waiting
