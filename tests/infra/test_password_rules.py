"""What the pages of sign-in tell is what the user pool holds (R74)."""

from datetime import timedelta

from permanence.application.access.passwords import SHORTEST
from permanence.application.access.signing_in import PATIENCE, Step
from tests.infra.synthesis import Template


def test_the_pool_asks_of_a_password_what_the_page_says(aws: Template) -> None:
    (pool,) = aws.of_type("AWS::Cognito::UserPool").values()
    policy = pool["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] == SHORTEST
    assert (policy["RequireLowercase"], policy["RequireUppercase"], policy["RequireNumbers"]) == (True, True, True)
    assert policy["RequireSymbols"] is False
    assert policy["TemporaryPasswordValidityDays"] == 7
    assert pool["MfaConfiguration"] == "ON"


def test_the_pool_waits_longer_for_each_step_than_the_page(aws: Template) -> None:
    (client,) = aws.of_type("AWS::Cognito::UserPoolClient").values()
    patience = timedelta(minutes=client["AuthSessionValidity"])
    assert all(PATIENCE[step] < patience for step in Step if step is not Step.CHARTER)  # ours alone, after the codes
