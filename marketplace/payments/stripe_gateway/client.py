"""The connection to Stripe, its errors in our words, and its webhooks' signatures."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import stripe

from marketplace import clock
from marketplace.config import Settings
from marketplace.db import outside_commands
from marketplace.errors import FairhourError, Unavailable

R = TypeVar("R")

# Stripe says that a signature's age should be bounded; its SDK lets a timestamp from the future pass, we do not.
SIGNATURE_TOLERANCE_SECONDS = 300


class GatewayRefused(FairhourError):
    """Stripe refused this."""

    def __init__(self, code: str | None, message: str, status: int | None) -> None:
        self.code = code or ""
        self.status = status
        super().__init__(message, code=self.code)


class BadSignature(FairhourError):
    """This was not signed by Stripe."""


_client: stripe.StripeClient | None = None
_secrets: dict[str, str] = {}


def configure(settings: Settings) -> None:
    """Talk to Stripe (or the sandbox) as these settings say."""
    global _client  # noqa: PLW0603  one account a process, set once at start
    stripe.enable_telemetry = False
    base = settings.stripe_api_base
    is_stripe = base == "https://api.stripe.com"
    _client = stripe.StripeClient(
        settings.stripe_secret_key,
        # Retrying is our queue's work: it survives a crash, and a request's thread is not kept waiting thrice.
        max_network_retries=0,
        base_addresses={} if is_stripe else {"api": base, "files": base, "connect": base, "meter_events": base},
        http_client=stripe.RequestsClient(timeout=settings.stripe_timeout_seconds),
    )
    for kind in ("platform", "connect", "thin"):
        _secrets[kind] = getattr(settings, f"stripe_webhook_secret_{kind}")


def ask(call: Callable[[stripe.StripeClient], R]) -> R:
    """One request, outside any transaction, its errors in our words."""
    outside_commands()
    if _client is None:
        raise RuntimeError("the gateway is not configured: create_app comes first")
    try:
        return call(_client)
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.AuthenticationError) as error:
        raise Unavailable("Our payment provider does not answer right now. Nothing was lost.") from error
    except stripe.StripeError as error:
        # A key in flight is a 409 without a code of its own; asking again later gets the stored answer.
        if error.http_status is None or error.http_status >= 500 or error.http_status in {409, 429}:
            raise Unavailable("Our payment provider does not answer right now. Nothing was lost.") from error
        code = error.error.code if error.error else error.code
        raise GatewayRefused(code, error.user_message or str(error), error.http_status) from error


def instant(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def verified_event(kind: str, body: bytes, signature: str) -> dict[str, Any]:
    """The event in a webhook's raw body; `kind` is platform, connect or thin. Raises BadSignature."""
    try:
        stripe.WebhookSignature.verify_header(
            body.decode(), signature, _secrets[kind], tolerance=SIGNATURE_TOLERANCE_SECONDS
        )
        signed_at = int(dict(part.split("=", 1) for part in signature.split(","))["t"])
    except (stripe.SignatureVerificationError, ValueError, KeyError) as error:
        raise BadSignature from error
    # The wall clock: Stripe signs by it whatever a test's or a demo's clock says.
    if signed_at > clock.of_the_machine().timestamp() + SIGNATURE_TOLERANCE_SECONDS:
        raise BadSignature
    return cast("dict[str, Any]", json.loads(body))
