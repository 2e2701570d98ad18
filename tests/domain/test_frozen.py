"""Our frozen dataclasses are those of the standard library, by what they do."""

import dataclasses
from collections.abc import Mapping
from copy import copy, deepcopy
from pickle import dumps, loads
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permanence.domain.frozen import dataclass


@dataclass(frozen=True)
class Turn:
    """Ours."""

    who: str
    step: int = 0
    said: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Standard:
    """The standard library's."""

    who: str
    step: int = 0
    said: Mapping[str, str] = dataclasses.field(default_factory=dict)


ARGUMENTS = st.tuples(st.sampled_from(("a", "b")), st.integers(0, 1), st.sampled_from(({}, {"k": "v"})))


@given(ARGUMENTS, ARGUMENTS)
def test_two_are_equal_when_their_fields_are(
    one: tuple[str, int, dict[str, str]], other: tuple[str, int, dict[str, str]]
) -> None:
    assert (Turn(*one) == Turn(*other)) is (Standard(*one) == Standard(*other))
    assert Turn(*one) != Standard(*one)


@given(ARGUMENTS)
def test_it_reads_and_is_taken_apart_like_one_of_the_standard_library(given: tuple[str, int, dict[str, str]]) -> None:
    ours, standard = Turn(*given), Standard(*given)
    assert repr(ours) == repr(standard).replace("Standard", "Turn")
    assert dataclasses.asdict(ours) == dataclasses.asdict(standard)
    assert dataclasses.replace(ours, step=7) == Turn(given[0], 7, given[2])
    assert copy(ours) == deepcopy(ours) == loads(dumps(ours)) == ours  # noqa: S301 - our own bytes
    match ours:
        case Turn(who, step, said):
            assert (who, step, said) == given


def test_what_is_equal_has_one_hash() -> None:
    assert hash(Turn("a", 1, ())) == hash(Turn("a", 1, ()))  # type: ignore[arg-type]
    assert len({Turn("a", 1, ()), Turn("a", 1, ()), Turn("b", 1, ())}) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["who", "step", "unknown"])
def test_no_field_is_changed_added_or_removed(name: str) -> None:
    turn = Turn("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(turn, name, "b")
    with pytest.raises(dataclasses.FrozenInstanceError):
        delattr(turn, name)
    assert turn == Turn("a")


def test_a_default_is_made_anew_for_each() -> None:
    assert Turn("a").said is not Turn("a").said
    assert Turn("a").said == {}


@pytest.mark.parametrize(("positional", "named"), [((), {}), (("a", 1, {}, 4), {}), (("a",), {"unknown": 1})])
def test_a_field_that_is_missing_or_unknown_is_refused(
    positional: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(TypeError):
        Turn(*positional, **named)  # type: ignore[arg-type]


def test_its_fields_and_arguments_are_known_by_type() -> None:
    expected = {"who": str, "step": int, "said": Mapping[str, str]}
    assert get_type_hints(Turn) == expected
    assert get_type_hints(Turn.__init__) == {**expected, "return": type(None)}
    assert [field.name for field in dataclasses.fields(Turn)] == [field.name for field in dataclasses.fields(Standard)]


@dataclass(frozen=True)
class Oddly:
    """Named as the words of a constructor."""

    known: str
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict)
    absent: Mapping[str, str] = dataclasses.field(default_factory=dict)


def test_a_field_may_have_any_name() -> None:
    assert Oddly("k") == Oddly(known="k", fields={}, absent={})
    assert dataclasses.asdict(Oddly("k", {"a": "b"})) == {"known": "k", "fields": {"a": "b"}, "absent": {}}
