"""A made-up patrimoine and rota: real communes of Haute-Saône, invented companies and people, numbers nobody has.

The same call gives the same data, so that scenarios and tests can name what they mean. communes.csv has the 149
largest communes of Haute-Saône with code, postcode and population as INSEE and La Poste publish them (Licence Ouverte
2.0, taken from @etalab/decoupage-administratif 6.0.0). Which communes Habitat 70 is really in, and which agency serves
which, the tender does not say: the largest ones, by whole intercommunalities, are our guess. Streets and residences are
invented.
"""

from collections.abc import Iterator, Sequence
from csv import DictReader
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random

from permanence.domain.instants import PARIS
from permanence.domain.reference.annuaire import (
    Annuaire,
    Person,
    ReceptionFunction,
    ReceptionPerson,
    StaffRole,
    Vip,
)
from permanence.domain.reference.entreprises import Contractor, ContractorAssignment, Entreprises
from permanence.domain.reference.patrimoine import Dwelling, Patrimoine
from permanence.domain.reference.places import Where
from permanence.domain.reference.planning import PlannedDuty, Planning, planning_of
from permanence.domain.reference.rota import EVERY_SECTOR, Duty, OnCallPerson, OnCallRole

CONTRACTS_START = date(2026, 3, 1)
HANDOVER = time(8, 30)  # every Monday, Paris time
_TOWN = 1_500  # people; below it houses stand for buildings


@dataclass(frozen=True, slots=True)
class Commune:
    """A real one: its INSEE code, its postcode, how many people live there. Which agency serves it is made up."""

    code: str
    name: str
    postcode: str
    population: int
    agency: str


def _read_communes() -> tuple[Commune, ...]:
    with (Path(__file__).parent / "communes.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(
            Commune(row["code"], row["name"], row["postcode"], int(row["population"]), row["agency"])
            for row in DictReader(rows)
        )


# Agency id of the contract, and the on-call sector.
_SECTORS = {
    "vesoul": "Vesoul",
    "gray": "Gray",
    "lure": "Lure",
    "hericourt": "Héricourt",
    "luxeuil": "Luxeuil-les-Bains",
}
COMMUNES = _read_communes()
"""The largest first; as many as Habitat 70 has dwellings in (R30)."""

