"""What files name in tests, and bodies of any size made of it."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from io import StringIO
from typing import Any

from hypothesis import strategies as st

from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.entreprises_file import entreprises_form
from permanence.domain.reference.instructions import Instruction, InstructionSort
from permanence.domain.reference.patrimoine import (
    AgencyPlace,
    Dwelling,
    InternalContact,
    MaintenanceContract,
    NamedContractor,
    Patrimoine,
)
from permanence.domain.reference.patrimoine_file import patrimoine_form
from permanence.domain.reference.places import Where, normalise
from permanence.domain.reference.table_forms import FileForm
from permanence.domain.reference.tables import Cell

AGENCIES = {"vesoul": "Vesoul", "gray": "Gray", "lure": "Lure", "luxeuil": "Luxeuil-les-Bains"}
MOTIFS = {"plomberie_logement": "Fuite dans le logement", "portail_bloque": "Portail de stationnement bloqué fermé"}
CONTRACTORS = {"daval": "Plomberie Daval", "roussel": "Sanitaires Roussel", "e3": "Élec Gray", "e4": "Élec Gray"}
PEOPLE = {"kbelhadj": "Karim Belhadj", "nperrin": "Nadia Perrin"}
PATRIMOINE: FileForm[Patrimoine] = patrimoine_form(AGENCIES, MOTIFS, CONTRACTORS, PEOPLE)
ENTREPRISES: FileForm[Entreprises] = entreprises_form(AGENCIES, MOTIFS)

_word = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=8)
_text = st.lists(_word, min_size=1, max_size=3).map(" ".join).filter(lambda text: not text.startswith("#"))
_maybe = st.just("") | _text
_phones = st.from_regex(r"\A\+33[1-9][0-9]{8}\Z") | st.sampled_from(("+41325123456",))
_days = st.dates(date(2000, 1, 1), date(2099, 12, 30))
_buildings = ("0412", "0413", "B-7")
_motifs, _contractors = st.sampled_from(tuple(MOTIFS)), st.sampled_from(tuple(CONTRACTORS))
_zones = st.one_of(
    st.just((Where.EVERYWHERE, "")),
    st.sampled_from(tuple(AGENCIES)).map(lambda agency: (Where.AGENCY, agency)),
    st.just((Where.COMMUNE, "Gray")),
    st.just((Where.RESIDENCE, "Les Tilleuls")),
    st.sampled_from(_buildings).map(lambda building: (Where.BUILDING, building)),
)
_periods = st.tuples(_days, st.none() | _days).filter(lambda days: days[1] is None or days[0] < days[1])


_dwelling = st.builds(
    Dwelling,
    dwelling_id=_text,
    building_id=st.sampled_from(_buildings),
    residence=st.just("Les Tilleuls"),
    commune=st.just("Gray"),
    postcode=st.from_regex(r"\A[0-9]{5}\Z"),
    floor=st.sampled_from(("", "-1", "0", "3", "combles")),
    agency=st.sampled_from(tuple(AGENCIES)),
    **dict.fromkeys(("street", "sector"), _text),
    **dict.fromkeys(("file_number", "building", "street_number", "stair", "door"), _maybe),
)


def _some(strategy: st.SearchStrategy[Any], key: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=3, unique_by=key).map(tuple)


@st.composite
def patrimoines(draw: st.DrawFn) -> Patrimoine:
    """Each building that is named has a dwelling."""
    ids = draw(st.lists(_text.map("L{}".format), min_size=3, max_size=5, unique_by=normalise))
    held = [*_buildings, *_buildings][: len(ids)]
    dwellings = [
        replace(draw(_dwelling), dwelling_id=own, building_id=building) for own, building in zip(ids, held, strict=True)
    ]
    place = st.builds(AgencyPlace, st.sampled_from(tuple(AGENCIES)), _text, _maybe, st.just("") | _phones, _maybe)
    named = st.builds(
        NamedContractor, st.sampled_from(_buildings), _motifs, _contractors, st.integers(min_value=1, max_value=9)
    )
    instruction = st.builds(
        Instruction,
        st.sampled_from(_buildings),
        st.just("") | _motifs,
        st.sampled_from(InstructionSort),
        st.lists(_text, min_size=1, max_size=2).map("\n".join),
    )
    contact = st.builds(
        lambda zone, *rest: InternalContact(*zone, *rest),
        _zones,
        _text,
        _text,
        st.just("") | st.sampled_from(tuple(PEOPLE)),
    )
    maintenance = st.builds(
        lambda domain, contractor, reference, period, building: MaintenanceContract(
            building, domain, contractor, reference, *period
        ),
        _text,
        _contractors,
        _maybe,
        _periods,
        st.sampled_from(_buildings),
    )
    return Patrimoine(
        agencies=draw(_some(place, lambda one: one.agency_id)),
        dwellings=tuple(dwellings),
        named=draw(_some(named, lambda one: (one.building_id, one.motif, one.rank))),
        instructions=draw(_some(instruction, lambda one: one)),
        contacts=draw(_some(contact, lambda one: (one.where, one.place, one.domain))),
        maintenance=draw(_some(maintenance, lambda one: (one.building_id, normalise(one.domain)))),
    )


@st.composite
def entreprises(draw: st.DrawFn) -> Entreprises:
    contractor = st.builds(Contractor, _text, _text, _text, _phones, st.none() | _phones, _maybe, st.booleans())
    contractors = draw(st.lists(contractor, min_size=1, max_size=3, unique_by=lambda one: normalise(one.contractor_id)))
    assignment = st.builds(
        lambda motif, who, rank, period, zone: ContractorAssignment(motif, who, rank, *period, *zone),
        _motifs,
        st.sampled_from([one.contractor_id for one in contractors]),
        st.integers(min_value=1, max_value=9),
        _periods,
        _zones,
    )
    held = draw(_some(assignment, lambda one: (one.motif, one.where, one.place, one.rank)))
    return Entreprises(tuple(contractors), held)


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """As Excel in French saves a sheet of texts."""
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=";")
    writer.writerows([header, *rows])
    return file.getvalue().encode("utf-8-sig")
