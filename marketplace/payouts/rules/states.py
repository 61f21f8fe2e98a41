"""How payouts, runs and reversals may move, and on which rail a payout goes."""

from marketplace.states import StateMachine

PROPOSED, APPROVED, SENDING, PAID = "proposed", "approved", "sending", "paid"
FAILED, REVERSED, CANCELLED = "failed", "reversed", "cancelled"

PAYOUT_STATES = StateMachine(
    "payout",
    frozenset({PROPOSED}),
    {
        PROPOSED: frozenset({APPROVED, FAILED, CANCELLED}),
        APPROVED: frozenset({SENDING, FAILED, CANCELLED}),
        # Back to approved: Stripe refused it for a reason that passes, and it waits.
        SENDING: frozenset({PAID, APPROVED, FAILED}),
        FAILED: frozenset({APPROVED}),
        PAID: frozenset({REVERSED}),
        REVERSED: frozenset(),
        CANCELLED: frozenset(),
    },
)
# Its money is still in the coach's balance.
UNSENT = (PROPOSED, APPROVED)
# Under way: a coach has at most one of these in each currency.
OPEN = (*UNSENT, SENDING)
# What a coach never sees of a payout.
NOT_FOR_COACH = (PROPOSED, CANCELLED)
# It ended without being sent, so what it carried is free for another.
NOT_SENT = (FAILED, CANCELLED)
# The money has left us, whether it was returned later or not.
SENT = (PAID, REVERSED)
# It has left the coach's balance.
TAKEN_FROM_BALANCE = frozenset({SENDING, *SENT})
# To be sent, or to be asked about until Stripe has answered.
TO_SEND = (APPROVED, SENDING)
# A bank may send a manual transfer back.
RETURNABLE = (SENDING, PAID)
# An admin may have it tried again.
RETRIABLE = (FAILED, APPROVED, SENDING)

# A run has no column for its state: `PayoutRun.state` reads it from who approved and cancelled it when.
RUN_STATES = StateMachine(
    "payout_run",
    frozenset({PROPOSED}),
    {
        PROPOSED: frozenset({APPROVED, CANCELLED}),
        APPROVED: frozenset({CANCELLED}),
        # A payout of it may have been tried again since, and is then stopped once more.
        CANCELLED: frozenset({CANCELLED}),
    },
)

# What an admin reverses of a paid payout; a refusal that was final is asked anew by an admin.
INTENDED, MADE = "intended", "made"
REVERSAL_STATES = StateMachine(
    "payout_reversal",
    frozenset({INTENDED}),
    {
        INTENDED: frozenset({MADE, FAILED}),
        FAILED: frozenset({INTENDED, MADE}),
        MADE: frozenset(),
    },
)

# Through Stripe, or by a transfer that a person makes at our bank.
STRIPE, MANUAL = "stripe", "manual"
RAILS = (STRIPE, MANUAL)
