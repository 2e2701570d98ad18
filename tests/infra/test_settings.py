import pytest

from infra.settings import SettingsError, read_settings


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "eu-west-3a"])
def test_synthesis_is_refused_outside_paris(region: str) -> None:
    with pytest.raises(SettingsError, match=f"eu-west-3.*{region}.*R73"):
        read_settings({}, {"CDK_DEFAULT_REGION": region})
    with pytest.raises(SettingsError, match=region):
        read_settings({"region": region}, {"CDK_DEFAULT_REGION": "eu-west-3"})


def test_the_region_of_the_data_is_paris_when_nobody_says_otherwise() -> None:
    assert read_settings({}, {}).region == "eu-west-3"
    assert read_settings({}, {"CDK_DEFAULT_REGION": "eu-west-3"}).region == "eu-west-3"


@pytest.mark.parametrize(
    "context",
    [{"public_host": "permanence.example.fr"}, {"certificate_arn": "arn:aws:acm:eu-west-3:1:certificate/a"}],
)
def test_a_host_comes_with_its_certificate(context: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="go together"):
        read_settings(context, {})


def test_a_certificate_of_another_region_is_refused() -> None:
    context = {"public_host": "p.example.fr", "certificate_arn": "arn:aws:acm:us-east-1:1:certificate/a"}
    with pytest.raises(SettingsError, match="us-east-1"):
        read_settings(context, {})


def test_there_are_two_stages() -> None:
    with pytest.raises(SettingsError, match="staging"):
        read_settings({"stage": "staging"}, {})
