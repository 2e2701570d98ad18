"""A mission as its responder may see it: names, numbers and the exact place only after acceptance (R41, R41a)."""

from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from permanence.application.dispatch.mission_links import key_of_token
from permanence.application.dispatch.ports import Malfunctions
from permanence.domain.dispatch.dispatch import Dispatch, DispatchStatus, ReportResult, Step, StepStatus
from permanence.domain.dispatch.events import Accept, AnnounceArrival, Arrive, Decline, DispatchEvent, Report
from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.dispatch.notice_words import street_without_number
from permanence.domain.dispatch.rules import answer_before
from permanence.domain.frozen import dataclass
from permanence.domain.reference.instructions import Instruction

LONGEST_NOTE = 1000
LONGEST_ARRIVAL_MINUTES = 12 * 60
_WITHOUT_DEADLINE = frozenset({StepStatus.NO_ANSWER, StepStatus.FAILED, StepStatus.PLANNED, StepStatus.PASSED_OVER})


class UnknownLink(Exception):
    """No mission was ever behind this link, or it has been purged."""


class ExpiredLink(Exception):
    """The mission behind this link is over since long."""


class Screen(StrEnum):
    """What the page shows; one at a time."""

    ANSWER = "answer"
    DECLINED = "declined"
    ARRIVAL = "arrival"
    EN_ROUTE = "en_route"
    REPORT = "report"
    DONE = "done"
    TAKEN = "taken"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Mission:
    """What a link leads to: a malfunction under dispatch and the responder's step in its chain."""

    malfunction: Malfunction
    dispatch: Dispatch
    step_index: int

    @property
    def step(self) -> Step:
        return self.dispatch.steps[self.step_index]

    @property
    def winner(self) -> Step | None:
        return None if self.dispatch.winner is None else self.dispatch.steps[self.dispatch.winner]

    @property
    def is_won_by_reader(self) -> bool:
        """The reader's company has the mission, whichever of its numbers said yes."""
        return self.winner is not None and self.winner.responder.person_id == self.step.responder.person_id


@dataclass(frozen=True)
class CallerOnSite:
    name: str
    phone: str | None  # E.164


@dataclass(frozen=True)
class Site:
    """What only the one who accepted may read."""

    address: str
    details: str
    postcode: str
    commune: str
    residence: str
    description: str
    callers: tuple[CallerOnSite, ...]
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True)
class MissionView:
    """Primitives for the page; instants in UTC. `site` is None for everyone but the one who has the mission.
    `another_is_called` now, `another_follows` the reader in the chain: nobody is said to be called who is not."""

    screen: Screen
    reference: str
    order_number: str
    motif: str
    life_threatening: bool
    street: str
    commune: str
    answer_before: datetime | None
    minutes_left: int
    is_late: bool
    another_is_called: bool
    another_follows: bool
    is_passed_over: bool
    declined_at: datetime | None
    winner_name: str
    accepted_at: datetime | None
    announced_arrival_at: datetime | None
    on_site_at: datetime | None
    reported_at: datetime | None
    result: str
    site: Site | None


def open_mission(malfunctions: Malfunctions, token: str, now: datetime) -> Mission:
    """The mission behind a link: 2 requests, changes nothing. Raises UnknownLink, ExpiredLink."""
    try:
        link = malfunctions.link(key_of_token(token))
    except ValueError as no_token:
        raise UnknownLink from no_token
    if link is None:
        raise UnknownLink
    if now >= link.expires_at:
        raise ExpiredLink
    malfunction = malfunctions.get(link.malfunction_id)
    if malfunction is None or malfunction.dispatch is None or link.step >= len(malfunction.dispatch.steps):
        raise UnknownLink
    return Mission(malfunction, malfunction.dispatch, link.step)


def view_mission(mission: Mission, life_threatening: bool, now: datetime) -> MissionView:
    """What the responder may see now."""
    malfunction, dispatch, step = mission.malfunction, mission.dispatch, mission.step
    place = malfunction.place
    mine = mission.is_won_by_reader
    promised = answer_before(step)
    is_late = step.status in _WITHOUT_DEADLINE or (promised is not None and now >= promised)
    left = (promised - now) / timedelta(minutes=1) if promised and not is_late else 0
    return MissionView(
        screen=_screen(mission),
        reference=dispatch.reference,
        order_number=malfunction.number,
        motif=malfunction.motif_label,
        life_threatening=life_threatening,
        street=street_without_number(place.address),
        commune=place.commune,
        answer_before=None if is_late else promised,
        minutes_left=ceil(left),
        is_late=is_late,
        another_is_called=dispatch.status is DispatchStatus.CALLING and dispatch.current != mission.step_index,
        another_follows=mission.step_index + 1 < len(dispatch.steps),
        is_passed_over=step.status is StepStatus.PASSED_OVER,
        declined_at=step.declined_at,
        winner_name=mission.winner.responder.name if mission.winner else "",
        accepted_at=dispatch.accepted_at,
        announced_arrival_at=dispatch.announced_arrival_at,
        on_site_at=dispatch.on_site_at,
        reported_at=dispatch.reported_at,
        result=dispatch.result.value if dispatch.result else "",
        site=_site(malfunction) if mine else None,
    )


def _screen(mission: Mission) -> Screen:
    dispatch = mission.dispatch
    if dispatch.status is DispatchStatus.CANCELLED:
        return Screen.CANCELLED
    if mission.is_won_by_reader:
        if dispatch.status is DispatchStatus.REPORTED:
            return Screen.DONE
        if dispatch.status is DispatchStatus.ON_SITE:
            return Screen.REPORT
        return Screen.EN_ROUTE if dispatch.announced_arrival_at else Screen.ARRIVAL
    if mission.step.status is StepStatus.DECLINED:
        return Screen.DECLINED
    return Screen.TAKEN if mission.winner else Screen.ANSWER


def _site(malfunction: Malfunction) -> Site:
    place = malfunction.place
    return Site(
        address=place.address,
        details=place.details,
        postcode=place.postcode,
        commune=place.commune,
        residence=place.residence,
        description=malfunction.description,
        callers=tuple(CallerOnSite(contact.name, contact.phone) for contact in malfunction.contacts),
        instructions=malfunction.instructions,
    )


# --- what the responder can do ---------------------------------------------------------------------------------------


def accept(mission: Mission) -> DispatchEvent:
    return Accept(mission.step_index, by="page")


def decline(mission: Mission, note: str) -> DispatchEvent:
    return Decline(mission.step_index, by="page", note=note[:LONGEST_NOTE])


def announce_arrival(mission: Mission, minutes: int) -> DispatchEvent:
    """`minutes` from now, 1 to 720; raises ValueError beyond."""
    if not 1 <= minutes <= LONGEST_ARRIVAL_MINUTES:
        raise ValueError(f"an arrival is announced for 1 to {LONGEST_ARRIVAL_MINUTES} minutes, not {minutes}")
    return AnnounceArrival(_winning_step(mission), minutes)


def arrive(mission: Mission) -> DispatchEvent:
    return Arrive(_winning_step(mission))


def report(mission: Mission, result: str, note: str) -> DispatchEvent:
    """`result` is a value of ReportResult; raises ValueError for any other."""
    return Report(_winning_step(mission), ReportResult(result), note[:LONGEST_NOTE])


def _winning_step(mission: Mission) -> int:
    """Either number of the company that has the mission speaks for it."""
    if mission.is_won_by_reader and mission.dispatch.winner is not None:
        return mission.dispatch.winner
    return mission.step_index
