"""Every request that code makes of AWS while it is watched, each with the function and the line of an adapter it came
from; and every place in `adapters/` that could make one."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

from botocore import handlers, xform_name

from infra.settings import ROOT
from permanence.adapters import aws

ADAPTERS = ROOT / "layers" / "permanence" / "python" / "permanence" / "adapters"
FUNCTION = re.compile(re.escape(str(ROOT / "functions")) + r"/(\w+)/")


@dataclass(frozen=True, slots=True)
class Place:
    """A call of a client in an adapter: the lines it stands on, or those of all that a paginator is read by."""

    file: str
    first: int
    last: int
    operation: str

    def __str__(self) -> str:
        return f"{self.file}:{self.first} {self.operation}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request as it was made. `function` is the folder of whose work it was, None for what a test does by itself."""

    function: str | None
    place: Place | None
    service: str
    operation: str
    params: Mapping[str, Any]


@dataclass
class Recording:
    requests: list[Recorded] = field(default_factory=list)

    @contextmanager
    def of_new_clients(self) -> Iterator[None]:
        """Of every client made meanwhile."""
        aws._client.cache_clear()
        with patch.object(handlers, "BUILTIN_HANDLERS", [*handlers.BUILTIN_HANDLERS, (_EVENT, self._keep)]):
            yield
        aws._client.cache_clear()

    def _keep(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        frame = sys._getframe()
        self.requests.append(Recorded(asking(frame), _place(frame, model.name), service, model.name, dict(params)))


_EVENT = "provide-client-params"


def asking(frame: FrameType | None) -> str | None:
    """The function whose code is nearest on the stack; None for what a test does by itself."""
    return next((told[1] for one in _stack(frame) if (told := FUNCTION.match(one.f_code.co_filename))), None)


def _place(frame: FrameType | None, operation: str) -> Place | None:
    wanted = [place for place in places() if place.operation == xform_name(operation)]
    for one in _stack(frame):
        for place in wanted:
            if one.f_code.co_filename == str(ADAPTERS / place.file) and place.first <= one.f_lineno <= place.last:
                return place
    return None


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


@cache
def places() -> tuple[Place, ...]:
    """Every call of a client in an adapter."""
    return tuple(place for file in sorted(ADAPTERS.rglob("*.py")) for place in _places_of(file))


def _places_of(file: Path) -> Iterator[Place]:
    for unit in ast.walk(ast.parse(file.read_text())):
        if isinstance(unit, ast.FunctionDef):
            for call in ast.walk(unit):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _is_client(call.func.value):
                    # Pages are asked for where they are read, which may be anywhere in the same function.
                    lines = unit if call.func.attr == "get_paginator" else call
                    name, first, last = str(file.relative_to(ADAPTERS)), lines.lineno, lines.end_lineno or lines.lineno
                    yield Place(name, first, last, _operation(call))


def _is_client(node: ast.expr) -> bool:
    return ast.unparse(node).endswith("client")


def _operation(call: ast.Call) -> str:
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method in {"get_paginator", "generate_presigned_url"}:
        return str(ast.literal_eval(call.args[0]))
    return method
