import pytest

from infra.settings import NOT_YET, read_settings
from tests.infra.synthesis import AWS, LOCAL, Template, synthesize


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return synthesize(AWS, tmp_path_factory.mktemp("aws"))


@pytest.fixture(scope="session")
def specimen(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Another stage, as its first deployment takes it."""
    first = read_settings({"stage": "specimen", "protected": NOT_YET}, {})
    return synthesize(first, tmp_path_factory.mktemp("specimen"))


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return synthesize(LOCAL, tmp_path_factory.mktemp("local"))
