"""What Stripe takes as evidence, and what of it an admin may say otherwise."""

# docs.stripe.com/api/disputes/evidence_object: "Has a maximum character count of 20,000", for each text.
LONGEST_EVIDENCE = 20_000
# By Stripe's names; the rest are facts about people and dates.
EDITABLE = (
    "product_description",
    "refund_policy_disclosure",
    "cancellation_policy_disclosure",
    "uncategorized_text",
)
_LEFT_OUT = "\n…"


def fitting(text: str) -> str:
    """The text, or as many of its whole lines as Stripe takes."""
    if len(text) <= LONGEST_EVIDENCE:
        return text
    room = LONGEST_EVIDENCE - len(_LEFT_OUT)
    cut = text.rfind("\n", 0, room + 1)
    return text[: cut if cut > 0 else room] + _LEFT_OUT
