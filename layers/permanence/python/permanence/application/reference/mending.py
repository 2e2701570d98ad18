"""What people do about a file: accept corrections, say its columns, have it read again, give it up (R30).

Each act leaves its line in the register before it is done. A reading is asked for last: who dies before leaves an
import that waits to be read, and says so after a while.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from permanence.application.reference.deciding import Deciding, NotAllowed
from permanence.application.reference.file_ports import FilesToRead, ImportFiles, Imports
from permanence.domain.frozen import dataclass
from permanence.domain.reference.documents import Kind, NotWaiting
from permanence.domain.reference.imports import Import, ImportState, NotOpen, asked_again, given_up
from permanence.domain.reference.table_matching import ColumnMapping
from permanence.domain.reference.tables import Correction, Mistake, grouped

Answers = Mapping[int, int | str]
"""By the place of a group of alike points: that of the way that was chosen, or what each of its cells should say."""


@dataclass(frozen=True)
class Mending:
    """The acts of one person on files. All raise UnknownImport, NotOpen for what no longer waits for them, NotAllowed,
    and DecidedMeanwhile when somebody else, or a reading, was faster."""

    imports: Imports
    files: ImportFiles
    to_read: FilesToRead
    deciding: Deciding
    kinds: Mapping[str, Kind[Any]]

    def accept(self, import_id: str, reading: int, answers: Answers, now: datetime) -> Import:
        """Read again with these corrections beside those accepted before: 7 requests. `reading` is the one that the
        answers are about. Raises NotOpen, too, when there is no answer."""
        one = self._allowed(import_id)
        if one.state is not ImportState.TO_CORRECT or one.reading != reading:
            raise NotOpen(one.state)
        new = tuple(_corrections(self.files.read(import_id, reading).mistakes, answers))
        if not new:
            raise NotOpen("nothing was accepted")
        before = self.files.corrections(import_id, one.mended) if one.mended else ()
        again = asked_again(one, self._who, now, corrections=len(answers))
        self.files.keep_corrections(import_id, again.reading, (*before, *new))
        return self._asked(again, now, "file.corrected", {"points": str(len(answers))})

    def say_columns(self, import_id: str, columns: ColumnMapping, now: datetime) -> Import:
        """Read again, with these headers meaning these fields; remembered for the files of its sender: 5 requests."""
        one = self._allowed(import_id)
        again = asked_again(self._taken_back(one, now), self._who, now)
        known = self.imports.columns(one.kind, one.sender)
        said = {sheet: {**known.get(sheet, {}), **headers} for sheet, headers in columns.items()}
        self.imports.remember(one.kind, one.sender, {**known, **said}, now)
        return self._asked(again, now, "file.columns", {})

    def read_again(self, import_id: str, now: datetime, kind: str = "") -> Import:
        """Against what is in force now, or as another kind; a version of it that waits is withdrawn: 4 requests or
        7."""
        one = self._taken_back(self._allowed(import_id, kind), now)
        return self._asked(asked_again(one, self._who, now, kind=kind), now, "file.read_again", {})

    def give_up(self, import_id: str, why: str, now: datetime) -> Import:
        """Nobody wants it: a version of it that waits is withdrawn, then it is over: 3 requests or 6."""
        one = self._taken_back(self._allowed(import_id), now)
        over = given_up(one, self._who, why, now)
        self._note(now, "file.given_up", import_id, {"why": why})
        self.imports.save(over)
        return over

    def _taken_back(self, one: Import, now: datetime) -> Import:
        """Without the version that waits of it. Raises NotOpen when that was approved."""
        if one.version is None:
            return one
        kind = self.kinds[one.kind]
        try:
            self.deciding.withdraw_proposed(kind, one.version, now)
        except NotWaiting as decided:
            raise NotOpen("its version was approved") from decided
        return one

    def _asked(self, one: Import, now: datetime, action: str, detail: Mapping[str, str]) -> Import:
        self._note(now, action, one.import_id, detail)
        self.imports.save(one)
        self.to_read.ask(one.import_id, one.reading)
        return one

    def _allowed(self, import_id: str, kind: str = "") -> Import:
        one = self.imports.get(import_id)
        groups = {group for name in {one.kind, kind} - {""} for group in self.kinds[name].proposed_by}
        if groups and not groups & set(self.deciding.decider.groups):
            raise NotAllowed(", ".join(sorted(groups)))
        return one

    def _note(self, now: datetime, action: str, what: str, detail: Mapping[str, str]) -> None:
        self.deciding.register.record(now, self._who, action, what, detail)

    @property
    def _who(self) -> str:
        return self.deciding.decider.user_id


def _corrections(mistakes: tuple[Mistake, ...], answers: Answers) -> Iterator[Correction]:
    groups = grouped(mistakes)
    for place, answer in sorted(answers.items()):
        for mistake in groups[place] if 0 <= place < len(groups) else ():
            if isinstance(answer, str):
                yield Correction(mistake.sheet, mistake.line, mistake.column, answer)
            elif 0 <= answer < len(mistake.ways):
                yield from mistake.corrections(mistake.ways[answer])
