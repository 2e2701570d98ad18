"""What the person who types a command has at hand: a stage and its contract, and credentials."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ConfigParseError, ProfileNotFound

from contracts.schema import ContractError
from deployment.checks.telephony import Elsewhere
from infra.contract import contract_of
from infra.settings import DATA_REGION, LOCAL, SPECIMEN, Settings, SettingsError, read_settings
from permanence.adapters.twilio.api import IRELAND
from permanence.domain.contract import Contract, contract_from_plain

_CONFIG = Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 3, "mode": "standard"})


class NothingAtHand(Exception):
    """The command cannot begin; the message is for the person who typed it."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """`client` makes the client of an AWS service by its name, in the data's region; `region` is what the environment
    or the profile says, None when they say nothing; `telephony_api` is the address of the provider's REST API in its
    region, `elsewhere` what is not asked there."""

    client: Callable[[str], Any]
    settings: Settings
    contract: Contract
    region: str | None
    telephony_api: str
    elsewhere: Elsewhere


def look(arguments: list[str], environ: Mapping[str, str], purpose: str) -> AtHand:
    """For the stage that the arguments name. Raises NothingAtHand, for a stage that deploys nowhere too."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("stage", nargs="?", default="", help="the name of a file of deploy/<landlord>/")
    parser.add_argument("--landlord", default="habitat70")
    asked = parser.parse_args(arguments)
    try:
        settings = read_settings({"landlord": asked.landlord, "stage": asked.stage}, {})
        contract = contract_from_plain(contract_of(settings))
        session = boto3.Session()
        region = environ.get("AWS_REGION") or session.region_name
    except ProfileNotFound as mistake:
        raise NothingAtHand(f"{mistake}: aws configure list-profiles names those that are there.") from mistake
    except (SettingsError, ContractError, ConfigParseError) as mistake:
        raise NothingAtHand(str(mistake)) from mistake
    if settings.stage in (SPECIMEN, LOCAL):
        raise NothingAtHand(
            f"{settings.stage} is deployed to no account of AWS: say STAGE=recette, or another of yours."
        )
    telephony_api = environ.get("TELEPHONY_API_BASE_URL", IRELAND)
    elsewhere = Elsewhere(us1_token=environ.get("TELEPHONY_US1_TOKEN"))
    return AtHand(make_clients(session), settings, contract, region, telephony_api, elsewhere)


def make_clients(session: boto3.Session) -> Callable[[str], Any]:
    """Clients of the data's region, made once each."""

    @cache
    def client(service: str) -> Any:
        return session.client(service, region_name=DATA_REGION, config=_CONFIG)  # type: ignore[call-overload]

    return client
