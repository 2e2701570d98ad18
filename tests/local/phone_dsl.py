"""Phones that expect: every call out and every SMS must have been expected, or leaving the block fails.

    with phones(operator) as p:
        p.phone("+33639982105").expect_call("Urgence").press("1").hear("tapez encore 1").press("1").hear("à vous")
        p.phone("+33639981247").expect_sms("a accepté")

Calls that people make to us ring on no phone and are not looked at. Waiting follows the operator's events.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from local.operator.calls import CallStatus
from local.operator.client import OperatorClient
from local.operator.phones import Answering
from local.operator.views import CallView, MessageView

T = TypeVar("T")
WITHIN_S = 60.0
_HEARD = frozenset({"said", "heard", "played"})


class PhoneFailed(AssertionError):
    """Something that was expected did not happen, or something happened that nobody expected."""


class Phones:
    """All phones, and what of what reached them has been expected so far. `within_s` bounds each wait, in seconds."""

    def __init__(self, operator: OperatorClient, within_s: float) -> None:
        self.operator = operator
        self.within_s = within_s
        self._expected = {call.sid for call in self._calls_out()} | {sms.sid for sms in operator.messages()}

    def phone(self, number: str) -> "Phone":
        return Phone(self, number)

    def claim_call(self, number: str) -> CallView | None:
        """The oldest call to a phone that has not been expected yet, from now on expected."""
        return self._claim([call for call in self._calls_out() if call.to == number])

    def claim_sms(self, number: str, words: Sequence[str]) -> MessageView | None:
        """The oldest SMS with all these words that has not been expected yet, from now on expected."""
        found = [sms for sms in self.operator.messages() if sms.to == number and all(w in sms.body for w in words)]
        return self._claim(found)

    def wait(self, condition: Callable[[], T | None], what: str, told: Callable[[], str] | None = None) -> T:
        """The first result of `condition` that is neither None nor False; `told` adds to the failure."""
        try:
            return self.operator.wait_for(condition, self.within_s, what)
        except TimeoutError as problem:
            heard = f", which heard: {told()}" if told else ""
            raise PhoneFailed("\n".join([f"{problem}{heard}; not expected so far:", *self.unexpected()])) from problem

    def unexpected(self) -> list[str]:
        calls = [call for call in self._calls_out() if call.sid not in self._expected]
        messages = [sms for sms in self.operator.messages() if sms.sid not in self._expected]
        return [
            *(f"  a call to {call.to} ({call.status.value}): {_all_heard(call)}" for call in calls),
            *(f"  an SMS to {sms.to}: {sms.body}" for sms in messages),
        ]

    def hang_up(self) -> None:
        """End every call that was expected and goes on; wait for those ends."""
        for call in self._calls_out():
            if call.sid in self._expected and call.live:
                self.operator.hang_up_call(call.sid)
                self.operator.wait_for_end(call.sid, self.within_s)

    def _calls_out(self) -> list[CallView]:
        return [call for call in self.operator.calls() if call.direction != "inbound"]

    def _claim(self, found: Sequence[T]) -> T | None:
        for item in found:
            sid = getattr(item, "sid")  # noqa: B009  (calls and messages both have one)
            if sid not in self._expected:
                self._expected.add(sid)
                return item
        return None


@contextmanager
def phones(
    operator: OperatorClient, *, settled: Callable[[], None] | None = None, within_s: float = WITHIN_S
) -> Iterator[Phones]:
    """What reached the phones before the block does not count. At its end the calls that still go on are hung up,
    `settled` returns once nothing more can be on its way, and whatever nobody expected raises PhoneFailed."""
    watched = Phones(operator, within_s)
    yield watched
    watched.hang_up()
    if settled is not None:
        settled()
    if surprises := watched.unexpected():
        raise PhoneFailed("\n".join(["nobody expected:", *surprises]))


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone. Each `expect_…` waits for something new and takes it out of what nobody expected."""

    all: Phones
    number: str

    def expect_call(self, *words: str) -> "Conversation":
        """It rings, somebody picks up and hears these words in this order. A phone that picks up by itself is heard
        the same way."""
        conversation = Conversation(self.all, self._expect_ring())
        conversation.pick_up()
        for heard in words:
            conversation.hear(heard)
        return conversation

    def expect_missed_call(self, status: CallStatus = CallStatus.NO_ANSWER) -> "Phone":
        """It is called, and the call ends without an answer in this way."""
        sid = self._expect_ring()
        ended = self.all.wait(lambda: _over(self.all.operator.call(sid)), f"end of the call to {self.number}")
        if ended.status is not status:
            raise PhoneFailed(f"the call to {self.number} ended as {ended.status.value}, not as {status.value}")
        return self

    def expect_ring(self) -> "Phone":
        """It rings, and goes on ringing."""
        self._expect_ring()
        return self

    def expect_sms(self, *words: str) -> MessageView:
        """An SMS with all these words, whatever became of it."""
        what = f"SMS to {self.number} with {' and '.join(words) or 'any words'}"
        return self.all.wait(lambda: self.all.claim_sms(self.number, words), what)

    def _expect_ring(self) -> str:
        return self.all.wait(lambda: self.all.claim_call(self.number), f"call to {self.number}").sid


