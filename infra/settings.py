"""What differs between one synthesis and another. Everything else is the same on AWS and on the local engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"

DATA_REGION = "eu-west-3"
LOCAL_ACCOUNT = "000000000000"
LOCAL_HOST = "permanence.localhost"

Stage = Literal["aws", "local"]


class SettingsError(Exception):
    """Synthesis cannot go on; the message is for the person who typed the command."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`public_host` is the one name of desk, extranet, mission pages and webhooks (R75); its certificate is in
    eu-west-3. Without a host, the API's own address is used. `account` None means "whoever deploys"."""

    stage: Stage
    landlord_id: str
    account: str | None
    region: str
    public_host: str | None
    certificate_arn: str | None
    mail_domain: str
    alarm_mail: str | None

    @property
    def prefix(self) -> str:
        return f"permanence-{self.landlord_id}"

    @property
    def is_local(self) -> bool:
        return self.stage == "local"


def read_settings(context: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Settings from CDK context (``-c name=value``, cdk.json) and the CLI's environment.

    Raises SettingsError for a region outside eu-west-3 (R73) and for a host without a certificate."""
    stage = context.get("stage", "aws")
    if stage not in ("aws", "local"):
        raise SettingsError(f"stage is aws or local, not {stage!r}.")
    local = stage == "local"
    region = context.get("region") or environ.get("CDK_DEFAULT_REGION") or DATA_REGION
    if region != DATA_REGION:
        raise SettingsError(
            f"Permanence keeps its data in {DATA_REGION} (Paris) only, and this synthesis asks for {region}: "
            f"set AWS_REGION={DATA_REGION}, or a profile of that region (requirement R73)."
        )
    public_host = LOCAL_HOST if local else context.get("public_host")
    certificate_arn = (
        f"arn:aws:acm:{DATA_REGION}:{LOCAL_ACCOUNT}:certificate/local" if local else context.get("certificate_arn")
    )
    if bool(public_host) != bool(certificate_arn):
        raise SettingsError("public_host and certificate_arn go together: give both with -c, or neither.")
    if certificate_arn and f":acm:{DATA_REGION}:" not in certificate_arn:
        raise SettingsError(f"certificate_arn must name a certificate of {DATA_REGION}, not {certificate_arn}.")
    return Settings(
        stage=stage,
        landlord_id=context.get("landlord", "habitat70"),
        account=LOCAL_ACCOUNT if local else environ.get("CDK_DEFAULT_ACCOUNT"),
        region=region,
        public_host=public_host,
        certificate_arn=certificate_arn,
        mail_domain=context.get("mail_domain", "permanence.example"),
        alarm_mail=context.get("alarm_mail"),
    )
