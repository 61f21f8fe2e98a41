"""Stripe Tax, played: the tax of a Checkout Session is known once the buyer's country is.

Rates are the standard ones of a few countries. Which of them really apply to what is sold, Stripe knows and this does
not; what matters here is how the amounts are told.
"""

from .shapes import Obj

# Ten-thousandths of the net amount.
RATES = {"DE": 1900, "FR": 2000, "GB": 2000, "JP": 1000, "CH": 810, "US": 0}
NAMES = {
    "DE": "Germany",
    "FR": "France",
    "GB": "United Kingdom",
    "JP": "Japan",
    "CH": "Switzerland",
    "US": "United States",
}
USUAL = "DE"


def unknown() -> Obj:
    """`automatic_tax` of a session whose buyer has not said where they are."""
    return {
        "enabled": True,
        "liability": {"type": "self"},
        "provider": "stripe",
        "status": "requires_location_inputs",
    }


def calculate(session: Obj, country: str) -> None:
    """Lay the tax of that country on every line, on top of the price or within it as the price says."""
    rate = RATES[country]
    for item in session["_line_items"]:
        subtotal = item["amount_subtotal"]
        inclusive = item["price"]["tax_behavior"] == "inclusive"
        base = 10_000 + rate if inclusive else 10_000
        item["amount_tax"] = (2 * subtotal * rate + base) // (2 * base)
        item["amount_total"] = subtotal if inclusive else subtotal + item["amount_tax"]
    session["amount_total"] = sum(item["amount_total"] for item in session["_line_items"])
    tax = sum(item["amount_tax"] for item in session["_line_items"])
    session["total_details"] = session["total_details"] | {"amount_tax": tax}
    session["automatic_tax"] = session["automatic_tax"] | {"status": "complete"}
    session["_country"] = country


def address_of(session: Obj) -> Obj | None:
    """The billing address that was asked for to know the tax."""
    if "_country" not in session:
        return None
    return dict.fromkeys(("city", "line1", "line2", "postal_code", "state")) | {"country": session["_country"]}
