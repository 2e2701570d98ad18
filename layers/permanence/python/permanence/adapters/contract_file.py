"""The contract that was validated at synthesis and shipped as plain data: standard library only (a caller waits)."""

import json
from functools import cache
from importlib.resources import files

from permanence.domain.contract import Contract, contract_from_plain


@cache
def load_contract() -> Contract:
    """The contract of the layer `contract`, read once per process."""
    return contract_from_plain(json.loads(files("permanence_contract").joinpath("contract.json").read_text("utf-8")))
