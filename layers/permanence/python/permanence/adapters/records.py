"""Domain dataclasses to plain data and back, by the types that the domain declares.

One translation for the table and for the JSON bodies in the buckets: a new field with a default needs no migration,
an unknown field is left alone, None is simply absent.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from permanence.domain.instants import format_instant, parse_instant

T = TypeVar("T")

PLAIN_TYPES = (str, int, bool)


def to_plain(value: object) -> Any:
    """A dataclass (or what one holds) to str, int, bool, list and dict; instants as fixed-width UTC text.

    Raises TypeError on anything a domain dataclass should not hold (a float, a naive type of our own).
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, PLAIN_TYPES):
        return value
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_plain(member) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(member) for member in value]
    if is_dataclass(value):
        members = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: to_plain(member) for name, member in members if member is not None}
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(kind: type[T], value: Any) -> T:
    """The inverse of `to_plain`, for a dataclass type; raises KeyError when a required field is absent."""
    return cast(T, _read(kind, value))


def _read(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _read(_without_none(kind), value)
    if origin is tuple:
        return _read_tuple(get_args(kind), value)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(get_args(kind)[1], member) for key, member in value.items()}
    if kind is datetime:
        return parse_instant(value)
    if kind is date:
        return date.fromisoformat(value)
    if is_dataclass(kind):
        return _read_dataclass(kind, value)
    return kind(value) if issubclass(kind, Enum) else value


def _read_tuple(members: tuple[Any, ...], value: list[Any]) -> tuple[Any, ...]:
    if members[-1] is Ellipsis:
        return tuple(_read(members[0], member) for member in value)
    return tuple(_read(kind, member) for kind, member in zip(members, value, strict=True))


def _read_dataclass(kind: Any, value: Mapping[str, Any]) -> Any:
    known = {}
    for name, field_type, absent_is_none in _fields_of(kind):
        if name in value:
            known[name] = value[name] if field_type in PLAIN_TYPES else _read(field_type, value[name])
        elif absent_is_none:
            known[name] = None
    try:
        return kind(**known)
    except TypeError as error:
        raise KeyError(f"{kind.__name__}: {error}") from error


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name], _absent_is_none(field, hints[field.name])) for field in fields(kind))


def _absent_is_none(field: Field[Any], kind: Any) -> bool:
    has_default = field.default is not MISSING or field.default_factory is not MISSING
    return not has_default and type(None) in get_args(kind)


def _without_none(kind: Any) -> Any:
    (only,) = [member for member in get_args(kind) if member is not type(None)]
    return only
