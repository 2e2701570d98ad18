"""Ten minutes of sound in a real browser, which asks for more as it plays and at each jump (R14)."""

import base64
import io
import wave
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from playwright.sync_api import expect

from extranet.services import TEMPLATES
from permanence.domain.contract import Contract
from permanence.web.frame import Frame
from tests.face.extranet_pages import SOUND, reader
from tests.face.windows import Windows
from tests.fakes.providers import FakeObjects
from tests.functions.extranet.extranet_world import SATURDAY_NIGHT, ExtranetWorld

TEN_MINUTES_S = 600
PIECE = 512 * 1024
"""Of ten minutes at 8 kHz and 16 bits, which are 9.6 MB: a browser keeps some four minutes ahead."""


@dataclass
class Bucket(FakeObjects):
    """Answers as S3 does at a presigned address, pieces of a sound until the address has expired."""

    address: str = ""
    elapsed_s: float = 0

    def __post_init__(self) -> None:
        self.sound = _silence(TEN_MINUTES_S)

    def url(self, key: str, valid_s: int, content_type: str) -> str:
        return f"{self.address}/{key}?until={self.elapsed_s + valid_s}"

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        (until,) = parse_qs(event["rawQueryString"])["until"]
        if self.elapsed_s >= float(until):
            return {
                "statusCode": 403,
                "headers": {"Content-Type": "application/xml"},
                "body": "<Code>AccessDenied</Code>",
            }
        start = int(event["headers"]["range"].removeprefix("bytes=").partition("-")[0])
        piece = self.sound[start : start + PIECE]
        headers = {
            "Content-Type": "audio/wav",
            "Accept-Ranges": "bytes",
            "Content-Range": f"bytes {start}-{start + len(piece) - 1}/{len(self.sound)}",
        }
        body = base64.b64encode(piece).decode()
        return {"statusCode": 206, "headers": headers, "body": body, "isBase64Encoded": True}


def _silence(seconds: int) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * 8000 * seconds))
    return written.getvalue()


def test_a_jump_to_the_ninth_minute_is_heard_nine_minutes_later_and_is_no_second_listening(
    windows: Windows, contract: Contract
) -> None:
    world = ExtranetWorld(contract)
    bucket = world.services.recordings = Bucket()
    world.call("CA1", SATURDAY_NIGHT, lasts_s=TEN_MINUTES_S)
    world.record("CA1", "RE1", SATURDAY_NIGHT, duration_s=TEN_MINUTES_S)
    bucket.address = windows.houses.open(bucket.answer, "bucket")
    world.services.frame = Frame(TEMPLATES, media_from=bucket.address)

    page = windows.showing(reader(world).get(SOUND))
    page.get_by_label("Motif de l’écoute").select_option(label="Contrôle qualité")
    page.get_by_role("button", name="Écouter").click()
    player, alert = page.locator("audio"), page.get_by_role("alert")
    player.evaluate("audio => audio.play()")
    bucket.elapsed_s = 540
    player.evaluate(
        "audio => new Promise(heard => { audio.onseeked = audio.onerror = heard; audio.currentTime = 530 })"
    )
    assert player.evaluate("audio => [audio.error, audio.currentTime >= 530]") == [None, True]
    expect(alert).to_be_hidden()
    assert [line["action"] for line in world.services.audit.lines.values()] == ["recording_listening", "recording_play"]

    bucket.elapsed_s = 3600
    player.evaluate("audio => { audio.currentTime = 300 }")
    expect(alert).to_have_text(
        "L’enregistrement ne vient pas. Rechargez la page et choisissez de nouveau un motif ; "
        "si cela dure, prévenez le superviseur."
    )
