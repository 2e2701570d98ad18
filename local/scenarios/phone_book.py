"""Whose the numbers of a story are, told to the operator before any of them rings; and phones that people may use."""

from collections.abc import Iterator

from local.engine.provision import DEMO_USERS
from local.operator.client import OperatorClient
from local.operator.phones import Answering
from local.operator.views import BehaviourView
from permanence.domain.contract import Contract
from permanence.domain.reference.entreprises import Entreprises
from permanence.domain.reference.rota import Duty

ROLES = {"teleconseiller": "poste", "superviseur": "supervision"}


def phone_book(contract: Contract, entreprises: Entreprises, rota: tuple[Duty, ...]) -> dict[str, str]:
    """Names by number in E.164: agents, contractors, on-call staff, and the numbers that calls are sent on to."""
    return dict(_entries(contract, entreprises, rota))


def _entries(contract: Contract, entreprises: Entreprises, rota: tuple[Duty, ...]) -> Iterator[tuple[str, str]]:
    for duty in rota:
        yield duty.person.phone, f"{duty.person.name}, {duty.role} d’astreinte"
    for contractor in entreprises.contractors:
        yield contractor.phone, contractor.name
        if contractor.second_phone:
            yield contractor.second_phone, f"{contractor.name}, second numéro"
    for user in DEMO_USERS:
        if user.phone_number:
            yield user.phone_number, f"{user.given_name} {user.family_name}, {ROLES[user.group]}"
    for number, phone in enumerate(contract.numbers.fallback, start=1):
        yield phone, f"{contract.landlord_name}, numéro de repli {number}"
    yield contract.numbers.duty_supervisor, "Superviseur d’astreinte"


def free_phones(operator: OperatorClient) -> None:
    """No phone does anything by itself any more: whoever tries the system answers it."""
    by_hand = BehaviourView()
    for phone in operator.phones():
        if phone.number and phone.behaviour != by_hand:
            operator.set_behaviour(phone.number, Answering.MANUAL)
