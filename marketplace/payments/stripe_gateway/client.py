"""The connection to Stripe, its errors in our words, and its webhooks' signatures."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import stripe

from marketplace import clock, config, strict_json
from marketplace.db import outside_commands
from marketplace.errors import FairhourError, Unavailable

R = TypeVar("R")

# Stripe says that a signature's age should be bounded; its SDK lets a timestamp from the future pass, we do not.
SIGNATURE_TOLERANCE_SECONDS = 300


class GatewayRefused(FairhourError):
    """Stripe refused this."""

    def __init__(self, code: str | None, message: str, http_status: int | None) -> None:
        self.code = code or ""
        self.http_status = http_status
        super().__init__(message, code=self.code)


class BadSignature(FairhourError):
    """This was not signed by Stripe."""


stripe.enable_telemetry = False


@lru_cache(maxsize=16)
def _client(secret_key: str, base: str, timeout_seconds: int) -> stripe.StripeClient:
    """A connection to Stripe, or to a sandbox at `base`; kept, since connecting takes its time."""
    is_stripe = base == "https://api.stripe.com"
    return stripe.StripeClient(
        secret_key,
        # Retrying is our queue's work: it survives a crash, and a request's thread is not kept waiting thrice.
        max_network_retries=0,
        base_addresses={} if is_stripe else {"api": base, "files": base, "connect": base, "meter_events": base},
        http_client=stripe.RequestsClient(timeout=timeout_seconds),
    )


def ask(call: Callable[[stripe.StripeClient], R]) -> R:
    """One request as this application, outside any transaction, its errors in our words."""
    outside_commands()
    settings = config.current()
    try:
        return call(_client(settings.stripe_secret_key, settings.stripe_api_base, settings.stripe_timeout_seconds))
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.AuthenticationError) as error:
        raise Unavailable("Our payment provider does not answer right now. Nothing was lost.") from error
    except stripe.StripeError as error:
        # A key in flight is a 409 without a code of its own; asking again later gets the stored answer.
        if error.http_status is None or error.http_status >= 500 or error.http_status in {409, 429}:
            raise Unavailable("Our payment provider does not answer right now. Nothing was lost.") from error
        code = error.error.code if error.error else error.code
        raise GatewayRefused(code, error.user_message or str(error), error.http_status) from error


def _webhook_secrets() -> dict[str, str]:
    settings = config.current()
    return {
        "platform": settings.stripe_webhook_secret_platform,
        "connect": settings.stripe_webhook_secret_connect,
        "thin": settings.stripe_webhook_secret_thin,
    }


def instant(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def verified_event(kind: str, body: bytes, signature: str) -> Any:
    """What a webhook's raw body says, if Stripe signed it; `kind` is platform, connect or thin.

    Raises BadSignature, Unreadable.
    """
    if not signature.isascii():
        raise BadSignature
    try:
        stripe.WebhookSignature.verify_header(
            body.decode(), signature, _webhook_secrets()[kind], tolerance=SIGNATURE_TOLERANCE_SECONDS
        )
        signed_at = int(dict(part.split("=", 1) for part in signature.split(","))["t"])
    except (stripe.SignatureVerificationError, ValueError, KeyError) as error:
        raise BadSignature from error
    # The wall clock: Stripe signs by it whatever a test's or a demo's clock says.
    if signed_at > clock.of_the_machine().timestamp() + SIGNATURE_TOLERANCE_SECONDS:
        raise BadSignature
    return strict_json.loads(body)
