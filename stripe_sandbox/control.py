"""Controls under `/_sandbox/`: clock, deliveries, faults, reset. They need no key."""

import time
from typing import Any

import flask

from . import bank_accounts, deliveries
from .absences import Absences
from .bank_debits import DebitAccount
from .box import REFUND_POLICY, Endpoint, Sandbox
from .cards import card_of
from .deliveries import MODES, Deliverer
from .errors import StripeError, missing
from .pages.checkout import end_of
from .render import render
from .resources import account_views, accounts, checkout_life, webhook_endpoints
from .shapes import Obj

CAPABILITY_STATUSES = ("active", "pending", "restricted", "rejected", "unsupported")
LONGEST_ROTATION_SECONDS = 86_400
blueprint = flask.Blueprint("control", __name__, url_prefix="/_sandbox")


def _box() -> Sandbox:
    box: Sandbox = flask.current_app.extensions["sandbox"]
    return box


def _deliverer() -> Deliverer:
    deliverer: Deliverer = flask.current_app.extensions["deliverer"]
    return deliverer


def _given() -> dict[str, Any]:
    given = flask.request.get_json(silent=True) or flask.request.form.to_dict()
    if not isinstance(given, dict):
        raise StripeError("The body must be a JSON object.")
    return given


def _number(given: dict[str, Any], name: str) -> float:
    try:
        return float(given[name])
    except (KeyError, TypeError, ValueError):
        raise StripeError(f"{name} must be a number.", param=name) from None


def _clock() -> Obj:
    clock = _box().clock
    return {"now": clock.now(), "offset_seconds": clock.offset_seconds}


@blueprint.get("/clock")
def clock() -> Obj:
    """`{now, offset_seconds}`."""
    return _clock()


@blueprint.route("/clock", methods=["PUT", "POST"])
def set_clock() -> Obj:
    """Set the clock: `{"offset_seconds": N}` or `{"now": N}`, seconds. What is due then happens before the answer."""
    given = _given()
    offset = _number(given, "now") - time.time() if "now" in given else _number(given, "offset_seconds")
    return _moved(offset)


@blueprint.post("/clock/advance")
def advance() -> Obj:
    """Move on by `{"seconds": N}`: sessions expire, money settles, authorisations lapse, each at its own moment."""
    return _moved(_box().clock.offset_seconds + _number(_given(), "seconds"))


def _moved(offset: float) -> Obj:
    box = _box()
    with box.lock:
        box.clock.set_offset(offset)
        with box.transaction():
            return _clock()


@blueprint.post("/reset")
def reset() -> Obj:
    """Forget everything: objects, keys, deliveries, faults, mode, clock. Endpoints of the command line come back,
    or those of `{"webhooks": [{"kind", "url", "secret"}]}`, if given."""
    box, given = _box(), _given()
    with _deliverer().sending, box.lock:
        box.faults.clear()
        box.absences = Absences()
        box.restricted_keys.clear()
        box.clock.set_offset(0)
        box.delivery_mode = {"mode": "normal"}
        box.refund_policy = dict(REFUND_POLICY)
        box.settles = box.config.settles
        with box.transaction() as store:
            store.wipe()
            if "webhooks" in given:
                for wanted in given["webhooks"]:
                    webhook_endpoints.register(box, Endpoint(**wanted))
            else:
                webhook_endpoints.configure(box)
    return {"reset": True}


@blueprint.get("/webhooks")
def webhooks() -> Obj:
    """Endpoints with their kind: `{data: [{id, kind, url, status}]}`."""
    with _box().transaction() as store:
        found = store.find(webhook_endpoints.KIND)
    return {"data": [{"kind": p["_kind"], **{n: p[n] for n in ("id", "url", "status")}} for p in found]}


@blueprint.post("/webhooks")
def add_webhook() -> Obj:
    """Register `{"kind": "platform|connect|thin", "url", "secret"}`."""
    given = _given()
    try:
        wanted = Endpoint(**given)
    except TypeError as mistake:
        raise StripeError(f"An endpoint is {{kind, url, secret}}: {mistake}") from None
    with _box().transaction():
        return render(_box(), webhook_endpoints.register(_box(), wanted))