@dataclass(slots=True)
class Conversation:
    """One call, from the side of the person at the phone; what was heard once is not heard again: `heard` counts
    whole lines, `within` the characters of the next one."""

    all: Phones
    sid: str
    heard: int = 0
    within: int = 0

    def pick_up(self) -> "Conversation":
        call = self.all.wait(lambda: _ringing_or_later(self.all.operator.call(self.sid)), "ringing")
        if call.status is CallStatus.RINGING and self._answers_by_hand(call.phone):
            self.all.operator.answer(call.phone)
        answered = self.all.wait(lambda: _answered_or_over(self.all.operator.call(self.sid)), "answer")
        if answered.status in {CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED}:
            raise PhoneFailed(f"the call to {answered.to} ended as {answered.status.value} before anybody answered")
        return self

    def hear(self, words: str) -> "Conversation":
        """These words, after those heard before."""
        self.all.wait(lambda: self._hears(words), f"“{words}” on the phone {self.call.to}", self._told)
        return self

    def press(self, keys: str) -> "Conversation":
        """Once a menu listens."""
        self.all.wait(self._listens, f"menu on the phone {self.call.to}", self._told)
        self.all.operator.press_on_call(self.sid, keys)
        return self

    def hang_up(self) -> "Conversation":
        self.all.operator.hang_up_call(self.sid)
        return self.expect_end()

    def expect_end(self) -> "Conversation":
        """The other side, or `hang_up`, ends the call."""
        self.all.wait(lambda: _over(self.call), f"end of the call to {self.call.to}")
        return self

    @property
    def call(self) -> CallView:
        return self.all.operator.call(self.sid)

    def _told(self) -> str:
        return _all_heard(self.call)

    def _hears(self, words: str) -> bool:
        call = self.call
        for position, line in enumerate(call.transcript[self.heard :], self.heard):
            start = self.within if position == self.heard else 0
            found = line.text.find(words, start) if line.kind in _HEARD else -1
            if found >= 0:
                self.heard, self.within = position, found + len(words)
                return True
        if not call.live:
            raise PhoneFailed(f"the call to {call.to} is over without “{words}”; it said: {_all_heard(call)}")
        return False

    def _listens(self) -> bool:
        call = self.call
        if not call.live:
            raise PhoneFailed(f"the call to {call.to} is over without a menu; it said: {_all_heard(call)}")
        return call.listening

    def _answers_by_hand(self, phone: str) -> bool:
        known = self.all.operator.phone(phone)
        return known is None or known.behaviour.answering is Answering.MANUAL


def _all_heard(call: CallView) -> str:
    return " / ".join(line.text for line in call.transcript if line.kind in _HEARD) or "nothing"


def _ringing_or_later(call: CallView) -> CallView | None:
    return call if call.status is not CallStatus.QUEUED else None


def _answered_or_over(call: CallView) -> CallView | None:
    return call if call.status not in {CallStatus.QUEUED, CallStatus.RINGING} else None


def _over(call: CallView) -> CallView | None:
    return None if call.live else call
