"""What the instructions of a place are called where somebody reads them (R85)."""

from collections.abc import Mapping

from permanence.domain.reference.instructions import InstructionSort

INSTRUCTION_WORDS: Mapping[InstructionSort, str] = {
    InstructionSort.CODE: "Code d’accès",
    InstructionSort.KEYS: "Clés",
    InstructionSort.STOP_VALVE: "Vanne d’arrêt",
    InstructionSort.ASBESTOS: "Amiante",
    InstructionSort.OTHER: "Consigne",
}