@blueprint.post("/webhooks/<endpoint_id>/rotate")
def rotate_secret(endpoint_id: str) -> Obj:
    """Give an endpoint a new signing secret: `{"secret": "whsec_…", "keep_seconds": 86400}`. Until then, by the
    simulated clock, the old one signs too, so that deliveries carry two `v1`."""
    given = _given()
    secret, keep_seconds = str(given.get("secret", "")), int(_number({"keep_seconds": 0, **given}, "keep_seconds"))
    if not secret:
        raise StripeError("secret must not be empty.", param="secret")
    if not 0 <= keep_seconds <= LONGEST_ROTATION_SECONDS:
        raise StripeError(f"keep_seconds must be 0 to {LONGEST_ROTATION_SECONDS}.", param="keep_seconds")
    with _box().transaction():
        return render(_box(), webhook_endpoints.rotate(_box(), endpoint_id, secret, keep_seconds))


@blueprint.get("/deliveries")
def list_deliveries() -> Obj:
    """Deliveries in the order they were queued; `?status=` and `?event_id=` filter."""
    filters = {name: flask.request.args.get(name) for name in ("status", "event_id")}
    with _box().transaction():
        return {"data": deliveries.listed(_box(), **filters), **_box().delivery_mode}


@blueprint.post("/deliveries/mode")
def set_mode() -> Obj:
    """What becomes of events from now on: `{"mode": "normal|hold|drop|delay", "seconds": N (delay)}`."""
    given = _given()
    if given.get("mode") not in MODES:
        raise StripeError(f"Invalid mode: must be one of {', '.join(MODES)}", param="mode")
    mode = {"mode": given["mode"]} | ({"seconds": _number(given, "seconds")} if given["mode"] == "delay" else {})
    with _box().lock:
        _box().delivery_mode = mode
    return mode


@blueprint.post("/deliveries/flush")
def flush() -> Obj:
    """Send what is held and answer when it is done: `{"order": "sent|reverse|shuffle", "copies": 1, "seed": 0}`."""
    given = _given()
    wanted = {name: int(_number(given, name)) for name in ("copies", "seed") if name in given}
    return {"data": _deliverer().flush(str(given.get("order", "sent")), **wanted)}


@blueprint.post("/deliveries/take")
def take() -> Obj:
    """What is held, for a caller that posts it by itself: `{"order": "sent|reverse|shuffle", "seed": 0}` ->
    `{data: [{url, kind, type, payload, signature}]}`. It counts as delivered."""
    given = _given()
    seed = int(_number(given, "seed")) if "seed" in given else 0
    return {"data": _deliverer().take(str(given.get("order", "sent")), seed)}


@blueprint.post("/deliveries/resend")
def resend() -> Obj:
    """Send one event again: `{"event": "evt_…", "copies": 1}`."""
    given = _given()
    copies = int(_number(given, "copies")) if "copies" in given else 1
    return {"data": _deliverer().resend(str(given.get("event")), copies)}


@blueprint.post("/keys")
def add_key() -> Obj:
    """Make a restricted key until the reset: `{"key": "rk_test_…", "allow": ["GET *", "POST /v1/refunds"]}`."""
    given = _given()
    key, allow = str(given.get("key", "")), given.get("allow")
    if not key.startswith("rk_test_") or not isinstance(allow, list):
        raise StripeError("A restricted key is {key: rk_test_…, allow: [METHOD /path]}.", param="key")
    _box().restricted_keys[key] = [str(pattern) for pattern in allow]
    return {"key": key, "allow": allow}


@blueprint.put("/absences")
def leave_out() -> Obj:
    """Leave out of answers and events what may be absent: `{"nulls": true, "fields": ["charge.outcome.reason"]}`."""
    given = _given()
    _box().absences = Absences(bool(given.get("nulls")), frozenset(map(str, given.get("fields", []))))
    return {"nulls": _box().absences.nulls, "fields": sorted(_box().absences.fields)}


