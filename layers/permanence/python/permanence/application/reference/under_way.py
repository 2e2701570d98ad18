"""What is under way, as who decides of the patrimoine is told of it (R43)."""

from permanence.domain.dispatch.malfunction import Malfunction
from permanence.domain.reference.documents import UnderWay


def under_way_of(malfunction: Malfunction) -> UnderWay:
    place = malfunction.place
    return UnderWay(
        malfunction.number,
        place.dwelling_id,
        place.building_id,
        place.commune,
        has_mission=malfunction.dispatch is not None,
    )
