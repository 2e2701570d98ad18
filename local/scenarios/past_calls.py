"""Calls of the days before, made up: the same day always has the same calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from permanence.domain.calendar import Service, service_at
from permanence.domain.calls import CallEvent, CallEventKind
from permanence.domain.contract import Contract
from permanence.domain.instants import PARIS
from permanence.domain.main_courante import CallForm
from permanence.domain.patrimoine import Dwelling
from permanence.domain.triage import walk

AGENTS = (("lea.marchand@permanence.example", "Léa Marchand"), ("karim.benali@permanence.example", "Karim Benali"))
FIRST_NAMES = ("Corinne", "Lucas", "Aurélie", "Théo", "Josiane", "Mehdi", "Sandrine", "Élodie", "Gérard", "Nadia")
LAST_NAMES = ("Vauthier", "Jeannin", "Grosjean", "Marchal", "Pernot", "Belkacem", "Courtois", "Faivre", "Humbert")
KNOWN_ADDRESS = (("danger", "non"), ("qui", "adresse_connue"))
ADMINISTRATIVE = (*KNOWN_ADDRESS, ("quoi", "autre"), ("autre", "administratif"))
NOISE = (*KNOWN_ADDRESS, ("quoi", "autre"), ("autre", "bruit"), ("bruit", "bruit"))
DRIPPING = (*KNOWN_ADDRESS, ("quoi", "logement"), ("logement", "eau"), ("eau", "goutte"), ("societe_plomberie", "non"))
REFUSED_REQUESTS = (
    (ADMINISTRATIVE, "Demande de logement.", "Rappeler le 03 84 96 13 70 aux heures d’ouverture."),
    (DRIPPING, "Un robinet goutte dans la salle de bains.", "Réparation à la charge de l’occupant."),
    (NOISE, "Bruit chez un voisin.", "Numéro du 17 donné."),
    (ADMINISTRATIVE, "Question sur le loyer.", "Rappeler le 03 84 96 13 70 aux heures d’ouverture."),
)


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call as its events, with the form of the agent who answered it, if anybody did."""

    born: datetime
    events: tuple[CallEvent, ...]
    form: CallForm | None


def past_calls(
    contract: Contract, dwellings: tuple[Dwelling, ...], until: datetime, days: int, per_day: int
) -> Iterator[PastCall]:
    """`per_day` astreinte calls on each of the days before `until` (UTC)."""
    today = until.astimezone(PARIS).date()
    for ago in range(days, -1, -1):
        day = today - timedelta(days=ago)
        for n in range(per_day):
            call = past_call(contract, dwellings, day, n)
            if call.events[-1].at < until:
                yield call


def past_call(contract: Contract, dwellings: tuple[Dwelling, ...], day: date, n: int) -> PastCall:
    """The n-th call of a day: it is presented in astreinte, and nine of ten are answered."""
    chance = Random(f"{day}/{n}")  # noqa: S311 - made-up calls, not secrets
    presented = datetime.combine(day, time(), PARIS).astimezone(UTC)
    while True:
        at = presented + timedelta(seconds=chance.randrange(86_400), milliseconds=chance.randrange(1000))
        if service_at(at, contract.hours) is Service.ASTREINTE:
            break
    call_id = f"CA{chance.getrandbits(128):032x}"
    caller = f"+336399{chance.randrange(80_100, 90_000):05d}"

    def event(key: str, kind: CallEventKind, after_s: float, **data: str) -> CallEvent:
        return CallEvent(call_id, key, kind, at + timedelta(seconds=after_s), data)

    kinds = CallEventKind
    told = [
        event("presented", kinds.PRESENTED, 0, caller=caller, called=contract.numbers.inbound),
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
    path, description, answer = chance.choice(REFUSED_REQUESTS)
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
        tree_version=contract.guide.version,
        path=path,
        outcome=outcome.outcome_id if outcome else "",
        dwelling_id=dwelling.dwelling_id,
        closed_at=at + timedelta(seconds=wait + talk + 35),
    )
    return PastCall(at, tuple(told), form)
