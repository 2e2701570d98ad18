"""What the person who types a command has at hand: a stage, and credentials."""

import argparse
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from infra.settings import DATA_REGION, LOCAL, SPECIMEN, Settings, SettingsError, read_settings

_CONFIG = Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 3, "mode": "standard"})


def read_stage(arguments: list[str], environ: Mapping[str, str], purpose: str) -> Settings:
    """The settings of the stage that the command names. Raises SettingsError for a stage that deploys nowhere."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("stage", nargs="?", default="", help="the name of a file of deploy/<landlord>/")
    parser.add_argument("--landlord", default="habitat70")
    asked = parser.parse_args(arguments)
    settings = read_settings({"landlord": asked.landlord, "stage": asked.stage}, environ)
    if settings.stage in (SPECIMEN, LOCAL):
        raise SettingsError(
            f"{settings.stage} is deployed to no account of AWS: say STAGE=recette, or another of yours."
        )
    return settings


def make_clients(session: boto3.Session) -> Callable[[str], Any]:
    """Clients of the data's region, made once each."""

    @cache
    def client(service: str) -> Any:
        return session.client(service, region_name=DATA_REGION, config=_CONFIG)  # type: ignore[call-overload]

    return client
