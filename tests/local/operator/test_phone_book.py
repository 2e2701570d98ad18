"""Every number of a story has a name, and no phone is left to itself when it is over."""

from local.operator.client import OperatorClient
from local.operator.phones import Answering, SmsReception
from local.scenarios.patrimoine import made_up_entreprises, made_up_patrimoine, rota_of_year
from local.scenarios.phone_book import free_phones, phone_book
from permanence.domain.contract import Contract


def test_everybody_who_may_be_called_has_a_name(contract: Contract) -> None:
    entreprises, rota = made_up_entreprises(made_up_patrimoine()), rota_of_year(2026)
    names = phone_book(contract, entreprises, rota)
    called = {contractor.phone for contractor in entreprises.contractors} | {duty.person.phone for duty in rota}
    called |= {contractor.second_phone for contractor in entreprises.contractors if contractor.second_phone}
    called |= {contract.numbers.duty_supervisor, *contract.numbers.fallback}
    assert called <= names.keys()
    assert names["+33639980011"] == "Léa Marchand, poste"
    assert len(set(names.values())) == len(names)


def test_no_phone_is_left_to_itself(operator: OperatorClient) -> None:
    operator.set_behaviour("+33639980301", Answering.NO_ANSWER, after_s=2)
    operator.set_behaviour("+33639980302", Answering.ANSWER, keys=["1"], sms=SmsReception.OPTED_OUT)
    operator.name_phone("+33639980303", "Serrurerie Roy")
    free_phones(operator)
    phones = operator.phones()
    assert {phone.behaviour.answering for phone in phones} == {Answering.MANUAL}
    assert {phone.behaviour.sms for phone in phones} == {SmsReception.DELIVERED}
    assert {phone.id: phone.name for phone in phones}["+33639980303"] == "Serrurerie Roy"
