"""What every route receives and returns."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from permanence.adapters.twilio.credentials import Credentials
from permanence.adapters.twilio.form import Form, Malformed
from permanence.adapters.twilio.twiml import Verb, document
from permanence.application.dispatch.dispatching import Dispatching
from permanence.application.dispatch.ports import Malfunctions, Notices
from permanence.application.reception.answering import CallLog
from permanence.application.reception.ports import PastRetention, PhoneProvider, Queue
from permanence.application.reception.telephony_urls import TelephonyUrls
from permanence.domain.contract import Contract, RetentionTerms
from permanence.domain.frozen import dataclass
from permanence.domain.privacy.retention import purge_stamp

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_NUMBER = re.compile(r"[0-9]{1,11}")


class UnknownHere(Exception):
    """The request is genuine, but speaks of a number or an account that is not ours."""


@dataclass(frozen=True)
class WebhookRequest:
    """A genuine request of the provider; `now` is in UTC."""

    query: Mapping[str, str]
    form: Form
    now: datetime

    def id(self, name: str) -> str:
        """An id of ours from the address; raises Malformed."""
        value = self.query.get(name, "")
        if not _ID.fullmatch(value):
            raise Malformed(f"{name} is missing from the address")
        return value

    def number(self, name: str) -> int:
        """A whole number of ours from the address; raises Malformed."""
        value = self.query.get(name, "")
        if not _NUMBER.fullmatch(value):
            raise Malformed(f"{name} is missing from the address")
        return int(value)

    @property
    def born(self) -> datetime:
        """When the record this speaks of was created (UTC); raises Malformed."""
        return datetime.fromtimestamp(self.number("born"), UTC)

    def check_kept(self, born: datetime, terms: RetentionTerms) -> None:
        """Raises PastRetention when the record born then has been purged: nothing may bring it back (R70)."""
        if purge_stamp(born, terms).is_due(self.now):
            raise PastRetention


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; `body` is TwiML or empty."""

    status: int
    body: str = ""


NOTHING = Answer(204)


def speak(*verbs: Verb) -> Answer:
    """Tell the provider what to do with the call."""
    return Answer(200, document(*verbs))


class Services(Protocol):
    """What the routes work with; the clients behind are made when first used."""

    def begin(self) -> None:
        """Another request: what was out during the last one may be back."""

    @property
    def contract(self) -> Contract:
        """What is signed: nothing is read for it."""

    def contract_at(self, now: datetime) -> Contract:
        """With what is in force: 1 request every 30 s at most, and never an outage."""

    @property
    def urls(self) -> TelephonyUrls: ...

    @property
    def credentials(self) -> Credentials: ...

    @property
    def call_log(self) -> CallLog: ...

    @property
    def imports(self) -> Queue:
        """Where the import of a recording is asked for."""

    @property
    def outages(self) -> tuple[type[Exception], ...]:
        """What the table raises when it is down, slow, throttled or too busy with one record."""

    @property
    def dispatching(self) -> Dispatching: ...

    @property
    def malfunctions(self) -> Malfunctions: ...

    @property
    def notices(self) -> Notices: ...

    @property
    def phones(self) -> PhoneProvider: ...


Route = Callable[[WebhookRequest, Services], Answer]