_STREETS = (
    "rue des Acacias",
    "rue de la Gare",
    "avenue de la République",
    "rue du 8 Mai 1945",
    "rue Jean Jaurès",
    "rue Victor Hugo",
    "allée des Tilleuls",
    "rue du Stade",
    "rue Pasteur",
    "boulevard Charles de Gaulle",
    "place de l’Église",
    "rue des Vosges",
    "rue du Moulin",
    "impasse des Lilas",
    "rue de Lattre de Tassigny",
    "rue Georges Clemenceau",
    "chemin des Vignes",
    "rue Saint-Martin",
    "rue du Breuil",
    "avenue du Maréchal Foch",
    "rue des Cerisiers",
    "rue de l’Abbaye",
    "quai de la Saône",
    "rue Marcel Aymé",
)
_RESIDENCES = (
    "Les Acacias",
    "Le Belvédère",
    "Les Capucines",
    "La Charmeraie",
    "Les Érables",
    "La Fontaine",
    "Les Genêts",
    "Les Hauts de Saône",
    "Les Iris",
    "Le Lavoir",
    "Les Merisiers",
    "Les Noyers",
    "Le Parc",
    "La Prairie",
    "Les Quatre Vents",
    "La Rochotte",
    "Les Sapins",
    "La Tuilerie",
)


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a building stands; `buildings` are the labels of those that share the address."""

    commune: Commune
    number: str
    street: str
    residence: str
    buildings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Trade:
    """A trade, its motifs of the contract, and its companies by sector; the last one helps everywhere, second."""

    trade_id: str
    name: str
    motifs: tuple[str, ...]
    companies: tuple[str, ...]
    reserve: str


_TRADES = (
    _Trade(
        "plomberie",
        "plomberie",
        ("plomberie_logement",),
        (
            "Plomberie des Sources",
            "Plomberie du Val de Gray",
            "Sanitaire Lurois",
            "Plomberie de la Lizaine",
            "Eau Vive Luxeuil",
        ),
        "Dépannage Comtois",
    ),
    _Trade(
        "electricite",
        "électricité",
        ("electricite_logement", "eclairage_communs"),
        ("Élec Durgeon", "Élec Val de Saône", "Courant Lurois", "Élec de la Lizaine", "Lumière du Breuchin"),
        "Électro Comtoise",
    ),
    _Trade(
        "serrurerie",
        "serrurerie",
        ("porte_hall_bloquee", "portail_bloque"),
        (
            "Serrurerie Bouveret",
            "Clés et Portes de Gray",
            "Serrurerie de l’Ognon",
            "Métal Lizaine",
            "Serrurerie des Thermes",
        ),
        "Fermetures Comtoises",
    ),
    _Trade(
        "assainissement",
        "assainissement",
        ("colonne_bouchee",),
        (
            "Hydro-Curage Motte",
            "Assainissement du Val de Saône",
            "Curage de l’Ognon",
            "Assainissement Lizaine",
            "Curage des Thermes",
        ),
        "Hydro-Curage Lacroix",
    ),
    _Trade(
        "couverture",
        "couverture",
        ("skydome_ouvert",),
        ("Toits du Durgeon", "Toits de Gray", "Couverture Luroise", "Zinguerie Lizaine", "Toits du Breuchin"),
        "Couverture Comtoise",
    ),
)

_TECHNICIENS = (
    ("Julien Perrot", "Sandrine Maire", "Michel Faivre"),
    ("Karim Belhadj", "Aline Jacquot", "David Roy"),
    ("Céline Mougin", "Bruno Lamboley", "Fatima Amrani"),
    ("Olivier Grosjean", "Élodie Petitjean", "Rachid Benali"),
    ("Nathalie Aubry", "Thierry Daval", "Manon Colle"),
)
_CADRES = ("Sylvie Mourot", "Philippe Gauthier", "Anne Tournier", "Laurent Vuillemin")


_MANAGERS = ("Nathalie Grosjean", "Thierry Bolmont", "Céline Pheulpin", "Bruno Jacquemin", "Isabelle Mougin")
_VIPS = (
    Vip("Marie-Claude Roussel", "Maire", "Mairie de Gray", "+33353019001", "La passer au responsable d’agence."),
    Vip("Cabinet du préfet", "Préfecture", "Préfecture de la Haute-Saône", "+33353019002", "Prévenir le cadre."),
)
_RECEPTION = (
    ReceptionPerson(
        "superviseur-permanence",
        "Rachid Amrani",
        ReceptionFunction.DUTY_SUPERVISOR,
        "+33639989970",  # the contract's own: he is whom it names
        "rachid.amrani@reception.example",
        "PERM01",
        date(2026, 6, 15),
        "Habitat 70",
    ),
    ReceptionPerson(
        "lea-marchand",
        "Léa Marchand",
        ReceptionFunction.AGENT,
        mail="lea.marchand@reception.example",
        grc_id="PERM02",
        trained_on=date(2026, 6, 22),
        trained_by="Rachid Amrani",
    ),
    ReceptionPerson("karim-daoud", "Karim Daoud", ReceptionFunction.AGENT, grc_id="PERM03"),
)


def made_up_patrimoine(dwellings: int = 600) -> Patrimoine:
    """Exactly so many dwellings (at least 40)."""
    return Patrimoine(dwellings=tuple(_dwellings(dwellings)))


def made_up_entreprises(patrimoine: Patrimoine) -> Entreprises:
    """A contractor for every contractor motif in every building of a made-up patrimoine."""
    contractors, assignments = _contractors()
    # The column of building B has its own contract, which beats the one of the commune.
    tanneurs_b = next(
        one.building_id for one in patrimoine.dwellings if one.street == "rue des Tanneurs" and one.building == "B"
    )
    own = ContractorAssignment(
        "colonne_bouchee", "assainissement-gray", 1, date(2026, 6, 1), where=Where.BUILDING, place=tanneurs_b
    )
    return Entreprises(contractors, (*assignments, own))


def made_up_annuaire() -> Annuaire:
    """Everyone who may be on call, who answers for an agency, VIP, and the reception's own."""
    techniciens = {person.person_id for sector in on_call_sectors() for person in _techniciens(sector)}
    on_call = (
        Person(
            person.person_id,
            person.name,
            function="technicien" if person.person_id in techniciens else "cadre",
            mobile=person.phone,
            roles=(StaffRole.TECHNICIEN if person.person_id in techniciens else StaffRole.CADRE,),
        )
        for person in on_call_people()
    )
    managers = (
        Person(
            f"agence-{agency}",
            name,
            function="responsable d’agence",
            agency=agency,
            mobile=f"+336399806{n:02}",
            mail=f"agence.{agency}@habitat70.example",
            roles=(StaffRole.AGENCY_MANAGER,),
        )
        for n, (agency, name) in enumerate(zip(_SECTORS, _MANAGERS, strict=True), start=1)
    )
    return Annuaire((*on_call, *managers), _VIPS, _RECEPTION)


