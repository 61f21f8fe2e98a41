"""Where files may be kept, as FILES_IN says it. Pure."""

POSTGRESQL, FOLDER, S3 = "postgresql", "folder", "s3"
STORES = (POSTGRESQL, FOLDER, S3)
