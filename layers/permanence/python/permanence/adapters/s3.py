"""One bucket."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError

from permanence.adapters.parallel import in_parallel
from permanence.application.reception.ports import ObjectKept

_FEW = 10
"""As many pages of 1,000 as hold a month of recordings: so many keys are found by their names at the same cost."""

_MOST_DELETED = 1000


class S3ObjectStore:
    """The `ObjectStore` port on one bucket; its encryption is the bucket's own default.

    S3 answers 404 for what is missing to who has s3:ListBucket, 403 to all others. A 403 is never taken for a missing
    object: it may be a right that was lost, which must ring.
    """

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)

    def put_once(self, key: str, body: bytes, content_type: str) -> bool:
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*")
        except ClientError as error:
            # 412: there is one; 409: another worker is just writing it.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in {409, 412}:
                return False
            raise
        return True

    def get(self, key: str) -> bytes:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                raise KeyError(key) from error
            raise
        return bytes(answer["Body"].read())

    def has(self, key: str) -> bool:
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    def url(self, key: str, valid_s: int, content_type: str) -> str:
        asked = {"Bucket": self._bucket, "Key": key, "ResponseContentType": content_type}
        return str(self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=valid_s))

    def keys_below(self, prefix: str) -> frozenset[str]:
        return frozenset(found["Key"] for found in self._every_version(prefix))

    def delete_all_versions(self, key: str) -> None:
        """Markers included: nothing of the object is left. Deleting what is gone succeeds.

        Raises ObjectKept when S3 refuses a version, by a hold on the object for instance.
        """
        if self.delete_all_versions_of([key]):
            raise ObjectKept("a version of an object could not be deleted")

    def delete_all_versions_of(self, keys: Collection[str]) -> frozenset[str]:
        """Markers included, as for one. Requests are made several at a time."""
        wanted = frozenset(keys)
        found = in_parallel(partial(self._versions_of, wanted), _prefixes(wanted))
        versions = [version for below in found for version in below]
        batches = [versions[start : start + _MOST_DELETED] for start in range(0, len(versions), _MOST_DELETED)]
        return frozenset(key for kept in in_parallel(self._delete_versions, batches) for key in kept)

    def _versions_of(self, wanted: frozenset[str], prefix: str) -> list[dict[str, str]]:
        # A prefix finds longer keys too.
        return [
            {"Key": found["Key"], "VersionId": found["VersionId"]}
            for found in self._every_version(prefix)
            if found["Key"] in wanted
        ]

    def _every_version(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            yield from (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))

    def _delete_versions(self, versions: Sequence[dict[str, str]]) -> set[str]:
        answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": versions, "Quiet": True})
        return {error["Key"] for error in answer.get("Errors", ())}


def _prefixes(keys: Collection[str]) -> list[str]:
    """Where to look for objects: a few of a folder by their names, many by reading the folder."""
    folders: dict[str, list[str]] = {}
    for key in sorted(keys):
        folders.setdefault(key[: key.find("/") + 1], []).append(key)
    return [
        prefix
        for folder, members in folders.items()
        for prefix in (members if len(members) <= _FEW or not folder else [folder])
    ]
