"""Products and prices: made by the API, or along with a session that names a price."""

import stripe
from stripe.params import PriceCreateParams, PriceRetrieveParams, ProductCreateParams, ProductRetrieveParams

from ..api import Call, endpoint
from ..box import Sandbox
from ..errors import StripeError
from ..events import emit
from ..ids import new_id
from ..shapes import Obj, shape
from .accounts import merged

PRODUCT, PRICE = "product", "price"


def add_product(box: Sandbox, account: str, about: Obj, *, active: bool) -> Obj:
    """Keep a product; `about` has its name, description, images and metadata."""
    product = shape(
        stripe.Product,
        id=new_id("prod", 14),
        active=active,
        created=box.now(),
        description=about.get("description") or None,
        images=about.get("images", []),
        marketing_features=[],
        metadata=merged({}, about.get("metadata")),
        name=about["name"],
        type="service",
        updated=box.now(),
    )
    return box.add(product, account)


def add_price(box: Sandbox, account: str, product: Obj, *, unit_amount: int, currency: str, **fields: object) -> Obj:
    """Keep a price of so many minor units each, paid once."""
    price = shape(
        stripe.Price,
        id=new_id("price"),
        billing_scheme="per_unit",
        created=box.now(),
        currency=currency.lower(),
        product=product["id"],
        type="one_time",
        unit_amount=unit_amount,
        unit_amount_decimal=str(unit_amount),
        **{"active": True, "metadata": {}, "tax_behavior": "unspecified", **fields},
    )
    return box.add(price, account)


@endpoint("POST", "/v1/products", ProductCreateParams, "name description images metadata")
def create_product(call: Call) -> Obj:
    """Make a product that can be sold."""
    product = add_product(call.box, call.account, call.params, active=True)
    emit(call.box, "product.created", product, call.account)
    return product


@endpoint("GET", "/v1/products/<product_id>", ProductRetrieveParams)
def retrieve_product(call: Call, product_id: str) -> Obj:
    """One product."""
    return call.need(PRODUCT, product_id)


@endpoint("POST", "/v1/prices", PriceCreateParams, "product unit_amount currency nickname metadata")
def create_price(call: Call) -> Obj:
    """Make a price of a product, paid once."""
    given = call.params
    for param in ("product", "unit_amount"):
        if param not in given:
            raise StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)
    if given["unit_amount"] < 0:
        raise StripeError(
            "Invalid non-negative integer", code="parameter_invalid_integer", param="unit_amount", stored=False
        )
    price = add_price(
        call.box,
        call.account,
        call.need(PRODUCT, given["product"], "product", 400),
        unit_amount=given["unit_amount"],
        currency=given["currency"],
        nickname=given.get("nickname") or None,
        metadata=merged({}, given.get("metadata")),
    )
    emit(call.box, "price.created", price, call.account)
    return price


@endpoint("GET", "/v1/prices/<price_id>", PriceRetrieveParams)
def retrieve_price(call: Call, price_id: str) -> Obj:
    """One price."""
    return call.need(PRICE, price_id)
