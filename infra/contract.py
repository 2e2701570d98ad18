"""The landlord's contract, validated, as the package `permanence_contract` that functions read without pydantic."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.schema import ContractError, load
from infra.settings import BUILD, ROOT, Settings
from infra.written import write_package

CONTRACT_LAYER = BUILD / "layers" / "contract"


def read_contract(landlord_id: str) -> Mapping[str, Any]:
    """Plain data. Raises contracts.schema.ContractError with file, field and reason: synthesis stops there."""
    contract: Mapping[str, Any] = load(ROOT / "contracts" / landlord_id)
    return contract


def contract_of(settings: Settings) -> Mapping[str, Any]:
    """The landlord's contract as the stage applies it: with the numbers that are its own, and with one reader of all
    mails in the place of every list. Raises ContractError like `read_contract`, and for a number that is the landlord's
    all the same."""
    contract = read_contract(settings.landlord_id)
    if shared := sorted(_said(settings.numbers) & _said(contract["landlord"]["numbers"])):
        raise ContractError(
            f"deploy/{settings.landlord_id}/{settings.stage}.toml: numbers: {', '.join(shared)} of "
            f"contracts/{settings.landlord_id}/landlord.toml: a stage beside production has numbers of its own."
        )
    numbers = {**contract["landlord"]["numbers"], **settings.numbers}
    if settings.numbers:
        numbers["reserved"] = sorted(_said(contract["landlord"]["numbers"]))
    landlord = {**contract["landlord"], "numbers": numbers}
    if settings.mails_to:
        readers = [settings.mails_to]
        agencies = [{**agency, "mailing_list": readers} for agency in landlord["agency"]]
        landlord |= {"default_mailing_list": readers, "agency": agencies, "only_reader": settings.mails_to}
    return {**contract, "landlord": landlord}


def _said(numbers: Mapping[str, Any]) -> set[str]:
    """Each number of a table, those of its lists too."""
    return {one for told in numbers.values() for one in ([told] if isinstance(told, str) else told)}


def build_contract(contract: Mapping[str, Any], stage: str = "") -> Path:
    """Write the layer and return its asset root; an interpreter that has it on its path finds it from then on. Without
    a `stage` it is the one of this machine."""
    layer = CONTRACT_LAYER.with_name(f"contract-{stage}") if stage else CONTRACT_LAYER
    text = json.dumps(contract, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    docstring = '"""The contract with the landlord, written at synthesis."""\n'
    files = {"__init__.py": docstring.encode(), "contract.json": text.encode()}
    write_package(layer / "python" / "permanence_contract", files)
    return layer
