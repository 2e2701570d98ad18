"""What runs on this machine is what runs on AWS, but for a short list."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.reception import LOCAL_PARAMETERS
from tests.infra.synthesis import Template

ADDRESSES = ("PUBLIC_BASE_URL", "TELEPHONY_API_BASE_URL", "CLOCK_URL", "AWS_ENDPOINT_URL_SESV2")
# Every way in which the local template may differ from the one of AWS.
LISTED_DIFFERENCES = (
    rf"Parameters/({'|'.join(LOCAL_PARAMETERS)})",  # addresses known only once the engine runs
    rf"Resources/Functions\w+/Properties/Environment/Variables/({'|'.join(ADDRESSES)})",
    r"Resources/\w+Layer\w+/Properties/Content/S3Key",  # packages and byte code of another Python
    r"Resources/Functions\w+/Properties/Code/S3Key",
    r"Resources/HttpApiHost\w+/Properties/DomainName(Configurations/0/CertificateArn)?",
    r"Resources/HttpApi[0-9A-F]{8}/Properties/DisableExecuteApiEndpoint",  # the engine answers there
    r"Resources/(Table|Users)\w+/Properties/DeletionProtection(Enabled)?",  # thrown away with the engine
    r"Resources/SchedulesEndedPeriods\w+",  # follows real time, where a scenario moves the clock
    r"Resources/ReceivedMail\w+",  # SES has no rules on the engine: the operator writes what they would
    r"Outputs/ApiUrl",
    r"Outputs/PublicBaseUrl/Value",
    # The engine refuses the expression that fills a metric; its alarms have no data.
    r"Resources/Alarms\w+DidNotRun\w+/Properties/(Metrics|MetricName|Namespace|Dimensions|Period|Statistic)",
)
ABSENT = object()


def _differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for name in ours.keys() | theirs.keys():
            yield from _differences(ours.get(name, ABSENT), theirs.get(name, ABSENT), f"{path}/{name}".lstrip("/"))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _differences(mine, other, f"{path}/{index}")
    elif ours != theirs:
        yield path


def test_the_local_template_differs_from_the_one_of_aws_in_the_listed_places_only(
    local: Template, aws: Template
) -> None:
    unlisted = [
        path
        for path in _differences(local.body, aws.body)
        if not any(re.fullmatch(f"{pattern}(/.*)?", path) for pattern in LISTED_DIFFERENCES)
    ]
    assert unlisted == []


def test_each_listed_difference_is_a_real_one(local: Template, aws: Template) -> None:
    found = list(_differences(local.body, aws.body))
    for pattern in LISTED_DIFFERENCES:
        assert any(re.fullmatch(f"{pattern}(/.*)?", path) for path in found), pattern


def test_no_function_on_aws_can_be_told_another_time_or_another_mail_server(aws: Template) -> None:
    for name, function in aws.of_type("AWS::Lambda::Function").items():
        variables = function["Environment"]["Variables"].keys()
        assert not variables & {"CLOCK_URL", "AWS_ENDPOINT_URL_SESV2", "AWS_ENDPOINT_URL"}, name


def test_every_function_reads_the_clock_of_the_local_target(local: Template) -> None:
    for function in local.of_type("AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["CLOCK_URL"] == {"Ref": "ClockUrl"}
