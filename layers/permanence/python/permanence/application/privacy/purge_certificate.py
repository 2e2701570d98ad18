"""The proof of an erasure, written before it and after it: counts, no names (R70)."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from permanence.application.reception.ports import ObjectStore
from permanence.domain.instants import format_instant

JOB = "purge"


class Certificate:
    """What one run erases of one thing: a day's stamps, or the provider's log. Rewritten with each chunk.

    `announced` may be more than `counts` in a run that was stopped: of its last chunk nobody knows how much is gone,
    and the next run counts what is left of it.
    """

    def __init__(self, store: ObjectStore, of: str, now: datetime, head: Mapping[str, object]) -> None:
        self._store = store
        self._key = certificate_key(of, now)
        self._head = {**head, "run_at": format_instant(now)}
        self._announced: Counter[str] = Counter()
        self.erased: Counter[str] = Counter()

    def announce(self, counts: Mapping[str, int]) -> None:
        """Nothing may be deleted that was not announced: raises what the store raises."""
        self._announced.update(counts)
        self._write("announced")

    def confirm(self, counts: Mapping[str, int]) -> None:
        """A chunk is gone; the next announcement, or the end, writes it."""
        self.erased.update(counts)

    def close(self) -> None:
        """All that this run could erase is gone."""
        self._write("erased")

    def _write(self, state: str) -> None:
        body = {
            **self._head,
            "state": state,
            "announced": dict(sorted(self._announced.items())),
            "counts": dict(sorted(self.erased.items())),
        }
        self._store.put(self._key, json.dumps(body, indent=2).encode(), "application/json")


def certificate_key(of: str, now: datetime) -> str:
    """Where the proof of what a run erased of a day (``2026-11-23``), or of the provider's log, is kept."""
    return f"certificates/{JOB}/{of}/{format_instant(now)}.json"
