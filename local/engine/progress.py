"""Lines that tell what is going on, so that nothing is silent for more than five seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Say = Callable[[str], None]
SILENCE_S = 4.0


@dataclass(slots=True)
class Progress:
    """`say` receives finished lines."""

    say: Say
    _started: float = field(default_factory=time.monotonic)
    _last: float = field(default_factory=time.monotonic)

    def tell(self, text: str) -> None:
        self._last = time.monotonic()
        self.say(f"[{self._last - self._started:5.1f} s] {text}")

    def still(self, text: str) -> None:
        """Call it often: it speaks only when nothing was said for a while."""
        if time.monotonic() - self._last >= SILENCE_S:
            self.tell(f"… {text}")

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        began = time.monotonic()
        self.tell(text)
        yield
        self.tell(f"{text}: done in {time.monotonic() - began:.1f} s")


def say_on_terminal(line: str) -> None:
    print(line, flush=True)
