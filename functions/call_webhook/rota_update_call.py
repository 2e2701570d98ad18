"""The call that tells the duty supervisor that an update of the rota waits for him (R30). It asks nothing of him."""

from datetime import datetime

from call_webhook.routing import Answer, speak
from permanence.adapters.twilio.form import Malformed
from permanence.adapters.twilio.twiml import hang_up, say
from permanence.application.dispatch.rota_updates import JOB, LIVE_WITHIN
from permanence.domain.dispatch import notice_words as words
from permanence.domain.dispatch.notices import NoticeRef
from permanence.domain.reference.imports import received_at

_READINGS = 2
_OWNER = f"job:{JOB}:"


def is_meant(ref: NoticeRef) -> bool:
    return ref.owner.startswith(_OWNER)


def picked_up(ref: NoticeRef) -> Answer:
    """Whoever picked up, a machine as well: it names nobody."""
    at = _received_at(ref)
    text = words.voice_rota_update(at, at + LIVE_WITHIN)
    return speak(*[say(text)] * _READINGS, hang_up())


def _received_at(ref: NoticeRef) -> datetime:
    try:
        return received_at(ref.owner.removeprefix(_OWNER))
    except ValueError as error:
        raise Malformed("notice names no import") from error