@blueprint.get("/faults")
def list_faults() -> Obj:
    """What is planned."""
    return {"data": _box().faults.planned()}


@blueprint.post("/faults")
def add_fault() -> Obj:
    """Plan one: `{"method", "path", "times", "kind", "seconds", "error"}`; `path` may hold `*`."""
    return _box().faults.add(_given())


@blueprint.delete("/faults")
def clear_faults() -> Obj:
    """Let everything go well again."""
    _box().faults.clear()
    return {"data": []}


@blueprint.post("/checkout/<session_id>/pay")
def pay(session_id: str) -> Any:
    """Pay without a browser: `{"card": "4242…", "three_d_secure": "complete|fail", "email", "name", "country"}`, or
    `{"bank_account": "000123456789"}` instead of a card. Answers `{status, payment_intent, redirect}`; 402 with
    Stripe's card error when declined, 400 when not open."""
    given, box = _given(), _box()
    card = card_of(str(given.get("card", "4242424242424242")))
    challenge = {"complete": True, "fail": False}.get(given.get("three_d_secure", ""))
    with box.transaction() as store:
        session = store.get(checkout_life.KIND, session_id)
        if session is None:
            raise missing(checkout_life.KIND, session_id, "session")
        if session["status"] != "open":
            raise StripeError(f"This Checkout Session has a status of {session['status']}.")
        who: dict[str, Any] = {field: str(given.get(field, "")) for field in ("email", "name", "country")}
        if "bank_account" in given:
            status = checkout_life.pay_by_bank(box, session, _bank(session, str(given["bank_account"])), **who)
        else:
            status = checkout_life.pay(box, session, card, authenticated=challenge, **who)
        intent = store.get("payment_intent", session["payment_intent"]) or {}
        error = intent.get("last_payment_error")
    if error:
        details = {name: error.get(name) for name in ("code", "decline_code", "charge")}
        # The attempt itself is kept, so the refusal is made after the transaction.
        raise StripeError(error["message"], status=402, type_="card_error", **details)
    redirect = end_of(session) if session["status"] == "complete" else None
    return {"status": status, "payment_intent": session["payment_intent"], "redirect": redirect}


def _bank(session: Obj, number: str) -> DebitAccount:
    for bank in checkout_life.banks_for(session):
        if bank.number == number:
            return bank
    raise StripeError(f"No test bank account '{number}' can pay this session.", param="bank_account")


@blueprint.post("/accounts/<account_id>/onboard")
def onboard(account_id: str) -> Obj:
    """End an onboarding without a browser: `{"outcome": "complete|leave|rejected", "bank_account": "000123456789"}`."""
    given = _given()
    outcome = given.get("outcome", "complete")
    if outcome not in ("complete", "leave", "rejected"):
        raise StripeError("Invalid outcome: must be one of complete, leave, rejected", param="outcome")
    bank_account = str(given.get("bank_account", bank_accounts.GOOD))
    with _box().transaction():
        account = accounts.onboard(_box(), account_id, outcome, bank_account)
        return account_views.view(account, ["configuration.recipient", "requirements"])


@blueprint.delete("/accounts/<account_id>/bank")
def remove_bank(account_id: str) -> Obj:
    """Remove the bank account of a connected account, as its owner does at Stripe; answers it as it was."""
    with _box().transaction():
        accounts.find(_box(), account_id)
        return bank_accounts.remove(_box(), account_id)


@blueprint.post("/accounts/<account_id>/capability")
def set_capability(account_id: str) -> Obj:
    """Let Stripe change its mind about a connected account: `{"status": "active|pending|restricted|rejected|
    unsupported"}`; restricted until it is onboarded again or set active. Sends both thin events."""
    status = _given().get("status")
    if status not in CAPABILITY_STATUSES:
        raise StripeError(f"Invalid status: must be one of {', '.join(CAPABILITY_STATUSES)}", param="status")
    with _box().transaction():
        account = accounts.set_capability(_box(), account_id, str(status))
        return account_views.view(account, ["configuration.recipient", "requirements"])
