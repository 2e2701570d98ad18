import pytest

from tests.infra.synthesis import AWS_CONTEXT, LOCAL_CONTEXT, PREFIX, Template, synthesize


@pytest.fixture(scope="session")
def aws_stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    return synthesize(AWS_CONTEXT, tmp_path_factory.mktemp("aws"))


@pytest.fixture(scope="session")
def aws(aws_stacks: dict[str, Template]) -> Template:
    return aws_stacks[PREFIX]


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return synthesize(LOCAL_CONTEXT, tmp_path_factory.mktemp("local"))[PREFIX]
