"""The register that can be checked at any time: who has access, and who signed the charter when (Art. 12; R74)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from permanence.application.access.members import Member
from permanence.application.timeline.lines import State
from permanence.domain.frozen import dataclass

GROUP_WORDS: Mapping[str, str] = {
    "superviseur": "Superviseur",
    "teleconseiller": "Téléconseiller",
    "habitat70": "Habitat 70",
}
WITHOUT_GROUP = "Sans groupe"


@dataclass(frozen=True)
class RegisterLine:
    """One person, in primitives; instants in UTC. `charter` says in words where the signature stands."""

    user_id: str
    name: str
    email: str
    phone: str
    group: str
    access: State
    charter: State
    charter_signed_at: datetime | None
    charter_version: str
    last_sign_in_at: datetime | None


def register_lines(members: Iterable[Member], charter_version: str) -> tuple[RegisterLine, ...]:
    """The register by group, then by name; `charter_version` is the one in force."""
    lines = [_line(member, charter_version) for member in members]
    order = [*GROUP_WORDS.values(), WITHOUT_GROUP]
    return tuple(sorted(lines, key=lambda line: (order.index(line.group), line.name)))


def _line(member: Member, charter_version: str) -> RegisterLine:
    person = member.person
    return RegisterLine(
        user_id=person.user_id,
        name=person.name,
        email=person.email,
        phone=person.phone,
        group=next((GROUP_WORDS[group] for group in GROUP_WORDS if group in person.groups), WITHOUT_GROUP),
        access=_access(member),
        charter=_charter(member, charter_version),
        charter_signed_at=member.charter_signed_at,
        charter_version=member.charter_version,
        last_sign_in_at=member.last_sign_in_at,
    )


def _access(member: Member) -> State:
    if not member.is_enabled:
        return State("Fermé", "bad", "ban")
    return (
        State("Ouvert", "ok", "circle-check") if member.last_sign_in_at else State("Jamais connecté", "wait", "clock")
    )


def _charter(member: Member, charter_version: str) -> State:
    if member.has_signed(charter_version):
        return State("Signée", "ok", "circle-check")
    return State("Version dépassée" if member.charter_version else "À signer", "wait", "pencil")
