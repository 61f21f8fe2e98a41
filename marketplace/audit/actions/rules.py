"""What is recorded of answers, of the shelf, of sponsorship and of queues, in words."""

from collections.abc import Mapping

from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

OVERRUNS: Mapping[str, LazyText] = {
    "overrun.accepted": _l("Accepted to pay for an overrun"),
    "overrun.declined": _l("Declined to pay for an overrun"),
    "overrun.dispute_lost": _l("A bank took an overrun back"),
    "overrun.dispute_reversed": _l("A bank gave an overrun back"),
    "overrun.lapsed": _l("An overrun was not paid in time"),
    "overrun.paid": _l("An overrun was paid"),
    "overrun.proposed": _l("Proposed an overrun"),
    "overrun.refunded": _l("Refunded an overrun"),
    "overrun.released": _l("An overrun became payable"),
    "overrun.withdrawn": _l("Withdrew an overrun"),
}
SESSION_CREDITS: Mapping[str, LazyText] = {
    "session_credit.unpaid": _l("Began to pay for a session without a time"),
    "session_credit.open": _l("A session was paid for without a time"),
    "session_credit.used": _l("Scheduled a session that was paid for"),
    "session_credit.lapsed": _l("A session without a time was not paid for in time"),
    "session_credit.refunded": _l("A session without a time was refunded"),
    "session_credit.lost": _l("A bank took a session credit's money back"),
    "session_credit.dispute_lost": _l("A bank took back the money of a session credit"),
    "session_credit.dispute_reversed": _l("A bank gave back the money of a session credit"),
}
WRITTEN_ANSWERS: Mapping[str, LazyText] = {
    "written_answer.unpaid": _l("Began to order a written answer"),
    "written_answer.ordered": _l("Ordered a written answer"),
    "written_answer.expired": _l("A written answer was not paid for in time"),
    "written_answer.submitted": _l("Sent a written answer"),
    "written_answer.delivered": _l("A written answer was paid and delivered"),
    "written_answer.late": _l("A written answer was not delivered in time"),
    "written_answer.cancelled": _l("A written answer was called off"),
    "written_answer.uncaptured": _l("The card could not be charged for a written answer"),
    "written_answer.refunded": _l("A written answer was refunded"),
    "written_answer.released": _l("The coach earned a written answer"),
    "written_answer.file_added": _l("Added a file to a written answer"),
    "written_answer.file_removed": _l("Removed a file of a written answer"),
    "written_answer.follow_up_asked": _l("Asked a question after a written answer"),
    "written_answer.follow_up_answered": _l("Replied to a question after a written answer"),
    "written_answer.reported": _l("Reported that a written answer is none"),
    "written_answer.report_contested": _l("Contested a report of a written answer"),
    "written_answer.report_upheld": _l("A report of a written answer was upheld"),
    "written_answer.report_rejected": _l("Decided that a written answer is one"),
    "written_answer.report_withdrawn": _l("Withdrew a report of a written answer"),
    "written_answer.dispute_lost": _l("A bank took back the money of a written answer"),
    "written_answer.dispute_reversed": _l("A bank gave back the money of a written answer"),
}

# Public answers, the shelf, the register of sponsorship and places in queues.
PUBLIC_WORK: Mapping[str, LazyText] = {
    "ask.answered_before": _l("Found that an earlier answer is enough"),
    "session_feedback.given": _l("Said what a session was"),
    "published_answer.allowed": _l("Agreed that a public text of an answer is written"),
    "published_answer.changed": _l("Changed a public text of an answer"),
    "published_answer.prepared": _l("Wrote a public text of an answer"),
    "published_answer.published": _l("Released a public text of an answer"),
    "published_answer.withdrawn": _l("Took a public answer back"),
    "shelf_item.added": _l("Put something on their shelf"),
    "shelf_item.changed": _l("Changed something on their shelf"),
    "shelf_item.moved": _l("Moved something on their shelf"),
    "shelf_item.taken_off": _l("Took something off their shelf"),
    "sponsorship.confirmed": _l("Confirmed an act of sponsorship"),
    "sponsorship.kept_private": _l("Keeps an act of sponsorship private"),
    "sponsorship.recorded": _l("Recorded an act of sponsorship"),
    "sponsorship.refused": _l("Did not confirm an act of sponsorship"),
    "sponsorship.shown": _l("Lets everybody read an act of sponsorship"),
    "sponsorship.withdrawn": _l("Took an act of sponsorship back"),
    "queue_place.taken": _l("Took a place in a coach's queue"),
    "queue_place.sent": _l("An ask was sent from a queue"),
    "queue_place.left": _l("Left a coach's queue"),
    "queue_place.lapsed": _l("A place in a queue was over"),
}
