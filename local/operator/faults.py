"""Faults on demand: the one place that decides whether a request or a webhook goes through unharmed."""

from dataclasses import dataclass


@dataclass(slots=True)
class Fault:
    """The next `times` REST requests whose ``METHOD /path`` contains `match` wait `delay_s` seconds, then are answered
    by HTTP `status` (None: served after all). With `after` the request is obeyed first and only its answer is lost."""

    match: str
    status: int | None
    times: int
    delay_s: float
    after: bool


class Faults:
    """Rules in the order they were given; the first that matches is used up by one."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def strike(self, request: str) -> Fault | None:
        """The fault of this request (``METHOD /path``), if it has one."""
        for rule in self.rules:
            if rule.match in request:
                rule.times -= 1
                if rule.times == 0:
                    self.rules.remove(rule)
                return rule
        return None
