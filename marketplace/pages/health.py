"""Is this process able to serve?"""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from marketplace.db import session
from marketplace.errors import Unavailable
from marketplace.languages import gettext as _
from marketplace.request_limits import limiter

bp = Blueprint("health", __name__)


@bp.get("/health")
@limiter.exempt
def health() -> Response:
    """200 with the database in reach, 503 without; for load balancers and `make run`."""
    try:
        session().execute(text("select 1"))
    except SQLAlchemyError as error:
        raise Unavailable(_("We cannot reach our database right now.")) from error
    return jsonify(status="ok")
