"""Customers: a name and an address for receipts; no payment method is stored."""

import stripe
from stripe.params import CustomerCreateParams, CustomerListParams, CustomerRetrieveParams, CustomerUpdateParams

from ..api import Call, endpoint
from ..box import Sandbox
from ..events import emit
from ..ids import new_id
from ..shapes import Obj, shape
from .accounts import merged

PLAYS = "address description email metadata name phone preferred_locales"


@endpoint("POST", "/v1/customers", CustomerCreateParams, PLAYS)
def create(call: Call) -> Obj:
    """Create a customer."""
    return add(call.box, call.account, **call.params)


def add(box: Sandbox, account: str, **given: object) -> Obj:
    """Keep a new customer and send `customer.created`."""
    given.pop("expand", None)
    fields = {"metadata": {}, "preferred_locales": [], **{k: v for k, v in given.items() if v != ""}}
    customer = shape(
        stripe.Customer,
        id=new_id("cus", 14),
        balance=0,
        created=box.now(),
        delinquent=False,
        invoice_prefix=new_id("x", 8)[2:].upper(),
        next_invoice_sequence=1,
        tax_exempt="none",
        **fields,
    )
    box.add(customer, account)
    emit(box, "customer.created", customer, account)
    return customer


@endpoint("GET", "/v1/customers/<customer_id>", CustomerRetrieveParams)
def retrieve(call: Call, customer_id: str) -> Obj:
    """One customer."""
    return call.need("customer", customer_id)


@endpoint("POST", "/v1/customers/<customer_id>", CustomerUpdateParams, PLAYS)
def update(call: Call, customer_id: str) -> Obj:
    """Change a customer; an empty value unsets."""
    customer = call.need("customer", customer_id)
    given = {name: value for name, value in call.params.items() if name != "expand"}
    previous = {name: customer.get(name) for name in given}
    metadata = merged(customer["metadata"], given.pop("metadata", None))
    customer |= {name: None if value == "" else value for name, value in given.items()}
    customer["metadata"] = metadata
    call.box.store.save(customer)
    emit(call.box, "customer.updated", customer, call.account, previous)
    return customer


@endpoint("GET", "/v1/customers", CustomerListParams, "created email")
def list_(call: Call) -> Obj:
    """Customers, newest first."""
    return call.page("customer", {"email": call.params.get("email")})
