"""What a measurement yields: a figure with its promise, and the few statistics they share."""

import math
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import cpu_count, getloadavg
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `held` is None where nothing is promised."""

    area: str
    what: str
    measured: str
    promise: str = ""
    held: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "holds", False: "MISSED", None: ""}[self.held]


def ratio(area: str, what: str, pairs: Sequence[tuple[float, float]], at_most: float) -> Figure:
    """The median of ours over the peer's, pair by pair, so that a drifting machine does not count; both in seconds."""
    ratios = sorted(ours / peers for ours, peers in pairs)
    ours, peers = (median(values) for values in zip(*pairs, strict=True))
    found = median(ratios)
    spread = f"{percentile(ratios, 10):.2f} to {percentile(ratios, 90):.2f}"
    measured = f"{found:.2f} ({spread}; {spell_s(ours)} against {spell_s(peers)}; {len(pairs)} pairs)"
    return Figure(area, what, measured, f"≤ {at_most} ×", found <= at_most)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many per cent of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def spell_s(seconds: float) -> str:
    """A duration with the unit that reads best."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"


def spread(values: Sequence[float]) -> str:
    """p50 and p95 of durations in seconds."""
    return f"p50 {spell_s(median(values))}, p95 {spell_s(percentile(values, 95))} ({len(values)})"


def machine() -> str:
    """Where and when the figures were taken."""
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next((int(line.split()[1]) // 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    busy = f"load {getloadavg()[0]:.1f}"
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {model}, {cpu_count()} cores ({busy}), {memory} GB, {system}"


def _lines(path: str) -> list[str]:
    source = Path(path)
    return source.read_text().splitlines() if source.exists() else []
