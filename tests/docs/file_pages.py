"""The pages of docs/fichiers, one for each kind that comes by file: `make file-pages` writes them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from contracts.schema import load
from decisions.preparing import FILES, first_page, page_of
from infra.settings import ROOT
from permanence.application.reference.file_forms import FORMS
from permanence.application.reference.signed import signed_of
from permanence.domain.contract import Contract, contract_from_plain
from permanence.domain.reference.documents import Circumstances
from permanence.domain.reference.table_forms import FileForm

FOLDER = ROOT / "docs" / "fichiers"
_NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def forms(contract: Contract) -> Mapping[str, FileForm[Any]]:
    """As they are while nothing is in force."""
    empty = Circumstances(_NO_DAY, _NO_DAY, signed_of(contract))
    return {kind: FORMS[kind](empty) for kind in FILES if kind in FORMS}


def pages(contract: Contract) -> Mapping[str, str]:
    """Text by name of file."""
    known = forms(contract)
    return {"README.md": first_page(known.values())} | {f"{kind}.md": page_of(form) for kind, form in known.items()}


if __name__ == "__main__":
    for name, text in pages(contract_from_plain(load(ROOT / "contracts" / "habitat70"))).items():
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")
