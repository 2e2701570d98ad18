"""The engagements of Art. 15-1 as a registry: a new indicator is one entry (R60-R64).

Rates are compared in integers. Each indicator has one formula that the contract's reading chooses; its other formulas
are variants, shown beside it and never in its place.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache

from permanence.domain.contract import Reading, ServiceLevelTerms
from permanence.domain.frozen import dataclass
from permanence.domain.reference.calendar import Service
from permanence.domain.service_level.facts import CallFact
from permanence.domain.service_level.figures import Count, Longest, Mean, Rate, Value, together

LONG_WAIT = timedelta(minutes=3)
"""Art. 1: « inférieur à 3 minutes même en période de pic »."""

PRESENTED = "presented"
"""The indicator that counts N, whatever reading is held."""

Tally = Mapping[str, Value]
"""What the calls of some time come to, by « service indicator reading »; such tallies add up (`added_up`). The full
takeover is in it only where it had calls: it may never be."""

RARE = Service.TAKEOVER

Compute = Callable[[Sequence[CallFact], ServiceLevelTerms], Value]


@dataclass(frozen=True)
class Formula:
    """`reading` is the value of the contract's reading that chooses it; `text` is what the report prints."""

    reading: str
    text: str
    compute: Compute


@dataclass(frozen=True)
class Indicator:
    """An entry of the registry. Without `reading_id` the first formula holds; `has_target` marks QS1 and QS2."""

    indicator_id: str
    article: str
    label: str
    formulas: tuple[Formula, ...]
    reading_id: str | None = None
    has_target: bool = False


@dataclass(frozen=True)
class Measure:
    """An indicator measured by one formula over one service, or over all (`service` None).

    `target_percent` is given where the contract judges: the reading held, in the scope held. All else informs.
    """

    indicator: Indicator
    formula: Formula
    service: Service | None
    value: Value
    is_variant: bool
    target_percent: int | None
    reading: Reading | None


def n40(fact: CallFact, terms: ServiceLevelTerms) -> bool:
    """Whether a call is in N40 by the reading held: answered with a wait strictly under the threshold (R62)."""
    wait = fact.wait if terms.reading("wait_starts").value == "presentation" else fact.wait_after_welcome
    return wait is not None and wait < _threshold(terms)


def is_immediate_hang_up(fact: CallFact, terms: ServiceLevelTerms) -> bool:
    """Unanswered and ended strictly before the threshold (R62)."""
    return fact.gave_up_after is not None and fact.gave_up_after < timedelta(milliseconds=terms.immediate_hang_up_ms)


def tally(calls: Iterable[CallFact], terms: ServiceLevelTerms) -> Tally:
    """What some calls come to by each formula, in each service."""
    facts = tuple(calls)
    of_service = {service: [fact for fact in facts if fact.service is service] for service in Service}
    return _tally({service: held for service, held in of_service.items() if held or service is not RARE}, terms)


@cache
def of_no_call(terms: ServiceLevelTerms) -> Tally:
    """What no call at all comes to: every formula, each with its kind of value, that of the rare service too."""
    return _tally({service: [] for service in Service}, terms)


def read_tally(terms: ServiceLevelTerms, read: Callable[[str, Value], Value | None]) -> Tally | None:
    """A tally as it was kept: `read` gives what stands under a key, of the kind of the value it is given, or None. None
    where a formula of today is missing, unless the service had no call."""
    like = of_no_call(terms)
    found = {key: value for key, kind in like.items() if (value := read(key, kind)) is not None}
    return found if all(key in found or _is_rare(key) for key in like) else None


def added_up(tallies: Iterable[Tally], terms: ServiceLevelTerms) -> Tally:
    """The tally of all calls from those of its parts, each call in one part. Raises KeyError on a part that was counted
    by another registry."""
    parts = [tally((), terms), *tallies]
    keys = dict.fromkeys(key for part in parts for key in part)
    return {key: together(*(part[key] for part in parts if key in part or not _is_rare(key))) for key in keys}


def _tally(of_service: Mapping[Service, Sequence[CallFact]], terms: ServiceLevelTerms) -> Tally:
    return {
        _key(service, indicator, formula): formula.compute(facts, terms)
        for service, facts in of_service.items()
        for indicator in REGISTRY
        for formula in indicator.formulas
    }


def indicators(calls: Iterable[CallFact], terms: ServiceLevelTerms) -> tuple[Measure, ...]:
    """Every indicator over both services, then over each, what the contract judges first (R60-R64)."""
    return measures(tally(calls, terms), terms)


def measures(counted: Tally, terms: ServiceLevelTerms) -> tuple[Measure, ...]:
    """The indicators of the calls of a tally, by the readings held; without the formulas that it lacks."""
    services = [service for service in Service if service is not RARE or any(map(_is_rare, counted))]
    found = [
        _measure(indicator, formula, service, _in_scope(counted, service, indicator, formula, services, terms), terms)
        for indicator in REGISTRY
        for formula in _formulas(indicator, terms)
        if all(_key(service, indicator, formula) in counted for service in services)
        for service in (None, *services)
    ]
    return tuple(sorted(found, key=lambda measure: measure.target_percent is None))


