"""Every type and code of Stripe's errors, and what people read of it. Pure.

Codes are Stripe's own (docs.stripe.com/error-codes, as the SDK lists them), types of v1 and v2 errors likewise.
"""

from dataclasses import dataclass
from enum import StrEnum

from marketplace.languages import lazy_gettext as _l


class Kind(StrEnum):
    """What a refusal comes to."""

    AWAY = "away"  # no answer, or an error of Stripe's own: ask again under the same key
    BUSY = "busy"  # the same request is under way, or there are too many: likewise
    KEY = "key"  # Stripe rejects our key
    SETUP = "setup"  # our account at Stripe is not set up for this
    AMOUNT = "amount"  # too small or too large for the currency
    EMAIL = "email"  # an address that Stripe does not take
    COUNTRY = "country"  # a country that Stripe does not pay to from ours
    CARD = "card"  # the card, or another method of the payer's, was declined
    ACCOUNT = "account"  # a coach's account, or the bank behind it, cannot take this
    BALANCE = "balance"  # a balance does not cover it yet
    STATE = "state"  # it has moved on: captured, refunded, disputed, lapsed
    LATE = "late"  # the page would close too soon
    MISSING = "missing"  # Stripe does not know the object
    STORED = "stored"  # Stripe broke, and answers this key so for a day: look what came of it, then use a new one
    MISMATCH = "mismatch"  # the key was used with other parameters
    OURS = "ours"  # the request was wrong: a mistake in this program
    UNKNOWN = "unknown"  # not in this table


# What whoever stands at the door reads; admins read Stripe's own words with the id of the request.
SENTENCES: dict[Kind, str] = {
    Kind.AWAY: _l("Our payment provider does not answer right now. Nothing was lost."),
    Kind.BUSY: _l("Our payment provider does not answer right now. Nothing was lost."),
    Kind.KEY: _l("Our payment provider does not let us in right now. Nothing was lost, and our admins have been told."),
    Kind.SETUP: _l("Our payment provider is not set up for this yet. Nothing was lost, and our admins have been told."),
    Kind.AMOUNT: _l("Our payment provider does not take an amount of this size in this currency."),
    Kind.EMAIL: _l(
        "Our payment provider does not accept your email address. Change it in your account, then try again."
    ),
    Kind.COUNTRY: _l(
        "Our payment provider does not pay to this country from ours. Choose another country, or "
        "ask us for a transfer to your bank."
    ),
    Kind.CARD: _l("The payment was declined. Use another card or another way to pay."),
    Kind.ACCOUNT: _l("The account at our payment provider that this would go to cannot take it."),
    Kind.BALANCE: _l("The balance at our payment provider does not cover this yet."),
    Kind.STATE: _l("This has moved on at our payment provider in the meantime. Load the page again."),
    Kind.LATE: _l("The page to pay on cannot be opened any more. Hold the time once more."),
    Kind.MISSING: _l("Our payment provider does not know this any more. Our admins see it too."),
    Kind.STORED: _l("Our payment provider had an error of its own. Nothing was lost; we look into it."),
    Kind.MISMATCH: _l("Our payment provider refused this. Nothing was lost, and our admins have been told."),
    Kind.OURS: _l("Our payment provider refused this. Nothing was lost, and our admins have been told."),
    Kind.UNKNOWN: _l("Our payment provider refused this. Nothing was lost, and our admins have been told."),
}

# What an admin is to do, where a person has to do something; these are told by mail, once a day for each code.
TO_DO: dict[Kind, str] = {
    Kind.KEY: _l(
        "Stripe rejects our key. Set STRIPE_SECRET_KEY to one of this account that is in force, "
        "and start again. Everything that waits is done then."
    ),
    Kind.SETUP: _l(
        "Our account at Stripe, or the permissions of our key, does not allow this. Set it up in "
        "Stripe's dashboard. Everything that waits is done then."
    ),
    Kind.MISMATCH: _l("The same idempotency key was used with other parameters. Look at the request in its dashboard."),
    Kind.OURS: _l(
        "Stripe calls the request wrong, which is a mistake in this program. Report it with the request's id."
    ),
    Kind.UNKNOWN: _l("This refusal is in no table of ours. Look the request up in Stripe's dashboard."),
}
# Asked again by the queue until they pass; everything else is a definite no.
PASSING = frozenset({Kind.AWAY, Kind.BUSY, Kind.KEY, Kind.SETUP})

