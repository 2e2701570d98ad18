"""One operator for all tests of the operator, emptied before each; what it still tells then reaches nobody, since each
test has an application of its own."""

import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
import uvicorn

from local.operator.app import create_app
from local.operator.client import OperatorClient
from local.operator.settings import Settings
from tests.local.operator.application import Application

OUR_NUMBER = "+33353010070"
Rest = Callable[..., httpx.Response]


@pytest.fixture
def application_server() -> Iterator[Application]:
    application = Application()
    yield application
    application.stop()


@pytest.fixture(scope="session")
def operator_url() -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = Settings(public_url=url, numbers=(OUR_NUMBER,), speech_rate=200)
    config = uvicorn.Config(create_app(settings), log_level="warning", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield url
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def operator(operator_url: str) -> Iterator[OperatorClient]:
    with OperatorClient(operator_url) as client:
        client.reset()
        client.forget_story()
        yield client


@pytest.fixture
def application(application_server: Application, operator: OperatorClient, rest: Rest) -> Application:
    """The application, already told to the operator as the one behind our number."""
    sid = rest("GET", "IncomingPhoneNumbers.json").json()["incoming_phone_numbers"][0]["sid"]
    url = application_server.url
    settings = {
        "VoiceUrl": f"{url}/incoming",
        "VoiceFallbackUrl": f"{url}/fallback",
        "VoiceFallbackMethod": "POST",
        "StatusCallback": f"{url}/ended",
    }
    rest("POST", f"IncomingPhoneNumbers/{sid}.json", settings).raise_for_status()
    return application_server


@pytest.fixture
def rest(operator_url: str, operator: OperatorClient) -> Iterator[Rest]:
    """The provider's REST API, as an application of this account asks it."""
    account = Settings(public_url=operator_url)
    base = f"{operator_url}/2010-04-01/Accounts/{account.account_sid}/"
    with httpx.Client(base_url=base, auth=(account.account_sid, account.auth_token), trust_env=False) as client:

        def ask(method: str, path: str, form: dict[str, str | list[str]] | None = None) -> httpx.Response:
            return client.request(method, path, data=form, timeout=10)

        yield ask
