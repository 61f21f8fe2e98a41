"""The front page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from marketplace import config
from marketplace.policies import queries as policies

bp = Blueprint("home", __name__)


@bp.get("/")
def front() -> ResponseReturnValue:
    """What this is, and where to begin."""
    return render_template("home.html", house=policies.house_terms(), currency=config.current().main_currency())
