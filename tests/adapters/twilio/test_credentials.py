"""The provider's secret is read every five minutes, and an outage of its store silences nobody."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from permanence.adapters.twilio.credentials import Credentials, ProviderSecret, SecretUnreadable


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client = boto3.client("secretsmanager", region_name="eu-west-3")
        client.create_secret(Name="provider", SecretString=secret("first"))
        yield client


def secret(*tokens: str) -> str:
    return json.dumps({"account_sid": "AC1", "auth_tokens": tokens})


def test_a_rotated_secret_is_known_within_five_minutes(client: Any) -> None:
    clock = Clock()
    provider = ProviderSecret(client, "provider", clock)
    assert provider.read() == Credentials("AC1", ("first",))
    client.put_secret_value(SecretId="provider", SecretString=secret("second", "first"))

    clock.seconds += 299
    assert provider.read().tokens == ("first",)
    clock.seconds += 1
    assert provider.read().tokens == ("second", "first")


def test_what_was_read_before_holds_while_the_store_is_down(client: Any) -> None:
    clock = Clock()
    provider = ProviderSecret(client, "provider", clock)
    provider.read()
    client.delete_secret(SecretId="provider", ForceDeleteWithoutRecovery=True)
    clock.seconds += 3600

    assert provider.read().tokens == ("first",)


def test_a_store_that_is_down_makes_one_request_in_half_a_minute_wait(client: Any) -> None:
    clock = Clock()
    provider = ProviderSecret(client, "provider", clock)
    provider.read()
    client.delete_secret(SecretId="provider", ForceDeleteWithoutRecovery=True)
    asked: list[str] = []
    client.meta.events.register("before-call.secrets-manager.GetSecretValue", lambda **_: asked.append("again"))
    clock.seconds += 300

    for passed, requests in ((0, 1), (29.9, 1), (0.1, 2)):
        clock.seconds += passed
        assert provider.read().tokens == ("first",)
        assert len(asked) == requests


def test_a_secret_that_was_never_read_is_an_error(client: Any) -> None:
    with pytest.raises(SecretUnreadable):
        ProviderSecret(client, "elsewhere", Clock()).read()
