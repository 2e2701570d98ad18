"""One whole system for all tests that need it running, up before the first and down after the last."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from local.engine import system
from local.scenarios import load
from local.scenarios.world import World
from permanence.domain.instants import PARIS
from permanence.domain.reference.patrimoine import Patrimoine

IN_FORCE_FROM = datetime(2026, 11, 2, 9, tzinfo=PARIS)  # before any hour that a test plays at
SATURDAY_EVENING = datetime(2026, 11, 21, 21, 4, tzinfo=PARIS)


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """It knows a patrimoine, the rota of the year and two weeks of calls; it is Saturday evening."""
    if system.is_running():
        pytest.exit("the system of this folder is up: `make down` first, the tests bring up their own", 2)
    try:
        with World(system.up()) as up:
            up.set_now(IN_FORCE_FROM)
            patrimoine = load.load_reference(up, 600, IN_FORCE_FROM.year)
            up.set_now(SATURDAY_EVENING)
            load.load_past_calls(up, patrimoine, SATURDAY_EVENING, days=14, per_day=6)
            yield up
    finally:
        system.down()


@pytest.fixture(scope="session")
def patrimoine(world: World) -> Patrimoine:
    return world.reference_data.patrimoine(world.now())
