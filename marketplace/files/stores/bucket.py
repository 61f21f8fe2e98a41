"""A bucket that speaks S3: Amazon's, or anybody's (MinIO, Ceph, R2, Garage)."""

from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from marketplace.config import Settings
from marketplace.files.stores.interface import StoreUnavailable

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 20, 2


class Bucket:
    """One bucket, which nobody but us needs to read: people get their files from us."""

    def __init__(self, settings: Settings) -> None:
        self._name = settings.files_bucket
        self._client = _client(
            settings.files_endpoint, settings.files_region, settings.files_access_key, settings.files_secret_key
        )

    def put(self, name: str, data: bytes, content_type: str) -> None:
        """Write the object; S3 answers once it is there for good."""
        self._asked("put_object", Key=name, Body=data, ContentType=content_type)

    def get(self, name: str) -> bytes:
        """The whole object."""
        try:
            found: bytes = self._asked("get_object", Key=name)["Body"].read()
        except BotoCoreError as error:
            raise StoreUnavailable from error
        return found

    def remove(self, name: str) -> None:
        """Delete the object; S3 answers the same whether there was one."""
        self._asked("delete_object", Key=name)

    def _asked(self, operation: str, **asked: Any) -> Any:
        try:
            return getattr(self._client, operation)(Bucket=self._name, **asked)
        except (BotoCoreError, ClientError) as error:
            raise StoreUnavailable from error


@lru_cache(maxsize=4)
def _client(endpoint: str, region: str, access_key: str, secret_key: str) -> Any:
    """What speaks to a bucket. Making one takes long, and threads may share it."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region or None,
        aws_access_key_id=access_key or None,
        aws_secret_access_key=secret_key or None,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"max_attempts": ATTEMPTS, "mode": "standard"},
            s3={"addressing_style": "path"} if endpoint else {},
        ),
    )
