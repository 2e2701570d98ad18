"""The landlord's contract, validated, as the package `permanence_contract` that functions read without pydantic."""

import importlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.schema import load
from infra.settings import BUILD, ROOT

CONTRACT_LAYER = BUILD / "layers" / "contract"


def read_contract(landlord_id: str) -> Mapping[str, Any]:
    """Plain data. Raises contracts.schema.ContractError with file, field and reason: synthesis stops there."""
    contract: Mapping[str, Any] = load(ROOT / "contracts" / landlord_id)
    return contract


def build_contract(contract: Mapping[str, Any]) -> Path:
    """Write the layer and return its asset root; an interpreter that has it on its path finds it from then on."""
    package = CONTRACT_LAYER / "python" / "permanence_contract"
    package.mkdir(parents=True, exist_ok=True)
    _write(package / "__init__.py", '"""The contract with the landlord, written at synthesis."""\n')
    _write(package / "contract.json", json.dumps(contract, ensure_ascii=False, sort_keys=True, indent=1) + "\n")
    importlib.invalidate_caches()
    return CONTRACT_LAYER


def _write(file: Path, text: str) -> None:
    """Whole or not at all: another synthesis may be reading."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
