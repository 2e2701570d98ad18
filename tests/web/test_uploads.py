"""A form with a file comes out as the browser put it in, byte for byte, and what is no such form is refused."""

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permanence.web.requests import MalformedRequest
from permanence.web.uploads import MOST_UPLOADED, Upload, is_upload, read_upload
from tests.web.browser import multipart_event


def event_of(body: bytes, content_type: str = "multipart/form-data; boundary=x") -> dict[str, Any]:
    return {
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
        "headers": {"content-type": content_type},
    }


@settings(max_examples=60)
@given(content=st.binary(max_size=400), text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_a_file_and_a_field_come_out_as_they_went_in(content: bytes, text: str) -> None:
    form, files = read_upload(multipart_event("/x", {"kind": text}, {"file": ("a.xlsx", content)}))
    assert form.raw("kind") == text
    assert files == {"file": Upload("a.xlsx", content)}


@pytest.mark.parametrize("ending", [b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"--", b"\r\n--", b"\x1a\x0c\x85"])
def test_the_last_bytes_of_a_file_are_its_own(ending: bytes) -> None:
    _, files = read_upload(multipart_event("/x", {}, {"file": ("a.csv", b"a;b" + ending)}))
    assert files["file"].content == b"a;b" + ending


def test_a_name_with_accents_quotes_or_folders_comes_as_the_browser_writes_it() -> None:
    _, files = read_upload(multipart_event("/x", {}, {"file": ("../../Épinal été.xlsx", b"x")}))
    assert files["file"].name == "../../Épinal été.xlsx"


def test_a_file_that_was_not_chosen_is_none() -> None:
    _, files = read_upload(multipart_event("/x", {"kind": "annuaire"}, {"file": ("", b"")}))
    assert files == {}


def test_a_file_that_is_too_large_is_told_and_not_kept() -> None:
    largest = b"x" * MOST_UPLOADED
    for content, kept in ((largest, largest), (largest + b"x", None)):
        _, files = read_upload(multipart_event("/x", {}, {"file": ("a.xlsx", content)}))
        assert files["file"] == Upload("a.xlsx", kept)


@pytest.mark.parametrize(
    "event",
    [
        event_of(b""),
        event_of(b"--x--"),
        event_of(b"no boundary at all"),
        event_of(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nnever closed'),
        event_of(b"--x\r\n\r\nwithout a name\r\n--x--"),
        event_of(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\x00\r\n--x--'),
        event_of(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--'),
        event_of(
            b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: message/rfc822\r\n\r\na: b\r\n--x--'
        ),
        event_of(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--', "multipart/form-data"),
        event_of(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"y" * 70_000 + b"\r\n--x--"),
        event_of(
            b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' for _ in range(300)) + b"--x--"
        ),
        event_of(b"", "multipart/form-data; boundary=\r\nX: y"),
        {
            "body": "no base64 é",
            "isBase64Encoded": True,
            "headers": {"content-type": "multipart/form-data; boundary=x"},
        },
    ],
)
def test_what_is_no_form_of_ours_is_refused(event: dict[str, Any]) -> None:
    assert is_upload(event)
    with pytest.raises(MalformedRequest):
        read_upload(event)


def test_another_form_is_no_upload() -> None:
    assert not is_upload({"headers": {"Content-Type": "application/x-www-form-urlencoded"}})
    assert not is_upload({})