def planning_of_year(year: int) -> Planning:
    """The rota of a year, as it names the people of the annuaire, and the duty supervisor."""
    supervisor = _RECEPTION[0].person_id
    return planning_of(
        (
            *(
                PlannedDuty(duty.sector, duty.role, duty.person.person_id, duty.start, duty.end)
                for duty in rota_of_year(year)
            ),
            *(
                PlannedDuty(EVERY_SECTOR, OnCallRole.SUPERVISEUR, supervisor, start, end)
                for _, start, end in _weeks(year)
            ),
        )
    )


def on_call_people() -> tuple[OnCallPerson, ...]:
    """Everyone of Habitat 70 who may be on call: the directory that a rota is checked against."""
    return (*(person for sector in on_call_sectors() for person in _techniciens(sector)), *_cadres())


def on_call_sectors() -> tuple[str, ...]:
    """The sectors that each need a technicien."""
    return tuple(_SECTORS.values())


def rota_of_year(year: int) -> tuple[Duty, ...]:
    """The on-call rota of a Paris-local year, handed over each Monday; the years join without gap or overlap."""
    weeks = tuple(_weeks(year))
    crews = [(sector, OnCallRole.TECHNICIEN, _techniciens(sector)) for sector in on_call_sectors()]
    crews.append((EVERY_SECTOR, OnCallRole.CADRE, _cadres()))
    return tuple(
        Duty(sector, role, crew[week % len(crew)], start, end)
        for sector, role, crew in crews
        for week, start, end in weeks
    )


# --- dwellings -------------------------------------------------------------------------------------------------------


def _dwellings(wanted: int) -> Iterator[Dwelling]:
    random = Random(70)  # noqa: S311 made-up data, not a secret
    numbers, building_numbers = count(1), count(1)
    for site in _sites(random):
        in_town = site.commune.population >= _TOWN
        for building in site.buildings:
            building_id = f"BAT-{next(building_numbers):05}"
            floors, doors = (random.randint(3, 5), random.randint(2, 4)) if in_town else (random.randint(1, 2), 2)
            for floor in range(floors):
                for door in range(1, doors + 1):
                    n = next(numbers)
                    if n > wanted:
                        return
                    yield Dwelling(
                        dwelling_id=f"LOG-{n:06}",
                        building_id=building_id,
                        file_number=f"{400_000 + n * 37:07}",
                        residence=site.residence,
                        building=building,
                        street_number=site.number,
                        street=site.street,
                        postcode=site.commune.postcode,
                        commune=site.commune.name,
                        stair="" if doors < 4 else str(1 + (door > 2)),
                        floor=str(floor),
                        door=f"{floor}{door:02}",
                        agency=site.commune.agency,
                        sector=_SECTORS[site.commune.agency],
                    )


