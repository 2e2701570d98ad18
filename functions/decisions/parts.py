"""What the pages know of one kind of living document, beside what all kinds share."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from permanence.application.extranet.referentiel import DocumentView
from permanence.application.reference.file_forms import FORMS
from permanence.application.timeline.sheets import Sheet
from permanence.domain.frozen import dataclass
from permanence.domain.reference.documents import Effect, Kind, Point, Signed
from permanence.web.formats import plural

if TYPE_CHECKING:  # the room works with the parts
    from decisions.room import Room


FILES_PAGE = "/referentiel/fichiers"


@dataclass(frozen=True)
class Check:
    """One fact with its sign, in French; `link` are the words of the way out, to `href`."""

    tone: Literal["ok", "info", "wait", "bad"]
    fact: str
    href: str = ""
    link: str = ""


@dataclass(frozen=True)
class Coming:
    """What begins or ends `at` an instant, UTC; `when` says in words what the day alone does not, `told` what follows.

    `what` is short: « Fermeture », « Pic annoncé », « Fin du contrat de Plomberie Daval ».
    """

    at: datetime
    what: str
    when: str
    told: str


@dataclass(frozen=True)
class EffectWords:
    """An effect in French, after its count: the fact, then what follows from it."""

    fact: str
    sequel: str


@dataclass(frozen=True)
class Row:
    """One kind on the list of all: what it speaks of, with counts; what comes, the next first; its checks."""

    speaks_of: str
    coming: tuple[Coming, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Action:
    """The button or a link of a kind: its words, and those that only a screen reader says."""

    words: str
    said: str
    href: str
    icon: str = ""


def _without_effects(effect: Effect) -> EffectWords:
    raise KeyError(effect.code)


def _nothing_beside(_: DocumentView, __: Signed) -> Mapping[str, Any]:
    return {}


def _nothing_of_others(_: "Room", __: DocumentView | None) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Parts:
    """`title` is its French name, `icon` one of assets/icons.txt; `sentence` says in French what a check found.

    `changes_template` is included where changes are told, and finds them as `changes`. `template` extends
    `document.html`, and finds what `shown` makes of the version in force. `words` go to both. `counted` names in
    French, one and several, what the kind counts; `before_first` says what stands before a first version is approved.
    `sheets` are its export, of one that has no form of files.
    On the list of all documents the body of one that is `heavy` is not read: its row goes by counts and points.
    `effect_words` tell an effect. `beside` is what its pages need of other documents, the view where it is the page of
    the kind itself.
    """

    kind: Kind[Any]
    title: str
    icon: str
    action: Action
    sentence: Callable[[Point], str]
    changes_template: str
    row: Callable[[DocumentView, Signed], Row]
    template: str = "document.html"
    shown: Callable[[DocumentView, Signed], Mapping[str, Any]] = _nothing_beside
    beside: Callable[["Room", DocumentView | None], Mapping[str, Any]] = _nothing_of_others
    words: Mapping[str, Any] = field(default_factory=dict)
    counted: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    links: tuple[Action, ...] = ()
    sheets: Callable[[Any, Signed], tuple[Sheet, ...]] | None = None
    before_first: str = "Rien encore"
    heavy: bool = False
    effect_words: Callable[[Effect], EffectWords] = _without_effects

    @property
    def path(self) -> str:
        return f"/referentiel/{self.kind.name}"

    @property
    def button(self) -> Action:
        """Of a kind that comes by file, where the file is brought; its own action is then a link."""
        if self.kind.name not in FORMS:
            return self.action
        return Action("Déposer", f" un fichier : {self.title}", f"{FILES_PAGE}?document={self.kind.name}", "upload")

    @property
    def every_link(self) -> tuple[Action, ...]:
        """Beside its button: those of all kinds, where they lead anywhere, and its own `links`."""
        said = f" : {self.title}"
        comes_by_file = self.kind.name in FORMS
        links = {
            "Préparer": ("preparer", comes_by_file),
            "Modèle": ("modele.xlsx", comes_by_file),
            "Historique": ("versions", True),
            "Exporter": ("en-vigueur.xlsx", comes_by_file or self.sheets is not None),
        }
        ours = (Action(words, said, f"{self.path}/{leaf}") for words, (leaf, leads) in links.items() if leads)
        own = (self.action,) if comes_by_file and not self.action.href.startswith(FILES_PAGE) else ()
        return (*own, *ours, *self.links)

    def figures(self, counts: Mapping[str, int]) -> str:
        """12 041 logements, 812 immeubles; nothing of what there is none of."""
        known = ((name, words) for name, words in self.counted.items() if counts.get(name))
        return ", ".join(plural(counts[name], *words) for name, words in known)
