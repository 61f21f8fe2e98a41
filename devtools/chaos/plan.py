"""The plan of a run, fixed by its seed: operations in order, faults between them. Pure."""

import random
from dataclasses import dataclass

from devtools.chaos.stripe_faults import Fault, at_stripe, calls

MENTEE, COACH, ADMIN, BANK = "mentee", "coach", "admin", "bank"

# What people do: the operation's name, who does it, and how often among the others.
OPERATIONS: tuple[tuple[str, str, int], ...] = (
    ("book_and_pay", MENTEE, 30),
    ("book", MENTEE, 6),
    ("pay_held", MENTEE, 5),
    ("pay_late", MENTEE, 4),
    ("book_by_debit", MENTEE, 4),
    ("book_series", MENTEE, 3),
    ("use_coupon", MENTEE, 8),
    ("cancel", MENTEE, 8),
    ("cancel_for_half", MENTEE, 3),
    ("give_back_hold", MENTEE, 2),
    ("move", MENTEE, 4),
    ("answer_move", MENTEE, 4),
    ("report_no_show", MENTEE, 4),
    ("take_back_no_show", MENTEE, 1),
    ("join_waitlist", MENTEE, 3),
    ("leave_waitlist", MENTEE, 1),
    ("ask", MENTEE, 10),
    ("withdraw_ask", MENTEE, 1),
    ("take_quote", MENTEE, 7),
    ("take_quote_twice", MENTEE, 3),
    ("order_answer", MENTEE, 7),
    ("ask_follow_up", MENTEE, 3),
    ("report_answer", MENTEE, 3),
    ("buy_credit", MENTEE, 5),
    ("schedule_credit", MENTEE, 4),
    ("join_queue", MENTEE, 5),
    ("leave_queue", MENTEE, 2),
    ("take_grant", MENTEE, 4),
    ("answer_overrun", MENTEE, 4),
    ("give_feedback", MENTEE, 3),
    ("change_brief", MENTEE, 2),
    ("count_earlier_answer", MENTEE, 3),
    ("allow_publication", MENTEE, 2),
    ("pay_invitation", MENTEE, 5),
    ("quote", COACH, 9),
    ("answer_ask", COACH, 1),
    ("decline_ask", COACH, 1),
    ("bring_invitation", COACH, 3),
    ("decline_invitation", COACH, 2),
    ("give_time", COACH, 2),
    ("offer_answer", COACH, 4),
    ("deliver_answer", COACH, 7),
    ("reply_to_follow_up", COACH, 2),
    ("respond_to_report", COACH, 2),
    ("choose_capacity", COACH, 3),
    ("choose_budget", COACH, 3),
    ("grant", COACH, 4),
    ("propose_overrun", COACH, 5),
    ("refund_overrun", COACH, 1),
    ("put_on_shelf", COACH, 2),
    ("prepare_publication", COACH, 2),
    ("quote_invitation", COACH, 4),
    ("approve", COACH, 6),
    ("decline", COACH, 2),
    ("cancel_as_coach", COACH, 2),
    ("propose_move", COACH, 4),
    ("withdraw_move", COACH, 1),
    ("complete", COACH, 7),
    ("answer_no_show", COACH, 3),
    ("change_rate", COACH, 2),
    ("change_hours", COACH, 1),
    ("change_coupons", COACH, 2),
    ("choose_policy", COACH, 1),
    ("choose_rail", COACH, 1),
    ("choose_schedule", COACH, 1),
    ("say_policy_anew", ADMIN, 1),
    ("decide_report", ADMIN, 2),
    ("propose_run", ADMIN, 3),
    ("approve_run", ADMIN, 3),
    ("cancel_run", ADMIN, 1),
    ("retry_payout", ADMIN, 1),
    ("hold_payouts", ADMIN, 1),
    ("release_payouts", ADMIN, 2),
    ("reverse_payout", ADMIN, 2),
    ("retry_reversal", ADMIN, 1),
    ("mark_transferred", ADMIN, 2),
    ("mark_returned", ADMIN, 1),
    ("give_back_more", ADMIN, 3),
    ("decide_case", ADMIN, 2),
    ("retry_refund", ADMIN, 2),
    ("send_evidence", ADMIN, 1),
    ("retry_event", ADMIN, 2),
    ("dispute", BANK, 2),
    ("decide_dispute", BANK, 2),
    ("restrict_account", BANK, 1),
    ("restore_account", BANK, 2),
)

