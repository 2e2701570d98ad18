"""What differs between one synthesis and another. Everything else is the same on AWS and on the local engine."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from contracts.positions import line_of
from contracts.schema import E164

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
DEPLOY = ROOT / "deploy"

DATA_REGION = "eu-west-3"
LOCAL_ACCOUNT = "000000000000"
LOCAL_HOST = "permanence.localhost"

LOCAL, SPECIMEN, PRODUCTION = "local", "specimen", "production"
NOT_YET = "not-yet"
"""The value of the context key `protected` in a first deployment, which deployment/deploy.py says; nobody else does."""

Target = Literal["aws", "local"]

_NAME = re.compile(r"[a-z][a-z0-9]{1,15}")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@(.+)")
_CERTIFICATE = re.compile(r"arn:aws:acm:([a-z0-9-]+):(\d{12}):certificate/[0-9a-f-]+")
_RESERVED = re.compile(r"(?:.+\.)?(?:test|example|invalid|localhost|example\.(?:com|net|org))")  # RFC 2606


class SettingsError(Exception):
    """Synthesis cannot go on; the message is for the person who typed the command."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`stage` is the name of a deployment: production, recette, specimen, local. `public_host` is the one name of desk,
    extranet, mission pages and webhooks (R75); its certificate is in eu-west-3. `account` None means "whoever deploys".
    Files are accepted by mail at `import_address`, nowhere without an `import_mail_domain`. `protected` is whether
    stack, table and pool refuse to be deleted: not in the first deployment, for one that fails could then not be taken
    back. A stage beside production has `numbers` in the place of the contract's, and all its mails go to `mails_to`: it
    calls nobody in the landlord's name, and writes to none of his lists."""

    target: Target
    landlord_id: str
    stage: str
    account: str | None
    region: str
    public_host: str
    certificate_arn: str
    mail_domain: str
    alarm_mail: str
    protected: bool
    numbers: Mapping[str, Any]
    mails_to: str | None
    import_mail_domain: str | None = None

    @property
    def prefix(self) -> str:
        """Of every name that an account and a region have once: two stages stand beside each other there."""
        own = () if self.stage in (PRODUCTION, LOCAL) else (self.stage,)
        return "-".join(("permanence", self.landlord_id, *own))

    @property
    def mail_sender(self) -> str:
        """Whom our mails come from."""
        return f"astreinte@{self.mail_domain}"

    @property
    def import_address(self) -> str | None:
        """Where the landlord sends its files."""
        return self.import_mail_domain and f"referentiel@{self.import_mail_domain}"

    @property
    def is_local(self) -> bool:
        return self.target == "local"


def read_settings(context: Mapping[str, Any], environ: Mapping[str, str], deploy: Path = DEPLOY) -> Settings:
    """Settings from the CDK context (`landlord`, `stage`, `protected`), the file `<landlord>/<stage>.toml` of `deploy`,
    and the CLI's environment.

    Raises SettingsError for a region outside eu-west-3 (R73), for credentials of another account than the file's, and
    for a file that is missing, incomplete or wrong: file, line and field are named."""
    region = environ.get("CDK_DEFAULT_REGION") or DATA_REGION
    if region != DATA_REGION:
        raise SettingsError(
            f"Permanence keeps its data in {DATA_REGION} (Paris) only, and this synthesis asks for {region}: "
            f"set AWS_REGION={DATA_REGION}, or a profile of that region (requirement R73)."
        )
    landlord_id = context.get("landlord", "habitat70")
    stage = context.get("stage")
    if not stage:
        folder = deploy / landlord_id
        raise SettingsError(f"Which stage? Say STAGE=…, the name of a file of {folder} (so far: {_stages_of(folder)}).")
    if stage == LOCAL:
        return _of_this_machine(landlord_id)
    path = deploy / landlord_id / f"{stage}.toml"
    told = _read(path, stage)
    here = environ.get("CDK_DEFAULT_ACCOUNT")
    if told.account and here and told.account != here:
        raise SettingsError(f"{path} is for the account {told.account}, and the credentials are of {here}.")
    _refuse_a_host_of_another(path, told.public_host, deploy)
    return Settings(
        target="aws",
        landlord_id=landlord_id,
        stage=stage,
        account=told.account or here,
        region=region,
        **told.model_dump(exclude={"account", "numbers"}),
        numbers=told.numbers.model_dump() if told.numbers else {},
        protected=context.get("protected") != NOT_YET,
    )


def _of_this_machine(landlord_id: str) -> Settings:
    return Settings(
        target="local",
        landlord_id=landlord_id,
        stage=LOCAL,
        account=LOCAL_ACCOUNT,
        region=DATA_REGION,
        public_host=LOCAL_HOST,
        certificate_arn=f"arn:aws:acm:{DATA_REGION}:{LOCAL_ACCOUNT}:certificate/local",
        mail_domain="permanence.example",
        alarm_mail="veille@permanence.example",
        protected=False,
        numbers={},
        mails_to=None,
        import_mail_domain="fichiers.permanence.example",
    )


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError(f"{text!r} is no host name: lower case, with a dot, without https:// or a path")
    return text


def _mail(text: str) -> str:
    if not (found := _MAIL.fullmatch(text)) or not _HOST.fullmatch(found[1].lower()):
        raise ValueError(f"{text!r} is no mail address")
    return text


