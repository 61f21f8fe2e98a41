"""What the hosted page asks of Stripe: no documented API, but what the CLI pays with."""

from typing import Any

import flask

from ..api import authenticate
from ..bank_debits import DebitAccount
from ..box import Sandbox
from ..errors import StripeError, missing
from ..render import render
from ..resources import checkout_life, payment_methods
from ..shapes import Obj

blueprint = flask.Blueprint("payment_pages", __name__)


def _box() -> Sandbox:
    box: Sandbox = flask.current_app.extensions["sandbox"]
    return box


def _session(box: Sandbox, session_id: str) -> Obj:
    session = box.store.get(checkout_life.KIND, session_id)
    if session is None:
        raise missing(checkout_life.KIND, session_id, "session")
    return session


@blueprint.get("/v1/payment_pages/<session_id>")
def show(session_id: str) -> Any:
    """The session that the page is about."""
    authenticate(_box())
    with _box().transaction():
        return render(_box(), _session(_box(), session_id))


@blueprint.post("/v1/payment_pages/<session_id>/confirm")
def confirm(session_id: str) -> Any:
    """Pay the session with `payment_method`, if it costs `expected_amount`. A declined card is a 402."""
    authenticate(_box())
    box, given = _box(), flask.request.form
    with box.transaction():
        session = _session(box, session_id)
        if session["status"] != "open":
            raise StripeError(f"This Checkout Session has a status of {session['status']}.")
        if given.get("expected_amount") != str(session["amount_total"]):
            raise StripeError("The amount has changed since the page was shown.", param="expected_amount")
        method, means = payment_methods.named(box, given.get("payment_method", ""), session["_account"])
        email, name = (method["billing_details"][field] or "" for field in ("email", "name"))
        if isinstance(means, DebitAccount):
            if means not in checkout_life.banks_for(session):
                raise StripeError("This bank account cannot pay this Checkout Session.", param="payment_method")
            checkout_life.pay_by_bank(box, session, means, method=method, email=email, name=name)
        else:
            checkout_life.pay(box, session, means, method=method, email=email, name=name)
        shown = render(box, session)
        intent = box.store.get("payment_intent", session["payment_intent"]) or {}
    error = intent.get("last_payment_error")
    if error:
        # The attempt itself is kept, so the refusal is made after the transaction.
        raise StripeError(error["message"], status=402, type_="card_error", code=error["code"])
    return shown
