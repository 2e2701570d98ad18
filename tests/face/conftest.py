"""One Chromium for the folder, and windows in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.face.served import Houses, houses
from tests.face.windows import Windows
from tests.web.chromium import launched

PATIENCE_MS = 15_000


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chromium]:
    expect.set_options(timeout=PATIENCE_MS)
    with launched() as browser:
        yield browser


@pytest.fixture(scope="package")
def served() -> Iterator[Houses]:
    with houses() as opened:
        yield opened


@pytest.fixture
def windows(chromium: Chromium, served: Houses) -> Iterator[Windows]:
    opened = Windows(chromium, served, PATIENCE_MS)
    yield opened
    opened.close()
    assert opened.complaints == []
