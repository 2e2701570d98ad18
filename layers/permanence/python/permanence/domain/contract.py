"""The contract with one landlord, as the domain reads it. Every number here has an article or a requirement."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from permanence.domain.frozen import dataclass
from permanence.domain.instants import PARIS, paris_month, to_paris
from permanence.domain.reference.announced import Peak, Works
from permanence.domain.reference.calendar import OpeningHours, OverflowDelay, Period, Service
from permanence.domain.reference.exceptional import WHOLE_CRC, Opening, Takeover
from permanence.domain.reference.in_force import SEED, CalendrierPart, ReceptionPart, obeyed_at
from permanence.domain.reference.listes import EVERY_AGENCY, Listes
from permanence.domain.reference.messages import CallerMessages, Messages, ServiceMessages
from permanence.domain.reference.recording import Campaign, RecordingTerms
from permanence.domain.triage.guide import Answer, AnswerMeaning, Guide, OutcomeKind, Question, TriageOutcome


@dataclass(frozen=True)
class Numbers:
    """E.164, but for the sender of SMS."""

    inbound: str  # our SDA that Habitat 70 transfers to
    landlord_public: str  # the number tenants know
    caller_id: str  # what our outbound calls show
    desk_line: str  # where a contractor reaches an agent
    duty_supervisor: str  # called when nobody of a chain has accepted
    sms_sender: str
    fallback: tuple[str, ...]
    exchange: tuple[str, ...] = ()  # what Habitat 70's exchange may show in the place of the caller (R19)
    fallback_at_provider: tuple[str, ...] = ()  # those of the file that the provider keeps, where they are others
    reserved: tuple[str, ...] = ()  # those of production, which a stage beside it never calls

    @property
    def not_to_fall_back_on(self) -> frozenset[str]:
        """Calls to these would come back to us, or leave the stage."""
        return frozenset(
            (self.inbound, self.landlord_public, self.caller_id, self.desk_line, *self.exchange, *self.reserved)
        )

    def is_fallback(self, number: str | None) -> bool:
        """Whether it is one that calls are sent away to, by our words or by the provider's own file."""
        return number in self.fallback or number in self.fallback_at_provider

    def is_desk_line(self, number: str | None) -> bool:
        """Whether a call to this number is one of those who were given it or called from it: not a tenant's (R60)."""
        return number in (self.desk_line, self.caller_id) and number != self.inbound

    def is_ours(self, number: str | None) -> bool:
        """Whether calls to this number are ours to answer."""
        return number == self.inbound or self.is_desk_line(number)

    def is_test(self, called: str | None, shown: str | None) -> bool:
        """Whether a call is one of ours to the tenants' number, to see that it answers: no other call of ours goes
        there. Who shows our number without being us hears that it is a test, and gains nothing else by it."""
        return called == self.inbound and self.is_desk_line(shown)

    def caller_of(self, shown: str | None, forwarded: str | None) -> str | None:
        """Whose call it is, of the number it shows and of the one its forwarding header names; None when neither tells
        (R19).

        The header counts only where the exchange shows a number of its own: of a call that shows its caller it names
        who forwarded, and a caller who withholds his number is not to be known by another.
        """
        if not self._is_exchange(shown):
            return shown
        return None if self._is_exchange(forwarded) else forwarded

    def _is_exchange(self, number: str | None) -> bool:
        """Also the number that calls are transferred to, and those they fall back on: whoever shows one of them is no
        caller. In whatever form a carrier writes it: the last nine digits are those of a French number."""
        own = (*self.exchange, *self.fallback, *self.fallback_at_provider, self.landlord_public, self.inbound)
        return number is not None and number[-9:] in {one[-9:] for one in own}


@dataclass(frozen=True)
class Motif:
    """A motif of R22 or R23. `sms_label` is the short GSM-7 form; `contractor_first` is the reading of [A]."""

    motif_id: str
    article: str  # P1, H9, or P3/H9
    label: str
    sms_label: str
    spoken_label: str
    contractor_first: bool
    life_threatening: bool

    @property
    def may_skip_contractor(self) -> bool:
        """[A] of R23: in both lists, contractor first unless an agent gives a reason."""
        return self.contractor_first and "/" in self.article


@dataclass(frozen=True)
class Agency:
    agency_id: str
    name: str
    mailing_list: tuple[str, ...]


