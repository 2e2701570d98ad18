"""Guessing is slowed down, and nobody can lock a colleague out for the night (R74)."""

from datetime import timedelta

import pytest

from permanence.application.access.sign_in_gate import FREE_TRIES, STRANGERS_SHARE
from tests.functions.sign_in.sign_in_world import SignInWorld, give_code, give_password

DESK, OUTSIDE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def door() -> SignInWorld:
    return SignInWorld()


def guess(door: SignInWorld, times: int, origin: str = OUTSIDE) -> None:
    browser = door.browser(origin=origin)
    for _ in range(times):
        give_password(browser, password="faux")


def test_the_last_free_try_may_be_the_right_one(door: SignInWorld) -> None:
    guess(door, FREE_TRIES - 2)
    assert give_code(give_password(door.browser(origin=OUTSIDE))).location == "/desk"


def test_too_many_tries_are_held_off_politely_even_with_the_right_password(door: SignInWorld) -> None:
    guess(door, FREE_TRIES)
    asked = door.identity.asked
    browser = give_password(door.browser(origin=OUTSIDE))
    assert browser.status == 429
    assert "le prochain est possible à 23 h 01" in browser.text
    assert "votre compte n’est pas fermé" in browser.text
    assert door.identity.asked == asked


@pytest.mark.parametrize(("waited", "status"), [(timedelta(seconds=59), 429), (timedelta(seconds=60), 303)])
def test_the_first_wait_is_a_minute(door: SignInWorld, waited: timedelta, status: int) -> None:
    guess(door, FREE_TRIES)
    door.now += waited
    assert give_password(door.browser(origin=OUTSIDE)).status == status


def test_waits_double_up_to_a_quarter_of_an_hour_and_no_further(door: SignInWorld) -> None:
    guess(door, FREE_TRIES)
    waits = []
    for _ in range(7):
        held = 0
        while give_password(door.browser(origin=OUTSIDE), password="faux").status == 429:
            held += 1
            door.now += timedelta(minutes=1)
        waits.append(held)
    assert waits == [1, 2, 4, 8, 15, 15, 15]


def test_somebody_elsewhere_delays_nobody_at_the_desk(door: SignInWorld) -> None:
    guess(door, FREE_TRIES * 3)
    assert give_password(door.browser(origin=DESK)).status == 303


def test_guesses_from_everywhere_do_not_delay_where_the_account_signs_in_from(door: SignInWorld) -> None:
    door.signed_in(origin=DESK)
    for number in range(STRANGERS_SHARE + 5):
        guess(door, 1, f"203.0.113.{number}")
    assert give_password(door.browser(origin="203.0.113.200")).status == 429
    assert give_password(door.browser(origin=DESK)).status == 303


def test_all_origins_together_have_a_bounded_share_of_guesses_an_hour(door: SignInWorld) -> None:
    for number in range(STRANGERS_SHARE + 20):
        guess(door, 1, f"203.0.113.{number}")
    assert door.identity.asked == STRANGERS_SHARE
    door.now += timedelta(hours=1)
    assert give_password(door.browser(origin="203.0.113.200")).status == 303


def test_wrong_codes_count_as_tries_too(door: SignInWorld) -> None:
    for _ in range(3):
        browser = give_password(door.browser(origin=OUTSIDE)).get("/connexion/code")
        for _ in range(2):
            browser.post("/connexion/code", {"code": "000000"})
    assert give_password(door.browser(origin=OUTSIDE)).status == 429


def test_a_sign_in_without_a_mistake_forgives_the_tries_before(door: SignInWorld) -> None:
    guess(door, FREE_TRIES - 2, DESK)
    door.signed_in(origin=DESK)
    guess(door, FREE_TRIES - 1, DESK)
    assert give_password(door.browser(origin=DESK)).status == 303


def test_an_address_that_nobody_has_is_held_off_alike(door: SignInWorld) -> None:
    browser = door.browser(origin=OUTSIDE)
    for _ in range(FREE_TRIES):
        give_password(browser, "personne", "faux")
    assert give_password(browser, "personne", "faux").status == 429


def test_tries_name_nobody_in_what_is_kept(door: SignInWorld) -> None:
    guess(door, 3)
    assert "teleconseiller" not in str(door.tries.tries)
    assert OUTSIDE not in str(door.tries.tries)
