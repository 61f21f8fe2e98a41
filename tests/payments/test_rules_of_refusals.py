"""Every error of Stripe's has a meaning here: what people read, what an admin does, whether asking again helps."""

import inspect
import typing

import pytest
import stripe

from marketplace.payments.stripe_gateway import refusals
from marketplace.payments.stripe_gateway.refusals import Kind, Refusal

KNOWN_TO_THE_SDK = typing.get_args(
    typing.get_args(inspect.get_annotations(stripe.PaymentIntent.LastPaymentError)["code"])[0]
)


@pytest.mark.parametrize("code", KNOWN_TO_THE_SDK)
def test_every_code_that_the_sdk_lists_is_in_the_table(code):
    assert code in refusals.CODES


def test_every_type_that_the_sdk_tells_apart_is_in_the_table():
    names = [name for name, found in vars(stripe).items() if inspect.isclass(found) and name.endswith("Error")]
    told_by_status = {"APIConnection", "Authentication", "Permission", "SignatureVerification", "RateLimit", "Stripe"}
    types = {"".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name)[1:] for name in names}
    known = {name.removesuffix("_error") for name in refusals.TYPES}
    missing = {name.removesuffix("_error") for name in types} - known
    assert {name.replace("_", "") for name in missing} <= {name.lower() for name in told_by_status} | {
        "a_p_i".replace("_", ""),
        "apiconnection",
    }


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Refusal(), Kind.AWAY),
        (Refusal(http_status=200, message="<html>"), Kind.AWAY),
        (Refusal(http_status=500, type="api_error"), Kind.AWAY),
        (Refusal(http_status=500, type="api_error", replayed=True), Kind.STORED),
        (Refusal(http_status=401, type="invalid_request_error"), Kind.KEY),
        (Refusal(http_status=403, type="invalid_request_error", message="The key lacks a permission."), Kind.SETUP),
        (Refusal(http_status=403, type="invalid_request_error", code="account_invalid"), Kind.ACCOUNT),
        (Refusal(http_status=409, type="idempotency_error"), Kind.BUSY),
        (Refusal(http_status=429, code="lock_timeout"), Kind.BUSY),
        (Refusal(http_status=400, type="idempotency_error"), Kind.MISMATCH),
        (Refusal(http_status=400, code="amount_too_small"), Kind.AMOUNT),
        (Refusal(http_status=400, code="email_invalid"), Kind.EMAIL),
        (Refusal(http_status=400, type="invalid_request_error", param="customer_email"), Kind.EMAIL),
        (Refusal(http_status=400, code="country_unsupported"), Kind.COUNTRY),
        (Refusal(http_status=400, type="invalid_request_error", param="expires_at"), Kind.LATE),
        (Refusal(http_status=400, message="Accounts v2 is not enabled for your platform."), Kind.SETUP),
        (Refusal(http_status=400, message="No valid payment method types for this Checkout Session."), Kind.SETUP),
        (Refusal(http_status=400, code="stripe_tax_inactive"), Kind.SETUP),
        (Refusal(http_status=402, type="card_error", code="card_declined"), Kind.CARD),
        (Refusal(http_status=402, type="card_error", code="of_tomorrow"), Kind.CARD),
        (Refusal(http_status=404, type="invalid_request_error"), Kind.MISSING),
        (Refusal(http_status=400, code="resource_missing"), Kind.MISSING),
        (Refusal(http_status=400, code="balance_insufficient"), Kind.BALANCE),
        (Refusal(http_status=400, type="blocked_by_stripe"), Kind.ACCOUNT),
        (Refusal(http_status=400, code="charge_already_refunded"), Kind.STATE),
        (Refusal(http_status=400, code="parameter_unknown"), Kind.OURS),
        (Refusal(http_status=400, type="invalid_request_error", code="of_tomorrow"), Kind.UNKNOWN),
        (Refusal(http_status=400, type="of_tomorrow"), Kind.UNKNOWN),
    ],
)
def test_what_a_refusal_comes_to(refusal, kind):
    assert refusal.kind == kind
    assert refusal.sentence == refusals.SENTENCES[kind]


def test_each_kind_has_a_sentence_and_what_a_person_must_mend_says_how():
    assert set(refusals.SENTENCES) == set(Kind)
    assert {Kind.KEY, Kind.SETUP, Kind.MISMATCH, Kind.OURS, Kind.UNKNOWN} == set(refusals.TO_DO)
    assert {Kind.AWAY, Kind.BUSY, Kind.KEY, Kind.SETUP} == refusals.PASSING


def test_an_admin_reads_stripes_words_with_the_id_of_the_request():
    assert Refusal(message="No.", code="x", request_id="req_1").words == "No. (x, req_1)"
    assert Refusal(message="No.", type="api_error").words == "No. (api_error)"
    assert Refusal(message="No.").words == "No."
