"""What was understood of a file that was sent, as its page shows it (R30)."""

from collections.abc import Mapping
from dataclasses import field

from permanence.domain.frozen import dataclass
from permanence.domain.reference.alike import Difference
from permanence.domain.reference.documents import Effect, Point
from permanence.domain.reference.table_reading import SheetRead
from permanence.domain.reference.tables import Mistake


@dataclass(frozen=True)
class ReadFile:
    """`mistakes` are at cells of the file, `more` counts those that are not told; `points` are what the checks say of
    the document as a whole, those that block among them, and `effects` what it would do. `difference` is from the
    version `compared_with`, None as long as something is to be mended in the file. A file that is unreadable as a whole
    has `detail` alone, which fills the sentence of its code."""

    sheets: tuple[SheetRead, ...] = ()
    absent: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    more: int = 0
    points: tuple[Point, ...] = ()
    effects: tuple[Effect, ...] = ()
    compared_with: int | None = None
    difference: Difference | None = None
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How many points keep it from being proposed."""
        return len(self.mistakes) + self.more + sum(point.blocks for point in self.points)
