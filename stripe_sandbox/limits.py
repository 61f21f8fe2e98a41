"""How little, how long and where to: Stripe's least amounts, longest texts and the countries that it pays to."""

import re

# docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in minor units; 50 where the table says nothing.
_LEAST = {
    "aed": 200,
    "bgn": 100,
    "czk": 1500,
    "dkk": 250,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "thb": 1000,
}
# `maxLength` of Stripe's OpenAPI document, by the last part of a parameter's name.
_LONGEST = {
    "client_reference_id": 200,
    "statement_descriptor": 22,
    "statement_descriptor_suffix": 22,
    "name": 5000,
    "description": 40000,
    "access_activity_log": 20000,
    "cancellation_policy_disclosure": 20000,
    "cancellation_rebuttal": 20000,
    "duplicate_charge_explanation": 20000,
    "product_description": 20000,
    "refund_policy_disclosure": 20000,
    "refund_refusal_explanation": 20000,
    "uncategorized_text": 20000,
    "billing_address": 5000,
    "customer_email_address": 5000,
    "customer_name": 5000,
    "service_date": 5000,
}
# docs.stripe.com/disputes/api: "a combined character count limit of 150,000" for all of a dispute's evidence.
LONGEST_EVIDENCE = 150_000
# docs.stripe.com/api/payment_intents/create: eight digits, whatever the currency.
MOST_UNITS = 99_999_999
_METADATA_KEY, _METADATA_VALUE = 40, 500
# Platforms here pay to each other's countries, one in the United States to more of them; see docs.stripe.com/connect/
# cross-border-payouts. Whoever is elsewhere pays to the own country alone (assumed of some).
_TOGETHER = frozenset(
    "AT BE BG CA CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IT LI LT LU LV MT NL NO PL PT RO SE SI SK US".split()  # noqa: SIM905
)
_FROM_US = _TOGETHER | frozenset({"AU", "HK", "IN", "JP", "MX", "NZ", "SG", "TH"})


def least_units(currency: str) -> int:
    """The least charge in a currency, in minor units."""
    return _LEAST.get(currency, 50)


def too_long(path: str, value: str) -> str | None:
    """Stripe's words for a text that is too long, by the path of its parameter (`evidence[customer_name]`)."""
    names = re.findall(r"[^\[\]]+", path)
    if len(names) > 1 and names[-2] == "metadata":
        if len(names[-1]) > _METADATA_KEY:
            return f"Metadata keys can have at most {_METADATA_KEY} characters."
        longest = _METADATA_VALUE
    else:
        longest = _LONGEST.get(names[-1], len(value))
    if len(value) <= longest:
        return None
    return f"Invalid string: {value[:10]}...{value[-10:]}; must be at most {longest} characters"


def pays_to(platform_country: str, country: str) -> bool:
    """May a platform in one country have a recipient in another?"""
    reach = _FROM_US if platform_country == "US" else _TOGETHER if platform_country in _TOGETHER else {platform_country}
    return country in reach
