"""A scenario tells what it does as it does it, with the time in the story, and is never silent for long."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from permanence.domain.instants import to_paris

T = TypeVar("T")
SILENCE_S = 3.0
LOOK_AGAIN_S = 0.1
PATIENCE_S = 60.0


@dataclass
class Teller:
    """`now` gives the time in the story, or None while there is none; lines go to the terminal."""

    now: Callable[[], datetime | None] = lambda: None
    _began: float = field(default_factory=time.monotonic)
    _story: str = ""

    def step(self, text: str) -> None:
        moment = self.now()
        self._story = to_paris(moment).strftime("%d/%m %H h %M") if moment else ""
        self._tell(text)

    def _tell(self, text: str) -> None:
        """At the last known time of the story: what keeps us waiting may keep its clock from answering."""
        print(f"[{time.monotonic() - self._began:6.1f} s] {self._story:>13}  {text}", flush=True)

    def line(self, text: str = "") -> None:
        print(text, flush=True)

    @contextmanager
    def busy(self, text: str) -> Iterator[Callable[[str], None]]:
        """Tell what starts, and every few seconds that it still goes on, and how far it is if the block says so."""
        self.step(text)
        began, over, progress = time.monotonic(), threading.Event(), ""

        def note(how_far: str) -> None:
            nonlocal progress
            progress = f", {how_far}"

        def keep_telling() -> None:
            while not over.wait(SILENCE_S):
                self._tell(f"… {text}{progress}, {time.monotonic() - began:.0f} s")

        voice = threading.Thread(target=keep_telling, daemon=True)
        voice.start()
        try:
            yield note
        finally:
            over.set()
            voice.join()


def until(condition: Callable[[], T | None], what: str, within_s: float = PATIENCE_S) -> T:
    """The first result of `condition` that counts as true: nothing, none and no one are still to come. It is asked
    once at least; raises TimeoutError."""
    deadline = time.monotonic() + within_s
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {within_s} s still no {what}")
        time.sleep(LOOK_AGAIN_S)
