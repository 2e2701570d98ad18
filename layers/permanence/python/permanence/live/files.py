"""The buckets."""

from functools import cached_property

from permanence.adapters.aws import make_client
from permanence.adapters.s3 import S3ObjectStore
from permanence.adapters.timeouts import USUAL, Timeouts
from permanence.live.environment import Live


class LiveFiles(Live):
    """RECORDINGS_BUCKET, REPORTS_BUCKET: the frozen reports and the mails that were told, IMPORTS_BUCKET: files sent.
    `file_timeouts` is how long its function can wait for one request."""

    file_timeouts: Timeouts = USUAL

    @cached_property
    def recordings(self) -> S3ObjectStore:
        return self._bucket("RECORDINGS_BUCKET")

    @cached_property
    def reports(self) -> S3ObjectStore:
        return self._bucket("REPORTS_BUCKET")

    @cached_property
    def sent_files(self) -> S3ObjectStore:
        return self._bucket("IMPORTS_BUCKET")

    def _bucket(self, variable: str) -> S3ObjectStore:
        return S3ObjectStore(make_client("s3", self._environ, self.file_timeouts), self._environ[variable])
