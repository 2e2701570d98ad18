"""What every test may ask for, and what functions find in layers: the contract as data, and the static files."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from contracts.schema import load
from infra.assets import build_static_files
from infra.contract import build_contract
from infra.settings import BUILD
from permanence.domain.contract import Contract, contract_from_plain

# jsii (CDK) warns at length about the Node 20 of Debian; the one PyPI carries comes first when there is no other.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20,21")
# As in the functions' environment: figures are written to standard output, and somebody has to own them.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Permanence")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "tests")
os.environ["PATH"] = f"{BUILD / 'bin'}{os.pathsep}{os.environ['PATH']}"

# On a busy machine one example of a property may take any time: no assertion of the suite is about time.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

_PLAIN = load(Path(__file__).parents[1] / "contracts" / "habitat70")
build_contract(_PLAIN)
build_static_files()


# The tests of these places share what is dear to bring up. They run first, the longest of all at once with the others.
TOGETHER = {
    "tests/local/end_to_end/": "the system of this machine",
    "tests/local/nights/": "the system of this machine",
    "tests/local/test_seven_months_later.py": "the system of this machine",
    "tests/face/": "one browser",
    "tests/infra/": "the templates of both targets",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {together: rank for rank, together in enumerate(dict.fromkeys(TOGETHER.values()))}
    items.sort(key=lambda item: ranks.get(_together(item.nodeid), len(ranks)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """`make test` spreads the suite over the processors: what stays together does so, and each file does."""

    class Spread(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _together(nodeid)

    config.option.loadscopereorder = False  # as they are sorted above, not the most numerous first
    return Spread(config, log)


def _together(nodeid: str) -> str:
    return next((name for folder, name in TOGETHER.items() if nodeid.startswith(folder)), nodeid.partition("::")[0])


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract with Habitat 70, straight from its folder."""
    return contract_from_plain(_PLAIN)
