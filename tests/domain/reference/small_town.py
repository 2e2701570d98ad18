"""A patrimoine small enough to be resolved by hand, and any contracts over it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from permanence.domain.reference.calendar import OpeningHours
from permanence.domain.reference.documents import Circumstances, Signed
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.patrimoine import Dwelling, NamedContractor, Patrimoine
from permanence.domain.reference.places import Where

MONDAY = date(2026, 11, 30)
MOTIFS = ("plomberie_logement", "portail_bloque")


def dwelling(number: int, building: str, **told: str) -> Dwelling:
    """In Gray, but for what is told."""
    values = {
        "dwelling_id": f"LOG-{number}",
        "building_id": building,
        "file_number": f"{number:07}",
        "residence": "Les Tanneurs",
        "building": "",
        "street_number": str(number),
        "street": "rue des Tanneurs",
        "postcode": "70100",
        "commune": "Gray",
        "stair": "",
        "floor": "1",
        "door": str(number),
        "agency": "gray",
        "sector": "Gray",
    }
    return Dwelling(**(values | told))


DWELLINGS = (
    dwelling(1, "BAT-1"),
    dwelling(2, "BAT-1"),
    dwelling(3, "BAT-2", residence="Le Parc"),
    dwelling(4, "BAT-3", residence="Le Parc", commune="Vesoul", agency="vesoul", sector="Vesoul", postcode="70000"),
    dwelling(5, "BAT-4", residence="", commune="Vesoul", agency="vesoul", sector="Vesoul", postcode="70000"),
)


def contractor(name: str, **told: Any) -> Contractor:
    """His id is his name in small letters; each has his own number."""
    phone = f"+33639980{sum(name.encode()) % 1000:03}"
    return Contractor(**({"contractor_id": name.lower(), "name": name, "trade": "plomberie", "phone": phone} | told))


DAVAL, ROUSSEL, BOUVERET = (contractor(name) for name in ("Daval", "Roussel", "Bouveret"))


def contract(who: Contractor, where: Where = Where.EVERYWHERE, place: str = "", **told: Any) -> ContractorAssignment:
    """For plumbing, in the first rank, since a year and without an end, but for what is told."""
    values = {"motif": MOTIFS[0], "rank": 1, "starts_on": MONDAY - timedelta(days=365), "ends_before": None}
    return ContractorAssignment(
        **(values | {"contractor_id": who.contractor_id, "where": where, "place": place} | told)
    )


def entreprises(*contracts: ContractorAssignment) -> Entreprises:
    return Entreprises((DAVAL, ROUSSEL, BOUVERET), contracts)


def town(*named: NamedContractor, dwellings: tuple[Dwelling, ...] = DWELLINGS) -> Patrimoine:
    return Patrimoine(dwellings=dwellings, named=named)


def circumstances(**others: Any) -> Circumstances:
    """On that Monday; the two motifs are contractors', a third one is of the staff."""
    now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    motifs = {MOTIFS[0]: "Fuite d’eau", MOTIFS[1]: "Portail bloqué", "incendie": "Incendie"}
    signed = Signed(OpeningHours({}, frozenset()), {"gray": "Gray", "vesoul": "Vesoul"}, motifs, frozenset(MOTIFS))
    return Circumstances(now, now, signed, others)


# --- anything that two documents may say ------------------------------------------------------------------------------

_whos = st.sampled_from(["daval", "roussel", "bouveret", "nobody"])
_days = st.integers(-2, 2).map(lambda days: MONDAY + timedelta(days=days))
_zones = st.sampled_from(
    [
        (Where.EVERYWHERE, ""),
        (Where.AGENCY, "gray"),
        (Where.AGENCY, "vesoul"),
        (Where.COMMUNE, "GRAY"),
        (Where.COMMUNE, "Vesoul"),
        (Where.RESIDENCE, "Le Parc"),
        (Where.RESIDENCE, "le parc, Vesoul"),
        (Where.BUILDING, "BAT-1"),
        (Where.BUILDING, "BAT-4"),
    ]
)


@st.composite
def _contracts(draw: st.DrawFn) -> ContractorAssignment:
    where, place = draw(_zones)
    return ContractorAssignment(
        motif=draw(st.sampled_from(MOTIFS)),
        contractor_id=draw(_whos),
        rank=draw(st.integers(1, 3)),
        starts_on=draw(_days),
        ends_before=draw(st.none() | _days),
        where=where,
        place=place,
    )


def any_entreprises() -> st.SearchStrategy[Entreprises]:
    return st.builds(lambda contracts: entreprises(*contracts), st.lists(_contracts(), max_size=8))


_named = st.builds(
    NamedContractor,
    building_id=st.sampled_from(["BAT-1", "BAT-2", "BAT-3", "BAT-4"]),
    motif=st.sampled_from(MOTIFS),
    contractor_id=_whos,
    rank=st.integers(1, 2),
)


def any_patrimoine() -> st.SearchStrategy[Patrimoine]:
    """Some of the dwellings; one building goes from one agency to the other."""

    def of(dwellings: list[Dwelling], named: list[NamedContractor], agency: str) -> Patrimoine:
        housed = (replace(one, agency=agency) if one.building_id == "BAT-2" else one for one in dwellings)
        return town(*named, dwellings=tuple(housed))

    some = st.lists(st.sampled_from(DWELLINGS), unique=True)
    return st.builds(of, some, st.lists(_named, max_size=4), st.sampled_from(["gray", "vesoul"]))