@dataclass(frozen=True)
class FormField:
    """A field of the call form (R27); `refusable` fields take « refusé », « inconnu » or « sans objet »."""

    field_id: str
    label: str
    kind: str  # text | tel | email | long
    refusable: bool


@dataclass(frozen=True)
class DispatchTerms:
    """R42. Seconds; `answer_within_s` by role value, with key ``default``."""

    answer_within_s: Mapping[str, int]
    cap_from_creation_s: int
    link_valid_h: int


@dataclass(frozen=True)
class Reading:
    """A sentence of the tender that can be read two ways: the reading held, who agreed and when (R64).

    `value` is the choice the code obeys; `text` says it in French for the report.
    """

    reading_id: str
    article: str
    value: str
    text: str
    agreed_by: str | None
    agreed_on: date | None

    @property
    def is_signed(self) -> bool:
        return self.agreed_by is not None and self.agreed_on is not None


@dataclass(frozen=True)
class ServiceLevelTerms:
    """Art. 15-1 (R60-R63). Thresholds in milliseconds, target in per cent, strictly to be exceeded."""

    answered_within_ms: int
    immediate_hang_up_ms: int
    without_waiting_ms: int
    target_percent: int
    readings: tuple[Reading, ...]

    def reading(self, reading_id: str) -> Reading:
        """The reading held of one ambiguous sentence; raises KeyError when the contract has none."""
        for reading in self.readings:
            if reading.reading_id == reading_id:
                return reading
        raise KeyError(reading_id)


@dataclass(frozen=True)
class Rules:
    """What figures are counted by: a version of the contract, and its terms (R65)."""

    version: str
    terms: ServiceLevelTerms


