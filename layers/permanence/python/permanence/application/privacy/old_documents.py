"""The purge of living documents: versions long out of force, and of what is in force what ended long ago (R70)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from permanence.application.privacy.kept_documents import KeptDocuments
from permanence.application.privacy.purge_certificate import Certificate
from permanence.application.reference.ports import DecidedMeanwhile, Document
from permanence.domain.contract import RetentionTerms
from permanence.domain.frozen import dataclass
from permanence.domain.privacy.old_versions import due_versions, emptied, kept_from, without_old_words
from permanence.domain.reference.documents import Kind, Version
from permanence.domain.reference.in_force import SEED

COUNTED = ("versions", "shortened")


@dataclass(frozen=True)
class DocumentErasure:
    documents: KeptDocuments
    terms: RetentionTerms

    def run(self, kinds: Iterable[Kind[Any]], certificate: Certificate, now: datetime) -> list[Exception]:
        """What a kind failed on holds back no other: 3 requests a kind that has versions, 1 to 3 more for each one in
        force or to come, 1 for each one erased. Whatever a run that was stopped has left, the next one finds."""
        failures: list[Exception] = []
        for kind in kinds:
            try:
                self._erase(kind, certificate, now)
            except Exception as failure:  # noqa: BLE001  (raised once the others are erased)
                failures.append(failure)
        if certificate.erased:
            certificate.close()
        return failures

    def _erase(self, kind: Kind[Any], certificate: Certificate, now: datetime) -> None:
        kept = {version.number: version for version in self.documents.every(kind)}
        if not kept:
            return
        timetable, newest = self.documents.timetable(kind), max(kept)
        due = due_versions(kept.values(), timetable, self.terms, now)
        shorter: list[Document] = []
        for number in (timetable.at(now), timetable.to_come(now)):
            if number is not None and number != SEED:
                document = self.documents.get(kind, number)
                kept[number] = document.version
                shorter += self._shorter(kind, document, now)
        if due or shorter:
            certificate.announce({"versions": len(due), "shortened": len(shorter)})
        try:
            for version in due:
                self._forget(kind, version, kept, is_newest=version.number == newest)
                certificate.confirm({"versions": 1})
            for document in shorter:
                self.documents.rewrite(kind, document)
                kept[document.version.number] = document.version
                certificate.confirm({"shortened": 1})
        except DecidedMeanwhile:
            return  # somebody is deciding of them: the next run finds them as they are then
        self.documents.sweep(kind, kept.values())

    def _forget(self, kind: Kind[Any], version: Version, kept: dict[int, Version], *, is_newest: bool) -> None:
        """Nothing is left of it, but of the newest its number, which is never given twice."""
        if is_newest:
            body = kind.schema()
            left = replace(emptied(version), digest=self.documents.digest(body))
            self.documents.rewrite(kind, Document(left, body))
            kept[version.number] = left
        else:
            self.documents.forget(kind, version)
            del kept[version.number]

    def _shorter(self, kind: Kind[Any], document: Document, now: datetime) -> Iterator[Document]:
        """The same without what is too old, if anything of it is."""
        body = kind.erased(document.body, kept_from(self.terms, now))
        version = without_old_words(document.version, self.terms, now)
        if body != document.body:
            version = replace(version, digest=self.documents.digest(body), counts=kind.counts(body))
        if version != document.version:
            yield Document(replace(version, changes=version.changes + 1), body)
