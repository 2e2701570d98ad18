"""Domain dataclasses to plain data and back, by the types that the domain declares.

One translation for the table and for the JSON bodies in the buckets: a new field with a default needs no migration,
an unknown field is left alone, None is simply absent.
"""

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from permanence.domain.instants import format_instant, parse_instant

T = TypeVar("T")

Reader = Callable[[Any], Any]

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
    read = _reader(cast(Hashable, kind))
    return cast(T, read(value))


@cache
def _reader(kind: Any) -> Reader:
    """What turns plain data into this type: made once a type, since a page reads hundreds of records."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        read_some = _reader(_without_none(kind))
        return lambda value: None if value is None else read_some(value)
    if origin is tuple:
        return _tuple_reader(get_args(kind))
    if origin is not None and issubclass(origin, Mapping):
        read_member = _reader(get_args(kind)[1])
        if read_member is _as_it_is:
            return _as_it_is
        return lambda value: {key: read_member(member) for key, member in value.items()}
    if kind is datetime:
        return parse_instant
    if kind is date:
        return date.fromisoformat
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    return kind if issubclass(kind, Enum) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _tuple_reader(members: tuple[Any, ...]) -> Reader:
    readers = [_reader(member) for member in members if member is not Ellipsis]
    if members[-1] is Ellipsis:
        (read_each,) = readers
        return tuple if read_each is _as_it_is else lambda value: tuple(map(read_each, value))
    if all(read is _as_it_is for read in readers):
        return tuple
    return lambda value: tuple(read(member) for read, member in zip(readers, value, strict=True))


def _dataclass_reader(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    changed = [(name, reader) for name, reader in readers.items() if reader is not _as_it_is]
    nones = {field.name: None for field in fields(kind) if _absent_is_none(field, hints[field.name])}

    def read(value: Mapping[str, Any]) -> Any:
        given = nones | {name: told for name, told in value.items() if name in readers}
        for name, read_field in changed:
            if name in value:
                given[name] = read_field(value[name])
        try:
            return kind(**given)
        except TypeError as error:
            raise KeyError(f"{kind.__name__}: {error}") from error

    return read


def _absent_is_none(field: Field[Any], kind: Any) -> bool:
    has_default = field.default is not MISSING or field.default_factory is not MISSING
    return not has_default and type(None) in get_args(kind)


def _without_none(kind: Any) -> Any:
    (only,) = [member for member in get_args(kind) if member is not type(None)]
    return only