@dataclass(frozen=True)
class MonthlyFreeze:
    """R65: a month is frozen on this day of the next one, at this hour of Paris, for what is late."""

    day: int
    hour: int

    def of(self, month: str) -> datetime:
        """When a month, ``2026-11``, is frozen (UTC)."""
        year, number = (int(part) for part in month.split("-"))
        following = date(year + number // 12, number % 12 + 1, self.day)
        return datetime.combine(following, time(self.hour), PARIS).astimezone(UTC)

    def next(self, now: datetime) -> datetime:
        """When a month is frozen next (UTC)."""
        local = to_paris(now)
        in_this_one = datetime.combine(date(local.year, local.month, self.day), time(self.hour), PARIS)
        return in_this_one.astimezone(UTC) if now < in_this_one else self.of(paris_month(now))


@dataclass(frozen=True)
class RetentionTerms:
    """R70, in days. `items` covers items and objects; the rest is what backups and versions may add."""

    items: int
    noncurrent_versions: int
    logs: int
    point_in_time_recovery: int


@dataclass(frozen=True)
class Charter:
    """What everybody signs before the first access (Art. 12; R74); `articles` are headings with their texts."""

    version: str
    title: str
    introduction: str
    pledge: str
    articles: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Contract:
    """One landlord's contract; `version` dates its files, and every frozen report names it (R65). Its calls come to us
    from `starts_on` on (a day of Paris)."""

    landlord_id: str
    landlord_name: str
    version: str
    starts_on: date
    numbers: Numbers
    hours: OpeningHours
    overflow_delays: tuple[OverflowDelay, ...]
    messages: Mapping[Service, ServiceMessages]
    desk_line_messages: CallerMessages
    recording: RecordingTerms
    motifs: Mapping[str, Motif]
    agencies: Mapping[str, Agency]
    default_mailing_list: tuple[str, ...]
    form_fields: tuple[FormField, ...]
    emergency_numbers: tuple[tuple[str, str], ...]  # (number, who answers)
    dispatch: DispatchTerms
    service_level: ServiceLevelTerms
    freeze: MonthlyFreeze
    retention: RetentionTerms
    charter: Charter
    guide: Guide
    alarm_after_wait_s: int = 80  # how long a caller waits before the desk is alarmed (R17)
    only_reader: str = ""  # of a stage beside production: whom all its mails go to, whatever the lists say
    calendrier: int = SEED  # the version that the closures of the hours, peaks and works are of
    peaks: tuple[Peak, ...] = ()
    works: tuple[Works, ...] = ()
    openings: tuple[Opening, ...] = ()
    takeovers: tuple[Takeover, ...] = ()

    @property
    def hours_version(self) -> str:
        """What the service of a call was decided by (R5)."""
        return self.version if self.calendrier == SEED else f"{self.version}, calendrier {self.calendrier}"

    @property
    def rules(self) -> Rules:
        return Rules(self.version, self.service_level)


def contract_in_force(contract: Contract, part: ReceptionPart, now: datetime) -> Contract:
    """The contract as it is obeyed at an instant (UTC): what is in force of the calendrier is in its hours (R2, R4),
    peaks and works announced beside (R6, R83); messages (R11), lists, numbers and delays are those in force."""
    told: dict[str, Any] = {}
    if (calendrier := obeyed_at(part.calendrier, now)) is not None:
        told |= _by_calendrier(contract, calendrier.number, calendrier.obeyed)
    if (messages := obeyed_at(part.messages, now)) is not None:
        told |= _by_messages(contract, messages.obeyed)
    if (listes := obeyed_at(part.listes, now)) is not None:
        told |= _by_listes(contract, listes.obeyed)
        recording = told.get("recording", contract.recording)
        told["recording"] = replace(recording, campaigns=listes.obeyed.campaigns)
    return replace(contract, **told) if told else contract


def _by_calendrier(contract: Contract, number: int, obeyed: CalendrierPart) -> dict[str, Any]:
    hours = replace(
        contract.hours,
        closures=obeyed.closures,
        openings=tuple(Period(one.start, one.end) for one in obeyed.openings if one.agency == WHOLE_CRC),
        takeovers=tuple(Period(one.start, one.end) for one in obeyed.takeovers),
    )
    return {
        "hours": hours,
        "calendrier": number,
        "peaks": obeyed.peaks,
        "works": obeyed.works,
        "openings": obeyed.openings,
        "takeovers": obeyed.takeovers,
    }


def _by_messages(contract: Contract, obeyed: Messages) -> dict[str, Any]:
    return {
        "messages": obeyed.by_service,
        "desk_line_messages": obeyed.desk_line,
        "recording": replace(contract.recording, notice=obeyed.recording_notice),
    }


def _by_listes(contract: Contract, obeyed: Listes) -> dict[str, Any]:
    """The mails of a stage with an only reader stay his."""
    numbers = replace(contract.numbers, fallback=obeyed.fallback, fallback_at_provider=contract.numbers.fallback)
    told: dict[str, Any] = {
        "numbers": numbers,
        "overflow_delays": obeyed.overflow_delays,
        "dispatch": replace(contract.dispatch, answer_within_s=obeyed.answer_within_s),
        "alarm_after_wait_s": obeyed.alarm_after_wait_s,
    }
    if not contract.only_reader:
        default = obeyed.mailing[EVERY_AGENCY]
        told["default_mailing_list"] = default
        told["agencies"] = {
            agency.agency_id: replace(agency, mailing_list=obeyed.mailing.get(agency.agency_id) or default)
            for agency in contract.agencies.values()
        }
    return told


def contract_from_plain(plain: Mapping[str, Any]) -> Contract:
    """The contract from the JSON-able data that `contracts.schema.load` has validated, one section per file."""
    landlord, level = plain["landlord"], plain["service-level"]
    return Contract(
        landlord_id=landlord["id"],
        landlord_name=landlord["name"],
        version=landlord["version"],
        starts_on=date.fromisoformat(landlord["starts_on"]),
        numbers=_numbers(landlord["numbers"]),
        hours=_hours(plain["hours"], plain["holidays"]),
        overflow_delays=tuple(
            OverflowDelay(date.fromisoformat(delay["from_day"]), delay["seconds"])
            for delay in plain["hours"]["overflow_delay"]
        ),
        messages={service: _service_messages(plain["messages"][service]) for service in Service},
        desk_line_messages=CallerMessages(**plain["messages"]["desk_line"]),
        recording=RecordingTerms(
            mode=plain["recording"]["mode"],
            notice=plain["recording"]["notice"],
            campaigns=tuple(
                Campaign(date.fromisoformat(c["starts_on"]), date.fromisoformat(c["ends_before"]), c["reason"])
                for c in plain["recording"]["campaign"]
            ),
        ),
        motifs={motif["id"]: _motif(motif) for motif in plain["motifs"]["motif"]},
        agencies={a["id"]: Agency(a["id"], a["name"], tuple(a["mailing_list"])) for a in landlord["agency"]},
        default_mailing_list=tuple(landlord["default_mailing_list"]),
        form_fields=tuple(
            FormField(field["id"], field["label"], field["kind"], field["refusable"])
            for field in plain["form"]["field"]
        ),
        emergency_numbers=tuple((line["number"], line["who"]) for line in landlord["emergency_number"]),
        dispatch=DispatchTerms(**plain["dispatch"]),
        service_level=ServiceLevelTerms(
            answered_within_ms=level["answered_within_s"] * 1000,
            immediate_hang_up_ms=level["immediate_hang_up_s"] * 1000,
            without_waiting_ms=level["without_waiting_s"] * 1000,
            target_percent=level["target_percent"],
            readings=tuple(_reading(reading) for reading in level["reading"]),
        ),
        alarm_after_wait_s=plain["hours"]["alarm_after_wait_s"],
        only_reader=landlord.get("only_reader", ""),
        freeze=MonthlyFreeze(**level["freeze"]),
        retention=RetentionTerms(**plain["retention"]),
        charter=_charter(plain["charter"]),
        guide=_guide(plain["guide-astreinte"]),
    )


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _numbers(numbers: Mapping[str, Any]) -> Numbers:
    lists = {name: tuple(numbers.get(name, ())) for name in ("fallback", "exchange", "reserved")}
    return Numbers(**{**numbers, **lists})


def _hours(hours: Mapping[str, Any], holidays: list[str]) -> OpeningHours:
    weekly = {
        _WEEKDAYS.index(day) + 1: tuple(
            (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in spans
        )
        for day, spans in hours["weekly"].items()
    }
    return OpeningHours(weekly, frozenset(date.fromisoformat(day) for day in holidays))


def _service_messages(messages: Mapping[str, Any]) -> ServiceMessages:
    agreed_on = messages["agreed_on"]
    return ServiceMessages(**{**messages, "agreed_on": date.fromisoformat(agreed_on) if agreed_on else None})


def _motif(motif: Mapping[str, Any]) -> Motif:
    return Motif(
        motif_id=motif["id"],
        article=motif["article"],
        label=motif["label"],
        sms_label=motif["sms_label"],
        spoken_label=motif["spoken_label"],
        contractor_first=motif["contractor_first"],
        life_threatening=motif["life_threatening"],
    )


def _reading(reading: Mapping[str, Any]) -> Reading:
    agreed_on = reading["agreed_on"]
    return Reading(
        reading_id=reading["id"],
        article=reading["article"],
        value=reading["value"],
        text=reading["text"],
        agreed_by=reading["agreed_by"],
        agreed_on=date.fromisoformat(agreed_on) if agreed_on else None,
    )


def _charter(charter: Mapping[str, Any]) -> Charter:
    return Charter(
        version=charter["version"],
        title=charter["title"],
        introduction=charter["introduction"],
        pledge=charter["pledge"],
        articles=tuple((article["heading"], article["text"]) for article in charter["article"]),
    )


def _guide(guide: Mapping[str, Any]) -> Guide:
    questions = [
        Question(
            node_id=question["id"],
            topic=question["topic"],
            say=question["say"],
            answers=tuple(
                Answer(a["id"], a["label"], a["detail"], a["goto"], AnswerMeaning(a["means"]) if a["means"] else None)
                for a in question["answers"]
            ),
            hint=question["hint"],
        )
        for question in guide["question"]
    ]
    outcomes = [
        TriageOutcome(
            outcome_id=outcome["id"],
            kind=OutcomeKind(outcome["kind"]),
            label=outcome["label"],
            say=outcome["say"],
            motif=outcome["motif"],
            emergency_numbers=tuple(outcome["emergency_numbers"]),
            informs_cadre=outcome["informs_cadre"],
            call_back_after_s=outcome["call_back_after_s"],
        )
        for outcome in guide["outcome"]
    ]
    return Guide(
        version=guide["version"],
        approved_on=guide["approved_on"],
        start=guide["start"],
        questions={question.node_id: question for question in questions},
        outcomes={outcome.outcome_id: outcome for outcome in outcomes},
    )