_CODES: dict[Kind, str] = {
    Kind.AWAY: """
        lock_timeout forwarding_api_retryable_upstream_error forwarding_api_upstream_connection_error
        forwarding_api_upstream_connection_timeout forwarding_api_upstream_error
        """,
    Kind.BUSY: "idempotency_key_in_use rate_limit payment_intent_rate_limit_exceeded",
    Kind.KEY: """
        api_key_expired platform_api_key_expired secret_key_required tls_version_unsupported livemode_mismatch
        testmode_charges_only
        """,
    Kind.SETUP: """
        platform_account_required stripe_tax_inactive payment_method_unactivated capability_not_active
        invoice_no_payment_method_types account_token_required_for_v2_account application_fees_not_allowed
        forwarding_api_inactive accounts_v2_access_blocked account_not_yet_compatible_with_v2
        not_allowed_on_standard_account ownership_declaration_not_allowed progressive_onboarding_limit_exceeded
        financial_account_capability_not_enabled financial_account_capability_restricted action_blocked
        approval_required smart_disputes_not_available storer_capability_missing storer_capability_not_active
        instant_payouts_config_disabled instant_payouts_currency_disabled payment_method_configuration_failures
        anomalous_money_movement_request more_permissions_required_for_application
        """,
    Kind.AMOUNT: """
        amount_too_small amount_too_large invalid_charge_amount charge_exceeds_source_limit
        charge_exceeds_transaction_limit payouts_limit_exceeded instant_payouts_limit_exceeded
        """,
    Kind.EMAIL: "email_invalid",
    Kind.COUNTRY: """
        country_unsupported country_code_invalid account_country_invalid_address state_unsupported
        account_error_country_change_requires_additional_steps terminal_location_country_unsupported
        """,
    Kind.CARD: """
        card_declined card_decline_rate_limit_exceeded expired_card incorrect_cvc incorrect_number invalid_cvc
        incorrect_zip incorrect_postal_code incorrect_address invalid_number invalid_expiry_month
        invalid_expiry_year invalid_card_type authentication_required authentication_failure
        acss_debit_session_incomplete cardholder_phone_number_required debit_not_authorized
        customer_max_payment_methods expired_payment_method india_recurring_payment_mandate_canceled
        invalid_mandate_reference_prefix_format billing_invalid_mandate payment_intent_authentication_failure
        payment_intent_payment_attempt_failed payment_intent_action_required
        payment_intent_konbini_rejected_confirmation_number payment_intent_mandate_invalid
        payment_intent_payment_attempt_expired payment_intent_incompatible_payment_method
        payment_method_bank_account_already_verified payment_method_bank_account_blocked payment_method_restricted
        payment_method_billing_details_address_missing payment_method_currency_mismatch
        payment_method_customer_decline payment_method_invalid_parameter payment_method_invalid_parameter_testmode
        payment_method_not_available payment_method_microdeposit_failed payment_method_microdeposit_processing_error
        payment_method_unexpected_state payment_method_microdeposit_verification_amounts_invalid
        payment_method_microdeposit_verification_timeout payment_method_microdeposit_verification_amounts_mismatch
        payment_method_provider_decline payment_method_microdeposit_verification_attempts_exceeded
        payment_method_provider_timeout payment_method_microdeposit_verification_descriptor_code_mismatch
        payment_method_unsupported_type refer_to_customer request_blocked sepa_unsupported_account
        setup_attempt_failed setup_intent_mandate_invalid setup_intent_authentication_failure
        setup_intent_setup_attempt_expired three_d_secure_authentication_upstream_error
        setup_intent_mobile_wallet_unsupported three_d_secure_authentication_not_supported
        token_card_network_invalid processing_error customer_tax_location_invalid invalid_tax_location
        shipping_address_invalid
        """,
    Kind.ACCOUNT: """
        account_invalid account_closed account_number_invalid account_information_mismatch no_account
        bank_account_bad_routing_numbers bank_account_declined bank_account_exists bank_account_restricted
        bank_account_unusable bank_account_unverified bank_account_verification_failed clearing_code_unsupported
        routing_number_invalid transfers_not_allowed payouts_not_allowed insufficient_capabilities_for_transfer
        instant_payouts_unsupported financial_account_balance_does_not_support_currency postal_code_invalid
        financial_connections_account_inactive financial_connections_account_pending_account_numbers
        financial_connections_account_unavailable_account_numbers
        financial_connections_no_successful_transaction_refresh tax_id_invalid tax_id_prohibited siret_invalid
        """,
    Kind.BALANCE: "balance_insufficient insufficient_funds payout_reconciliation_not_ready",
    Kind.STATE: """
        charge_already_captured charge_already_refunded charge_disputed charge_expired_for_capture
        capture_charge_authorization_expired capture_unauthorized_payment charge_not_refundable intent_invalid_state
        payment_intent_unexpected_state setup_intent_unexpected_state refund_disputed_payment
        resource_already_exists return_intent_already_processed status_transition_invalid token_already_used
        token_in_use customer_session_expired invoice_not_editable invoice_on_behalf_of_not_editable
        invoice_payment_intent_requires_action coupon_expired invoice_upcoming_none out_of_inventory
        product_inactive sku_inactive customer_max_subscriptions intent_verification_method_missing
        terminal_reader_busy terminal_reader_hardware_fault terminal_reader_offline terminal_reader_timeout
        """,
    Kind.MISSING: "resource_missing missing not_found",
    Kind.OURS: """
        parameter_invalid_empty parameter_invalid_integer parameter_invalid_string_blank
        parameter_invalid_string_empty parameter_missing parameter_unknown parameters_exclusive url_invalid
        invalid_characters balance_invalid_parameter charge_invalid_parameter payment_intent_invalid_parameter
        setup_intent_invalid_parameter forwarding_api_invalid_parameter alipay_upgrade_required
        bitcoin_upgrade_required dispute_evidence_page_limit_exceeded failed_tax_calculation
        taxes_calculation_failed invalid_source_usage financial_connections_consent_locale_invalid
        financial_connections_consent_locale_unsupported invalid_canceled_subscription_fields
        invoice_no_customer_line_items invoice_no_subscription_line_items
        payment_evaluation_on_api_version_not_supported service_period_coupon_with_metered_tiered_item_unsupported
        shipping_calculation_failed subscription_update_trial_after_billing_cycle_anchor
        terminal_reader_invalid_location_for_activation terminal_reader_invalid_location_for_payment
        transfer_source_balance_parameters_mismatch
        """,
}
CODES: dict[str, Kind] = {code: kind for kind, codes in _CODES.items() for code in codes.split()}

