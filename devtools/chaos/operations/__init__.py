"""Operations of people: each takes the dataset, a person, a random source.

A refusal is a result too: the site has said no, and nothing else may have happened.
"""

import random
from collections.abc import Callable

from devtools.chaos.dataset import Dataset, Person
from devtools.chaos.operations import (
    admins,
    ask_queue,
    asks,
    banks,
    coaches,
    earlier_answers,
    given_time,
    grants,
    mentees,
    payouts,
    session_credits,
    sessions,
    written_answers,
)
from devtools.chaos.plan import Operation

# What an operation says that found nothing, and how many people are asked until one finds something.
NOTHING, TRIED = "nothing to do", 6

OperationFunction = Callable[[Dataset, Person, random.Random], str]

OPERATIONS: dict[str, OperationFunction] = {
    "book_and_pay": mentees.book_and_pay,
    "book": mentees.book,
    "pay_held": mentees.pay_held,
    "pay_late": mentees.pay_late,
    "book_by_debit": mentees.book_by_debit,
    "book_series": mentees.book_series,
    "use_coupon": mentees.use_coupon,
    "cancel": mentees.cancel,
    "cancel_for_half": mentees.cancel_for_half,
    "give_back_hold": mentees.give_back_hold,
    "move": mentees.move,
    "answer_move": mentees.answer_move,
    "report_no_show": mentees.report_no_show,
    "take_back_no_show": mentees.take_back_no_show,
    "join_waitlist": mentees.join_waitlist,
    "leave_waitlist": mentees.leave_waitlist,
    "ask": asks.ask,
    "withdraw_ask": asks.withdraw,
    "take_quote": asks.take_quote,
    "take_quote_twice": asks.take_quote_twice,
    "quote": asks.quote,
    "answer_ask": asks.answer,
    "decline_ask": asks.decline,
    "bring_invitation": given_time.bring_invitation,
    "decline_invitation": given_time.decline_invitation,
    "quote_invitation": given_time.quote_invitation,
    "pay_invitation": given_time.pay_invitation,
    "give_time": given_time.give_time,
    "offer_answer": written_answers.offer_answer,
    "order_answer": written_answers.order_answer,
    "deliver_answer": written_answers.deliver_answer,
    "ask_follow_up": written_answers.ask_follow_up,
    "reply_to_follow_up": written_answers.reply_to_follow_up,
    "report_answer": written_answers.report_answer,
    "respond_to_report": written_answers.respond_to_report,
    "decide_report": written_answers.decide_report,
    "buy_credit": session_credits.buy_credit,
    "schedule_credit": session_credits.schedule_credit,
    "choose_capacity": ask_queue.choose_capacity,
    "join_queue": ask_queue.join_queue,
    "leave_queue": ask_queue.leave_queue,
    "choose_budget": grants.choose_budget,
    "grant": grants.grant,
    "take_grant": grants.take_grant,
    "propose_overrun": sessions.propose_overrun,
    "answer_overrun": sessions.answer_overrun,
    "refund_overrun": sessions.refund_overrun,
    "give_feedback": sessions.give_feedback,
    "change_brief": sessions.change_brief,
    "put_on_shelf": earlier_answers.put_on_shelf,
    "count_earlier_answer": earlier_answers.count_earlier_answer,
    "allow_publication": earlier_answers.allow_publication,
    "prepare_publication": earlier_answers.prepare_publication,
    "approve": coaches.approve,
    "decline": coaches.decline,
    "cancel_as_coach": coaches.cancel,
    "propose_move": coaches.propose_move,
    "withdraw_move": coaches.withdraw_move,
    "complete": coaches.complete,
    "answer_no_show": coaches.answer_no_show,
    "change_rate": coaches.change_rate,
    "change_hours": coaches.change_hours,
    "change_coupons": coaches.change_coupons,
    "choose_policy": coaches.choose_policy,
    "say_policy_anew": admins.say_policy_anew,
    "propose_run": admins.propose_run,
    "approve_run": admins.approve_run,
    "cancel_run": admins.cancel_run,
    "retry_payout": admins.retry_payout,
    "decide_case": admins.decide_case,
    "retry_refund": admins.retry_refund,
    "give_back_more": admins.give_back_more,
    "hold_payouts": payouts.hold_payouts,
    "release_payouts": payouts.release_payouts,
    "reverse_payout": payouts.reverse_payout,
    "retry_reversal": payouts.retry_reversal,
    "mark_transferred": payouts.mark_transferred,
    "mark_returned": payouts.mark_returned,
    "choose_rail": payouts.choose_rail,
    "choose_schedule": payouts.choose_schedule,
    "send_evidence": admins.send_evidence,
    "retry_event": admins.retry_event,
    "dispute": banks.dispute,
    "decide_dispute": banks.decide_dispute,
    "restrict_account": banks.restrict_account,
    "restore_account": banks.restore_account,
}


def do(dataset: Dataset, operation: Operation) -> str:
    """Let somebody do it; what came of it. Who has nothing to do leaves it to somebody else of the same role."""
    rng = random.Random(operation.seed)
    came = NOTHING
    for _ in range(TRIED):
        who = dataset.anybody(operation.role, rng)
        came = OPERATIONS[operation.name](dataset, who, rng)
        if came != NOTHING:
            break
    return came
