"""Checkout Sessions in payment mode: made by the API, paid on the page, expired."""

import stripe.checkout
from stripe.params.checkout import (
    SessionCreateParams,
    SessionExpireParams,
    SessionLineItemListParams,
    SessionListParams,
    SessionRetrieveParams,
)

from .. import bank_debits, exchange, ledger, limits, taxes
from ..api import Call, endpoint
from ..box import Sandbox
from ..errors import StripeError, not_played
from ..ids import new_id
from ..render import included, list_of
from ..shapes import Obj, shape
from . import catalog
from .accounts import merged
from .checkout_life import KIND, end

MINUTE_SECONDS = 60
SHORTEST_SECONDS, LONGEST_SECONDS = 30 * MINUTE_SECONDS, 24 * 60 * MINUTE_SECONDS
NO_TAX = {"enabled": False, "liability": None, "provider": None, "status": None}
CREATE_PLAYS = (
    "adaptive_pricing allowed_payment_method_types custom_text.submit "
    "automatic_tax.enabled automatic_tax.liability.type "
    "cancel_url client_reference_id currency customer customer_creation customer_email expires_at locale metadata mode "
    "success_url submit_type ui_mode billing_address_collection line_items.price line_items.quantity "
    "line_items.metadata "
    "line_items.price_data.currency line_items.price_data.unit_amount line_items.price_data.tax_behavior "
    "line_items.price_data.product_data.name "
    "line_items.price_data.product_data.description line_items.price_data.product_data.images "
    "line_items.price_data.product_data.metadata payment_intent_data.capture_method "
    "payment_intent_data.description payment_intent_data.metadata payment_intent_data.receipt_email "
    "payment_intent_data.statement_descriptor payment_intent_data.statement_descriptor_suffix "
    "payment_intent_data.setup_future_usage payment_intent_data.shipping payment_intent_data.transfer_group"
)


@endpoint("POST", "/v1/checkout/sessions", SessionCreateParams, CREATE_PLAYS)
def create(call: Call) -> Obj:
    """Make a session with its hosted page at `url`; it can be paid until `expires_at` (24 hours, or as given)."""
    box, given, now = call.box, call.params, call.box.now()
    _check(call)
    items = [_line_item(call, item, f"line_items[{index}]") for index, item in enumerate(given["line_items"])]
    currency, total = items[0]["currency"], sum(item["amount_total"] for item in items)
    if any(item["currency"] != currency for item in items):
        raise StripeError("All line items must have the same currency.", param="line_items")
    least = limits.least_units(currency)
    if total < least:
        raise StripeError(
            f"The Checkout Session's total amount must be at least {ledger.words(least, currency)}.",
            code="amount_too_small",
        )
    settled = exchange.settled(box, total, currency, call.account)
    if settled.amount < limits.least_units(settled.currency):
        raise StripeError(
            f"The Checkout Session's total amount must convert to at least "
            f"{ledger.words(limits.least_units(settled.currency), settled.currency)}.",
            code="amount_too_small",
        )
    if total > limits.MOST_UNITS:
        most = ledger.words(limits.MOST_UNITS, currency)
        raise StripeError(
            f"The Checkout Session's total amount due must be no more than {most}.",
            code="amount_too_large",
        )
    taxed = given.get("automatic_tax", {}).get("enabled", False)
    if taxed and any(item["price"]["tax_behavior"] == "unspecified" for item in items):
        # Real accounts may set a default; the sandbox has none, so that nobody depends on it unawares.
        raise StripeError("Automatic tax needs `tax_behavior` on every price.", param="line_items")
    customer = given.get("customer")
    if customer:
        call.need("customer", customer, "customer", 400)
    session_id = new_id("cs_test", 58)
    held = given.get("payment_intent_data", {}).get("capture_method") == "manual"
    expires_at = given.get("expires_at", now + LONGEST_SECONDS)
    session = shape(
        stripe.checkout.Session,
        id=session_id,
        adaptive_pricing={"enabled": False},
        amount_subtotal=total,
        amount_total=total,
        automatic_tax=taxes.unknown() if taxed else NO_TAX,
        billing_address_collection=given.get("billing_address_collection"),
        cancel_url=given.get("cancel_url"),
        client_reference_id=given.get("client_reference_id"),
        created=now,
        currency=currency,
        custom_fields=[],
        custom_text={
            **dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
            **{name: text or None for name, text in given.get("custom_text", {}).items()},
        },
        customer=customer,
        customer_creation=None if customer else given.get("customer_creation", "if_required"),
        customer_email=given.get("customer_email"),
        discounts=[],
        expires_at=expires_at,
        locale=given.get("locale"),
        metadata=merged({}, given.get("metadata")),
        mode="payment",
        payment_method_collection="if_required",
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=_method_types(given, currency, held=held),
        payment_status="unpaid",
        phone_number_collection={"enabled": False},
        shipping_options=[],
        status="open",
        submit_type=given.get("submit_type"),
        success_url=given["success_url"],
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
        url=f"{call.base_url.rstrip('/')}/c/pay/{session_id}",
        _line_items=items,
        _intent=given.get("payment_intent_data", {}),
        _account=call.account,
    )
    box.add(session, call.account)
    box.store.at(expires_at, "session_expires", session_id)
    return session


