"""The companies that repair, and who of them repairs what, where and until when (R32, R40)."""

from dataclasses import dataclass
from datetime import date

from permanence.domain.reference.places import Where


@dataclass(frozen=True, slots=True)
class Contractor:
    """A technical contractor (prestataire technique); numbers in E.164; `hours` as Habitat 70 words them."""

    contractor_id: str
    name: str
    trade: str
    phone: str
    second_phone: str | None = None
    hours: str = ""
    called_by_tenants: bool = False


@dataclass(frozen=True, slots=True)
class ContractorAssignment:
    """A contractor holds a motif in a zone, between two days.

    `rank` 1 is called before rank 2. Valid on [starts_on, ends_before); `ends_before` None means open-ended.
    """

    motif: str
    contractor_id: str
    rank: int
    starts_on: date
    ends_before: date | None = None
    where: Where = Where.EVERYWHERE
    place: str = ""

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_before is None or day < self.ends_before)


@dataclass(frozen=True, slots=True)
class Entreprises:
    contractors: tuple[Contractor, ...] = ()
    assignments: tuple[ContractorAssignment, ...] = ()
