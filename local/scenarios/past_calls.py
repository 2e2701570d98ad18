"""Calls of the days before, made up: the same day always has the same calls."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from permanence.application.reception.calls import decide_service
from permanence.domain.calls.call import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.instants import PARIS
from permanence.domain.main_courante.fiche import CallForm
from permanence.domain.reference.calendar import Service, service_at, service_of_call
from permanence.domain.reference.patrimoine import Dwelling
from permanence.domain.triage.guide import walk

AGENTS = (("lea.marchand@permanence.example", "Léa Marchand"), ("karim.benali@permanence.example", "Karim Benali"))
FIRST_NAMES = ("Corinne", "Lucas", "Aurélie", "Théo", "Josiane", "Mehdi", "Sandrine", "Élodie", "Gérard", "Nadia")
LAST_NAMES = ("Vauthier", "Jeannin", "Grosjean", "Marchal", "Pernot", "Belkacem", "Courtois", "Faivre", "Humbert")
KNOWN_ADDRESS = (("danger", "non"), ("qui", "adresse_connue"))
ADMINISTRATIVE = (*KNOWN_ADDRESS, ("quoi", "autre"), ("autre", "administratif"))
NOISE = (*KNOWN_ADDRESS, ("quoi", "autre"), ("autre", "bruit"), ("bruit", "bruit"))
DRIPPING = (*KNOWN_ADDRESS, ("quoi", "logement"), ("logement", "eau"), ("eau", "goutte"), ("societe_plomberie", "non"))
CALL_CRC = "Rappeler le 03 84 96 13 70 aux heures d’ouverture."
REQUESTS = {
    Service.ASTREINTE: (
        (ADMINISTRATIVE, "Demande de logement.", CALL_CRC),
        (DRIPPING, "Un robinet goutte dans la salle de bains.", "Réparation à la charge de l’occupant."),
        (NOISE, "Bruit chez un voisin.", "Numéro du 17 donné."),
        (ADMINISTRATIVE, "Question sur le loyer.", CALL_CRC),
    ),
    Service.DEBORDEMENT: (
        ((), "Un volet roulant ne descend plus.", "Affaire ouverte au service technique de l’agence."),
        ((), "L’évier se vide mal depuis lundi.", "Affaire ouverte au service technique de l’agence."),
        ((), "Pas de nouvelles du chauffagiste.", "Relance de l’affaire, le technicien rappellera."),
        ((), "Demande de rendez-vous avec le gardien.", "Résumé envoyé au Centre de relation clients."),
        ((), "Question sur l’avis d’échéance.", "Résumé envoyé au Centre de relation clients."),
    ),
}
"""What is asked, by the path of the guide (which is the astreinte's), and what is answered: nobody is sent."""

CALLS_A_MONTH = 5384
"""On Habitat 70's own platform, in the mean (Art. 3): what reaches us at the most, when all of it overflows."""

ASTREINTE_CALLS_A_MONTH = 200  # about (Art. 3)
DAYS_A_MONTH, OPEN_DAYS_A_MONTH = 30.4, 21
AFTER_CLOSED_DAYS, OTHER_DAYS = 1.28, 0.93  # more on Mondays and after holidays (Art. 3); 1 in the mean
PEAKS = ((time(9), time(11, 30), 1.0), (time(13, 30), time(17), 0.75))
OFF_PEAK = 0.5


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call as its events, with the form of the agent who answered it, if anybody did."""

    born: datetime
    events: tuple[CallEvent, ...]
    form: CallForm | None

    @property
    def service(self) -> Service:
        return Service(self.events[0].data["service"])

    @property
    def call_id(self) -> str:
        return self.events[0].call_id


def days_before(until: datetime, days: int) -> tuple[date, ...]:
    """That many whole days in Paris, and then the one that `until` (UTC) is in: the oldest first."""
    today = until.astimezone(PARIS).date()
    return tuple(today - timedelta(days=ago) for ago in range(days, -1, -1))


def past_calls(
    contract: Contract, dwellings: Sequence[Dwelling], until: datetime, days: int, per_day: int | None = None
) -> Iterator[PastCall]:
    """On each of the days before `until` (UTC), `per_day` calls of the astreinte and no others; without it as many
    calls of both services as the tender tells."""
    for day in days_before(until, days):
        wanted = calls_of_day(contract, day) if per_day is None else {Service.ASTREINTE: per_day}
        for service, how_many in wanted.items():
            for n in range(how_many):
                call = past_call(contract, dwellings, day, n, service)
                if call.events[-1].at < until:
                    yield call


def calls_of_day(contract: Contract, day: date) -> dict[Service, int]:
    """How many calls of each service a day has in a usual month (Art. 3)."""
    chance = Random(f"{day}")  # noqa: S311 - made-up calls, not secrets
    of_astreinte = ASTREINTE_CALLS_A_MONTH / DAYS_A_MONTH
    wanted = {Service.ASTREINTE: round(chance.uniform(0.7, 1.3) * of_astreinte), Service.DEBORDEMENT: 0}
    if _is_open(contract, day):
        usual = (CALLS_A_MONTH - ASTREINTE_CALLS_A_MONTH) / OPEN_DAYS_A_MONTH
        crowd = OTHER_DAYS if _is_open(contract, day - timedelta(days=1)) else AFTER_CLOSED_DAYS
        wanted[Service.DEBORDEMENT] = round(chance.uniform(0.95, 1.05) * usual * crowd)
    return wanted


def past_call(
    contract: Contract, dwellings: Sequence[Dwelling], day: date, n: int, service: Service = Service.ASTREINTE
) -> PastCall:
    """The n-th call of a day and service: nine of ten are answered."""
    seed = f"{day}/{n}" if service is Service.ASTREINTE else f"{day}/{n}/{service}"
    chance = Random(seed)  # noqa: S311 - made-up calls, not secrets
    at = _presented_at(contract, day, service, chance)
    call_id = f"CA{chance.getrandbits(128):032x}"
    caller = f"+336399{chance.randrange(80_100, 90_000):05d}"

    def event(key: str, kind: CallEventKind, after_s: float, **data: str) -> CallEvent:
        return CallEvent(call_id, key, kind, at + timedelta(seconds=after_s), data)

    kinds = CallEventKind
    presented = event("presented", kinds.PRESENTED, 0, caller=caller, called=contract.numbers.inbound)
    told = [
        decide_service(presented, contract),
        event("queued", kinds.QUEUED, 6.5),
    ]
    if chance.random() < 0.1:
        told.append(event("ended", kinds.ENDED, chance.choice((2.5, 14.0, 47.0))))
        return PastCall(at, tuple(told), None)
    agent, agent_name = chance.choice(AGENTS)
    wait = chance.triangular(8, 60, 16)
    talk = chance.triangular(40, 420, 130)
    told += [
        event("taken#1", kinds.TAKEN, wait - 3, agent=agent, agent_name=agent_name, attempt="1"),
        event("answered", kinds.ANSWERED, wait, attempt="1"),
        event("ended", kinds.ENDED, wait + talk),
    ]
    path, description, answer = chance.choice(REQUESTS[service])
    outcome = walk(contract.guide, path).outcome
    dwelling = chance.choice(dwellings)
    form = CallForm(
        call_id=call_id,
        agent=agent,
        agent_name=agent_name,
        opened_at=at + timedelta(seconds=wait),
        fields={
            "last_name": chance.choice(LAST_NAMES),
            "first_name": chance.choice(FIRST_NAMES),
            "address": f"{dwelling.street_number} {dwelling.street}, {dwelling.postcode} {dwelling.commune}",
            "mobile": caller,
            "landline": "sans objet",
            "mail": "refusé",
            "description": description,
            "follow_up": "sans objet",
            "answer_given": answer,
        },
        tree_version=contract.guide.version if path else "",
        path=path,
        outcome=outcome.outcome_id if outcome else "",
        dwelling_id=dwelling.dwelling_id,
        closed_at=at + timedelta(seconds=wait + talk + 35),
    )
    return PastCall(at, tuple(told), form)


def _presented_at(contract: Contract, day: date, service: Service, chance: Random) -> datetime:
    """Anywhere in the astreinte of the day; in its opening hours more often at the peaks (Art. 3)."""
    midnight = datetime.combine(day, time(), PARIS).astimezone(UTC)
    while True:
        at = midnight + timedelta(seconds=chance.randrange(86_400), milliseconds=chance.randrange(1000))
        if service_of_call(at, contract.hours, contract.overflow_delays) is not service:
            continue
        if service is Service.ASTREINTE or chance.random() < _crowd(at.astimezone(PARIS).time()):
            return at


def _crowd(clock: time) -> float:
    """How likely a call is at a time of the opening hours, beside the busiest time."""
    return next((crowd for start, end, crowd in PEAKS if start <= clock < end), OFF_PEAK)


def _is_open(contract: Contract, day: date) -> bool:
    at_ten = datetime.combine(day, time(10), PARIS).astimezone(UTC)
    return service_at(at_ten, contract.hours) is Service.DEBORDEMENT
