"""A version of the landlord's reference data takes the place of the one before, when its rota is whole (R31)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from permanence.application.reference.ports import ReferenceData
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.rota import Duty, RotaProblem, check_rota

MOST_NAMED = 10


class RotaRefused(Exception):
    """The version in force stays. `problems` are all that is wrong, by id, without names."""

    def __init__(self, problems: Sequence[RotaProblem]) -> None:
        told = [
            f"{one.kind} of the {one.role} of {one.sector}, {one.start.isoformat()} to {one.end.isoformat()}"
            + (f" ({', '.join(one.person_ids)})" if one.person_ids else "")
            for one in problems[:MOST_NAMED]
        ]
        more = f"; and {len(problems) - MOST_NAMED} more" if len(problems) > MOST_NAMED else ""
        super().__init__(f"rota refused: {'; '.join(told)}{more}")
        self.problems = tuple(problems)


def put_in_force(
    reference: ReferenceData,
    patrimoine: Patrimoine,
    duties: Sequence[Duty],
    known_person_ids: Collection[str],
    start: datetime,
    end: datetime,
) -> None:
    """Load a version whose rota covers every sector of its dwellings over [start, end), UTC: a night without anybody
    on call is found now, not in that night. Raises RotaRefused, and loads nothing, when it does not."""
    sectors = {dwelling.sector for dwelling in patrimoine.dwellings}
    if problems := check_rota(duties, sectors, known_person_ids, start, end):
        raise RotaRefused(problems)
    reference.load(patrimoine, duties)