# Everything of an ask, from the question to the year.
ASKS = frozenset(
    {
        "ask",
        "withdraw_ask",
        "take_quote",
        "take_quote_twice",
        "quote",
        "answer_ask",
        "decline_ask",
        "bring_invitation",
        "decline_invitation",
        "give_time",
        "complete",
        "order_answer",
        "ask_follow_up",
        "report_answer",
        "buy_credit",
        "schedule_credit",
        "join_queue",
        "leave_queue",
        "take_grant",
        "answer_overrun",
        "give_feedback",
        "change_brief",
        "count_earlier_answer",
        "allow_publication",
        "pay_invitation",
        "offer_answer",
        "deliver_answer",
        "reply_to_follow_up",
        "respond_to_report",
        "choose_capacity",
        "choose_budget",
        "grant",
        "propose_overrun",
        "refund_overrun",
        "put_on_shelf",
        "prepare_publication",
        "quote_invitation",
        "decide_report",
    }
)

# What little people do where one thing alone is looked at; `draw` takes one of these by name.
NARROW: dict[str, tuple[tuple[str, str, int], ...]] = {
    "events": (("book_and_pay", MENTEE, 8), ("retry_event", ADMIN, 1)),
    "refunds": (("cancel_for_half", MENTEE, 1),),
    "holds": (("book", MENTEE, 4), ("give_back_hold", MENTEE, 1)),
    "asks": tuple(one for one in OPERATIONS if one[0] in ASKS),
    "quotes": (("take_quote_twice", MENTEE, 1),),
    "restarts": (("book", MENTEE, 1),),
    "kills": (("book_and_pay", MENTEE, 6), ("cancel", MENTEE, 2), ("move", MENTEE, 1), ("cancel_as_coach", COACH, 1)),
    "payouts": (
        ("book_and_pay", MENTEE, 12),
        ("complete", COACH, 6),
        ("choose_rail", COACH, 1),
        ("choose_schedule", COACH, 1),
        ("propose_run", ADMIN, 3),
        ("approve_run", ADMIN, 5),
        ("cancel_run", ADMIN, 1),
        ("retry_payout", ADMIN, 1),
        ("hold_payouts", ADMIN, 1),
        ("release_payouts", ADMIN, 1),
        ("reverse_payout", ADMIN, 4),
        ("retry_reversal", ADMIN, 1),
        ("mark_transferred", ADMIN, 2),
        ("mark_returned", ADMIN, 1),
        ("give_back_more", ADMIN, 2),
        ("dispute", BANK, 1),
        ("decide_dispute", BANK, 1),
    ),
}

# What becomes of webhooks for a while: the fault's kind, how often among the others.
WEBHOOK_FAULTS: tuple[tuple[str, int], ...] = (
    ("webhooks_dropped", 3),
    ("webhooks_doubled", 3),
    ("webhooks_reversed", 2),
    ("webhooks_shuffled", 2),
    ("webhooks_late", 2),
)

# One in so many operations is accompanied by it; a short run has at least one of each.
EVERY = {"webhooks": 30, "worker_killed": 300, "web_killed": 600, "postgres_restarted": 1000}
EVERY_STEP = 12
# How many operations until the webhooks are well again.
WEBHOOKS_LAST = 12

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Operation:
    """One operation of one person; `seed` decides every choice on the way."""

    number: int
    name: str
    role: str
    seed: int


@dataclass(frozen=True)
class Plan:
    """A whole run. FaultInjector are in the order in which they inject."""

    operations: tuple[Operation, ...]
    faults: tuple[Fault, ...]


