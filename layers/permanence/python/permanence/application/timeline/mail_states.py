"""What is known of a mail once it is written: a mail service takes it or refuses it, and no more is told (R50)."""

from collections.abc import Iterable, Mapping

from permanence.application.timeline.lines import State
from permanence.application.timeline.period_runs import WHOLE_LIST
from permanence.domain.dispatch.notices import OUT_OF_DATE, Notice, NoticeStatus
from permanence.domain.french_names import of_place

WAITING = State("Pas encore remis au service de courriel", "wait", "hourglass")
TAKEN = State("Remis au service de courriel", "info", "mail")
DELIVERED = State("Délivré", "ok", "circle-check")
REFUSED = State("Refusé par le service de courriel", "bad", "circle-x")
TOO_LATE = State("Non envoyé : le service de courriel n’a pas répondu à temps", "bad", "circle-x")

_STATES: Mapping[NoticeStatus, State] = {
    NoticeStatus.PENDING: WAITING,
    NoticeStatus.CLAIMED: WAITING,
    NoticeStatus.SENT: TAKEN,
    NoticeStatus.DELIVERED: DELIVERED,
    NoticeStatus.FAILED: REFUSED,
}
_WORST_FIRST = (REFUSED, TOO_LATE, WAITING, TAKEN, DELIVERED)


def mail_state(notice: Notice) -> State:
    """Where the mail stands, proved by its notice."""
    return TOO_LATE if notice.error == OUT_OF_DATE else _STATES[notice.status]


def worst_state(states: Iterable[State]) -> State | None:
    """What stands for several mails; None when nothing is known of any."""
    return min(states, key=_WORST_FIRST.index, default=None)


def list_name(list_id: str, agency: str) -> str:
    """« liste du contrat », « agence d’Héricourt »: whom a mail is for; `agency` is the name behind another list."""
    return "liste du contrat" if list_id == WHOLE_LIST else f"agence {of_place(agency)}"
