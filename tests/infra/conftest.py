import pytest

from tests.infra.synthesis import AWS, LOCAL, Template, synthesize


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return synthesize(AWS, tmp_path_factory.mktemp("aws"))


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return synthesize(LOCAL, tmp_path_factory.mktemp("local"))
