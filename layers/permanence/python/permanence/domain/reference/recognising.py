"""Which kind of document a file is of, where nobody said (R30)."""

from collections.abc import Sequence
from typing import Any

from permanence.domain.reference.table_forms import FileForm, header_words
from permanence.domain.reference.table_matching import matched_sheets
from permanence.domain.reference.tables import RawSheet

UNLIKE = (0, 0)


def likeness(form: FileForm[Any], sheets: Sequence[RawSheet]) -> tuple[int, int]:
    """How much these sheets are those of a form: how many bear a title of it, and how many have all its columns; the
    more the likelier. `UNLIKE` when none does."""
    layouts, *_ = matched_sheets(form.sheets, sheets, {})
    titles = {header_words(title) for sheet in form.sheets for title in (sheet.title, *sheet.synonyms)}
    named = sum(header_words(layout.sheet.title) in titles for layout in layouts)
    return named, sum(not layout.mistakes for layout in layouts)
