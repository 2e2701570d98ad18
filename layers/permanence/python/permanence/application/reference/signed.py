"""What living documents take of the contract: what their checks look at, and their seeds (Art. 3)."""

from collections.abc import Mapping
from typing import Any

from permanence.domain.contract import Contract
from permanence.domain.reference.documents import Signed


def signed_of(contract: Contract) -> Signed:
    return Signed(
        hours=contract.hours,
        agencies={agency.agency_id: agency.name for agency in contract.agencies.values()},
        motifs={motif.motif_id: motif.label for motif in contract.motifs.values()},
        contractor_motifs=frozenset(motif.motif_id for motif in contract.motifs.values() if motif.contractor_first),
    )


def seeds_of(_: Contract) -> Mapping[str, Any]:
    """The bodies that are in force before a first version is, by the name of their kind; of kinds that the contract
    folder ships nothing of, the empty body is."""
    return {}
