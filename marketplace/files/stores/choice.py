"""The store that a row names."""

from marketplace import config
from marketplace.files.rules.stores import FOLDER, S3
from marketplace.files.stores.folder import Folder
from marketplace.files.stores.interface import Store, StoreUnavailable


def named(store: str) -> Store:
    """The folder or the bucket, by the present settings; raises StoreUnavailable where those name none any more."""
    settings = config.current()
    if store == FOLDER and settings.files_folder:
        return Folder(settings.files_folder)
    if store == S3 and settings.files_bucket:
        from marketplace.files.stores.bucket import Bucket  # noqa: PLC0415  boto3 takes long to load

        return Bucket(settings)
    raise StoreUnavailable
