"""One whole system for all tests that need it running, up before the first and down after the last; and one browser."""

import shutil
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from local.engine import system
from local.scenarios import load
from local.scenarios.world import World
from permanence.domain.instants import PARIS
from permanence.domain.patrimoine import Patrimoine
from tests.local.end_to_end.browsing import PATIENCE_MS

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


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """It knows a patrimoine, the rota of the year and two weeks of calls; it is Saturday evening."""
    if system.is_running():
        pytest.exit("the system of this folder is up: `make down` first, the tests bring up their own", 2)
    try:
        with World(system.up()) as up:
            up.set_now(SATURDAY_EVENING)
            patrimoine = load.load_reference(up, 600, SATURDAY_EVENING.year)
            load.load_past_calls(up, patrimoine, SATURDAY_EVENING, days=14, per_day=6)
            yield up
    finally:
        system.down()


@pytest.fixture(scope="session")
def patrimoine(world: World) -> Patrimoine:
    return world.reference_data.patrimoine()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()
