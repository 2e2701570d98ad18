"""The list of all documents: what waits above, one row a kind, what changes soon (R30)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from decisions.parts import FILES_PAGE, Check, Coming, Parts, Row
from permanence.application.extranet.imports import Listed as Received
from permanence.application.extranet.referentiel import DocumentView, VersionRow
from permanence.application.timeline.french import clock
from permanence.application.timeline.lines import State
from permanence.domain.frozen import dataclass
from permanence.domain.reference.documents import Signed
from permanence.domain.reference.imports import Import, ImportState
from permanence.domain.reference.in_force import SEED
from permanence.web.formats import day, moment, plural, short_day

MOST_POINTS = 3
MOST_COMING = 8


@dataclass(frozen=True)
class Note:
    """What waits for somebody, and the way to it."""

    tone: str
    icon: str
    what: str
    sequel: str
    href: str
    link: str


@dataclass(frozen=True)
class Listed:
    """One kind with what its row shows; `ahead` is what its fil holds after the version in force, `to_mend` its newest
    file where that is to be corrected."""

    parts: Parts
    view: DocumentView
    row: Row
    ahead: tuple[Coming, ...]
    to_mend: Received | None


@dataclass(frozen=True)
class Arrived:
    """A file, and what is decided of the version that it made."""

    file: Received
    decided: State | None


@dataclass(frozen=True)
class Overview:
    """`received` are the newest files, `soon` what changes next."""

    listed: tuple[Listed, ...]
    notes: tuple[Note, ...]
    soon: tuple[Coming, ...]
    received: tuple[Arrived, ...]

    @property
    def waiting(self) -> int:
        """How many documents wait for a decision."""
        return sum(bool(one.view.waiting) for one in self.listed)


def overview_of(
    kinds: Iterable[Parts],
    views: Mapping[str, DocumentView],
    received: Sequence[Received],
    signed: Signed,
    now: datetime,
) -> Overview:
    """`received` the newest first: of each kind the newest says what is to be mended."""
    newest = {file.one.kind: file for file in reversed(received)}
    files = {kind: file for kind, file in newest.items() if file.one.state is ImportState.TO_CORRECT}
    listed = tuple(_listed(parts, views, files.get(parts.kind.name), signed, now) for parts in kinds)
    notes = [note for one in listed for note in _notes(one, now)]
    soon = (coming for one in listed for coming in (*_versions_to_come(one), *one.row.coming))
    return Overview(
        listed,
        tuple(sorted(notes, key=lambda note: note.tone != "bad")),
        tuple(sorted((one for one in soon if one.at > now), key=lambda one: one.at)[:MOST_COMING]),
        tuple(Arrived(came, _decided(came.one, views)) for came in received),
    )


def _decided(one: Import, views: Mapping[str, DocumentView]) -> State | None:
    """What has become of the version that a file made; None while it is only a file, or too long ago."""
    known = views[one.kind].versions if one.version is not None and one.kind in views else ()
    return next((row.state for row in known if row.number == one.version), None)


def _listed(
    parts: Parts, views: Mapping[str, DocumentView], file: Received | None, signed: Signed, now: datetime
) -> Listed:
    view = views[parts.kind.name]
    row = parts.row(view, signed)
    versions = tuple(_version_ahead(one, now) for one in (*view.to_come, *view.waiting))
    checks: tuple[Check, ...] = (
        *_file_checks(file),
        *_waiting_checks(parts, view),
        *row.checks,
        *_points_in_force(parts, views),
    )
    if not checks and view.in_force is not None:
        checks = (Check("ok", "Aucun point quand elle a été comparée"),)
    ahead = (*versions, *(_on_its_day(one) for one in row.coming))[:2]
    return Listed(parts, view, replace(row, checks=checks), ahead, file)


def _file_checks(file: Received | None) -> Iterator[Check]:
    if file is not None:
        points = plural(file.one.points, "point")
        yield Check("bad", f"{points} à corriger dans {file.one.file_name}, rien n’est importé", _page_of(file), "Voir")


def _page_of(file: Received) -> str:
    return f"{FILES_PAGE}/{file.one.import_id}"


def _waiting_checks(parts: Parts, view: DocumentView) -> Iterator[Check]:
    for row in view.waiting:
        href = f"{parts.path}/{row.number}"
        if row.blocking:
            points = plural(row.blocking, "point")
            yield Check("bad", f"{points} à corriger dans la version {row.number}", href, "Voir")
        elif row.may_compare:
            yield Check("wait", f"Version {row.number} à comparer de nouveau", href, "Lire")
        else:
            yield Check("wait", f"Version {row.number} en attente d’un accord", href, "Lire et décider")


def _points_in_force(parts: Parts, views: Mapping[str, DocumentView]) -> Iterator[Check]:
    """What the checks said when it was compared, and somebody approved all the same: one by one as long as the others
    that they look at are the same."""
    known = views[parts.kind.name].in_force
    said = [point for point in known.points if not point.blocks] if known else []
    if known is None or not said:
        return
    href = f"{parts.path}/{known.number}"
    if any(_changed_since(known, views[name]) for name in parts.kind.looks_at if name in views):
        points = plural(len(said), "point")
        yield Check("info", f"{points} quand elle a été comparée, {short_day(known.proposed_at)}", href, "Relire")
        return
    for point in said[:MOST_POINTS]:
        yield Check("wait", parts.sentence(point))
    if len(said) > MOST_POINTS:
        others = plural(len(said) - MOST_POINTS, "autre point", "autres points")
        yield Check("wait", f"Et {others}", href, "Tous")


def _changed_since(known: VersionRow, other: DocumentView) -> bool:
    starts = other.in_force.in_force_from if other.in_force else None
    return starts is not None and starts > known.proposed_at


def _notes(listed: Listed, now: datetime) -> Iterator[Note]:
    parts, view = listed.parts, listed.view
    if listed.to_mend is not None:
        one = listed.to_mend.one
        points, stays = plural(one.points, "point"), "Rien n’est importé."
        yield Note(
            "bad", parts.icon, f"{one.file_name} : {points} à corriger.", stays, _page_of(listed.to_mend), "Corriger"
        )
    for row in view.waiting:
        named, href = f"{parts.title} : la version {row.number}", f"{parts.path}/{row.number}"
        wanted = f"Voulue le {day(row.wanted_from)}, {clock(row.wanted_from)}. " if row.wanted_from else ""
        if row.blocking:
            points = plural(row.blocking, "point")
            stays = f"la version {view.number} reste" if view.number != SEED else "rien ne change"
            sequel = f"{wanted}Sans correction, {stays}."
            yield Note("bad", parts.icon, f"{named} a {points} à corriger.", sequel, href, "Corriger")
        elif row.may_compare:
            sequel = "Une autre version est en vigueur depuis."
            yield Note("wait", parts.icon, f"{named} est à comparer de nouveau.", sequel, href, "Lire et comparer")
        else:
            sequel = f"{wanted}Proposée {moment(row.proposed_at, now)}."
            yield Note("wait", parts.icon, f"{named} attend un accord.", sequel, href, "Lire et décider")
    for check in listed.row.checks:
        if check.tone == "bad" and check.href and not view.waiting and listed.to_mend is None:
            yield Note("bad", parts.icon, f"{parts.title} :", f"{check.fact}.", check.href, check.link)


def _version_ahead(row: VersionRow, now: datetime) -> Coming:
    starts = row.in_force_from or row.wanted_from
    when = f"voulue le {day(starts)}, {clock(starts)}" if starts else "dès l’accord"
    if row.in_force_from:
        when = f"à partir du {day(row.in_force_from)}, {clock(row.in_force_from)}"
    who = f" par {row.proposed_by}" if row.proposed_by else ""
    return Coming(starts or now, f"Version {row.number}", when, f"proposée {moment(row.proposed_at, now)}{who}")


def _on_its_day(one: Coming) -> Coming:
    """On the fil of its own kind the day comes first."""
    return replace(one, what=day(one.at), told=f"{one.what} : {one.told}" if one.told else one.what)


def _versions_to_come(listed: Listed) -> Iterator[Coming]:
    for row in (*listed.view.to_come, *listed.view.waiting):
        starts = row.in_force_from or row.wanted_from
        if starts:
            waits = f"bloquée : {plural(row.blocking, 'point')} à corriger" if row.blocking else "attend un accord"
            told = "approuvée" if row.in_force_from else waits
            yield Coming(starts, f"{listed.parts.title}, version {row.number}", "", told)
