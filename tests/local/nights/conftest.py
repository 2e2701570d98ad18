"""Each night begins at the same hour with phones that have no past, and ends with nothing left to ring."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime

import pytest

from local.operator.client import OperatorClient
from local.scenarios.world import World
from permanence.domain.instants import PARIS
from permanence.domain.reference.patrimoine import Patrimoine
from tests.local.nights.night import Mission, Will, send_mission
from tests.local.phone_dsl import Phones, phones

TUESDAY_NIGHT = datetime(2026, 11, 17, 23, 40, tzinfo=PARIS)
Send = Callable[..., Mission]
Watched = Callable[[], AbstractContextManager[Phones]]


@pytest.fixture
def night(world: World) -> Iterator[OperatorClient]:
    """The operator, and whatever happens is of this night."""
    operator = world.operator
    operator.reset()
    world.set_now(TUESDAY_NIGHT)
    yield operator
    operator.clear_faults()


@pytest.fixture
def sent(night: OperatorClient) -> Iterator[list[Mission]]:
    """The missions of this night."""
    missions: list[Mission] = []
    yield missions
    night.clear_faults()
    for mission in missions:
        mission.cancel()


@pytest.fixture
def send(world: World, patrimoine: Patrimoine, sent: list[Mission]) -> Send:
    """Sends a mission to a commune, each from a home and a telephone of its own."""

    def send_one(*will: Will, commune: str = "Vesoul") -> Mission:
        homes = [dwelling for dwelling in patrimoine.dwellings if dwelling.commune == commune]
        sent.append(send_mission(world, homes[len(sent)], f"+3363998450{len(sent)}", will))
        return sent[-1]

    return send_one


@pytest.fixture
def watched(night: OperatorClient, sent: list[Mission]) -> Watched:
    """Phones that must expect everything until all that the missions decided has been sent."""

    def settle() -> None:
        for mission in sent:
            mission.settle()

    return lambda: phones(night, settled=settle)
