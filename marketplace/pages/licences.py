"""A therapist's licences: what was checked, and until when; another one is handed in here."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import config, uploads
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries as coaches
from marketplace.coaches.licences import queries, rules, service
from marketplace.coaches.licences.schemas import LicenceWriteSchema
from marketplace.error_answers import status_of
from marketplace.errors import Invalid, NotAllowed
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.forms import load

bp = Blueprint("licences", __name__, url_prefix="/dashboard/licence")


@bp.get("")
@signed_in
def mine() -> ResponseReturnValue:
    """The licences that were handed in, and the form for another."""
    return _page({})


@bp.post("")
@signed_in
@uploads.takes_files(uploads.ONE_FILE)
def give() -> ResponseReturnValue:
    """Hand one in."""
    coaches.profile_of(actor())
    try:
        sent = uploads.several("attachment", field=service.FIELD)
        service.give(actor(), **load(LicenceWriteSchema()), upload=sent[0] if sent else None)
    except Invalid as refusal:
        return _page(request.form.to_dict(), errors=refusal.fields), status_of(refusal)
    except NotAllowed as refusal:
        return _page(request.form.to_dict(), errors={"form": [refusal.sentence]}), status_of(refusal)
    flash(_("Handed in. An admin looks at it, and you are told by mail."), "success")
    return redirect(url_for(".mine"), 303)


def _page(typed: dict[str, Any], **shown: Any) -> str:
    coach = coaches.profile_of(actor())
    return render_template(
        "dashboard/licence.html",
        coach=coach,
        offered=config.current().therapists,
        licences=queries.of_coach(coach.id),
        places=[("", _("Choose from the list")), *rules.jurisdictions()],
        place_name=rules.spoken,
        names=rules.STATUS_NAMES,
        typed=typed,
        **{"errors": None} | shown,
    )
