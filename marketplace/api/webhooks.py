"""POST /webhooks/stripe/<kind>: where Stripe's messages arrive. Signed instead of signed in."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from marketplace.error_answers import problem
from marketplace.payments.stripe_gateway.client import BadSignature
from marketplace.request_limits import limiter
from marketplace.stripe_inbox import rules, service

bp = Blueprint("webhooks", __name__)


@bp.post("/webhooks/stripe/<kind>")
@limiter.exempt
def stripe(kind: str) -> ResponseReturnValue:
    """Keep the message; a job handles it, so Stripe never waits for us."""
    if kind not in rules.KINDS:
        raise NotFound
    try:
        service.receive(kind, request.get_data(), request.headers.get("Stripe-Signature", ""))
    except (BadSignature, service.NotAnEvent) as error:
        return problem(400, error.sentence)
    return "", 204
