"""What an operation that takes a file is sent: the part `file` of multipart/form-data."""

from flask_smorest.fields import Upload as Part
from marshmallow import Schema

MISSING = "Send a file as the part `file`."


class FileSchema(Schema):
    """One file. Its name and what it says of its kind are not believed."""

    file = Part(required=True, error_messages={"required": MISSING})
