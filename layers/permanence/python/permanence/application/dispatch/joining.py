"""Calls join the main courante of a malfunction, and are told from then on (R27, R46)."""

from dataclasses import replace
from datetime import datetime

from permanence.application.dispatch.acting import MissionOver
from permanence.application.dispatch.deciding import decide_on, entries_of
from permanence.application.dispatch.ports import Decision, Malfunctions
from permanence.domain.calls.call import Call
from permanence.domain.dispatch.actions import Log
from permanence.domain.dispatch.malfunction import Malfunction, MalfunctionStatus
from permanence.domain.frozen import dataclass
from permanence.domain.main_courante.fiche import Contact
from permanence.domain.main_courante.log import EntryKind


@dataclass(frozen=True)
class CallLink:
    """A call about a malfunction: who called, how to tell them, and who took the call."""

    contact: Contact
    agent_name: str
    description: str
    call: Call | None = None


def join_call(malfunctions: Malfunctions, malfunction_id: str, link: CallLink, now: datetime) -> Malfunction:
    """A repeat call, or a neighbour's, joins the main courante and its caller is told from now on (R46): 2 requests.

    Joining twice is joining once. Raises MissionOver, and PastRetention and VersionConflict as `act_on_dispatch`.
    """

    def decide(malfunction: Malfunction) -> tuple[Decision | None, Malfunction]:
        if link.contact.call_id in {contact.call_id for contact in malfunction.contacts}:
            return None, malfunction
        if malfunction.status is MalfunctionStatus.CLOSED:
            raise MissionOver(malfunction_id)
        joined = replace(malfunction, version=malfunction.version + 1, contacts=(*malfunction.contacts, link.contact))
        entries = entries_of(joined.version, (call_linked(link),), now)
        return Decision(joined, entries, linked_calls=(link.contact.call_id,)), joined

    return decide_on(malfunctions, malfunction_id, decide)


def complete_call(
    malfunctions: Malfunctions, malfunction_id: str, link: CallLink, answer_given: str, now: datetime
) -> Malfunction:
    """The fiche of a call is closed: who called and the answer given join the main courante (R27, R46): 2 requests.

    What was typed after the call was linked counts for whoever is told from now on. A call is completed once, also
    after the mission has ended. Raises PastRetention and VersionConflict as `act_on_dispatch`.
    """

    def decide(malfunction: Malfunction) -> tuple[Decision | None, Malfunction]:
        contacts = {contact.call_id: contact for contact in malfunction.contacts}
        known = contacts.get(link.contact.call_id, link.contact)
        if known.is_complete:
            return None, malfunction
        contacts[known.call_id] = replace(link.contact, told_by_sms=known.told_by_sms, is_complete=True)
        completed = replace(
            malfunction,
            version=malfunction.version + 1,
            description=malfunction.description or link.description,
            contacts=tuple(contacts.values()),
        )
        line = Log(EntryKind.FICHE_CLOSED, {**told_by_agent(link), "answer_given": answer_given})
        return Decision(completed, entries_of(completed.version, (line,), now)), completed

    return decide_on(malfunctions, malfunction_id, decide)


def call_linked(link: CallLink) -> Log:
    wait = link.call.wait if link.call else None
    data = told_by_agent(link)
    return Log(EntryKind.CALL_LINKED, data if wait is None else data | {"wait_s": str(round(wait.total_seconds()))})


def told_by_agent(link: CallLink) -> dict[str, str]:
    return {
        "call": link.contact.call_id,
        "caller_name": link.contact.name,
        "agent_name": link.agent_name,
        "description": link.description,
    }
