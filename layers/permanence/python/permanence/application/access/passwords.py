"""The rules of a password, said before the identity provider refuses it, and temporary ones."""

import secrets
import string
from enum import StrEnum

SHORTEST, LONGEST = 12, 128
# Without what is misread aloud or on paper: 0 and o, 1 and l and i.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


class PasswordRule(StrEnum):
    """The same as the user pool's (infra/identity.py); letters are those of the English alphabet, as it counts them."""

    LENGTH = "length"
    LOWER = "lower"
    UPPER = "upper"
    DIGIT = "digit"
    EDGES = "edges"
    NEW = "new"


def broken_rules(password: str) -> tuple[PasswordRule, ...]:
    """What a password lacks, in the order of the page."""
    kept = {
        PasswordRule.LENGTH: SHORTEST <= len(password) <= LONGEST,
        PasswordRule.LOWER: any(letter in string.ascii_lowercase for letter in password),
        PasswordRule.UPPER: any(letter in string.ascii_uppercase for letter in password),
        PasswordRule.DIGIT: any(letter in string.digits for letter in password),
        PasswordRule.EDGES: password == password.strip(),
    }
    return tuple(rule for rule, holds in kept.items() if not holds)


def temporary_password() -> str:
    """Twelve readable characters in three groups, to be told once and changed at the first sign-in."""
    while True:
        first, *others = ("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))
        password = "-".join((first.capitalize(), *others))
        if not broken_rules(password):
            return password
