"""docs/fichiers says what the forms take today; `make file-pages` brings it up to date."""

from decisions.preparing import FILES
from permanence.application.reference.file_forms import FORMS
from permanence.domain.contract import Contract
from permanence.web.formats import typography
from tests.docs.file_pages import FOLDER, forms, pages


def test_the_pages_say_what_the_forms_take_today(contract: Contract) -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(contract)


def test_every_kind_that_comes_by_file_says_how_its_file_is_prepared() -> None:
    assert FORMS.keys() <= FILES.keys()


def test_every_column_has_its_line_with_an_example(contract: Contract) -> None:
    written = pages(contract)
    for kind, form in forms(contract).items():
        for sheet in form.sheets:
            for column in sheet.columns:
                assert f"| {typography(column.title)} | " in written[f"{kind}.md"], column.field
                assert column.help, column.field
