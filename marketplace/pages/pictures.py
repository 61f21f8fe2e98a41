"""Portraits and the logo, at addresses that never show anything else."""

import uuid

from flask import Blueprint, Response, request

from marketplace.files import queries

bp = Blueprint("pictures", __name__)

FOREVER = "public, max-age=31536000, immutable"


@bp.get("/pictures/<uuid:picture_id>/<size>.webp")
def show(picture_id: uuid.UUID, size: str) -> Response:
    """A picture in one size. Whoever has its address may see it, and any cache may keep it."""
    file = queries.picture_file(picture_id, size)
    answer = Response(mimetype=file.content_type)
    answer.headers["Cache-Control"] = FOREVER
    answer.set_etag(file.sha256)
    if file.sha256 in request.if_none_match:
        answer.status_code = 304
    else:
        answer.data = queries.content(file)
    return answer
