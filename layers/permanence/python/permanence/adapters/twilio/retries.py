"""What is told to us only once is told again when we could not take it: the provider's connection overrides."""

_AGAIN = "rc=2&rp=ct,rt,5xx"


def told_again(url: str) -> str:
    """A callback address that is tried twice more when no connection, no answer or a 5xx came, within 15 s in all.

    The provider keeps the fragment to itself: it is neither sent nor signed.
    """
    return f"{url}#{_AGAIN}"
