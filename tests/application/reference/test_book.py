"""What a page that asks again and again reads of the reference data."""

from dataclasses import replace

from permanence.application.reference.book import ReferenceBook
from permanence.application.reference.dwelling_search import search
from tests.application.dispatch.night import DUTIES, ENTREPRISES, PATRIMOINE, SATURDAY_NIGHT
from tests.fakes.registers import FakeReferenceData


def test_before_the_first_version_all_are_empty() -> None:
    book = ReferenceBook(FakeReferenceData())

    assert book.patrimoine(SATURDAY_NIGHT).dwellings == ()
    assert list(book.duties("2026-11", SATURDAY_NIGHT)) == []
    assert not search(book.index(SATURDAY_NIGHT), "rue Baron Bouvier").hits


def test_the_index_is_built_again_for_a_new_version_alone() -> None:
    data = FakeReferenceData(PATRIMOINE, ENTREPRISES, DUTIES)
    book = ReferenceBook(data)
    built = book.index(SATURDAY_NIGHT)

    assert book.index(SATURDAY_NIGHT) is built
    data.current = replace(PATRIMOINE, dwellings=())
    assert book.index(SATURDAY_NIGHT) is not built
