"""What the table, the main courante and the operator hold after the bad night, counted on its own."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from local.scenarios.agent import PHONES
from local.scenarios.telling import Teller
from local.scenarios.world import World
from permanence.application.dispatch.ports import MalfunctionLog
from permanence.application.reception.ports import CallRecord
from permanence.domain.dispatch.dispatch import DispatchStatus
from permanence.domain.dispatch.malfunction import MalfunctionStatus
from permanence.domain.dispatch.notices import NoticeKind, NoticeStatus
from permanence.domain.instants import PARIS, paris_month
from permanence.domain.main_courante.log import EntryKind

UNSENT = (NoticeStatus.PENDING, NoticeStatus.CLAIMED)


class Counted(StrEnum):
    """A line of the morning's table, in its order."""

    PAST_CALLS = "appels des jours d’avant"
    PAST_FORMS = "leurs fiches"
    PAST_MISSIONS = "missions des jours d’avant"
    PAST_SOUNDS = "enregistrements des jours d’avant"
    CALLS = "appels présentés"
    ANSWERED = "appels décrochés"
    ENDED = "appels terminés"
    LATE_ENDS = "fins d’appel demandées à l’opérateur"
    FORMS = "fiches closes"
    OPENED = "mains courantes ouvertes"
    LINKED = "appels rattachés"
    ACCEPTED = "accords"
    TOO_LATE = "accords arrivés trop tard"
    DECLINED = "refus"
    EXHAUSTED = "chaînes restées sans réponse"
    SUPERVISOR = "superviseur prévenu"
    OVER = "missions terminées"
    TWICE = "accusés écrits deux fois"
    MAILED = "mains courantes dans les courriels de 8 h 30"
    RINGS = "appels d’astreinte passés"
    OFFERS = "SMS de mission"
    TOLD_TENANTS = "SMS aux locataires"
    TOLD_OTHERS = "SMS « déjà prise »"
    REFUSED = "SMS refusés par l’opérateur"
    WAITING = "messages encore à envoyer"
    UNKNOWN = "envois que la table ne connaît pas"
    LOST = "envois que l’opérateur ne connaît pas"


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is of a night that began at `began` (UTC), after the days `before` it."""

    world: World
    began: datetime
    before: tuple[date, ...]

    def found(self, missions: Collection[str], callers: Collection[str]) -> dict[Counted, int]:
        """`missions` are the ids of the night's malfunctions, `callers` the numbers of those who called."""
        return (
            self._found_before()
            | self._found_calls()
            | self._found_in_the_main_courante(missions)
            | self._found_at_the_operator(missions, callers)
        )

    def _found_before(self) -> dict[Counted, int]:
        months = {paris_month(datetime.combine(day, time(12), PARIS)) for day in self.before}
        records = [r for month in months for r in self.world.calls.of_month(month) if not self._is_of_the_night(r)]
        opened = [m for month in months for m in self.world.malfunctions.of_month(month)]
        before = [m for m in opened if m.opened_at < self.began and m.status is MalfunctionStatus.CLOSED]
        return {
            Counted.PAST_CALLS: sum(record.call.ended_at is not None for record in records),
            Counted.PAST_FORMS: sum(
                record.form is not None and record.form.closed_at is not None for record in records
            ),
            Counted.PAST_MISSIONS: len(before),
            Counted.PAST_SOUNDS: sum(bool(recording.object_key) for r in records for recording in r.call.recordings),
        }

    def _found_calls(self) -> dict[Counted, int]:
        records = self.records()
        return {
            Counted.CALLS: sum(record.call.presented_at is not None for record in records),
            Counted.ANSWERED: sum(record.call.answered_at is not None for record in records),
            Counted.ENDED: sum(record.call.ended_at is not None for record in records),
            Counted.FORMS: sum(record.form is not None and record.form.closed_at is not None for record in records),
        }

    def _found_in_the_main_courante(self, missions: Collection[str]) -> dict[Counted, int]:
        opened = [m for m in self.world.malfunctions.of_month(paris_month(self.began)) if m.opened_at >= self.began]
        logs = [self.log(malfunction.malfunction_id) for malfunction in opened]
        kinds = Counter(entry.kind for log in logs for entry in log.entries)
        dispatches = [log.malfunction.dispatch for log in logs if log.malfunction.dispatch]
        return {
            Counted.OPENED: len(opened),
            Counted.LINKED: kinds[EntryKind.CALL_LINKED],
            Counted.ACCEPTED: kinds[EntryKind.ACCEPTED],
            Counted.TOO_LATE: kinds[EntryKind.LATE_ACCEPTANCE],
            Counted.DECLINED: kinds[EntryKind.DECLINED],
            Counted.EXHAUSTED: kinds[EntryKind.CHAIN_EXHAUSTED],
            Counted.SUPERVISOR: kinds[EntryKind.SUPERVISOR_TOLD],
            Counted.OVER: sum(dispatch.status is DispatchStatus.REPORTED for dispatch in dispatches),
            Counted.TWICE: sum(_told_twice(log) for log in logs),
            Counted.MAILED: self.mailed(missions),
        }

    def _found_at_the_operator(self, missions: Collection[str], callers: Collection[str]) -> dict[Counted, int]:
        operator = self.world.operator
        sent = operator.messages()
        rung = [c for c in operator.calls() if c.direction == "outbound-api" and c.phone not in PHONES.values()]
        notices = [n for mission in missions for n in self.log(mission).notices]
        known = {notice.provider_id for notice in notices if notice.provider_id}
        held = {sms.sid for sms in sent} | {call.sid for call in rung}
        return {
            Counted.RINGS: len(rung),
            Counted.OFFERS: sum("/m/" in sms.body for sms in sent),
            Counted.TOLD_TENANTS: sum(sms.to in callers for sms in sent),
            Counted.TOLD_OTHERS: sum(" prise par " in sms.body for sms in sent),
            Counted.REFUSED: sum(n.kind is NoticeKind.SMS and n.error == "21610" for n in notices),
            Counted.WAITING: sum(notice.status in UNSENT for notice in notices),
            Counted.UNKNOWN: len(held - known),
            Counted.LOST: len(known - held),
        }

    def mailed(self, missions: Collection[str]) -> int:
        """How many times the mail to the list of the contract tells one of these."""
        mailing_list = self.world.contract.default_mailing_list[0]
        mails = [mail for mail in self.world.operator.mails() if mailing_list in mail.to]
        numbers = [self.log(mission).malfunction.number for mission in missions]
        return sum(number in mail.text for number in numbers for mail in mails)

    def records(self) -> list[CallRecord]:
        """Of the calls of the night."""
        since = self.world.calls.of_month(paris_month(self.began), since=self.began)
        return [record for record in since if self._is_of_the_night(record)]

    def unheard(self) -> int:
        """Calls whose end nobody has told."""
        return sum(record.call.ended_at is None for record in self.records())

    def is_sent(self, mission: str) -> bool:
        """Everything that was decided about it has left."""
        return all(notice.status not in UNSENT for notice in self.log(mission).notices)

    def log(self, malfunction_id: str) -> MalfunctionLog:
        log = self.world.malfunctions.log(malfunction_id)
        if log is None:
            raise LookupError(malfunction_id)
        return log

    def _is_of_the_night(self, record: CallRecord) -> bool:
        return record.call.presented_at is not None and record.call.presented_at >= self.began


def _told_twice(log: MalfunctionLog) -> int:
    """Lines of the provider's words that say what an earlier line said."""
    told = [e.data for e in log.entries if e.kind is EntryKind.RECEIPT]
    return len(told) - len({(data["step"], data["channel"], data["status"]) for data in told})


def tell_accounts(tell: Teller, expected: Mapping[Counted, int], found: Mapping[Counted, int]) -> bool:
    """The table, in the order of its lines; whether nothing is missing and nothing too much."""
    width, missing = max(map(len, Counted)), 0
    tell.line()
    tell.line(f"  {'La nuit, comptée':<{width}}  attendu   trouvé    écart")
    for line in Counted:
        difference = found[line] - expected.get(line, 0)
        missing += abs(difference)
        sign = "  <-- ÉCART" if difference else ""
        numbers = f"{expected.get(line, 0):>7}  {found[line]:>7}  {difference:>+7}".replace("+0", " 0")
        tell.line(f"  {line:<{width}}  {numbers}{sign}")
    tell.line(f"Écart total : {missing}.")
    return missing == 0
