"""In which order an empty system is filled, what is missing, and what that blocks: each line by a fact (R30)."""

from collections.abc import Iterable, Mapping

from decisions.parts import Parts
from permanence.application.access.members import Member
from permanence.application.extranet.referentiel import DocumentView
from permanence.domain.frozen import dataclass
from permanence.domain.reference.in_force import SEED
from permanence.web.formats import plural


@dataclass(frozen=True)
class Step:
    """`blocks` says what does not work while it is missing, `state` what stands meanwhile; `fact` is what is there. One
    that `is_seeded` may wait: what the contract ships is in force."""

    icon: str
    title: str
    is_there: bool
    is_seeded: bool
    state: str
    fact: str
    blocks: str
    href: str
    link: str


_MISSING = "Manque"
_NEEDED: Mapping[str, tuple[str, str]] = {
    "annuaire": (
        "people",
        "Sans annuaire, le planning et les contacts du patrimoine ne peuvent nommer personne.",
    ),
    "entreprises": (
        "contractors",
        "Sans entreprises, aucun prestataire n’est appelé : le technicien d’astreinte l’est en premier.",
    ),
    "patrimoine": (
        "dwellings",
        "Sans patrimoine, le poste ne trouve aucune adresse : elle s’écrit à la main, sans agence ni secteur.",
    ),
    "planning": (
        "duties",
        "Sans planning, ni technicien ni cadre n’est appelé : quand aucun prestataire n’accepte, l’alarme sonne.",
    ),
}
"""In the order in which they are filled, each one names entries of those before it: what each kind must count."""

_SEEDED: Mapping[str, str] = {
    "listes": "Jusqu’à une première version, les adresses, les numéros et les délais du contrat valent.",
    "messages": "Jusqu’à une première version, les textes du contrat sont dits.",
    "calendrier": "Jusqu’à une première version, les heures du contrat valent, sans fermeture.",
}
_ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "superviseur": ("Superviseur", "Sans superviseur, personne n’ouvre de compte."),
    "habitat70": ("Habitat 70", "Sans compte de Habitat 70, seul un superviseur approuve."),
    "teleconseiller": ("téléconseiller", "Sans téléconseiller, seul un superviseur prend les appels."),
}


def steps(
    kinds: Mapping[str, Parts], views: Mapping[str, DocumentView], register: Iterable[Member]
) -> tuple[Step, ...]:
    """All of them, in the order in which they are filled."""
    needed = (_needed(kinds[name], views[name], *what) for name, what in _NEEDED.items() if name in kinds)
    seeded = (_seeded(kinds[name], views[name], words) for name, words in _SEEDED.items() if name in kinds)
    return (_accounts(register), *needed, *seeded)


def missing(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Those without which something does not work."""
    return tuple(step for step in steps if not step.is_there and not step.is_seeded)


def _accounts(register: Iterable[Member]) -> Step:
    counted = dict.fromkeys(_ACCOUNTS, 0)
    for member in register:
        for group in set(member.person.groups) & counted.keys() if member.is_enabled else ():
            counted[group] += 1
    facts = ", ".join(f"{words} : {counted[group] or 'aucun'}" for group, (words, _) in _ACCOUNTS.items())
    blocks = " ".join(words for group, (_, words) in _ACCOUNTS.items() if not counted[group])
    is_there = all(counted.values())
    return Step("users", "Comptes", is_there, False, _MISSING, f"{facts}.", blocks, "/equipe", "Ouvrir un compte")


def _needed(parts: Parts, view: DocumentView, entry: str, blocks: str) -> Step:
    is_there = view.counts.get(entry, 0) > 0
    fact = _figures(parts, view) if is_there else "Rien en vigueur"
    if view.waiting:
        fact += f" ; {plural(len(view.waiting), 'version attend', 'versions attendent')} une décision"
    return Step(
        parts.icon, parts.title, is_there, False, _MISSING, f"{fact}.", blocks, parts.button.href, parts.button.words
    )


def _seeded(parts: Parts, view: DocumentView, words: str) -> Step:
    is_there = view.number != SEED
    fact = f"Version {view.number} en vigueur." if is_there else words
    return Step(parts.icon, parts.title, is_there, True, parts.before_first, fact, "", parts.path, "Relire")


def _figures(parts: Parts, view: DocumentView) -> str:
    return parts.figures(view.counts) or f"Version {view.number} en vigueur"
