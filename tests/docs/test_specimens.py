"""The specimens in docs/ are what the reports write today; `make specimens` brings them up to date."""

from permanence.domain.contract import Contract
from tests.docs.specimens import kept, same, specimens


def test_the_specimens_are_what_the_reports_write_today(contract: Contract) -> None:
    assert [name for name, written in specimens(contract).items() if not same(written, kept(name))] == []


def test_writing_them_twice_gives_the_same(contract: Contract) -> None:
    one, other = specimens(contract), specimens(contract)
    assert [name for name in one if not same(one[name], other[name])] == []
