"""The report of a month: facts in, report out, and every total equal to the list beside it (R51, R65)."""

from collections.abc import Iterable
from datetime import timedelta

from permanence.domain.contract import Rules, ServiceLevelTerms
from permanence.domain.frozen import dataclass
from permanence.domain.service_level.facts import CallFact
from permanence.domain.service_level.indicators import Measure, indicators, is_in_rates, n40


@dataclass(frozen=True)
class CallLine:
    """A call of the list: all of them are in N; these two say what else it counts for (R62)."""

    fact: CallFact
    in_n40: bool
    in_nr: bool


@dataclass(frozen=True)
class MotifLine:
    """`motif` is an id of the contract, or empty for the calls without one."""

    motif: str
    calls: int
    answered: int
    mean_talk: timedelta | None


@dataclass(frozen=True)
class MonthlyReport:
    """`month` is Paris-local, ``2026-11``; `rules` the version of the contract that it was measured by."""

    month: str
    rules: str
    terms: ServiceLevelTerms
    measures: tuple[Measure, ...]
    motifs: tuple[MotifLine, ...]
    calls: tuple[CallLine, ...]

    @property
    def n(self) -> int:
        return len(self.calls)

    @property
    def rated(self) -> tuple[CallLine, ...]:
        """Those that are in QS1 and QS2."""
        return tuple(line for line in self.calls if is_in_rates(line.fact.service, self.terms))

    @property
    def n40(self) -> int:
        return sum(line.in_n40 for line in self.rated)

    @property
    def nr(self) -> int:
        return sum(line.in_nr for line in self.rated)


def monthly_report(month: str, facts: Iterable[CallFact], rules: Rules) -> MonthlyReport:
    """The facts of the calls presented in a month to its report, in order of presentation."""
    terms = rules.terms
    ordered = sorted(facts, key=lambda fact: (fact.presented_at, fact.ref))
    return MonthlyReport(
        month=month,
        rules=rules.version,
        terms=terms,
        measures=indicators(ordered, terms),
        motifs=tuple(_motif_line(motif, ordered) for motif in sorted({fact.motif for fact in ordered})),
        calls=tuple(CallLine(fact, in_n40=n40(fact, terms), in_nr=fact.is_answered) for fact in ordered),
    )


def _motif_line(motif: str, facts: Iterable[CallFact]) -> MotifLine:
    of_motif = [fact for fact in facts if fact.motif == motif]
    talks = [fact.talk for fact in of_motif if fact.talk is not None]
    return MotifLine(
        motif=motif,
        calls=len(of_motif),
        answered=sum(fact.is_answered for fact in of_motif),
        mean_talk=sum(talks, timedelta(0)) / len(talks) if talks else None,
    )
