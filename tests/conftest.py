"""What every test may ask for."""

from pathlib import Path

import pytest

from contracts.schema import load
from permanence.domain.contract import Contract, contract_from_plain


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract with Habitat 70, straight from its folder."""
    return contract_from_plain(load(Path(__file__).parents[1] / "contracts" / "habitat70"))
