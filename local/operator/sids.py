"""Identifiers in the provider's form."""

from secrets import token_hex


def new_sid(prefix: str) -> str:
    """Two letters and 32 hexadecimal digits."""
    return prefix + token_hex(16)
