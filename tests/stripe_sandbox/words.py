"""What a platform does with Stripe, in its own words."""

from typing import Any

import stripe

from stripe_sandbox.testing import RunningSandbox

AVAILABLE_AT_ONCE = "4000000000000077"
RECIPIENT = {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}}
EVERYTHING = ["configuration.recipient", "defaults", "identity", "requirements"]


class Platform:
    """A client and its sandbox."""

    def __init__(self, sandbox: RunningSandbox, client: stripe.StripeClient) -> None:
        self.sandbox, self.client = sandbox, client

    def a_session(self, cents: int = 12000, currency: str = "usd", **more: Any) -> stripe.checkout.Session:
        item = {"currency": currency, "unit_amount": cents, "product_data": {"name": "60 minutes with Ada"}}
        return self.client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "success_url": "http://localhost/paid?cs={CHECKOUT_SESSION_ID}",
                "cancel_url": "http://localhost/back",
                "line_items": [{"price_data": item, "quantity": 1}],
                **more,
            }
        )

    def paid(self, cents: int = 12000, card: str = "4242424242424242", **more: Any) -> stripe.PaymentIntent:
        """The intent of a session that was paid; with the charge inside."""
        session = self.a_session(cents, **more)
        answer = self.sandbox.pay(session.id, card)
        assert "payment_intent" in answer, answer
        return self.client.v1.payment_intents.retrieve(answer["payment_intent"], {"expand": ["latest_charge"]})

    def authorised(self, cents: int = 12000) -> stripe.PaymentIntent:
        return self.paid(cents, payment_intent_data={"capture_method": "manual"})

    def an_account(self, outcome: str | None = "complete", **more: Any) -> str:
        """The id of a connected account, after onboarding with that outcome."""
        account = self.client.v2.core.accounts.create(
            {
                "dashboard": "express",
                "contact_email": "ada@example.com",
                "identity": {"country": "us"},
                "configuration": RECIPIENT,
                "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
                "include": EVERYTHING,
                **more,
            }
        )
        if outcome:
            self.sandbox.onboard(account.id, outcome)
        return account.id

    def transferred(self, cents: int = 5000, to: str | None = None, **more: Any) -> stripe.Transfer:
        wanted = {"amount": cents, "currency": "usd", "destination": to or self.an_account(), **more}
        return self.client.v1.transfers.create(wanted)

    def balance(self, account: str | None = None) -> tuple[int, int]:
        """(available, pending) in US cents."""
        options = {"stripe_account": account} if account else {}
        found = self.client.v1.balance.retrieve(options=options)
        available = sum(part.amount for part in found.available if part.currency == "usd")
        return available, sum(part.amount for part in found.pending if part.currency == "usd")

    def event_types(self) -> list[str]:
        """Oldest first."""
        return [event.type for event in self.client.v1.events.list({"limit": 100}).data][::-1]
