"""What a landlord's folder must hold, checked at synthesis: a mistake stops it with file, field and reason.

Texts are in plain French with ordinary spaces; the pages set them (non-breaking spaces), the telephone reads them.
"""

import tomllib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal

import holidays
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from contracts.checks import Finding, cross_checks
from contracts.positions import line_of

FIRST_YEAR, LAST_YEAR = 2020, 2035

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic table of 3GPP TS 23.038: one other character turns an SMS of 160 characters into one of 70."""


class ContractError(ValueError):
    """A landlord's folder cannot be used; the message names file, line when known, field and reason."""


def _gsm_7(text: str) -> str:
    foreign = sorted(set(text) - GSM_7)
    if foreign:
        raise ValueError(f"not in the GSM-7 alphabet: {' '.join(foreign)}")
    return text


def _clock(text: str) -> str:
    if len(text) != 5 or time.fromisoformat(text).isoformat("minutes") != text:
        raise ValueError("expected HH:MM")
    return text


Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
E164 = Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{7,14}$")]
MailAddress = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
MailingList = Annotated[list[MailAddress], Field(min_length=1)]
Clock = Annotated[str, AfterValidator(_clock)]
Spans = list[tuple[Clock, Clock]]
SmsLabel = Annotated[str, StringConstraints(min_length=1, max_length=30), AfterValidator(_gsm_7)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NumbersTable(Strict):
    inbound: E164
    landlord_public: E164
    caller_id: E164
    desk_line: E164
    duty_supervisor: E164
    sms_sender: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{3,11}$")]
    fallback: Annotated[list[E164], Field(min_length=1)]
    exchange: list[E164]


class AgencyTable(Strict):
    id: Identifier
    name: Name
    mailing_list: MailingList


class EmergencyNumberTable(Strict):
    number: Name
    who: Name


class LandlordFile(Strict):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,29}$")]
    name: Name
    version: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}(\.\d+)?$")]
    starts_on: date
    default_mailing_list: MailingList
    numbers: NumbersTable
    agency: Annotated[list[AgencyTable], Field(min_length=1)]
    emergency_number: Annotated[list[EmergencyNumberTable], Field(min_length=1)]


class WeeklyTable(Strict):
    monday: Spans = []
    tuesday: Spans = []
    wednesday: Spans = []
    thursday: Spans = []
    friday: Spans = []
    saturday: Spans = []
    sunday: Spans = []


class OverflowDelayTable(Strict):
    from_day: date
    seconds: Annotated[int, Field(ge=0, le=600)]


class HoursFile(Strict):
    weekly_total_minutes: Annotated[int, Field(gt=0)]
    alarm_after_wait_s: Annotated[int, Field(ge=10, le=170)]
    weekly: WeeklyTable
    overflow_delay: Annotated[list[OverflowDelayTable], Field(min_length=1)]


class DeskLineTable(Strict):
    welcome: str
    waiting: str
    closing: str


class MessagesTable(DeskLineTable):
    greeting: str
    agreed_with: str = ""
    agreed_on: date | None = None


class MessagesFile(Strict):
    debordement: Annotated[MessagesTable, Field(alias="débordement")]
    astreinte: MessagesTable
    takeover: Annotated[MessagesTable, Field(alias="prise en charge totale")]
    desk_line: DeskLineTable


class CampaignTable(Strict):
    reason: Name
    starts_on: date
    ends_before: date


class RecordingFile(Strict):
    mode: Literal["all", "campaign", "off"]
    notice: str
    campaign: list[CampaignTable] = []


class MotifTable(Strict):
    id: Identifier
    article: Annotated[str, StringConstraints(pattern=r"^((P[1-7]|H\d{1,2})(/H\d{1,2})?|hors liste)$")]
    label: Name
    sms_label: SmsLabel
    spoken_label: Name
    contractor_first: bool = False
    life_threatening: bool = False


class MotifsFile(Strict):
    motif: Annotated[list[MotifTable], Field(min_length=1)]


class FormFieldTable(Strict):
    id: Identifier
    label: Name
    kind: Literal["text", "tel", "email", "long"]
    refusable: bool = True


class FormFile(Strict):
    field: Annotated[list[FormFieldTable], Field(min_length=1)]


class DispatchFile(Strict):
    link_valid_h: Annotated[int, Field(ge=1, le=168)]
    cap_from_creation_s: Annotated[int, Field(ge=60, le=3600)]
    answer_within_s: dict[
        Literal["default", "contractor", "contractor_second_number", "second_contractor", "technicien", "cadre"],
        Annotated[int, Field(ge=60, le=900)],
    ]


