"""The contract that is deployed with the function."""

from functools import cached_property

from permanence.adapters.contract_file import load_contract
from permanence.domain.contract import Contract
from permanence.live.environment import Live


class LiveContract(Live):
    @cached_property
    def contract(self) -> Contract:
        return load_contract()
