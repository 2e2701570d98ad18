"""What is to be known of a building at night; a mission keeps it, so that it stands apart from the patrimoine (R85)."""

from enum import StrEnum

from permanence.domain.frozen import dataclass


class InstructionSort(StrEnum):
    CODE = "code"
    KEYS = "keys"
    STOP_VALVE = "stop_valve"
    ASBESTOS = "asbestos"
    OTHER = "other"


@dataclass(frozen=True)
class Instruction:
    """What who goes to a building must know; `motif` empty means all of them."""

    building_id: str
    motif: str
    sort: InstructionSort
    text: str