class ReadingTable(Strict):
    id: Identifier
    article: Name
    value: Name
    text: Words
    agreed_by: Name | None = None
    agreed_on: date | None = None


class FreezeTable(Strict):
    day: Annotated[int, Field(ge=1, le=28)]
    hour: Annotated[int, Field(ge=0, le=23)]


class ServiceLevelFile(Strict):
    target_percent: Annotated[int, Field(ge=1, le=99)]
    answered_within_s: Annotated[int, Field(ge=1)]
    immediate_hang_up_s: Annotated[int, Field(ge=1)]
    without_waiting_s: Annotated[int, Field(ge=1)]
    freeze: FreezeTable
    reading: list[ReadingTable]


class RetentionFile(Strict):
    items: Annotated[int, Field(ge=1)]
    noncurrent_versions: Annotated[int, Field(ge=1)]
    logs: Annotated[int, Field(ge=1)]
    point_in_time_recovery: Annotated[int, Field(ge=1, le=35)]


class CharterArticleTable(Strict):
    heading: Name
    text: Words


class CharterFile(Strict):
    version: Name
    title: Name
    introduction: Words
    pledge: Words
    article: Annotated[list[CharterArticleTable], Field(min_length=1)]


class AnswerTable(Strict):
    id: Identifier
    label: Name
    detail: str = ""
    goto: Identifier
    means: Literal["address_found", "common_parts", "other_landlord"] | None = None


class QuestionTable(Strict):
    id: Identifier
    topic: Name
    say: Words
    hint: str = ""
    answers: Annotated[list[AnswerTable], Field(min_length=2)]


class OutcomeTable(Strict):
    id: Identifier
    kind: Literal["contractor", "staff", "cadre", "emergency", "company", "refused", "join"]
    label: Name
    say: Words
    motif: Identifier | None = None
    emergency_numbers: list[Name] = []
    informs_cadre: bool = False
    call_back_after_s: Annotated[int, Field(ge=60, le=3600)] | None = None


class GuideFile(Strict):
    id: Identifier
    title: Name
    version: Name
    approved_on: Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
    start: Identifier
    question: Annotated[list[QuestionTable], Field(min_length=1)]
    outcome: Annotated[list[OutcomeTable], Field(min_length=1)]


FILES: dict[str, type[Strict]] = {
    "landlord": LandlordFile,
    "hours": HoursFile,
    "messages": MessagesFile,
    "recording": RecordingFile,
    "motifs": MotifsFile,
    "form": FormFile,
    "dispatch": DispatchFile,
    "service-level": ServiceLevelFile,
    "retention": RetentionFile,
    "charter": CharterFile,
    "guide-astreinte": GuideFile,
}


def load(folder: Path | str) -> dict[str, Any]:
    """A landlord's folder to JSON-able data, one section per file, and the public holidays as ISO days.

    Raises ContractError naming file, line when known, field and reason, for the first file that has mistakes.
    """
    folder = Path(folder)
    plain = {stem: _section(folder / f"{stem}.toml", model) for stem, model in FILES.items()}
    unknown = sorted(path.name for path in folder.glob("*") if path.stem not in FILES or path.suffix != ".toml")
    if unknown:
        raise ContractError(f"{folder / unknown[0]}: no contract has such a file; expected {', '.join(FILES)} (.toml)")
    findings = list(cross_checks(plain))
    if findings:
        raise ContractError("\n".join(_tell(folder / f"{finding.section}.toml", finding) for finding in findings))
    return {**plain, "holidays": public_holidays()}


def public_holidays() -> list[str]:
    """The eleven public holidays of mainland France, without those of Alsace and Moselle (R1), as ISO days."""
    return sorted(day.isoformat() for day in holidays.country_holidays("FR", years=range(FIRST_YEAR, LAST_YEAR + 1)))


def _section(path: Path, model: type[Strict]) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise ContractError(f"{path}: the file is missing") from None
    try:
        return model.model_validate(tomllib.loads(text)).model_dump(mode="json", by_alias=True)
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        raise ContractError("\n".join(_tell(path, finding) for finding in _findings(path.stem, error))) from error


def _findings(section: str, error: ValidationError) -> Iterator[Finding]:
    for mistake in error.errors(include_url=False):
        yield Finding(section, tuple(mistake["loc"]), mistake["msg"].removeprefix("Value error, "))


def _tell(path: Path, finding: Finding) -> str:
    line = line_of(path.read_text("utf-8"), finding.field)
    place = f"{path}:{line}" if line else str(path)
    return f"{place}: {finding.field_path}: {finding.reason}"
