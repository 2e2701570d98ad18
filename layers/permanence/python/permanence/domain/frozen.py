"""Frozen dataclasses that are cheap to declare.

The standard library writes and compiles six methods for each class; two hundred classes were half of what a caller
waited for when a function started cold. Here only `__init__` is compiled for a class, and all classes share the others.
Everything else of a dataclass stands: `fields`, `replace`, `asdict`, matching, and what mypy knows of them. Where very
many instances are held at once, `dataclasses.dataclass(frozen=True, slots=True)` takes less room in memory.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

T = TypeVar("T")
_ABSENT = object()

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - exported
else:

    def dataclass(*, frozen: Literal[True]) -> Callable[[type[T]], type[T]]:
        """As `dataclasses.dataclass(frozen=True)`; fields have no options but a default or a default factory."""
        return _declare


def _declare(cls: type[T]) -> type[T]:
    cls.__doc__ = cls.__doc__ or cls.__name__  # else the standard library writes the signature there, at some cost
    made = dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
    made.__init__ = _init(made)  # type: ignore[method-assign]
    for name, method in _SHARED.items():
        if name not in cls.__dict__ or (name == "__hash__" and cls.__dict__[name] is None):
            setattr(made, name, method)
    return made


def _init(cls: type[Any]) -> Any:
    """Writes past `__setattr__`, which refuses. Its own names are such as no field has."""
    known: dict[str, Any] = {"__absent__": _ABSENT}
    parameters, lines = ["self"], ["__own__ = self.__dict__"]
    for field in dataclasses.fields(cls):
        name, value = field.name, field.name
        if field.default is not dataclasses.MISSING:
            known[f"_{name}"] = field.default
            parameters.append(f"{name}=_{name}")
        elif field.default_factory is not dataclasses.MISSING:
            known[f"_{name}"] = field.default_factory
            parameters.append(f"{name}=__absent__")
            value = f"_{name}() if {name} is __absent__ else {name}"
        else:
            parameters.append(name)
        lines.append(f"__own__[{name!r}] = {value}")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines), known)  # noqa: S102 - names of fields only
    init = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {**{field.name: field.type for field in dataclasses.fields(cls)}, "return": None}
    return init


def _equal(self: Any, other: object) -> bool:
    return self.__dict__ == other.__dict__ if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(tuple(self.__dict__.values()))


def _repr(self: Any) -> str:
    return f"{self.__class__.__qualname__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


def _refuse(self: Any, name: str, value: object = None) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot change field {name!r}")


_SHARED: Mapping[str, Any] = {
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
}
