"""What a page that asks again and again reads of the reference data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from permanence.application.reference.book import ReferenceBook
from permanence.application.reference.dwelling_search import search
from permanence.application.reference.ports import NothingLoaded
from permanence.domain.reference.patrimoine import Patrimoine
from permanence.domain.reference.rota import Duty
from tests.application.dispatch.night import DUTIES, PATRIMOINE
from tests.fakes.registers import FakeReferenceData


@dataclass
class CountedReferenceData(FakeReferenceData):
    rotas_read: int = 0

    def duties(self, month: str) -> Sequence[Duty]:
        self.rotas_read += 1
        return super().duties(month)


class NoReferenceData(FakeReferenceData):
    def patrimoine(self) -> Patrimoine:
        raise NothingLoaded

    def duties(self, month: str) -> Sequence[Duty]:
        raise NothingLoaded


def test_before_the_first_import_all_are_empty() -> None:
    book = ReferenceBook(NoReferenceData())

    assert book.patrimoine().dwellings == ()
    assert list(book.duties("2026-11")) == []
    assert not search(book.index(), "rue Baron Bouvier").hits


def test_a_rota_is_read_once_for_a_version_and_a_month() -> None:
    data = CountedReferenceData(PATRIMOINE, tuple(DUTIES))
    book = ReferenceBook(data)

    assert [len(book.duties("2026-11")) for _ in range(3)] == [len(data.duties("2026-11"))] * 3
    assert data.rotas_read == 2

    data.load(replace(PATRIMOINE, version="next"), ())
    assert list(book.duties("2026-11")) == []


def test_the_index_is_built_again_for_a_new_version_alone() -> None:
    data = FakeReferenceData(PATRIMOINE, tuple(DUTIES))
    book = ReferenceBook(data)
    built = book.index()

    assert book.index() is built
    data.load(replace(PATRIMOINE, version="next"), DUTIES)
    assert book.index() is not built
