"""One bucket."""

from typing import Any

from botocore.exceptions import ClientError

from permanence.application.ports import ObjectKept


class S3ObjectStore:
    """The `ObjectStore` port on one bucket; its encryption is the bucket's own default."""

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

    def url(self, key: str, valid_s: int, content_type: str) -> str:
        asked = {"Bucket": self._bucket, "Key": key, "ResponseContentType": content_type}
        return str(self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=valid_s))

    def delete_all_versions(self, key: str) -> None:
        """Markers included: nothing of the object is left. Deleting what is gone succeeds.

        Raises ObjectKept when S3 refuses a version, by a hold on the object for instance.
        """
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key)
        for page in pages:
            # A prefix finds longer keys too.
            versions = [
                {"Key": key, "VersionId": found["VersionId"]}
                for found in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
                if found["Key"] == key
            ]
            if not versions:
                continue
            answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": versions, "Quiet": True})
            if answer.get("Errors"):
                raise ObjectKept(f"{len(answer['Errors'])} versions of an object could not be deleted")
