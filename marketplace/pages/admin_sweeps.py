"""What the hourly sweeps found, for admins."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from marketplace import clock, doctor
from marketplace.authentication.access import admin_only
from marketplace.http import actor
from marketplace.pages import admin_files
from marketplace.sweeps import queries, rules

bp = Blueprint("admin_sweeps", __name__, url_prefix="/admin")


@bp.get("/sweeps")
@admin_only
def sweeps() -> ResponseReturnValue:
    """What the hourly sweeps found."""
    found, next_at = queries.sweeps(actor()), rules.next_sweep(clock.now())
    if file := admin_files.as_file("sweeps.csv", admin_files.SWEEPS, found):
        return file
    return render_template(
        "admin/sweeps.html", sweeps=found, next_at=next_at, kinds=rules.KINDS, names=rules.NAMES, worker=doctor.worker()
    )