def _sites(random: Random) -> Iterator[_Site]:
    """First the places that scenarios name, then one site in each commune, then the more the larger it is."""
    by_name = {commune.name: commune for commune in COMMUNES}
    yield _Site(by_name["Vesoul"], "12", "rue Baron Bouvier", "Baron Bouvier", ("",))
    yield _Site(by_name["Gray"], "14", "rue des Tanneurs", "Les Tanneurs", ("A", "B"))
    used = {("Vesoul", "12", "rue Baron Bouvier"), ("Gray", "14", "rue des Tanneurs")}
    people = [commune.population for commune in COMMUNES]
    for turn in count():
        commune = COMMUNES[turn] if turn < len(COMMUNES) else random.choices(COMMUNES, people)[0]
        street, residence = random.choice(_STREETS), random.choice(_RESIDENCES)
        number = str(random.randint(1, 99))
        while (commune.name, number, street) in used:
            number = str(int(number) + 1)
        used.add((commune.name, number, street))
        many = (("",), ("",), ("A", "B"), ("A", "B", "C")) if commune.population >= _TOWN else (("",),)
        yield _Site(commune, number, street, residence, random.choice(many))


# --- contractors -----------------------------------------------------------------------------------------------------


def _contractors() -> tuple[tuple[Contractor, ...], tuple[ContractorAssignment, ...]]:
    contractors: list[Contractor] = []
    assignments: list[ContractorAssignment] = []
    mobiles = (f"+3363998{20 + n // 100:02}{n % 100:02}" for n in range(1, 1000))
    landlines = (f"+3335301{40 + n // 100:02}{n % 100:02}" for n in range(1, 1000))
    for trade in _TRADES:
        reserve = Contractor(f"{trade.trade_id}-reserve", trade.reserve, trade.name, next(mobiles))
        contractors.append(reserve)
        for agency, company in zip(_SECTORS, trade.companies, strict=True):
            # One company in five has a single number, as happens.
            second = None if agency == "vesoul" else next(landlines)
            local = Contractor(f"{trade.trade_id}-{agency}", company, trade.name, next(mobiles), second)
            contractors.append(local)
            assignments += [
                ContractorAssignment(
                    motif,
                    contractor.contractor_id,
                    rank,
                    CONTRACTS_START,
                    where=Where.COMMUNE,
                    place=commune.name,
                )
                for motif in trade.motifs
                for commune in COMMUNES
                if commune.agency == agency
                for rank, contractor in ((1, local), (2, reserve))
            ]
    return tuple(contractors), tuple(assignments)


# --- rota ------------------------------------------------------------------------------------------------------------


def _weeks(year: int) -> Iterator[tuple[int, datetime, datetime]]:
    """Number (the same for a week that two years share), start and end in UTC of every on-call week of a year."""
    first, after = (datetime(y, 1, 1, tzinfo=PARIS) for y in (year, year + 1))
    monday = first.date() - timedelta(days=first.weekday(), weeks=1)
    while (start := datetime.combine(monday, HANDOVER, PARIS)) < after:
        end = datetime.combine(monday + timedelta(weeks=1), HANDOVER, PARIS)
        if end > first:
            yield monday.toordinal() // 7, max(start, first).astimezone(UTC), min(end, after).astimezone(UTC)
        monday += timedelta(weeks=1)


def _techniciens(sector: str) -> Sequence[OnCallPerson]:
    position = on_call_sectors().index(sector)
    return [
        OnCallPerson(f"technicien-{position + 1}-{n}", name, f"+33639980{position + 1}{n:02}")
        for n, name in enumerate(_TECHNICIENS[position], start=1)
    ]


def _cadres() -> Sequence[OnCallPerson]:
    return [OnCallPerson(f"cadre-{n}", name, f"+336399809{n:02}") for n, name in enumerate(_CADRES, start=1)]
