"""What every test may ask for, and what functions find in layers: the contract as data, and the static files."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

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


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract with Habitat 70, straight from its folder."""
    return contract_from_plain(_PLAIN)
