"""A référentiel with an annuaire, a patrimoine and the planning of a spring, in force; the week of 26 March has the
night of 23 hours, and Easter Monday."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.kinds import KINDS
from permanence.application.reference.signed import seeds_of, signed_of
from permanence.domain.instants import PARIS
from permanence.domain.reference.annuaire import Annuaire, Person, ReceptionFunction, ReceptionPerson, StaffRole, Vip
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.planning import Cell, PlannedDuty, Planning, planning_of
from permanence.domain.reference.rota import EVERY_SECTOR, OnCallRole
from tests.domain.reference.test_calendar import paris
from tests.fakes.registers import FakeAudit
from tests.functions.decisions.decisions_world import World

PLANNING_PAGE = "/referentiel/planning"
REPLACEMENT = {
    "cell": "technicien Gray",
    "person": "karim",
    "from_day": "2027-03-24",
    "from_clock": "17:30",
    "to_day": "2027-03-25",
    "to_clock": "08:30",
}
MARCH = paris(2027, 3, 22, 9)
SECTORS = ("Vesoul", "Gray", "Lure et Héricourt")
CADRE, SUPERVISEUR = (Cell(EVERY_SECTOR, role) for role in (OnCallRole.CADRE, OnCallRole.SUPERVISEUR))
CREWS = {
    CADRE: ("sylvie", "anne", "paul"),
    Cell("Vesoul", OnCallRole.TECHNICIEN): ("malika", "remi", "lucas"),
    Cell("Gray", OnCallRole.TECHNICIEN): ("karim", "helene"),
    Cell("Lure et Héricourt", OnCallRole.TECHNICIEN): ("didier", "jean"),
    SUPERVISEUR: ("rachid",),
}
GRAY, LURE = tuple(CREWS)[2], tuple(CREWS)[3]


def _person(person_id: str, name: str, number: int, role: StaffRole, **more: Any) -> Person:
    return Person(person_id, name, mobile=f"+3363998{number:04}", roles=(role,), **more)


ANNUAIRE = Annuaire(
    people=(
        _person("sylvie", "Sylvie Mourot", 218, StaffRole.CADRE, function="Directrice de la proximité"),
        _person("anne", "Anne Viennot", 219, StaffRole.CADRE),
        _person("paul", "Paul Tissot", 220, StaffRole.CADRE),
        _person("malika", "Malika Benali", 301, StaffRole.TECHNICIEN, agency="vesoul"),
        _person("remi", "Rémi Chapuis", 302, StaffRole.TECHNICIEN, agency="vesoul"),
        _person("lucas", "Lucas Jacquot", 303, StaffRole.TECHNICIEN, agency="vesoul"),
        _person("karim", "Karim Belhadj", 401, StaffRole.TECHNICIEN, agency="gray"),
        Person("helene", "Hélène Faivre", agency="gray", landline="+33353012011", roles=(StaffRole.TECHNICIEN,)),
        _person("didier", "Didier Courtois", 572, StaffRole.TECHNICIEN, agency="lure"),
        _person("jean", "Jean Perrin", 573, StaffRole.TECHNICIEN, agency="lure"),
    ),
    vips=(Vip("Anne Viennot", "Maire", "Mairie de Gray", "+33353012001", "La passer au directeur."),),
    reception=(
        ReceptionPerson("rachid", "Rachid Amrani", ReceptionFunction.DUTY_SUPERVISOR, "+33639989971"),
        ReceptionPerson(
            "lea",
            "Léa Roy",
            ReceptionFunction.AGENT,
            grc_id="PERM02",
            trained_on=datetime(2026, 11, 2, tzinfo=UTC).date(),
            trained_by="Claire Humbert",
        ),
    ),
)
CARNOT = Dwelling(
    dwelling_id="LOG-1",
    building_id="BAT-1",
    file_number="0412893",
    residence="Les Tilleuls",
    building="",
    street_number="9",
    street="rue Carnot",
    postcode="70200",
    commune="Lure",
    stair="",
    floor="1",
    door="12",
    agency="lure",
    sector="Lure et Héricourt",
)
PATRIMOINE = Patrimoine(
    dwellings=(
        CARNOT,
        replace(CARNOT, dwelling_id="LOG-2", building_id="BAT-2", commune="Gray", agency="gray", sector="Gray"),
        replace(CARNOT, dwelling_id="LOG-3", building_id="BAT-3", commune="Vesoul", agency="vesoul", sector="Vesoul"),
    )
)
ENTREPRISES = Entreprises(
    contractors=(
        Contractor("elec", "Élec Haute-Saône", "électricité", "+33639983140", "+33353013144"),
        Contractor("comtoise", "Électricité Comtoise", "électricité", "+33639983150"),
    ),
    assignments=(
        ContractorAssignment("eclairage_communs", "elec", 1, datetime(2026, 1, 1, tzinfo=UTC).date()),
        ContractorAssignment(
            "eclairage_communs",
            "comtoise",
            2,
            datetime(2026, 1, 1, tzinfo=UTC).date(),
            datetime(2027, 3, 1, tzinfo=UTC).date(),
        ),
    ),
)


def spring() -> Planning:
    """Handed over each Friday at half past four, by turns, from January to the end of June."""
    duties = []
    for week in range(26):
        start, end = (datetime(2027, 1, 1, 16, 30, tzinfo=PARIS) + timedelta(days=7 * one) for one in (week, week + 1))
        for cell, crew in CREWS.items():
            who = crew[week % len(crew)]
            duties.append(PlannedDuty(cell.sector, cell.role, who, start.astimezone(UTC), end.astimezone(UTC)))
    return planning_of(duties)


def holed() -> Planning:
    """Nobody at Lure in the night of 23 hours, two people at Gray in another."""
    duties = [
        piece
        for duty in spring().duties
        for piece in (
            (
                replace(duty, end=paris(2027, 3, 27, 20)),
                replace(duty, start=paris(2027, 3, 28, 8, 30)),
            )
            if duty.cell == LURE and duty.start < paris(2027, 3, 28) < duty.end
            else (duty,)
        )
    ]
    (there,) = (one for one in duties if one.cell == GRAY and one.start < paris(2027, 3, 31) < one.end)
    other = "karim" if there.person_id == "helene" else "helene"
    twice = PlannedDuty("Gray", OnCallRole.TECHNICIEN, other, paris(2027, 3, 31, 17, 30), paris(2027, 4, 1, 8, 30))
    return planning_of((*duties, twice))


@dataclass
class PlanningWorld(World):
    now: datetime = MARCH

    def __post_init__(self) -> None:
        self.put_in_force(
            paris(2026, 12, 31, 12),
            patrimoine=PATRIMOINE,
            entreprises=ENTREPRISES,
            annuaire=ANNUAIRE,
            planning=spring(),
        )

    def put_in_force(self, at: datetime, **bodies: Any) -> None:
        """Bodies by the names of their kinds, proposed and approved by the checks of the contract."""
        for name, body in bodies.items():
            proposed = self._deciding.propose(KINDS[name], body, at)
            assert not proposed.is_blocked, proposed.points
            self._deciding.approve(KINDS[name], proposed.number, at)

    def propose(self, body: Any, kind: str = "planning") -> int:
        """Its number."""
        return self._deciding.propose(KINDS[kind], body, self.now).number

    @property
    def _deciding(self) -> Deciding:
        decider = Decider("u2", ("superviseur",))
        return Deciding(self.documents, FakeAudit(), signed_of(self.contract), seeds_of(self.contract), decider)
