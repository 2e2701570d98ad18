"""The phones, an agent and the windows of the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from infra.settings import BUILD
from local.operator.client import OperatorClient
from local.scenarios.agent import Agent
from local.scenarios.telling import until
from local.scenarios.world import World
from tests.local.end_to_end.browsing import PATIENCE_MS, Browsing
from tests.web.chromium import launched


@pytest.fixture
def operator(world: World) -> Iterator[OperatorClient]:
    """Phones without a past. A test leaves no call alive, and no recording at the provider."""
    offset = world.operator.offset()
    world.operator.reset()
    world.operator.set_offset(offset)
    yield world.operator
    until(lambda: not world.operator.recordings(), "end of the provider’s copies")


@pytest.fixture(scope="package")
def sophie(world: World) -> Agent:
    """A supervisor who answers calls herself, signed in once: a code opens one session only."""
    return Agent.on_duty(world, world.user("superviseur"))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with launched() as browser:
        yield browser


@pytest.fixture(scope="package")
def screenshots() -> Path:
    folder = BUILD / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="package")
def spent() -> dict[str, str]:
    """The codes that were typed at the browsers of this folder."""
    return {}


@pytest.fixture
def browsing(chromium: Browser, world: World, screenshots: Path, spent: dict[str, str]) -> Iterator[Browsing]:
    """Browser windows of one test; whatever a console or the content security policy complained of fails it."""
    windows = Browsing(chromium, world.outputs["public_url"], screenshots, spent)
    yield windows
    windows.close()
    assert windows.complaints == []
