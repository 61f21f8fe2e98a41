"""What Stripe takes as evidence, and what of it an admin may say otherwise."""

# docs.stripe.com/api/disputes/evidence_object: "Has a maximum character count of 20,000", for each text.
LONGEST_EVIDENCE = 20_000
# `maxLength` of Stripe's OpenAPI document for what is no text of ours.
_SHORTER = {"customer_name": 5000, "customer_email_address": 5000, "service_date": 5000}
# By Stripe's names; the rest are facts about people and dates.
EDITABLE = (
    "product_description",
    "refund_policy_disclosure",
    "cancellation_policy_disclosure",
    "uncategorized_text",
)
_LEFT_OUT = "\n…"


def longest(name: str) -> int:
    """How many characters Stripe takes under one of its names of evidence.

    All that we send is at most 95,000 together; Stripe takes 150,000 (docs.stripe.com/disputes/api).
    """
    return _SHORTER.get(name, LONGEST_EVIDENCE)


def fitting(name: str, text: str) -> str:
    """The text, or as many of its whole lines as Stripe takes under that name."""
    if len(text) <= longest(name):
        return text
    room = longest(name) - len(_LEFT_OUT)
    cut = text.rfind("\n", 0, room + 1)
    return text[: cut if cut > 0 else room] + _LEFT_OUT
