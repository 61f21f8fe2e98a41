"""The connection to Stripe, its errors in our words, and its webhooks' signatures."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import stripe
import structlog

from marketplace import clock, config, strict_json
from marketplace.db import outside_commands
from marketplace.errors import Conflict, FairhourError, Unavailable
from marketplace.payments.stripe_gateway import circuit_breaker
from marketplace.payments.stripe_gateway.absences import filled
from marketplace.payments.stripe_gateway.refusal_reports import report_refusal
from marketplace.payments.stripe_gateway.refusals import PASSING, SENTENCES, TO_DO, Kind, Refusal

R = TypeVar("R")
log = structlog.get_logger()

# Stripe says that a signature's age should be bounded; its SDK lets a timestamp from the future pass, we do not.
SIGNATURE_TOLERANCE_SECONDS = 300


class GatewayRefused(Conflict):
    """Our payment provider refused this.

    `kind` says what that comes to; `words` are Stripe's own with the id of the request, for admins.
    """

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        self.kind, self.code, self.words = refusal.kind, refusal.code, refusal.words
        super().__init__(refusal.sentence)

    @property
    def for_admins(self) -> str:
        """Stripe's own words."""
        return self.words

    @property
    def is_doubtful(self) -> bool:
        """May what was asked for be there all the same?"""
        return self.kind in {Kind.STORED, Kind.MISMATCH}


class NotSetUp(Unavailable):
    """Our payment provider is not set up for this yet.

    It rejects our key, or our account does not allow this: asked again once an admin has mended it.
    """

    def __init__(self, kind: Kind) -> None:
        super().__init__(SENTENCES[kind])
        self.kind = kind

    @property
    def for_admins(self) -> str:
        """What an admin is to mend."""
        return str(TO_DO[self.kind])


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
    """One request as this application, outside any transaction, its errors in our words.

    Raises Unavailable where asking again may help (NotSetUp once an admin has mended something), else GatewayRefused.
    """
    outside_commands()
    settings = config.current()
    breaker = circuit_breaker.breaker_id(settings.stripe_secret_key, settings.stripe_api_base)
    silent_for = circuit_breaker.find(breaker)
    is_open = silent_for is not None and circuit_breaker.is_open(silent_for)
    if silent_for is not None and not circuit_breaker.may_ask(silent_for):
        raise _passing(Kind(silent_for.reason))
    # What was read for the breaker has ended too before we wait for somebody else.
    outside_commands()
    try:
        answer = call(_client(settings.stripe_secret_key, settings.stripe_api_base, settings.stripe_timeout_seconds))
    except stripe.StripeError as error:
        refusal = _refusal(error)
        _record(breaker, refusal, was_silent=silent_for is not None, was_open=is_open)
        if refusal.kind in PASSING:
            raise _passing(refusal.kind) from error
        raise GatewayRefused(refusal) from error
    if silent_for is not None:
        circuit_breaker.answered(breaker)
    return filled(answer)


def _passing(kind: Kind) -> Unavailable:
    return NotSetUp(kind) if kind in TO_DO else Unavailable(SENTENCES[kind])


def _refusal(error: stripe.StripeError) -> Refusal:
    body = error.error.to_dict() if error.error else {}
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    return Refusal(
        type=body.get("type") or "",
        code=body.get("code") or error.code or "",
        http_status=error.http_status,
        message=error.user_message or str(error),
        param=body.get("param") or "",
        request_id=error.request_id or "",
        replayed=headers.get("idempotent-replayed") == "true",
    )


def _record(breaker: str, refusal: Refusal, *, was_silent: bool, was_open: bool) -> None:
    """Let every process know whether Stripe answers, and admins what a person has to mend."""
    if refusal.kind in {Kind.AWAY, Kind.KEY} or refusal.http_status == 429:
        reason = Kind.KEY if refusal.kind == Kind.KEY else Kind.AWAY
        circuit_breaker.did_not_answer(breaker, reason.value, for_certain=reason == Kind.KEY, tried=was_open)
    elif was_silent:
        circuit_breaker.answered(breaker)
    log.warning("stripe.refused", kind=refusal.kind.value, words=refusal.words, status=refusal.http_status)
    if refusal.kind in TO_DO:
        report_refusal(refusal)


def _webhook_secrets() -> dict[str, str]:
    settings = config.current()
    return {
        "platform": settings.stripe_webhook_secret_platform,
        "connect": settings.stripe_webhook_secret_connect,
        "thin": settings.stripe_webhook_secret_thin,
    }


def instant(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def page_of(since: datetime | None, after: str | None) -> Any:
    """The parameters of a page of a list: what was created from `since` on, and came before the object `after`."""
    page: dict[str, Any] = {"limit": 100}
    if since is not None:
        page["created"] = {"gte": int(since.timestamp())}
    if after is not None:
        page["starting_after"] = after
    return page


def verified_event(kind: str, body: bytes, signature: str) -> Any:
    """What a webhook's raw body says, if Stripe signed it; `kind` is platform, connect or thin.

    Raises BadSignature, UnreadableBody.
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
