"""Controls of money under `/_sandbox/`: top-ups, a tight balance, disputes."""

from typing import Any

import flask

from . import balance_topups, books, dispute_life, exchange, ledger, vouchers
from .box import Sandbox
from .errors import StripeError, missing
from .ids import new_id
from .render import render
from .shapes import Obj

# docs.stripe.com/disputes/categories
REASONS = (
    "bank_cannot_process",
    "credit_not_processed",
    "customer_initiated",
    "duplicate",
    "fraudulent",
    "general",
    "product_not_received",
    "product_unacceptable",
    "subscription_canceled",
    "unrecognized",
)
VERDICTS = {"won": dispute_life.WON, "lost": dispute_life.LOST, "escalated": dispute_life.ESCALATED}

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


@blueprint.get("/books")
def all_books() -> Obj:
    """Both sides of everything that moved: `{accounts, sums, differences}`; see `books.books`."""
    with _box().transaction():
        return books.books(_box())


@blueprint.post("/balance/available")
def add_available() -> Obj:
    """Add to the platform's available balance: `{"amount": 5000, "currency": "usd"}`. Answers the top-up."""
    given = _given()
    amount, currency = _units(given, "amount", 1), str(given.get("currency", "usd")).lower()
    with _box().transaction():
        return render(_box(), balance_topups.add(_box(), amount, currency))


@blueprint.post("/balance/fees")
def take_fee() -> Obj:
    """Take a fee that belongs to no charge, as Connect's monthly ones: `{"amount": 200, "currency": "usd"}`."""
    given = _given()
    amount, currency = _units(given, "amount", 1), str(given.get("currency", "usd")).lower()
    return _booked("stripe_fee", "fee", -amount, currency, "Connect (2027-03-01 - 2027-03-31): Active Account Billing")


@blueprint.post("/balance/adjustments")
def adjust() -> Obj:
    """Adjust the balance of Stripe's own accord: `{"amount": -1500, "currency": "usd"}`, into it or out of it."""
    given = _given()
    amount, currency = _units(given, "amount", -(10**9)), str(given.get("currency", "usd")).lower()
    return _booked("adjustment", "adj", amount, currency, "Adjustment")


def _booked(kind: str, prefix: str, amount: int, currency: str, description: str) -> Obj:
    box = _box()
    with box.transaction():
        line = ledger.book(
            box,
            kind,
            source=new_id(prefix),
            amount=amount,
            currency=currency,
            available_on=box.now(),
            description=description,
        )
        return render(box, line)


@blueprint.post("/settlement")
def set_settlement() -> Obj:
    """Which currencies the account holds from now on, until the reset: `{"currencies": ["usd"]}`, the one that others
    are converted into first; none: all of them."""
    box, wanted = _box(), _given().get("currencies")
    if not isinstance(wanted, list) or not set(wanted) <= exchange.A_DOLLAR.keys():
        raise StripeError(f"currencies must be a list of {', '.join(exchange.A_DOLLAR)}.", param="currencies")
    with box.lock:
        box.settles = tuple(wanted)
    return {"currencies": wanted}


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


@blueprint.post("/checkout/<session_id>/voucher")
def voucher(session_id: str) -> Obj:
    """Give the payer of an open session a voucher, or end it: `{"end": "paid|lapsed"}`. Answers the session."""
    box, given = _box(), _given()
    with box.transaction() as store:
        session = store.get("checkout.session", session_id)
        if session is None:
            raise missing("checkout.session", session_id, "session")
        if "end" in given:
            vouchers.end(box, session, paid=_one_of(given, "end", ("paid", "lapsed")) == "paid")
        else:
            vouchers.issue(box, session)
        return render(box, session)


@blueprint.post("/disputes")
def dispute() -> Obj:
    """Dispute a charge now: `{"charge": "ch_…"}` or `{"payment_intent": "pi_…"}`, with `"reason": "fraudulent"`,
    `"inquiry": false` and `"amount"` (all that was not refunded). Answers the dispute."""
    box, given = _box(), _given()
    reason = _one_of(given, "reason", REASONS, "fraudulent")
    amount = _units(given, "amount", 1) if "amount" in given else None
    with box.transaction() as store:
        intent = store.get("payment_intent", str(given.get("payment_intent")))
        charge_id = str(intent["latest_charge"] if intent else given.get("charge"))
        charge = store.get("charge", charge_id)
        if charge is None:
            raise missing("charge", charge_id, "charge")
        inquiry = given.get("inquiry") in (True, "true")
        return render(box, dispute_life.start(box, charge, reason=reason, inquiry=inquiry, amount=amount))


@blueprint.post("/disputes/<dispute_id>/decide")
def decide(dispute_id: str) -> Obj:
    """Let the bank decide now: `{"outcome": "won|lost|escalated"}`. Answers the dispute."""
    box, given = _box(), _given()
    outcome = _one_of(given, "outcome", tuple(VERDICTS))
    with box.transaction() as store:
        found = store.get(dispute_life.KIND, dispute_id)
        if found is None:
            raise missing(dispute_life.KIND, dispute_id)
        return render(box, dispute_life.decide(box, found, VERDICTS[outcome]))
