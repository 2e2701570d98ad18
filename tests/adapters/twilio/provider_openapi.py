"""What the telephony provider's own OpenAPI says of its answers, as npm's @twilio/cli-core ships it."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from infra.settings import ROOT

_FILE = ROOT / "node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"
_ACCOUNT = "api.v2010.account."


def resources() -> frozenset[str]:
    """All that the account has (``call``, ``conference.participant``…)."""
    return frozenset(name.removeprefix(_ACCOUNT) for name in _api()["components"]["schemas"] if _ACCOUNT in name)


def answer_fields(resource: str) -> Mapping[str, Mapping[str, Any]]:
    """The fields of a resource (``call``, ``message``, ``conference``…) with what is said of each."""
    found: Mapping[str, Mapping[str, Any]] = _api()["components"]["schemas"][_ACCOUNT + resource]["properties"]
    return found


def nominative_fields(resource: str) -> frozenset[str]:
    """Those that the provider marks as personal data (``x-twilio.pii``)."""
    return frozenset(name for name, told in answer_fields(resource).items() if "pii" in told.get("x-twilio", {}))


def nullable_fields(resource: str) -> frozenset[str]:
    """Those that may be null in an answer."""
    return frozenset(name for name, told in answer_fields(resource).items() if told.get("nullable"))


def deletable(path: str) -> bool:
    """Whether the API deletes what lies at a path below the account (``Calls/{Sid}.json``)."""
    return "delete" in _api()["paths"][f"/2010-04-01/Accounts/{{AccountSid}}/{path}"]


@cache
def _api() -> dict[str, Any]:
    api: dict[str, Any] = json.loads(_FILE.read_bytes())
    return api
