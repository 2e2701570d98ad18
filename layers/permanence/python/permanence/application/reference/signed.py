"""What living documents take of the contract: what their checks look at, and their seeds (Art. 3)."""

from collections.abc import Mapping
from typing import Any

from permanence.domain.contract import Contract
from permanence.domain.reference.documents import Signed
from permanence.domain.reference.listes import EVERY_AGENCY, Listes
from permanence.domain.reference.listes_kind import LISTES
from permanence.domain.reference.messages import Messages
from permanence.domain.reference.messages_kind import MESSAGES


def signed_of(contract: Contract) -> Signed:
    return Signed(
        hours=contract.hours,
        agencies={agency.agency_id: agency.name for agency in contract.agencies.values()},
        motifs={motif.motif_id: motif.label for motif in contract.motifs.values()},
        contractor_motifs=frozenset(motif.motif_id for motif in contract.motifs.values() if motif.contractor_first),
        not_to_fall_back_on=contract.numbers.not_to_fall_back_on,
        cap_from_creation_s=contract.dispatch.cap_from_creation_s,
        records_calls=contract.recording.mode != "off",
    )


def seeds_of(contract: Contract) -> Mapping[str, Any]:
    """The bodies that are in force before a first version is, by the name of their kind; of kinds that the contract
    folder ships nothing of, the empty body is."""
    return {
        MESSAGES.name: Messages(contract.messages, contract.desk_line_messages, contract.recording.notice),
        LISTES.name: Listes(
            mailing={
                EVERY_AGENCY: contract.default_mailing_list,
                **{agency.agency_id: agency.mailing_list for agency in contract.agencies.values()},
            },
            fallback=contract.numbers.fallback,
            overflow_delays=contract.overflow_delays,
            answer_within_s=contract.dispatch.answer_within_s,
            alarm_after_wait_s=contract.alarm_after_wait_s,
            campaigns=contract.recording.campaigns,
        ),
    }
