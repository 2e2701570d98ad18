"""One whole system for all tests of this folder, brought up before the first and down after the last; and a browser."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from infra.settings import BUILD
from local.engine import system
from local.operator.client import OperatorClient
from local.scenarios import load
from local.scenarios.agent import Agent
from local.scenarios.telling import until
from local.scenarios.world import World
from permanence.domain.instants import PARIS
from permanence.domain.patrimoine import Patrimoine
from tests.local.end_to_end.browsing import PATIENCE_MS, Browsing

SATURDAY_EVENING = datetime(2026, 11, 21, 21, 4, tzinfo=PARIS)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(scope="package")
def world() -> Iterator[World]:
    """It knows a patrimoine, the rota of the year and two weeks of calls; it is Saturday evening."""
    if system.is_running():
        pytest.exit("the system of this folder is up: `make down` first, the end-to-end tests bring up their own", 2)
    try:
        with World(system.up()) as up:
            up.set_now(SATURDAY_EVENING)
            patrimoine = load.load_reference(up, 600, SATURDAY_EVENING.year)
            load.load_past_calls(up, patrimoine, SATURDAY_EVENING, days=14, per_day=6)
            yield up
    finally:
        system.down()


@pytest.fixture(scope="package")
def patrimoine(world: World) -> Patrimoine:
    return world.reference_data.patrimoine()


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
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def screenshots() -> Path:
    folder = BUILD / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def browsing(chromium: Browser, world: World, screenshots: Path) -> Iterator[Browsing]:
    """Browser windows of one test; whatever a console or the content security policy complained of fails it."""
    windows = Browsing(chromium, world.outputs["public_url"], screenshots)
    yield windows
    windows.close()
    assert windows.complaints == []
