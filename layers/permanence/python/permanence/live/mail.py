"""Mails."""

from functools import cached_property

from permanence.adapters.aws import make_client
from permanence.adapters.ses import SesMailer
from permanence.adapters.timeouts import USUAL, Timeouts
from permanence.live.environment import Live


class LiveMail(Live):
    """`mail_timeouts` is how long its function can wait."""

    mail_timeouts: Timeouts = USUAL

    @cached_property
    def mailer(self) -> SesMailer:
        return SesMailer(make_client("sesv2", self._environ, self.mail_timeouts))