def is_in_rates(service: Service, terms: ServiceLevelTerms) -> bool:
    """Whether the calls of a service are in QS1 and QS2: those of the full takeover by the reading held [A] (R4)."""
    return service is not Service.TAKEOVER or terms.reading("takeover").value == "counted"


def _in_scope(
    counted: Tally,
    service: Service | None,
    indicator: Indicator,
    formula: Formula,
    services: Sequence[Service],
    terms: ServiceLevelTerms,
) -> Value:
    """A service's value; all services' together when none is named, since each call is of one of them."""
    if service is not None:
        return counted[_key(service, indicator, formula)]
    pooled = [each for each in services if not indicator.has_target or is_in_rates(each, terms)]
    return together(*(counted[_key(each, indicator, formula)] for each in pooled))


def _key(service: Service, indicator: Indicator, formula: Formula) -> str:
    return " ".join(word for word in (_word(service), indicator.indicator_id, formula.reading) if word)


def _word(service: Service) -> str:
    return service.value.replace(" ", "_")


def _is_rare(key: str) -> bool:
    return key.partition(" ")[0] == _word(RARE)


def _measure(
    indicator: Indicator,
    formula: Formula,
    service: Service | None,
    value: Value,
    terms: ServiceLevelTerms,
) -> Measure:
    is_variant = formula is not _formulas(indicator, terms)[0]
    in_scope = (service is None) is (terms.reading("scope").value == "pooled")
    if service is not None and not is_in_rates(service, terms):
        in_scope = False
    return Measure(
        indicator=indicator,
        formula=formula,
        service=service,
        value=value,
        is_variant=is_variant,
        target_percent=terms.target_percent if indicator.has_target and in_scope and not is_variant else None,
        reading=terms.reading(indicator.reading_id) if indicator.reading_id else None,
    )


def _formulas(indicator: Indicator, terms: ServiceLevelTerms) -> tuple[Formula, ...]:
    """The formula held, then its variants."""
    if indicator.reading_id is None:
        return indicator.formulas
    held = terms.reading(indicator.reading_id).value
    return tuple(sorted(indicator.formulas, key=lambda formula: formula.reading != held))


def _threshold(terms: ServiceLevelTerms) -> timedelta:
    return timedelta(milliseconds=terms.answered_within_ms)


def _answered(facts: Sequence[CallFact]) -> list[CallFact]:
    return [fact for fact in facts if fact.is_answered]


def _stayed(facts: Sequence[CallFact], terms: ServiceLevelTerms) -> list[CallFact]:
    return [fact for fact in facts if not is_immediate_hang_up(fact, terms)]


def _within(waits: Iterable[timedelta | None], limit: timedelta) -> int:
    return sum(wait is not None and wait < limit for wait in waits)


def _qs1_from_presentation(facts: Sequence[CallFact], terms: ServiceLevelTerms) -> Value:
    return Rate(_within((fact.wait for fact in facts), _threshold(terms)), len(facts))


def _qs1_from_welcome(facts: Sequence[CallFact], terms: ServiceLevelTerms) -> Value:
    return Rate(_within((fact.wait_after_welcome for fact in facts), _threshold(terms)), len(facts))


def _qs1_without_hang_ups(facts: Sequence[CallFact], terms: ServiceLevelTerms) -> Value:
    return _qs1_from_presentation(_stayed(facts, terms), terms)


def _qs1_of_answered(facts: Sequence[CallFact], terms: ServiceLevelTerms) -> Value:
    return _qs1_from_presentation(_answered(facts), terms)


def _qs2_answered(facts: Sequence[CallFact], terms: ServiceLevelTerms) -> Value:
    return Rate(len(_answered(facts)), len(facts))


def _qs2_literal(facts: Sequence[CallFact], terms: ServiceLevelTerms) -> Value:
    return Rate(len(_stayed(facts, terms)), len(facts))


def _qs2_without_hang_ups(facts: Sequence[CallFact], terms: ServiceLevelTerms) -> Value:
    return Rate(len(_answered(facts)), len(_stayed(facts, terms)))


def _presented_over_served(facts: Sequence[CallFact], terms: ServiceLevelTerms) -> Value:
    return Rate(len(facts), len(_answered(facts)))


def _abandons(facts: Sequence[CallFact], on_welcome: bool) -> Value:
    gave_up = [fact for fact in facts if fact.gave_up_after is not None]
    return Count(sum((fact.queued_at is None) is on_welcome for fact in gave_up))


def _without_waiting(facts: Sequence[CallFact], terms: ServiceLevelTerms) -> int:
    return _within((fact.wait for fact in facts), timedelta(milliseconds=terms.without_waiting_ms))


def _mean(lengths: Iterable[timedelta | None]) -> Value:
    known = [length for length in lengths if length is not None]
    return Mean(sum(known, timedelta(0)), len(known))


def _longest(lengths: Iterable[timedelta | None]) -> Value:
    return Longest(max((length for length in lengths if length is not None), default=None))