# Types say something by themselves only where no code says more; those without an underscore of v1 are v2's.
TYPES: dict[str, Kind] = {
    "api_error": Kind.AWAY,
    "card_error": Kind.CARD,
    "idempotency_error": Kind.MISMATCH,
    "invalid_request_error": Kind.UNKNOWN,
    "rate_limit": Kind.BUSY,
    "temporary_session_expired": Kind.STATE,
    "already_canceled": Kind.STATE,
    "blocked_by_stripe": Kind.ACCOUNT,
    "cannot_proceed": Kind.STATE,
    "capability_not_enabled": Kind.SETUP,
    "controlled_by_alternate_resource": Kind.STATE,
    "controlled_by_dashboard": Kind.STATE,
    "feature_not_enabled": Kind.SETUP,
    "financial_account_not_open": Kind.ACCOUNT,
    "fx_quote_needs_refresh": Kind.STATE,
    "insufficient_funds": Kind.BALANCE,
    "invalid_payment_method": Kind.ACCOUNT,
    "invalid_payout_method": Kind.ACCOUNT,
    "invalid_vaulted_credential": Kind.ACCOUNT,
    "not_cancelable": Kind.STATE,
    "quota_exceeded": Kind.BUSY,
    "recipient_not_notifiable": Kind.ACCOUNT,
    "verification_attempt_failed": Kind.ACCOUNT,
    "verification_expired": Kind.ACCOUNT,
    "verification_not_initiated": Kind.ACCOUNT,
}
# Refusals that carry no code, by the parameter that they name.
PARAMETERS: dict[str, Kind] = {
    "expires_at": Kind.LATE,
    "customer_email": Kind.EMAIL,
    "contact_email": Kind.EMAIL,
    "email": Kind.EMAIL,
    "country": Kind.COUNTRY,
    "identity.country": Kind.COUNTRY,
}
# And those that name none, by words of their message (assumed, as Stripe's pages of help quote them).
WORDS: dict[str, Kind] = {
    "insufficient funds in your stripe balance": Kind.BALANCE,
    "accounts v2 is not enabled": Kind.SETUP,
    "signed up for connect": Kind.SETUP,
    "no valid payment method types": Kind.SETUP,
    "origin address": Kind.SETUP,
    "cannot be created by platforms in": Kind.COUNTRY,
    "cannot currently make live charges": Kind.SETUP,
    "managing losses": Kind.SETUP,
}


@dataclass(frozen=True)
class Refusal:
    """An error as Stripe answered it: `message` are its words, `request_id` names the request in its dashboard."""

    type: str = ""
    code: str = ""
    http_status: int | None = None
    message: str = ""
    param: str = ""
    request_id: str = ""
    replayed: bool = False

    @property
    def kind(self) -> Kind:
        """What it comes to."""
        # What came with a good status and is no answer of Stripe's was said by something in between.
        if self.http_status is None or self.http_status < 400:
            return Kind.AWAY
        if self.http_status >= 500:
            # docs.stripe.com/api/idempotent_requests: a stored answer is replayed, "including 500 errors".
            return Kind.STORED if self.replayed else Kind.AWAY
        if self.http_status == 401:
            return Kind.KEY
        if self.http_status in {409, 429}:
            return Kind.BUSY
        return self._by_code()

    def _by_code(self) -> Kind:
        if self.code in CODES:
            return CODES[self.code]
        if self.http_status == 404:
            return Kind.MISSING
        words = self.message.lower()
        said = next((kind for part, kind in WORDS.items() if part in words), None)
        known = said or PARAMETERS.get(self.param) or TYPES.get(self.type, Kind.UNKNOWN)
        # A key without the permission: whatever it was to do, it may not.
        return Kind.SETUP if known == Kind.UNKNOWN and self.http_status == 403 else known

    @property
    def sentence(self) -> str:
        """What whoever stands at the door reads."""
        return str(SENTENCES[self.kind])

    @property
    def words(self) -> str:
        """Stripe's words for an admin, with its code and the id of the request."""
        facts = ", ".join(fact for fact in (self.code or self.type, self.request_id) if fact)
        return f"{self.message} ({facts})" if facts else self.message
