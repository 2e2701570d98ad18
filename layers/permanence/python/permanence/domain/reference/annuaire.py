"""The annuaire: Habitat 70's staff, the VIP of its relations, the reception's own people (Art. 5-2, R25, R74, R92)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from permanence.domain.frozen import dataclass
from permanence.domain.reference.rota import OnCallPerson

MOBILES = ("+336", "+337")
"""What the numbers begin with that an SMS reaches."""


class StaffRole(StrEnum):
    """What a member of Habitat 70's staff is called for."""

    AGENCY_MANAGER = "agency_manager"  # of calls of VIP in opening hours (R25)
    CADRE = "cadre"
    TECHNICIEN = "technicien"


class ReceptionFunction(StrEnum):
    DUTY_SUPERVISOR = "duty_supervisor"  # called when nobody of a chain has accepted (R42)
    SUPERVISEUR = "superviseur"
    AGENT = "agent"


@dataclass(frozen=True)
class Person:
    """Of Habitat 70's staff; numbers in E.164, `agency` an id of the contract or nothing for the head office."""

    person_id: str
    name: str
    function: str = ""
    service: str = ""
    agency: str = ""
    mobile: str = ""
    landline: str = ""
    mail: str = ""
    roles: tuple[StaffRole, ...] = ()

    @property
    def phone(self) -> str:
        """Where it is called: the mobile first, that an SMS reaches too. Empty when there is none."""
        return self.mobile or self.landline


@dataclass(frozen=True)
class Vip:
    """An elected person, an authority, a company: `treatment` is what Habitat 70 asks beside the rule of R25."""

    name: str
    quality: str = ""
    organisation: str = ""
    phone: str = ""  # E.164
    treatment: str = ""


@dataclass(frozen=True)
class ReceptionPerson:
    """Of the reception: `grc_id` is who it is at the GRC, `trained_on` and `trained_by` say who taught it that."""

    person_id: str
    name: str
    function: ReceptionFunction
    mobile: str = ""  # E.164
    mail: str = ""
    grc_id: str = ""
    trained_on: date | None = None
    trained_by: str = ""


@dataclass(frozen=True)
class Annuaire:
    people: tuple[Person, ...] = ()
    vips: tuple[Vip, ...] = ()
    reception: tuple[ReceptionPerson, ...] = ()

    @property
    def on_call(self) -> Mapping[str, OnCallPerson]:
        """By id, whoever a planning can name, with the number to call: empty when there is none."""
        staff = {one.person_id: OnCallPerson(one.person_id, one.name, one.phone) for one in self.people}
        reception = {one.person_id: OnCallPerson(one.person_id, one.name, one.mobile) for one in self.reception}
        return reception | staff

    def managers_of(self, agency: str) -> tuple[Person, ...]:
        """Who answers for an agency."""
        return tuple(one for one in self.people if one.agency == agency and StaffRole.AGENCY_MANAGER in one.roles)
