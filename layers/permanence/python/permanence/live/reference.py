"""The reference data in force."""

from functools import cached_property

from botocore.exceptions import BotoCoreError, ClientError

from permanence.application.reference.living import Living
from permanence.application.reference.reference_data import LivingReferenceData
from permanence.application.reference.signed import seeds_of
from permanence.live.documents import LiveDocuments
from permanence.live.in_force import LiveInForce

OUTAGES: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
"""What a table or a bucket raises that does not answer, or answers that it is throttled, broken or without its key."""


class LiveReference(LiveInForce, LiveDocuments):
    """By the same reading of the timetable as the contract in force."""

    @cached_property
    def living(self) -> Living:
        return Living(self.in_force, self.documents, seeds_of(self.contract), OUTAGES)

    @cached_property
    def reference(self) -> LivingReferenceData:
        return LivingReferenceData(self.living)
