"""Every kind of mail with what it may say, for `make mails` and for tests: many lines, each turn of it."""

from devtools.mail_samples import money, people, sessions
from devtools.mail_samples.facts import Sample


def samples() -> list[Sample]:
    """Kinds of mail and their contexts, in the language of the context."""
    parts = (
        sessions.bookings,
        sessions.outcomes,
        sessions.attendance,
        sessions.waitlist,
        money.payments,
        money.coaching,
        people.asks,
        people.sponsorships,
        people.session_credits,
        people.written_answers,
        people.accounts,
        people.admins,
    )
    return [sample for part in parts for sample in part()]