REGISTRY: tuple[Indicator, ...] = (
    Indicator(
        "qs1",
        "15-1 b",
        "QS1, taux de qualité de service",
        (
            Formula("presentation", "décrochés avec une attente < 40 s ÷ présentés", _qs1_from_presentation),
            Formula("end_of_welcome", "attente comptée depuis la fin du message d’accueil", _qs1_from_welcome),
            Formula("without_hang_ups", "sans les raccrochages immédiats", _qs1_without_hang_ups),
            Formula("of_answered", "décrochés avec une attente < 40 s ÷ décrochés", _qs1_of_answered),
        ),
        reading_id="wait_starts",
        has_target=True,
    ),
    Indicator(
        "qs2",
        "15-1 b",
        "QS2, taux de décroché",
        (
            Formula("answered", "décrochés par un téléconseiller ÷ présentés", _qs2_answered),
            Formula(
                "without_immediate_hang_ups",
                "texte littéral : (présentés − raccrochages immédiats) ÷ présentés",
                _qs2_literal,
            ),
            Formula("answered_of_stayed", "décrochés ÷ (présentés − raccrochages immédiats)", _qs2_without_hang_ups),
        ),
        reading_id="qs2_numerator",
        has_target=True,
    ),
    Indicator(
        PRESENTED,
        "15-1 a",
        "Appels présentés",
        (Formula("", "appels entrants présentés à notre numéro", lambda facts, _: Count(len(facts))),),
    ),
    Indicator(
        "rerouted",
        "15-1 a",
        "Appels reroutés en débordement",
        (
            Formula(
                "",
                "présentés en débordement",
                lambda facts, _: Count(sum(fact.service is Service.DEBORDEMENT for fact in facts)),
            ),
        ),
    ),
    Indicator(
        "answered",
        "15-1 a",
        "Appels décrochés",
        (Formula("", "décrochés par un téléconseiller", lambda facts, _: Count(len(_answered(facts)))),),
    ),
    Indicator(
        "efficiency",
        "15-1 a",
        "Taux d’efficacité",
        (
            Formula("served_over_presented", "servis ÷ présentés", _qs2_answered),
            Formula("presented_over_served", "texte littéral : présentés ÷ servis", _presented_over_served),
        ),
        reading_id="efficiency",
    ),
    Indicator(
        "abandons",
        "15-1 a",
        "Abandons, hors message d’accueil",
        (
            Formula(
                "", "raccrochés avant réponse, après l’accueil", lambda facts, _: _abandons(facts, on_welcome=False)
            ),
        ),
    ),
    Indicator(
        "abandons_on_welcome",
        "15-1 a",
        "Abandons sur message d’accueil",
        (Formula("", "raccrochés pendant l’accueil", lambda facts, _: _abandons(facts, on_welcome=True)),),
    ),
    Indicator(
        "sent_to_landlord",
        "8b",
        "Appels renvoyés vers Habitat 70",
        (
            Formula(
                "",
                "présentés, puis confiés à ses numéros de secours",
                lambda facts, _: Count(sum(fact.is_rerouted for fact in facts)),
            ),
        ),
    ),
    Indicator(
        "without_waiting",
        "15-1 a",
        "Appels traités sans attente",
        (
            Formula(
                "answered_within_10_s",
                "décrochés avec une attente < 10 s ÷ décrochés",
                lambda facts, terms: Rate(_without_waiting(facts, terms), len(_answered(facts))),
            ),
        ),
        reading_id="without_waiting",
    ),
    Indicator(
        "with_waiting",
        "15-1 a",
        "Appels traités avec attente",
        (
            Formula(
                "answered_within_10_s",
                "décrochés avec une attente ≥ 10 s ÷ décrochés",
                lambda facts, terms: Rate(
                    len(_answered(facts)) - _without_waiting(facts, terms), len(_answered(facts))
                ),
            ),
        ),
        reading_id="without_waiting",
    ),
    Indicator(
        "answered_in_10_s",
        "15-1 a",
        "Appels décrochés avant 10 s",
        (
            Formula(
                "",
                "décrochés avec une attente < 10 s",
                lambda facts, _: Count(_within((fact.wait for fact in facts), timedelta(seconds=10))),
            ),
        ),
    ),
    Indicator(
        "mean_wait",
        "15-1 a",
        "Attente moyenne",
        (Formula("", "attente moyenne des décrochés", lambda facts, _: _mean(fact.wait for fact in facts)),),
    ),
    Indicator(
        "longest_wait",
        "15-1 a",
        "Attente maximum",
        (Formula("", "plus longue attente des décrochés", lambda facts, _: _longest(fact.wait for fact in facts)),),
    ),
    Indicator(
        "long_waits",
        "1",
        "Attentes de 3 min et plus",
        (
            Formula(
                "",
                "décrochés ou raccrochés après 3 min et plus",
                lambda facts, _: Count(
                    sum((fact.wait or fact.gave_up_after or timedelta(0)) >= LONG_WAIT for fact in facts)
                ),
            ),
        ),
    ),
    Indicator(
        "mean_talk",
        "15-1 a",
        "Durée moyenne de communication",
        (Formula("", "du décroché à la fin de l’appel", lambda facts, _: _mean(fact.talk for fact in facts)),),
    ),
)
