"""What was sent and what came of it, below the id of its import in one bucket."""

import json
from collections.abc import Sequence

from permanence.adapters.records import from_plain, to_plain
from permanence.application.reception.ports import ObjectStore
from permanence.application.reference.file_ports import NotKept
from permanence.domain.frozen import dataclass
from permanence.domain.reference.imports import Import
from permanence.domain.reference.read_file import ReadFile
from permanence.domain.reference.tables import Correction

_ANY_FILE, _JSON = "application/octet-stream", "application/json"


@dataclass(frozen=True)
class _Corrections:
    all: tuple[Correction, ...]


class KeptImportFiles:
    """The `ImportFiles` port on a bucket: `<id>/file`, and below `<id>/<reading>/` what it was read with and what was
    understood."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def keep_file(self, import_id: str, content: bytes) -> None:
        self._objects.put(f"{import_id}/file", content, _ANY_FILE)

    def file(self, import_id: str) -> bytes:
        return self._get(f"{import_id}/file")

    def keep_corrections(self, import_id: str, reading: int, corrections: Sequence[Correction]) -> None:
        self._put_record(_key(import_id, reading, "corrections"), _Corrections(tuple(corrections)))

    def corrections(self, import_id: str, reading: int) -> tuple[Correction, ...]:
        kept = self._get(_key(import_id, reading, "corrections"))
        return from_plain(_Corrections, json.loads(kept)).all

    def keep_read(self, import_id: str, reading: int, read: ReadFile) -> None:
        self._put_record(_key(import_id, reading, "read"), read)

    def read(self, import_id: str, reading: int) -> ReadFile:
        return from_plain(ReadFile, json.loads(self._get(_key(import_id, reading, "read"))))

    def keep_corrected(self, import_id: str, reading: int, content: bytes) -> None:
        self._objects.put(_key(import_id, reading, "corrected"), content, _ANY_FILE)

    def corrected(self, import_id: str, reading: int) -> bytes:
        return self._get(_key(import_id, reading, "corrected"))

    def _put_record(self, key: str, record: object) -> None:
        text = json.dumps(to_plain(record), ensure_ascii=False, separators=(",", ":"))
        self._objects.put(key, text.encode(), _JSON)

    def _get(self, key: str) -> bytes:
        try:
            return self._objects.get(key)
        except KeyError as gone:
            raise NotKept(key) from gone


def keys_of(one: Import) -> tuple[str, ...]:
    """All that may be kept of an import."""
    readings = range(1, one.reading + 1)
    names = ("corrections", "read", "corrected")
    return (f"{one.import_id}/file", *(_key(one.import_id, reading, name) for reading in readings for name in names))


def _key(import_id: str, reading: int, name: str) -> str:
    return f"{import_id}/{reading}/{name}"
