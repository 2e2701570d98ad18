"""What the environment of a function says."""

from collections.abc import Mapping


class Live:
    """`environ` is read when something is first asked for, and not before."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    @property
    def public_url(self) -> str:
        """Where the world reaches us, without a slash at its end."""
        return self._environ["PUBLIC_BASE_URL"].rstrip("/")

    @property
    def mail_sender(self) -> str:
        return self._environ["MAIL_SENDER"]