def _certificate(text: str) -> str:
    if not (found := _CERTIFICATE.fullmatch(text)):
        raise ValueError(f"{text!r} is no certificate: arn:aws:acm:{DATA_REGION}:<account>:certificate/<id>")
    if found[1] != DATA_REGION:
        raise ValueError(f"must be a certificate of {DATA_REGION}, not of {found[1]}")
    return text


def _account(text: str) -> str:
    if not re.fullmatch(r"\d{12}", text):
        raise ValueError(f"{text!r} is no account: twelve digits")
    return text


class _NumbersTable(BaseModel):
    """Those of the contract that are the stage's own, in E.164."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    inbound: E164
    caller_id: E164
    desk_line: E164
    duty_supervisor: E164
    fallback: Annotated[list[E164], Field(min_length=1)]


class _StageFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    public_host: Annotated[str, AfterValidator(_host)]
    certificate_arn: Annotated[str, AfterValidator(_certificate)]
    mail_domain: Annotated[str, AfterValidator(_host)]
    alarm_mail: Annotated[str, AfterValidator(_mail)]
    account: Annotated[str, AfterValidator(_account)] | None = None
    mails_to: Annotated[str, AfterValidator(_mail)] | None = None
    import_mail_domain: Annotated[str, AfterValidator(_host)] | None = None
    numbers: _NumbersTable | None = None


def _read(path: Path, stage: str) -> _StageFile:
    if not _NAME.fullmatch(stage):
        raise SettingsError(f"{stage!r} is no name of a stage: 2 to 16 small letters and digits, a letter first.")
    if not path.exists():
        raise SettingsError(
            f"{path}: the file is missing. Copy {path.with_name(f'{SPECIMEN}.toml')} to it and fill it in "
            f"(so far: {_stages_of(path.parent)})."
        )
    text, fields = _parse(path)
    try:
        told = _StageFile.model_validate(fields)
    except ValidationError as error:
        raise SettingsError("\n".join(_mistakes(path, text, error))) from error
    if wrong := [] if stage == SPECIMEN else [*_never_filled_in(told, path), *_not_its_own(told, stage)]:
        raise SettingsError("\n".join(_tell(path, text, field, reason) for field, reason in wrong))
    return told


def _parse(path: Path) -> tuple[str, Mapping[str, Any]]:
    """Its text, and the fields it says. Editors of Windows put a mark before the first line."""
    try:
        text = path.read_text("utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8: save it in that encoding.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error


def _mistakes(path: Path, text: str, error: ValidationError) -> list[str]:
    words = {
        "missing": "is missing",
        "extra_forbidden": "is no field of a stage",
        "string_type": "must be in quotes",
    }
    return [
        _tell(
            path, text, ".".join(map(str, one["loc"])), words.get(one["type"], one["msg"].removeprefix("Value error, "))
        )
        for one in error.errors(include_url=False)
    ]


def _never_filled_in(told: _StageFile, path: Path) -> list[tuple[str, str]]:
    """What is still as in the specimen, or contradicts the account, by field."""
    hosts = {
        "public_host": told.public_host,
        "mail_domain": told.mail_domain,
        "alarm_mail": told.alarm_mail.partition("@")[2].lower(),
        "mails_to": (told.mails_to or "").partition("@")[2].lower(),
        "import_mail_domain": told.import_mail_domain or "",
    }
    found = [
        (field, f"{host} is a reserved name (RFC 2606), for {SPECIMEN}.toml only")
        for field, host in hosts.items()
        if _RESERVED.fullmatch(host)
    ]
    owner = told.certificate_arn.split(":")[4]
    if owner == LOCAL_ACCOUNT:
        found.append(("certificate_arn", "is still the one of the specimen"))
    elif told.account and owner != told.account:
        found.append(("certificate_arn", f"is of the account {owner}, and account says {told.account}"))
    specimen = path.with_name(f"{SPECIMEN}.toml")
    numbers = _parse(specimen)[1].get("numbers", {}) if specimen.exists() else {}
    found += [
        (f"numbers.{name}", "is still the one of the specimen")
        for name, value in (told.numbers or ())
        if value == numbers.get(name)
    ]
    return found


def _not_its_own(told: _StageFile, stage: str) -> Iterator[tuple[str, str]]:
    """Production is what the contract says; what stands beside it must not reach the same people."""
    for field, value in (("mails_to", told.mails_to), ("numbers", told.numbers)):
        if stage == PRODUCTION and value is not None:
            yield field, "is not for production, whose numbers and lists are those of the contract"
        if stage != PRODUCTION and value is None:
            yield field, "is missing: beside production, a stage has numbers and an address of its own"


def _tell(path: Path, text: str, field: str, reason: str) -> str:
    line = line_of(text, tuple(field.split(".")))
    return f"{path}:{line}: {field}: {reason}" if line else f"{path}: {field}: {reason}"


def _refuse_a_host_of_another(path: Path, public_host: str, deploy: Path) -> None:
    """One name leads to one API: a second stage of that name would take it from the first, or fail half-way."""
    for other in sorted(deploy.glob("*/*.toml")):
        if other != path and _parse(other)[1].get("public_host") == public_host:
            raise SettingsError(f"{path}: public_host: {public_host} is already the one of {other}.")


def _stages_of(folder: Path) -> str:
    return ", ".join(sorted(file.stem for file in folder.glob("*.toml"))) or "none yet"
