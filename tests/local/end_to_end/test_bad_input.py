"""What the deployed system answers to what should never come, and what it keeps of it."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from local.operator.client import OperatorClient
from local.scenarios.agent import Agent, call_in
from local.scenarios.world import LANDLORD, World
from permanence.adapters.twilio.signature import sign

INCOMING = "/telephony/calls/incoming"
CALLER = "+33639984473"


def incoming(world: World, call: str, **other: str) -> dict[str, str]:
    """What the provider posts when a person calls."""
    number = world.outputs["numbers"][LANDLORD]
    form = {"AccountSid": world.outputs["provider_account"], "CallSid": call, "From": CALLER, "To": number}
    return {**form, "Called": number, "Caller": CALLER, "CallStatus": "ringing", "Direction": "inbound", **other}


def post(world: World, path: str, form: Mapping[str, str], token: str = "", body: str | None = None) -> httpx.Response:
    """Signed with `token`, the account's own unless given; `body` is sent instead of the form that was signed."""
    address = urlsplit(world.outputs["public_url"])
    signature = sign(token or world.outputs["provider_auth_token"], world.outputs["public_url"] + path, form.items())
    headers = {
        "Host": address.netloc,
        "X-Twilio-Signature": signature,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    sent = urlencode(form) if body is None else body
    return httpx.post(f"http://127.0.0.1:{address.port}{path}", content=sent, headers=headers, timeout=30)


def test_a_genuine_webhook_is_answered_and_kept(world: World, operator: OperatorClient) -> None:
    """The others of this file differ from it in one thing each."""
    answer = post(world, INCOMING, incoming(world, "CAgenuine"))
    assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, "text/xml; charset=utf-8")
    assert world.calls.get("CAgenuine") is not None
    ended = incoming(world, "CAgenuine", CallStatus="completed", CallDuration="1")
    assert post(world, "/telephony/calls/status", ended).is_success


def test_a_wrong_signature_is_refused_and_nothing_is_stored(world: World) -> None:
    answer = post(world, INCOMING, incoming(world, "CAforged"), token="not the account's")
    assert (answer.status_code, answer.content) == (HTTPStatus.FORBIDDEN, b"")
    assert world.calls.get("CAforged") is None


@pytest.mark.parametrize(
    "stranger",
    [{"AccountSid": "AC" + "0" * 32}, {"To": "+33353017099", "Called": "+33353017099"}],
    ids=["account", "number"],
)
def test_an_account_or_a_number_that_is_not_ours_is_not_found(world: World, stranger: dict[str, str]) -> None:
    assert post(world, INCOMING, incoming(world, "CAstranger", **stranger)).status_code == HTTPStatus.NOT_FOUND
    assert world.calls.get("CAstranger") is None


def test_an_unknown_address_of_the_webhook_is_not_found(world: World) -> None:
    assert post(world, "/telephony/calls/nowhere", incoming(world, "CAlost")).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("body", ["CallSid=CAbroken&From=%2", "\x00\xff", '{"CallSid": "CAbroken"}'])
def test_a_malformed_or_truncated_body_is_a_bad_request(world: World, body: str) -> None:
    assert post(world, INCOMING, incoming(world, "CAbroken"), body=body).status_code == HTTPStatus.BAD_REQUEST
    assert world.calls.get("CAbroken") is None


def test_a_field_that_the_provider_always_sends_is_asked_for(world: World) -> None:
    form = incoming(world, "CAnobody")
    del form["CallSid"]
    assert post(world, INCOMING, form).status_code == HTTPStatus.BAD_REQUEST


def test_an_event_before_its_call_is_known_is_kept(world: World) -> None:
    early = incoming(world, "CAearly", CallStatus="completed", CallDuration="7")
    assert post(world, "/telephony/calls/status", early).is_success
    assert world.calls.get("CAearly") is not None
    assert post(world, INCOMING, incoming(world, "CAearly")).status_code == HTTPStatus.OK
    record = world.calls.get("CAearly")
    assert record is not None
    assert record.call.presented_at is not None
    assert record.call.ended_at is not None


def test_a_fiche_that_lacks_fields_names_them_and_keeps_what_was_typed(
    world: World, operator: OperatorClient, sophie: Agent
) -> None:
    call = call_in(world, CALLER)
    sophie.take(call)
    sophie.hang_up(call)
    typed = "Un joint goutte, depuis « hier »."
    page = sophie.desk.press("Enregistrer et clore", last_name="Humbert", description=typed)
    assert page.value("last_name") == "Humbert"
    assert typed in page.text
    named = {label.removesuffix(" à remplir") for label in page.labels if label.endswith(" à remplir")}
    assert named == {"Prénom", "Adresse", "Fixe", "Courriel", "Suivi", "Réponses apportées"}
    record = world.calls.get(call.sid)
    assert record is not None
    assert record.form is not None
    assert record.form.closed_at is None
    page.press("Enregistrer", to="/fiche", address__absent="inconnu")
    sophie.close("Humbert", "Élodie", "Un joint goutte.")
    closed = world.calls.get(call.sid)
    assert closed is not None
    assert closed.form is not None
    assert closed.form.closed_at is not None
