"""Proof that a webhook comes from the provider: an HMAC-SHA1 over the public URL and the form."""

import hmac
from base64 import b64encode
from collections.abc import Iterable


def sign(token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """The signature of a form post.

    `url` is the address the provider was given, query included. `fields` keep blank values and repeated names; the
    same name with the same value counts once, as in the provider's own libraries.
    """
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()


def is_genuine(signature: str, tokens: Iterable[str], url: str, fields: Iterable[tuple[str, str]]) -> bool:
    """True when one of the account's tokens made this signature; two are valid while one replaces the other.

    Every token is tried, so that the time taken does not tell which one matched.
    """
    kept = tuple(fields)
    matches = [hmac.compare_digest(sign(token, url, kept).encode(), signature.encode()) for token in tokens]
    return any(matches)
