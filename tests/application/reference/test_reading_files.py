"""A file is read to its end or says at each cell why not; told again or taken over, it is proposed once (R30)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from permanence.application.reference.deciding import Decider, Deciding
from permanence.application.reference.importing import Receiving
from permanence.application.reference.reading_files import NOT_KEPT, UNKNOWN_KIND, ReadingFiles
from permanence.domain.frozen import dataclass as frozen
from permanence.domain.reference.cell_kinds import PHONE, TEXT
from permanence.domain.reference.cell_kinds import whole as whole_number
from permanence.domain.reference.documents import Change, Kind, Point, Version, VersionState, whole
from permanence.domain.reference.imports import Import, ImportState, Origin, asked_again, given_up
from permanence.domain.reference.table_forms import Column, FileForm, SheetForm
from permanence.domain.reference.tables import Correction, RawRow, RawSheet, UnreadableCode, UnreadableFile
from tests.domain.reference.test_calendar import WEEK
from tests.domain.reference.test_imports import FRIDAY, LATER
from tests.fakes.documents import FakeDocuments, signed
from tests.fakes.imports import FakeFilesToRead, FakeImportFiles, FakeImports
from tests.fakes.registers import FakeAudit

HEADERS = ("Commune", "Habitants", "Téléphone")
GRAY, LURE = ("Gray", 5506, "03 84 65 18 15"), ("Lure", 8100, "03 84 89 01 01")


@frozen(frozen=True)
class Village:
    commune: str
    inhabitants: int
    phone: str


@frozen(frozen=True)
class Villages:
    villages: tuple[Village, ...] = ()


def checks(_: Villages, proposed: Villages, __: object) -> tuple[Point, ...]:
    return tuple(Point("too_small", one.commune, {}, blocks=True) for one in proposed.villages if one.inhabitants < 10)


VILLAGES: Kind[Villages] = whole(
    "villages",
    Villages,
    proposed_by=("habitat70",),
    approved_by=("habitat70",),
    checks=checks,
    changes=lambda before, after: () if before == after else (Change(before, after),),
    counts=lambda body: {"villages": len(body.villages)},
)
RIVERS: Kind[Villages] = replace(VILLAGES, name="rivers")
VILLAGES_FORM = FileForm(
    "villages",
    "Communes",
    (
        SheetForm(
            "villages",
            "Communes",
            (
                Column("commune", "Commune", TEXT, "Vesoul", ""),
                Column("inhabitants", "Habitants", whole_number(0, 99_999), "5506", ""),
                Column("phone", "Téléphone", PHONE, "03 84 65 18 15", ""),
            ),
            keys=("commune",),
            make=Village,
        ),
    ),
)
RIVERS_FORM = replace(VILLAGES_FORM, kind="rivers", sheets=(replace(VILLAGES_FORM.sheets[0], title="Rivières"),))


def file_of(*rows: Sequence[object], title: str = "Communes") -> bytes:
    """What `tables` below opens."""
    return json.dumps([title, [HEADERS, *rows]]).encode()


def tables(content: bytes, _: str, tell: Callable[[int], None]) -> Sequence[RawSheet]:
    if content == b"PK":
        raise UnreadableFile(UnreadableCode.BROKEN, part="x")
    title, rows = json.loads(content)
    tell(len(rows))
    return [RawSheet(title, tuple(RawRow(line, tuple(row)) for line, row in enumerate(rows, start=1)))]


def write_back(*given: Any) -> bytes:
    _, _, _, corrections, mistakes, _ = given
    return f"{len(corrections)} mended, {len(mistakes)} left".encode()


@dataclass
class Room:
    imports: FakeImports = field(default_factory=FakeImports)
    files: FakeImportFiles = field(default_factory=FakeImportFiles)
    asked: FakeFilesToRead = field(default_factory=FakeFilesToRead)
    audit: FakeAudit = field(default_factory=FakeAudit)

    def __post_init__(self) -> None:
        self.documents = FakeDocuments(imports=self.imports)

    def receive(self, *rows: Sequence[object], kind: str = "villages", content: bytes = b"") -> Import:
        receiving = Receiving(self.imports, self.files, self.asked, self.audit)
        sent = content or file_of(*rows)
        return receiving.receive(sent, "communes.xlsx", "u70", Origin.PAGE, FRIDAY, kind)

    def read(self, one: Import, **how: Any) -> Import | None:
        return replace(self.reading, **how).read(one.import_id, self.imports.get(one.import_id).reading, LATER)

    @property
    def reading(self) -> ReadingFiles:
        kinds = {kind.name: kind for kind in (VILLAGES, RIVERS)}
        return ReadingFiles(
            imports=self.imports,
            files=self.files,
            tables=tables,
            write_corrected=write_back,
            forms={"villages": lambda _: VILLAGES_FORM, "rivers": lambda _: RIVERS_FORM},
            kinds=kinds,
            as_decider=self.decide_as,
        )

    def decide_as(self, decider: Decider) -> Deciding:
        kinds = {kind.name: kind for kind in (VILLAGES, RIVERS)}
        return Deciding(self.documents, self.audit, signed(WEEK), {}, decider, kinds)

    def versions(self) -> list[tuple[int, VersionState, str | None]]:
        return [(one.number, one.state, one.import_id) for one in self.documents.versions(VILLAGES, 9)]


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_file_without_a_point_is_a_version_that_waits_of_who_sent_it(room: Room) -> None:
    one = room.read(room.receive(GRAY, LURE))
    assert one == room.imports.get(one.import_id)
    assert (one.state, one.version, one.lines, one.read_at) == (ImportState.PROPOSED, 1, 2, LATER)
    assert room.versions() == [(1, VersionState.PROPOSED, one.import_id)]
    document = room.documents.get(VILLAGES, 1)
    assert document.body == Villages((Village("Gray", 5506, "+33384651815"), Village("Lure", 8100, "+33384890101")))
    assert document.version.proposed_by == "u70"
    read = room.files.read(one.import_id, 1)
    assert (read.difference.added, read.compared_with, read.left) == (2, 0, 0)


def test_a_file_with_points_proposes_nothing_and_tells_them_all(room: Room) -> None:
    one = room.read(room.receive(("Gray", 5506, 384651815), ("Lure", "beaucoup", "03 84 89 01 01")))
    assert (one.state, one.points, one.version) == (ImportState.TO_CORRECT, 2, None)
    assert [(m.line, m.column) for m in room.files.read(one.import_id, 1).mistakes] == [(2, "C"), (3, "B")]
    assert room.versions() == []


def test_what_the_checks_refuse_of_the_whole_proposes_nothing_either(room: Room) -> None:
    one = room.read(room.receive(("Gray", 3, "03 84 65 18 15")))
    assert (one.state, one.points) == (ImportState.TO_CORRECT, 1)
    assert [point.code for point in room.files.read(one.import_id, 1).points] == ["too_small"]
    assert room.versions() == []


def test_what_is_mended_on_a_page_of_its_own_waits_there_with_its_points(room: Room) -> None:
    kinds = {"villages": replace(VILLAGES, mended_in_place=True)}
    one = room.read(room.receive(("Gray", 3, "03 84 65 18 15")), kinds=kinds)
    assert one is not None
    assert (one.state, one.points, one.version) == (ImportState.TO_CORRECT, 1, 1)
    assert room.versions() == [(1, VersionState.DRAFT, one.import_id)]
    assert [point.code for point in room.documents.get(VILLAGES, 1).version.points] == ["too_small"]


def test_with_its_corrections_it_is_read_again_and_the_file_comes_back_mended(room: Room) -> None:
    one = room.read(room.receive(("Gray", 5506, 384651815)))
    again = asked_again(one, "u70", LATER, corrections=1)
    room.imports.save(again)
    room.files.keep_corrections(one.import_id, 2, [Correction("Communes", 2, "C", "03 84 65 18 15")])
    assert room.read(one).state is ImportState.PROPOSED
    assert room.files.corrected(one.import_id, 2) == b"1 mended, 0 left"
    assert room.documents.get(VILLAGES, 1).body.villages[0].phone == "+33384651815"


def test_a_message_told_again_proposes_nothing_twice(room: Room) -> None:
    one = room.receive(GRAY)
    assert room.reading.read(one.import_id, 1, LATER).version == 1
    assert room.reading.read(one.import_id, 1, LATER) is None
    assert len(room.versions()) == 1


class Died(BaseException):
    """The worker is gone."""


STEPS = ("begun", "tables", "corrected", "kept", "proposed")


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_dies_at_a_step_is_made_up_for_by_the_next(room: Room, step: str) -> None:
    one = room.receive(GRAY)
    room.imports.save(again := asked_again(given_a_word(room, one), "u70", LATER, corrections=1))
    room.files.keep_corrections(one.import_id, again.reading, [Correction("Communes", 2, "B", "5507")])
    died = {
        "begun": {"imports": Dying(room.imports, "save")},
        "tables": {"tables": die},
        "corrected": {"write_corrected": die},
        "kept": {"files": Dying(room.files, "keep_read")},
        "proposed": {"as_decider": lambda decider: replace(room.decide_as(decider), documents=Dying(room.documents))},
    }
    with pytest.raises(Died):
        room.read(one, **died[step])
    assert (room.read(one) is None) is (step == "proposed")  # the last one had done it all
    assert room.imports.get(one.import_id).state is ImportState.PROPOSED
    assert room.versions() == [(1, VersionState.PROPOSED, one.import_id)]
    assert room.documents.get(VILLAGES, 1).body.villages[0].inhabitants == 5507


def given_a_word(room: Room, one: Import) -> Import:
    """As a first reading leaves it."""
    stopped = replace(one, state=ImportState.TO_CORRECT, points=1, changes=1)
    room.imports.save(stopped)
    return stopped


def die(*_: object) -> Any:
    raise Died


class Dying:
    """The same, and the worker dies once this was done."""

    def __init__(self, target: Any, deed: str = "decide") -> None:
        self._target, self._deed = target, deed

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._target, name)

        def done(*args: Any, **kwargs: Any) -> Any:
            member(*args, **kwargs)
            raise Died

        return done if name == self._deed else member


def test_what_was_given_up_while_it_was_read_is_not_proposed(room: Room) -> None:
    one = room.receive(GRAY)

    def given_up_meanwhile(content: bytes, name: str, tell: Callable[[int], None]) -> Sequence[RawSheet]:
        known = room.imports.get(one.import_id)
        room.imports.save(given_up(known, "u2", "", LATER))
        return tables(content, name, lambda _: None)

    assert room.read(one, tables=given_up_meanwhile) is None
    assert room.imports.get(one.import_id).state is ImportState.GIVEN_UP
    assert room.versions() == []


def test_a_number_that_another_version_took_meanwhile_is_no_reason_to_give_up(room: Room) -> None:
    one = room.receive(GRAY)

    class Slower(FakeDocuments):
        """Somebody else proposes between the count and the writing, once."""

        def versions(self, kind: Kind[Any], limit: int, before: int | None = None) -> Sequence[Version]:
            known = super().versions(kind, limit, before)
            if not known:
                room.decide_as(Decider("u2", ("habitat70",))).propose(
                    VILLAGES, Villages((Village("Vesoul", 9, "+331"),)), LATER
                )
            return known

    slower = Slower(room.documents.kept, room.documents.timetables, room.imports)
    read = room.read(one, as_decider=lambda decider: replace(room.decide_as(decider), documents=slower))
    assert read.version == 2


def test_what_is_in_force_already_is_no_version(room: Room) -> None:
    first = room.read(room.receive(GRAY))
    room.decide_as(Decider("u70", ("habitat70",))).approve(VILLAGES, 1, LATER)
    second = room.read(room.receive(content=file_of(GRAY) + b" "))
    assert second.state is ImportState.UNCHANGED
    assert [number for number, *_ in room.versions()] == [first.version]


def test_a_file_that_cannot_be_opened_says_which_reason(room: Room) -> None:
    one = room.read(room.receive(content=b"PK"))
    assert (one.state, one.code) == (ImportState.UNREADABLE, "broken")
    assert room.files.read(one.import_id, 1).detail == {"part": "x"}


def test_a_file_that_is_no_longer_kept_says_so(room: Room) -> None:
    one = room.receive(GRAY)
    room.files.kept.clear()
    assert room.read(one).code == NOT_KEPT


@pytest.mark.parametrize(
    ("title", "state", "kind"),
    [
        ("Rivières", ImportState.PROPOSED, "rivers"),
        ("Communes", ImportState.PROPOSED, "villages"),
        ("Feuil1", ImportState.UNREADABLE, ""),  # both kinds have such columns
    ],
)
def test_a_kind_that_nobody_said_is_recognised_or_asked_for(
    room: Room, title: str, state: ImportState, kind: str
) -> None:
    one = room.read(room.receive(kind="", content=file_of(GRAY, title=title)))
    assert (one.state, one.kind) == (state, kind)
    assert one.code == ("" if kind else UNKNOWN_KIND)


def test_the_columns_that_its_sender_said_are_read_as_he_said(room: Room) -> None:
    one = room.receive(content=json.dumps(["Communes", [("Ville", "Habitants", "Téléphone"), GRAY]]).encode())
    room.imports.remember("villages", "u70", {"villages": {"Ville": "", "Habitants": "inhabitants"}}, FRIDAY)
    assert room.read(one).state is ImportState.TO_CORRECT
    room.imports.remember("villages", "u70", {"villages": {"Ville": "commune"}}, FRIDAY)
    room.imports.save(asked_again(room.imports.get(one.import_id), "u70", LATER))
    assert room.read(one).state is ImportState.PROPOSED


def test_progress_is_told_and_never_goes_back(room: Room) -> None:
    room.read(room.receive(*((f"Commune {n}", 100, "03 84 65 18 15") for n in range(2500))))
    assert room.imports.progresses == sorted(set(room.imports.progresses))
    assert room.imports.progresses
