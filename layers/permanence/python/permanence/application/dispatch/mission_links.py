"""The secret part of a mission link (R41a): read off a telephone, typed again, dictated; kept as a digest only."""

import re
import secrets
from hashlib import sha256

ALPHABET = "346789ACDEFHJKMNPRTVWXY"
"""No two of these are mistaken for one another; of 0 and O, 1, I and L, 2 and Z, 5 and S none is there at all."""
LENGTH = 11
"""49.8 random bits: at the most that the gateway lets through, three days of guessing find one link of a hundred with a
chance of one in seven hundred thousand."""

_LOOK_ALIKES = str.maketrans({"0": "D", "O": "D", "Q": "D", "B": "8", "G": "6", "U": "V"})
_TYPED = re.compile(r"[A-Za-z0-9]{8,64}")


def new_token() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def key_of_token(token: str) -> str:
    """What a link is kept under: the SHA-256 of its token, the same in any case and with any look-alike in the place of
    a letter. Raises ValueError for a text that no token can be."""
    if not _TYPED.fullmatch(token):
        raise ValueError("a token is made of letters and digits")
    return sha256(token.upper().translate(_LOOK_ALIKES).encode()).hexdigest()