def draw(operations: int, seed: int, about: str | None = None) -> Plan:
    """The plan of that many operations; the same seed draws the same plan. `about` is a name of NARROW."""
    rng = random.Random(seed)
    choices = NARROW[about] if about else OPERATIONS
    weights = [weight for _name, _role, weight in choices]
    chosen = rng.choices(choices, weights, k=operations)
    done = tuple(
        Operation(number, name, role, rng.getrandbits(32)) for number, (name, role, _weight) in enumerate(chosen)
    )
    faults = _only(about, rng, operations) if about else _all(rng, operations)
    return Plan(done, tuple(sorted(faults, key=lambda fault: fault.at)))


def _all(rng: random.Random, operations: int) -> list[Fault]:
    faults = [*_time(rng, operations), *at_stripe(rng, operations), *_webhooks(rng, operations)]
    return faults + _crashes(rng, operations)


def _only(about: str, rng: random.Random, operations: int) -> list[Fault]:
    """What one thing has to bear: lost answers, late messages or heaps of them, time that passes, a lost database."""
    if about == "restarts":
        quarters = range(operations // 4, operations, max(1, operations // 4))
        return [Fault(at, "postgres_restarted", {"immediate": number % 2 == 0}) for number, at in enumerate(quarters)]
    if about == "kills":
        # Seconds apart: an operation takes about half of one.
        parts = ("worker_killed", "web_killed")
        return [Fault(at, parts[number % 2]) for number, at in enumerate(range(8, operations, 8))]
    if about == "refunds":
        lost = {"kind": "drop_after", "method": "POST", "path": "/v1/refunds", "times": 1}
        late = Fault(0, "webhooks_late", {"seed": 0})
        return [late, *(Fault(at, "stripe", lost) for at in range(0, operations, 2))]
    if about == "payouts":
        # Money is payable days after its session, so they pass quickly here.
        days = [Fault(at, "time_passes", {"seconds": 16 * HOUR}) for at in range(EVERY_STEP, operations, EVERY_STEP)]
        return days + calls(rng, operations) + _webhooks(rng, operations)
    minutes = [Fault(at, "time_passes", {"seconds": 2 * MINUTE}) for at in range(EVERY_STEP, operations, EVERY_STEP)]
    return minutes + (_webhooks(rng, operations) if about == "events" else [])


def _time(rng: random.Random, operations: int) -> list[Fault]:
    """In small steps mostly, so that holds lapse one by one, and in large ones, so that sessions end."""
    steps = []
    for at in range(EVERY_STEP, operations, EVERY_STEP):
        kind = rng.choices(("minutes", "hours", "day"), (14, 5, 1))[0]
        seconds = {
            "minutes": rng.randint(1 * MINUTE, 12 * MINUTE),
            "hours": rng.randint(1 * HOUR, 4 * HOUR),
            "day": rng.randint(8 * HOUR, 24 * HOUR),
        }[kind]
        steps.append(Fault(at, "time_passes", {"seconds": seconds}))
    return steps


def _webhooks(rng: random.Random, operations: int) -> list[Fault]:
    """One disturbance after the other, each made good before the next begins."""
    disturbances = []
    for start in range(EVERY["webhooks"] // 2, operations, EVERY["webhooks"]):
        kind = rng.choices(*zip(*WEBHOOK_FAULTS, strict=True))[0]
        end = min(start + rng.randint(3, WEBHOOKS_LAST), operations)
        seed = rng.getrandbits(16)
        disturbances += [
            Fault(start, kind, {"seed": seed}),
            Fault(end, "webhooks_well", {"after": kind, "seed": seed}),
        ]
    return disturbances


def _crashes(rng: random.Random, operations: int) -> list[Fault]:
    """Processes die: the worker, the web server, and PostgreSQL, each other time without a word."""
    crashes = []
    for kind in ("worker_killed", "web_killed", "postgres_restarted"):
        for number in range(max(1, operations // EVERY[kind])):
            how = {"immediate": number % 2 == 0} if kind == "postgres_restarted" else {}
            crashes.append(Fault(rng.randrange(operations // 5, max(operations, 1)), kind, how))
    return crashes
