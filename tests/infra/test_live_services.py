"""What each function works with can be made from the variables that it is given."""

from collections.abc import Callable, Iterator, Mapping

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics

from astreinte_dispatch import live_services as astreinte_dispatch
from call_webhook import live_services as call_webhook
from call_webhook.routing import Services as WebhookServices
from decisions import services as decisions
from desk import services as desk
from extranet import services as extranet
from imports import live_services as imports
from mission import handler as mission
from notify import live_services as notify
from outbox_relay import handler as outbox_relay
from permanence.adapters import aws as clients
from recording_import import live_services as recording_import
from reports import live_services as reports
from retention import live_services as retention
from sign_in import handler as sign_in
from team import handler as team
from tests.infra.synthesis import Template
from tests.infra.test_functions_start import FUNCTIONS

Environment = Mapping[str, str]

ASKS = "credentials"
"""Reading the secret asks for it; what reads it is made with the phones."""


def _every(services: type, live: object) -> None:
    """Make each thing that a protocol names."""
    for name, member in vars(services).items():
        if isinstance(member, property) and name != ASKS:
            getattr(live, name)


def _webhook(environ: Environment) -> None:
    metrics = EphemeralMetrics(namespace="tests", service="call_webhook")
    live = call_webhook.LiveServices(environ, Logger(service="silent", level="CRITICAL"), metrics)
    _every(WebhookServices, live)
    assert live.call_log


def _notify(environ: Environment) -> None:
    live = notify.LiveServices(environ)
    _every(notify.Services, live)
    providers = live.providers
    assert all((providers.phones(), providers.mailer(), providers.bodies()))


def _relay(_: Environment) -> None:
    queues = outbox_relay._live()
    assert all((queues.outbox, queues.deadlines))


MADE: Mapping[str, Callable[[Environment], object]] = {
    "astreinte_dispatch": lambda environ: _every(astreinte_dispatch.Services, astreinte_dispatch.LiveServices(environ)),
    "call_webhook": _webhook,
    "decisions": lambda environ: _every(decisions.Services, decisions.LiveServices(environ)),
    "desk": lambda environ: _every(desk.Services, desk.LiveServices(environ)),
    "extranet": lambda environ: _every(extranet.Services, extranet.LiveServices(environ)),
    "imports": imports.live_work,
    "mission": lambda _: mission._app(),
    "notify": _notify,
    "outbox_relay": _relay,
    "recording_import": lambda environ: _every(recording_import.Services, recording_import.LiveServices(environ)),
    "reports": reports.live_services,
    "retention": retention.live_purge,
    "sign_in": lambda _: sign_in._rooms(),
    "team": lambda _: team._rooms(),
}


_CACHES = (
    clients._client.cache_clear,
    mission._app.cache_clear,
    outbox_relay._live.cache_clear,
    sign_in._rooms.cache_clear,
    team._rooms.cache_clear,
)


@pytest.fixture(autouse=True)
def nothing_made_yet() -> Iterator[None]:
    for forget in _CACHES:
        forget()
    yield
    for forget in _CACHES:
        forget()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_makes_all_it_works_with_from_the_variables_that_it_is_given(
    aws: Template, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = aws.function(function)["Environment"]["Variables"]
    given = {name: "made-up" if name.endswith("_BUCKET") else "https://made-up.example" for name in variables}
    session = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    for name, value in {**session, **given}.items():
        monkeypatch.setenv(name, value)
    MADE[function](given)