def _method_types(given: Obj, currency: str, *, held: bool) -> list[str]:
    """What the session may be paid with: all that settles its currency, or what of it was asked for."""
    played = bank_debits.method_types(currency, held=held)
    allowed: list[str] = given.get("allowed_payment_method_types") or played
    if strange := [kind for kind in allowed if kind not in played]:
        raise StripeError(
            f"The payment method type {strange[0]} cannot pay this session.", param="allowed_payment_method_types"
        )
    return allowed


def _check(call: Call) -> None:
    given, now = call.params, call.box.now()
    if given.get("mode") != "payment":
        raise StripeError("The sandbox plays mode=payment only.", code="parameter_missing", param="mode")
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise StripeError("The sandbox plays ui_mode=hosted_page only.", param="ui_mode")
    if given.get("automatic_tax", {}).get("liability", {}).get("type", "self") != "self":
        raise not_played("automatic_tax[liability][type]=account")
    if given.get("adaptive_pricing", {}).get("enabled"):
        raise not_played("adaptive_pricing[enabled]")
    for param in ("line_items", "success_url"):
        if not given.get(param):
            raise StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)
    for param in ("success_url", "cancel_url"):
        if not given.get(param, "http://").startswith(("http://", "https://")):
            raise StripeError("Not a valid URL", code="url_invalid", param=param)
    ahead = given.get("expires_at", now + LONGEST_SECONDS) - now
    if not SHORTEST_SECONDS <= ahead <= LONGEST_SECONDS:
        raise StripeError(
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session "
            "creation.",
            param="expires_at",
        )
    if given.get("customer") and given.get("customer_email"):
        raise StripeError("You may only specify one of these parameters: customer, customer_email.")


def _price(call: Call, item: Obj, where: str) -> tuple[Obj, Obj]:
    """(product, price) of a line: one that is kept already, or made for this session alone."""
    if ("price" in item) == ("price_data" in item):
        raise StripeError(
            f"You must specify either `price` or `price_data` for {where}.", code="parameter_missing", param=where
        )
    if "price" in item:
        price = call.need(catalog.PRICE, item["price"], f"{where}[price]", 400)
        return call.need(catalog.PRODUCT, price["product"]), price
    data = item["price_data"]
    for param in ("product_data", "unit_amount"):
        if param not in data:
            name = f"{where}[price_data][{param}]"
            raise StripeError(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if data["unit_amount"] < 0:
        raise StripeError(f"Invalid integer in {where}", code="parameter_invalid_integer", param=where)
    product = catalog.add_product(call.box, call.account, data["product_data"], active=False)
    money = {"unit_amount": data["unit_amount"], "currency": data["currency"]}
    if "tax_behavior" in data:
        money["tax_behavior"] = data["tax_behavior"]
    return product, catalog.add_price(call.box, call.account, product, active=False, **money)


def _line_item(call: Call, item: Obj, where: str) -> Obj:
    quantity = item.get("quantity", 1)
    if quantity < 1:
        raise StripeError(f"Invalid integer in {where}", code="parameter_invalid_integer", param=where)
    product, price = _price(call, item, where)
    total = quantity * price["unit_amount"]
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": product["name"],
        "metadata": merged({}, item.get("metadata")),
        "price": price,
        "quantity": quantity,
        "_about": product["description"],
    }


@included(KIND, "line_items")
def _line_items(_: Sandbox, session: Obj) -> Obj:
    items = [{k: v for k, v in item.items() if not k.startswith("_")} for item in session["_line_items"]]
    return list_of(items, f"/v1/checkout/sessions/{session['id']}/line_items")


@endpoint("GET", "/v1/checkout/sessions/<session_id>", SessionRetrieveParams)
def retrieve(call: Call, session_id: str) -> Obj:
    """One session."""
    return call.need(KIND, session_id, "session")


@endpoint("GET", "/v1/checkout/sessions", SessionListParams, "created customer payment_intent status")
def list_(call: Call) -> Obj:
    """Sessions, newest first."""
    return call.page(KIND, {name: call.params.get(name) for name in ("customer", "payment_intent", "status")})


@endpoint("GET", "/v1/checkout/sessions/<session_id>/line_items", SessionLineItemListParams)
def list_line_items(call: Call, session_id: str) -> Obj:
    """What the session sells; all on one page, up to `limit`."""
    found = _line_items(call.box, call.need(KIND, session_id, "session"))
    data, limit = found["data"], call.params.get("limit", 10)
    ids = [item["id"] for item in data]
    start = ids.index(after) + 1 if (after := call.params.get("starting_after")) in ids else 0
    return {**found, "data": data[start : start + limit], "has_more": len(data) > start + limit}


@endpoint("POST", "/v1/checkout/sessions/<session_id>/expire", SessionExpireParams)
def expire(call: Call, session_id: str) -> Obj:
    """End an open session, so that its page can no longer be paid."""
    session = call.need(KIND, session_id, "session")
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of {session['status']}."
        )
    return end(call.box, session)
