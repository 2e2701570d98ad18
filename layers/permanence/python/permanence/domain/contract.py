"""The contract with one landlord, as the domain reads it. Every number here has an article or a requirement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from permanence.domain.calendar import OpeningHours, OverflowDelay, Service
from permanence.domain.triage import Guide


@dataclass(frozen=True, slots=True)
class Numbers:
    """E.164, but for the sender of SMS."""

    inbound: str  # our SDA that Habitat 70 transfers to
    landlord_public: str  # the number tenants know
    caller_id: str  # what our outbound calls show
    desk_line: str  # where a contractor reaches an agent
    sms_sender: str
    fallback: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceMessages:
    """What a caller hears and what the agent says first, for one service (R11, R12)."""

    welcome: str
    waiting: str
    closing: str
    greeting: str  # {agent} is the agent's first name, {salutation} bonjour or bonsoir


@dataclass(frozen=True, slots=True)
class RecordingTerms:
    """R14: `mode` is all, campaign or off; a campaign records on the days [starts_on, ends_before)."""

    mode: str
    notice: str
    campaigns: tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True)
class Motif:
    """A motif of R22 or R23. `sms_label` is the short GSM-7 form; `contractor_first` is the reading of [A]."""

    motif_id: str
    article: str  # P1, H9, or P3/H9
    label: str
    sms_label: str
    spoken_label: str
    contractor_first: bool
    life_threatening: bool


@dataclass(frozen=True, slots=True)
class Agency:
    agency_id: str
    name: str
    mailing_list: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the call form (R27); `refusable` fields take « refusé », « inconnu » or « sans objet »."""

    field_id: str
    label: str
    kind: str  # text | tel | email | long
    refusable: bool


@dataclass(frozen=True, slots=True)
class DispatchTerms:
    """R42. Seconds; `answer_within_s` by role value, with key ``default``."""

    answer_within_s: Mapping[str, int]
    cap_from_creation_s: int
    link_valid_h: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence of the tender that can be read two ways: the reading held, who agreed and when (R64)."""

    reading_id: str
    article: str
    text: str
    agreed_by: str | None
    agreed_on: date | None


@dataclass(frozen=True, slots=True)
class ServiceLevelTerms:
    """Art. 15-1 (R60-R63). Thresholds in milliseconds, target in per cent, strictly to be exceeded."""

    answered_within_ms: int
    immediate_hang_up_ms: int
    without_waiting_ms: int
    target_percent: int
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class RetentionTerms:
    """R70, in days. `items` covers items and objects; the rest is what backups and versions may add."""

    items: int
    noncurrent_versions: int
    logs: int
    point_in_time_recovery: int


@dataclass(frozen=True, slots=True)
class Contract:
    landlord_id: str
    landlord_name: str
    numbers: Numbers
    hours: OpeningHours
    overflow_delays: tuple[OverflowDelay, ...]
    messages: Mapping[Service, ServiceMessages]
    recording: RecordingTerms
    motifs: Mapping[str, Motif]
    agencies: Mapping[str, Agency]
    default_mailing_list: tuple[str, ...]
    form_fields: tuple[FormField, ...]
    emergency_numbers: tuple[tuple[str, str], ...]  # (number, who answers)
    dispatch: DispatchTerms
    service_level: ServiceLevelTerms
    retention: RetentionTerms
    guide: Guide
