"""What happens to money by other hands than the platform's, under `/_sandbox/`: top-ups and a tight balance."""

from typing import Any

import flask

from . import topping_up
from .box import Sandbox
from .errors import StripeError
from .render import render
from .shapes import Obj

blueprint = flask.Blueprint("control_money", __name__, url_prefix="/_sandbox")


def _box() -> Sandbox:
    box: Sandbox = flask.current_app.extensions["sandbox"]
    return box


def _given() -> dict[str, Any]:
    given = flask.request.get_json(silent=True) or flask.request.form.to_dict()
    if not isinstance(given, dict):
        raise StripeError("The body must be a JSON object.")
    return given


def _units(given: dict[str, Any], name: str, least: int) -> int:
    try:
        units = int(given[name])
    except (KeyError, TypeError, ValueError):
        units = least - 1
    if units < least:
        raise StripeError(f"{name} must be a whole number of minor units, {least} or more.", param=name)
    return units


def _one_of(given: dict[str, Any], name: str, allowed: tuple[str, ...], default: str = "") -> str:
    value = str(given.get(name, default))
    if value not in allowed:
        raise StripeError(f"Invalid {name}: must be one of {', '.join(allowed)}", param=name)
    return value


@blueprint.post("/balance/available")
def add_available() -> Obj:
    """Add to the platform's available balance: `{"amount": 5000, "currency": "usd"}`. Answers the top-up."""
    given = _given()
    amount, currency = _units(given, "amount", 1), str(given.get("currency", "usd")).lower()
    with _box().transaction():
        return render(_box(), topping_up.add(_box(), amount, currency))


@blueprint.post("/refunds/policy")
def set_refund_policy() -> Obj:
    """How refunds that the balance does not cover end, until the reset: `{"overdraft_units": 5000, "beyond":
    "pending|refuse"}`. A refund may leave the available balance that far below zero, any other waits or is refused."""
    box, given = _box(), _given()
    policy = {
        "overdraft_units": _units({**box.refund_policy, **given}, "overdraft_units", 0),
        "beyond": _one_of(given, "beyond", ("pending", "refuse"), "pending"),
    }
    with box.lock:
        box.refund_policy = policy
    return policy
