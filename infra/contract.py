"""The landlord's contract, validated, as the package `permanence_contract` that functions read without pydantic."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.schema import load
from infra.settings import BUILD, ROOT
from infra.written import write_package

CONTRACT_LAYER = BUILD / "layers" / "contract"


def read_contract(landlord_id: str) -> Mapping[str, Any]:
    """Plain data. Raises contracts.schema.ContractError with file, field and reason: synthesis stops there."""
    contract: Mapping[str, Any] = load(ROOT / "contracts" / landlord_id)
    return contract


def build_contract(contract: Mapping[str, Any]) -> Path:
    """Write the layer and return its asset root; an interpreter that has it on its path finds it from then on."""
    text = json.dumps(contract, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    docstring = '"""The contract with the landlord, written at synthesis."""\n'
    files = {"__init__.py": docstring.encode(), "contract.json": text.encode()}
    write_package(CONTRACT_LAYER / "python" / "permanence_contract", files)
    return CONTRACT_LAYER
