"""The operator keeps and deletes as the provider does: not before the end, then whole (R70)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.operator.client import OperatorClient
from local.operator.settings import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN
from permanence.adapters.contract_file import load_contract
from permanence.adapters.twilio.credentials import Credentials
from permanence.adapters.twilio.log import TwilioLog
from permanence.application.privacy.provider_log import ProviderErasure, erase_at_provider
from permanence.application.privacy.purge_certificate import Certificate
from tests.adapters.twilio.provider_openapi import answer_fields, deletable, nominative_fields, resources
from tests.fakes.providers import FakeObjects
from tests.fakes.store import FakeCalls
from tests.local.operator.application import Application
from tests.local.operator.conftest import OUR_NUMBER, Rest

Told = Callable[[], str]
TENANT, TECHNICIAN = "+33639980101", "+33639982105"
STREET = "rue Baron Bouvier"
TEXT = f"Habitat 70: fuite {STREET}"


@pytest.fixture
def log(operator_url: str) -> TwilioLog:
    return TwilioLog(operator_url, lambda: Credentials(DEFAULT_ACCOUNT_SID, (DEFAULT_AUTH_TOKEN,)), timeout_s=5)


@pytest.fixture
def told(operator: OperatorClient, rest: Rest) -> Told:
    """All that the operator tells of what happened in this test; its events are numbered on and on."""
    since = operator.version()

    def everything() -> str:
        lists = [rest("GET", f"{name}.json").text for name in ("Calls", "Messages", "Conferences", "Recordings")]
        views = (*operator.phones(), *operator.calls(), *operator.messages(), *operator.webhooks())
        return "\n".join([*lists, *(view.model_dump_json() for view in (*views, *operator.events(since)))])

    return everything


@pytest.fixture
def night(told: Told, operator: OperatorClient, application: Application, rest: Rest) -> list[str]:
    """A tenant has called, a technician was called and told by SMS; the addresses of all three."""
    application.says("/incoming", f"<Say>Bonjour, {STREET}</Say>")
    call = operator.place_call(TENANT, OUR_NUMBER, forwarded_from="+33384000000")
    operator.wait_for_end(call.sid)
    dialled = {"To": TECHNICIAN, "From": OUR_NUMBER, "Twiml": f"<Response><Say>{STREET}</Say></Response>"}
    leg = rest("POST", "Calls.json", dialled).json()["sid"]
    operator.wait_for_ringing(TECHNICIAN)
    operator.hang_up(TECHNICIAN)
    operator.wait_for_end(leg)
    message = rest("POST", "Messages.json", {"To": TECHNICIAN, "From": "HABITAT70", "Body": TEXT}).json()["sid"]
    delivered = lambda: rest("GET", f"Messages/{message}.json").json()["status"] == "delivered"  # noqa: E731
    operator.wait_for(delivered, 10, what="receipt")
    return [f"Calls/{call.sid}", f"Calls/{leg}", f"Messages/{message}"]


def test_what_has_only_just_ended_is_not_deleted_yet_nor_is_its_text(night: list[str], rest: Rest) -> None:
    for path in night:
        assert rest("DELETE", f"{path}.json").json()["code"] == 20009
    assert rest("POST", f"{night[2]}.json", {"Body": ""}).json()["code"] == 20009


def test_a_minute_later_all_of_it_is_forgotten(
    night: list[str], told: Told, operator: OperatorClient, rest: Rest
) -> None:
    operator.set_offset(60)
    assert rest("POST", f"{night[2]}.json", {"Body": ""}).json()["body"] == ""
    for path in night:
        assert rest("DELETE", f"{path}.json").status_code == 204
        assert rest("GET", f"{path}.json").status_code == 404
        assert rest("DELETE", f"{path}.json").status_code == 404
    assert not [secret for secret in (TENANT, TECHNICIAN, STREET, "33384000000") if secret in told()]


def test_a_call_on_the_line_is_never_deleted(operator: OperatorClient, application: Application, rest: Rest) -> None:
    application.says("/incoming", "<Pause length='60'/>")
    call = operator.place_call(TENANT, OUR_NUMBER)
    operator.wait_for_call(call.sid, lambda known: known.status == "in-progress", what="answer")
    operator.set_offset(3 * 24 * 3600)
    assert rest("DELETE", f"Calls/{call.sid}.json").json()["code"] == 20009


def test_a_message_takes_no_other_text_than_none(night: list[str], rest: Rest) -> None:
    assert rest("POST", f"{night[2]}.json", {"Body": "other"}).status_code == 400
    assert rest("GET", f"{night[2]}.json").json()["body"] == TEXT


@pytest.mark.parametrize(("resource", "path"), [("call", "Calls"), ("message", "Messages")])
def test_every_nominative_field_of_what_we_make_is_erased_there(
    night: list[str], told: Told, operator: OperatorClient, rest: Rest, log: TwilioLog, resource: str, path: str
) -> None:
    """By the provider's own list of them: one that the operator does not tell would be one that nobody erases."""
    fields = nominative_fields(resource)
    made: list[dict[str, Any]] = [rest("GET", f"{one}.json").json() for one in night if one.startswith(path)]
    secrets = {str(one[name]) for one in made for name in fields if one[name]} - {OUR_NUMBER, "HABITAT70"}
    assert made
    assert all(fields <= one.keys() for one in made)
    assert secrets
    assert deletable(f"{path}/{{Sid}}.json")

    tomorrow = datetime.now(UTC) + timedelta(days=1)
    operator.set_offset(24 * 3600)
    certificate = Certificate(FakeObjects(), "provider", tomorrow, {})
    counts = erase_at_provider(ProviderErasure(load_contract(), FakeCalls(), log), certificate, tomorrow)
    assert (counts["provider_calls"], counts["provider_messages"], counts["provider_texts"]) == (2, 1, 1)
    assert log.lines() == ()
    assert not [secret for secret in secrets if secret in told()]


def test_what_the_api_cannot_delete_is_given_nobodys_data() -> None:
    """Of what our calls make there, only calls and messages have fields for personal data."""
    made = {"call", "message", "conference", "conference.participant", "queue", "queue.member", "recording"}
    assert made <= resources()
    assert {resource for resource in made if nominative_fields(resource)} == {"call", "message"}
    assert {"friendly_name"} <= answer_fields("conference").keys()
